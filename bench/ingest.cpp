// Stores the same spans twice, over and over: through a running hub, and as one SQLite row per span.
// Prints one JSON line per round: {"what": "hub" | "rows", "spans": n, "wall": s, "cpu": s, "bytes": n}.
// CPU is that of the process that stores: the hub's from /proc/PID/stat, ours for the rows.
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <stdexcept>

#include "base/clock.h"
#include "net/http_client.h"
#include "tape/chunk.h"
#include "tape/span_block.h"

namespace pilothouse {
namespace {

namespace json = boost::json;
constexpr std::size_t kSpansPerBlock = 4096;
constexpr int kRowsPerTransaction = 1000;

struct Sizes {
  std::size_t blocks = 64;
  std::size_t blocks_per_request = 4;
};

// Spans as a dask.array computation makes them: 8 groups, 64 worker threads, a transfer before every fourth
// task.
std::vector<tape::SpanBlockBuilder> make_blocks(std::size_t count) {
  std::mt19937_64 random(7);
  std::vector<tape::SpanBlockBuilder> blocks(count);
  base::Micros now = 1'700'000'000'000'000;
  std::size_t serial = 0;
  for (tape::SpanBlockBuilder& block : blocks) {
    block.computations = {"2f0e9d4e-0d54-4c5b-9d6a-3a8f6b1d2c77"};
    for (int i = 0; i < 8; ++i)
      block.groups.push_back("sum-partial-3fd393e5542d1c224772808fee19041" + std::to_string(i));
    for (int i = 0; i < 16; ++i) block.workers.push_back("tcp://10.0.0." + std::to_string(i) + ":40001");
    block.types = {"numpy.ndarray", "float"};
    block.action_names = {"compute", "transfer"};
    for (std::size_t i = 0; i < kSpansPerBlock; ++i, ++serial) {
      const auto group = static_cast<std::uint32_t>(serial % 8);
      const auto worker = static_cast<std::uint32_t>(random() % 16);
      block.computation.push_back(0);
      block.group.push_back(group);
      block.worker.push_back(worker);
      block.type.push_back(group == 7 ? 1 : 0);
      block.thread.push_back(140'000'000'000'000 + std::uint64_t{4} * worker + random() % 4);
      block.nbytes.push_back(static_cast<std::int64_t>(random() % 8'000'000));
      block.status.push_back(0);
      now += static_cast<base::Micros>(random() % 400);
      const auto compute = static_cast<base::Micros>(500 + random() % 100'000);
      const bool transfer = serial % 4 == 0;
      if (transfer) {
        block.action.push_back(1);
        block.action_start.push_back(now - 900);
        block.action_stop.push_back(now - 100);
      }
      block.action.push_back(0);
      block.action_start.push_back(now);
      block.action_stop.push_back(now + compute);
      block.action_count.push_back(transfer ? 2 : 1);
      const std::string key = "('" + block.groups[group] + "', " + std::to_string(serial) + ", 0)";
      block.key_length.push_back(static_cast<std::uint32_t>(key.size()));
      block.key_bytes += key;
    }
  }
  return blocks;
}

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double own_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double cpu_seconds_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::uintmax_t bytes_in(const std::filesystem::path& directory) {
  std::uintmax_t total = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().filename().string().find(".db") != std::string::npos) total += entry.file_size();
  }
  return total;
}

void report(const char* what, std::size_t spans, double wall, double cpu, std::uintmax_t bytes) {
  std::cout << json::serialize(json::object{
                   {"what", what}, {"spans", spans}, {"wall", wall}, {"cpu", cpu}, {"bytes", bytes}})
            << std::endl;
}

class HubRound {
 public:
  HubRound(std::string address, std::string token, int pid, std::filesystem::path directory)
      : address_(std::move(address)), token_(std::move(token)), pid_(pid), directory_(std::move(directory)) {}

  // Encoding is the recorder's work and not timed; one sender that waits for each answer.
  void run(const std::vector<tape::SpanBlockBuilder>& blocks, std::size_t blocks_per_request) {
    const auto session = base::SessionId::random();
    std::uint64_t sequence = 1;
    std::vector<std::string> bodies(1);
    append(bodies[0], tape::Kind::kSession, session, sequence++, 1, session_record());
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      if (i % blocks_per_request == 0) bodies.emplace_back();
      append(bodies.back(), tape::Kind::kSpans, session, sequence++,
             static_cast<std::uint32_t>(blocks[i].size()), tape::encode_span_block(blocks[i]));
    }

    const std::uintmax_t before = bytes_in(directory_);
    const double cpu = cpu_seconds_of(pid_);
    const double wall = wall_seconds();
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, post_all(loop, session, bodies), [](const std::exception_ptr& failed) {
      if (failed) std::rethrow_exception(failed);
    });
    loop.run();
    report("hub", blocks.size() * kSpansPerBlock, wall_seconds() - wall, cpu_seconds_of(pid_) - cpu,
           bytes_in(directory_) - before);
  }

 private:
  static void append(std::string& body, tape::Kind kind, const base::SessionId& session,
                     std::uint64_t sequence, std::uint32_t records, const std::string& payload) {
    if (!tape::append_chunk(body, kind, session, sequence, records, payload))
      throw std::runtime_error("chunk");
  }

  static std::string session_record() {
    const base::Micros now = base::wall_now();
    return json::serialize(json::array{json::object{{"scheduler_id", "bench"},
                                                    {"name", "bench"},
                                                    {"address", "tcp://127.0.0.1:1"},
                                                    {"dashboard", nullptr},
                                                    {"host", "bench"},
                                                    {"user", "bench"},
                                                    {"pid", 1},
                                                    {"os", "bench"},
                                                    {"python", "3"},
                                                    {"dask", "0"},
                                                    {"distributed", "0"},
                                                    {"pilothouse", "0"},
                                                    {"start_us", now},
                                                    {"flush_interval_us", 1'000'000}}});
  }

  boost::asio::awaitable<void> post_all(boost::asio::io_context& loop, base::SessionId session,
                                        const std::vector<std::string>& bodies) {
    net::HttpClient client(loop.get_executor(), net::HubAddress::parse(address_).value(), token_);
    for (const std::string& body : bodies) {
      const auto answer = co_await client.request(
          boost::beast::http::verb::post, "/api/v1/sessions/" + session.to_string() + "/chunks", body,
          "application/vnd.pilothouse.tape", std::chrono::seconds(60));
      if (!answer) throw std::runtime_error(answer.error().message);
      if (answer->status != 200) throw std::runtime_error(answer->body);
    }
  }

  std::string address_, token_;
  int pid_;
  std::filesystem::path directory_;
};

