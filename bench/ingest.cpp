// Spans into a running hub, in turns with its peers. One JSON line per measurement:
//   hub     spans, and the seconds of wall and of the hub's CPU until the last is acknowledged
//   rows    the same for one SQLite row per span, CPU of this process
//   again   the hub's CPU for what it already had
//   null    requests per second of the null server, 8 senders
//   full    the same of the hub
//   paced   the median seconds to an acknowledgement, 8 senders that pause after each
//   fdatasync  the median seconds of a preallocated write of one body
//   asked   as `full`, while a client asks for lists and timelines
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <boost/json.hpp>
#include <stdexcept>
#include <thread>

#include "bodies.h"
#include "generate_spans.h"
#include "measure.h"
#include "program.h"
#include "sender.h"
#include "span_rows.h"

namespace pilothouse::bench {
namespace {

constexpr std::size_t kSenders = 8;
constexpr std::size_t kBody = 64U << 10;
constexpr std::chrono::milliseconds kPause(20);
constexpr std::chrono::milliseconds kBetweenQuestions(50);

struct Options {
  Hub hub;
  std::string null_server, scratch;
  int pid = 0;
  int rounds = 5;
  std::size_t blocks = 64;
  std::size_t bodies = 50;  // for each of 8 senders
};

Upload open_session(Bodies& bodies) {
  bodies.add_session("bench");
  return {upload_path(bodies.session().to_string()), {bodies.take()}};
}

// --- whole computations, one sender
// ------------------------------------------------------------------------------------

void hub_and_rows(const Options& options, const std::vector<tape::SpanBlockBuilder>& blocks) {
  const std::size_t spans = blocks.size() * blocks.front().size();
  Bodies bodies;
  Upload session = open_session(bodies);
  Upload upload{session.path, {}};
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    bodies.add(tape::Kind::kSpans, static_cast<std::uint32_t>(blocks[i].size()),
               tape::encode_span_block(blocks[i]));
    if (i % 4 == 3 || i + 1 == blocks.size()) upload.bodies.push_back(bodies.take());
  }
  send(options.hub, {session});
  for (const char* what : {"hub", "again"}) {
    const double cpu = cpu_of(options.pid);
    const double wall = wall_now();
    send(options.hub, {upload});
    report(
        {{"what", what}, {"spans", spans}, {"wall", wall_now() - wall}, {"cpu", cpu_of(options.pid) - cpu}});
  }

  SpanRows rows(std::filesystem::path(options.scratch) / "rows.db", true);
  const double cpu = cpu_of_this_process();
  const double wall = wall_now();
  for (const auto& block : blocks) rows.insert(block);
  rows.commit();
  report({{"what", "rows"},
          {"spans", spans},
          {"wall", wall_now() - wall},
          {"cpu", cpu_of_this_process() - cpu}});
}

// --- bodies of 64 KB, eight senders
// ------------------------------------------------------------------------------------

// How many spans make a body of 64 KB.
Shape shape_of_body() {
  Shape shape;
  const std::size_t bytes = tape::encode_span_block(SpanGenerator(shape).next_block()).size();
  shape.spans_per_block = shape.spans_per_block * kBody / bytes;
  return shape;
}

class Senders {
 public:
  Senders(const Options& options, const std::vector<std::string>& payloads, std::size_t spans)
      : options_(options) {
    for (std::size_t sender = 0; sender < kSenders; ++sender) {
      Bodies bodies;
      const Upload session = open_session(bodies);
      uploads_.push_back({session.path, {}});
      send(options.hub, {session});
      for (std::size_t i = 0; i < options.bodies; ++i) {
        bodies.add(tape::Kind::kSpans, static_cast<std::uint32_t>(spans), payloads[i % payloads.size()]);
        uploads_.back().bodies.push_back(bodies.take());
      }
    }
  }

  void run(const char* what, const Hub& hub, std::chrono::microseconds pause = {}) {
    const double wall = wall_now();
    const std::vector<double> seconds = send(hub, uploads_, pause);
    report({{"what", what},
            {"rate", static_cast<double>(seconds.size()) / (wall_now() - wall)},
            {"p50", median(seconds)}});
  }

  void run_asked() {
    std::atomic<bool> over = false;
    std::thread asker([&] {
      Questions questions(options_.hub);
      while (!over) {
        questions.get("/api/v1/computations?limit=10");
        std::this_thread::sleep_for(kBetweenQuestions);
      }
    });
    run("asked", options_.hub);
    over = true;
    asker.join();
  }

 private:
  const Options& options_;
  std::vector<Upload> uploads_;
};

void fdatasyncs(const std::string& scratch, std::size_t count) {
  const std::string path = scratch + "/preallocated";
  const int file = open(path.c_str(), O_CREAT | O_RDWR | O_TRUNC, 0600);
  if (file < 0) throw std::runtime_error("cannot write to " + scratch);
  const std::string bytes(kBody, 'x');
  for (std::size_t i = 0; i < count; ++i) {
    if (pwrite(file, bytes.data(), kBody, static_cast<off_t>(i * kBody)) < 0)
      throw std::runtime_error("pwrite");
  }
  fsync(file);
  std::vector<double> seconds;
  for (std::size_t i = 0; i < count; ++i) {
    const double began = wall_now();
    if (pwrite(file, bytes.data(), kBody, static_cast<off_t>(i * kBody)) < 0 || fdatasync(file) != 0)
      throw std::runtime_error("fdatasync");
    seconds.push_back(wall_now() - began);
  }
  close(file);
  report({{"what", "fdatasync"}, {"p50", median(seconds)}});
}

void run(const Options& options) {
  const auto blocks = generate_blocks({}, options.blocks);
  const Shape shape = shape_of_body();
  std::vector<std::string> payloads;
  for (const auto& block : generate_blocks(shape, 16)) payloads.push_back(tape::encode_span_block(block));
  const auto senders = [&] { return Senders(options, payloads, shape.spans_per_block); };
  for (int round = 0; round < options.rounds; ++round) {
    hub_and_rows(options, blocks);
    Senders full = senders();
    full.run("null", {options.null_server, ""});
    if (round % 2 == 0) full.run("full", options.hub);
    senders().run_asked();
    if (round % 2 == 1) full.run("full", options.hub);
    fdatasyncs(options.scratch, 200);
    senders().run("paced", options.hub, kPause);
  }
}

}  // namespace
}  // namespace pilothouse::bench

int main(int argc, char** argv) {
  CLI::App app("Ingest of spans: a running hub against SQLite rows, a null server and the bare disk");
  pilothouse::bench::Options options;
  app.add_option("--address", options.hub.address)->required();
  app.add_option("--token", options.hub.token)->required();
  app.add_option("--pid", options.pid, "the hub's process")->required();
  app.add_option("--null", options.null_server, "address of the null server")->required();
  app.add_option("--scratch", options.scratch, "where the rows go")->required();
  app.add_option("--rounds", options.rounds);
  app.add_option("--blocks", options.blocks, "blocks of 4096 spans against rows");
  app.add_option("--bodies", options.bodies, "bodies of 64 KB of each sender");
  return pilothouse::bench::run_program(app, argc, argv, [&] { pilothouse::bench::run(options); });
}