void check(int code, sqlite3* database) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
    throw std::runtime_error(sqlite3_errmsg(database));
}

// The peer: a prepared INSERT in transactions of 1000 rows, WAL, synchronous=FULL.
void rows_round(const std::vector<tape::SpanBlockBuilder>& blocks, const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  const std::string path = directory / "rows.db";
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
  sqlite3* database = nullptr;
  check(sqlite3_open(path.c_str(), &database), database);
  check(sqlite3_exec(
            database,
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE span(cluster INTEGER, computation INTEGER, task_group INTEGER, worker INTEGER,"
            " thread INTEGER, type INTEGER, status INTEGER, nbytes INTEGER, key TEXT,"
            " transfer_start INTEGER, transfer_stop INTEGER, compute_start INTEGER, compute_stop INTEGER)",
            nullptr, nullptr, nullptr),
        database);
  sqlite3_stmt* insert = nullptr;
  check(sqlite3_prepare_v2(database, "INSERT INTO span VALUES(1,?,?,?,?,?,?,?,?,?,?,?,?)", -1, &insert,
                           nullptr),
        database);

  const double cpu = own_cpu_seconds();
  const double wall = wall_seconds();
  int pending = 0;
  for (const tape::SpanBlockBuilder& block : blocks) {
    std::size_t action = 0;
    std::size_t key = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (pending == 0) check(sqlite3_exec(database, "BEGIN", nullptr, nullptr, nullptr), database);
      const bool transfer = block.action_count[i] == 2;
      sqlite3_bind_int64(insert, 1, block.computation[i]);
      sqlite3_bind_int64(insert, 2, block.group[i]);
      sqlite3_bind_int64(insert, 3, block.worker[i]);
      sqlite3_bind_int64(insert, 4, static_cast<std::int64_t>(block.thread[i]));
      sqlite3_bind_int64(insert, 5, block.type[i]);
      sqlite3_bind_int64(insert, 6, block.status[i]);
      sqlite3_bind_int64(insert, 7, block.nbytes[i]);
      sqlite3_bind_text(insert, 8, block.key_bytes.data() + key, static_cast<int>(block.key_length[i]),
                        SQLITE_STATIC);
      if (transfer) {
        sqlite3_bind_int64(insert, 9, block.action_start[action]);
        sqlite3_bind_int64(insert, 10, block.action_stop[action]);
      } else {
        sqlite3_bind_null(insert, 9);
        sqlite3_bind_null(insert, 10);
      }
      const std::size_t compute = action + block.action_count[i] - 1;
      sqlite3_bind_int64(insert, 11, block.action_start[compute]);
      sqlite3_bind_int64(insert, 12, block.action_stop[compute]);
      check(sqlite3_step(insert), database);
      sqlite3_reset(insert);
      action += block.action_count[i];
      key += block.key_length[i];
      if (++pending == kRowsPerTransaction) {
        check(sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr), database);
        pending = 0;
      }
    }
  }
  if (pending > 0) check(sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr), database);
  const double wall_after = wall_seconds();
  const double cpu_after = own_cpu_seconds();
  sqlite3_finalize(insert);
  check(sqlite3_exec(database, "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr), database);
  sqlite3_close(database);
  report("rows", blocks.size() * kSpansPerBlock, wall_after - wall, cpu_after - cpu,
         std::filesystem::file_size(path));
}

}  // namespace
}  // namespace pilothouse

int main(int argc, char** argv) {
  CLI::App app("Ingest of spans: a running hub against one SQLite row per span");
  std::string address;
  std::string token;
  std::string state_dir;
  std::string scratch;
  int pid = 0;
  int rounds = 5;
  pilothouse::Sizes sizes;
  app.add_option("--address", address)->required();
  app.add_option("--token", token)->required();
  app.add_option("--pid", pid, "the hub's process")->required();
  app.add_option("--state-dir", state_dir, "the hub's")->required();
  app.add_option("--scratch", scratch, "where the rows go")->required();
  app.add_option("--rounds", rounds);
  app.add_option("--blocks", sizes.blocks, "blocks of 4096 spans in a round");
  app.add_option("--blocks-per-request", sizes.blocks_per_request);
  CLI11_PARSE(app, argc, argv);
  try {
    const auto blocks = pilothouse::make_blocks(sizes.blocks);
    pilothouse::HubRound hub(address, token, pid, state_dir);
    for (int round = 0; round < rounds; ++round) {
      hub.run(blocks, sizes.blocks_per_request);
      pilothouse::rows_round(blocks, scratch);
    }
  } catch (const std::exception& failure) {
    std::cerr << "bench_ingest: " << failure.what() << '\n';
    return 1;
  }
  return 0;
}
