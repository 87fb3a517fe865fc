#include "made_up_cluster.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <optional>
#include <random>

#include "bodies.h"
#include "generate_spans.h"

namespace pilothouse::bench {
namespace {

namespace json = boost::json;

constexpr base::Micros kSecond = 1'000'000;
constexpr std::int64_t kMemory = std::int64_t{4} << 30;  // of each worker
constexpr std::size_t kSpansPerBlock = 4096;
constexpr std::size_t kBlocksPerRequest = 4;
constexpr std::size_t kRequestsAtOnce = 32;  // made before they are sent
constexpr std::size_t kTicks = 60;           // at most, in the life of a cluster

constexpr std::array kCode{
    "prices = dd.read_parquet(\"prices/*.parquet\")\n"
    "daily = prices.groupby(\"station\").price.mean()\n"
    "daily.compute()",
    "depths = da.from_zarr(\"soundings.zarr\")\n((depths - depths.mean(axis=0)) ** 2).sum().compute()",
    "futures = client.map(score, candidates)\nbest = max(client.gather(futures))",
    "model = XGBClassifier()\nmodel.fit(train, labels)",
};

struct Failure {
  const char *type, *message, *line;
};
constexpr std::array kFailures{
    Failure{"ValueError", "could not convert string to float: 'n/a'", "return float(text)"},
    Failure{"KeyError", "'station'", "return row[\"station\"]"},
    Failure{"FileNotFoundError", "[Errno 2] No such file or directory: 'prices/2026-02-30.parquet'",
            "with open(path, \"rb\") as file:"},
    Failure{"MemoryError", "Unable to allocate 7.45 GiB for an array", "return np.zeros(shape)"},
    Failure{"TimeoutError", "the depth server did not answer within 30 s", "return connection.read(30)"},
};

struct Version {
  const char *python, *dask;
};
constexpr std::array kVersions{Version{"3.11.2", "2026.8.0"}, Version{"3.12.4", "2026.8.0"},
                               Version{"3.10.13", "2024.11.2"}, Version{"3.9.19", "2022.12.1"}};

json::object counts(std::uint64_t total, std::uint64_t erred) {
  return {{"total", total},          {"waiting", 0},   {"queued", 0}, {"processing", 0}, {"no_worker", 0},
          {"memory", total - erred}, {"erred", erred}, {"blamed", 0}, {"released", 0}};
}

struct GroupSum {
  std::uint64_t runs = 0, erred = 0;
  std::int64_t nbytes = 0;
  base::Micros first = 0, last = 0;
  std::map<std::string, base::Micros> durations;
  std::map<std::string, std::uint64_t> types;
};

class Recorder {
 public:
  Recorder(const Hub& hub, const MadeUpCluster& plan) : hub_(hub), plan_(plan), random_(plan.seed) {
    upload_.path = upload_path(bodies_.session().to_string());
  }

  void run() {
    add_session();
    add_workers({});
    base::Micros now = plan_.begin + 4 * kSecond;
    for (std::size_t i = 0; i < plan_.computations.size(); ++i) now = compute(i, now) + 3 * kSecond;
    add_samples(now);
    add_workers(now);
    if (plan_.ended) add_one(tape::Kind::kEnd, {{"stop_us", now}, {"reason", "the scheduler closed"}});
    upload_.bodies.push_back(bodies_.take());
    flush();
  }

 private:
  void add_one(tape::Kind kind, const json::object& record) { add(kind, json::array{record}); }
  void add(tape::Kind kind, const json::array& records) {
    if (records.empty()) return;
    bodies_.add(kind, static_cast<std::uint32_t>(records.size()), json::serialize(records));
  }

  void flush() {
    send(hub_, {upload_});
    upload_.bodies.clear();
  }

  void add_session() {
    const Version& version = kVersions[plan_.seed % kVersions.size()];
    add_one(tape::Kind::kSession, {{"scheduler_id", "Scheduler-" + plan_.name},
                                   {"name", plan_.name},
                                   {"address", "tcp://10.0.0.1:8786"},
                                   {"dashboard", nullptr},
                                   {"host", "node-" + std::to_string(plan_.seed % 40)},
                                   {"user", plan_.user},
                                   {"pid", 4711},
                                   {"os", "Linux 6.1"},
                                   {"python", version.python},
                                   {"dask", version.dask},
                                   {"distributed", version.dask},
                                   {"pilothouse", "0.1.0"},
                                   {"start_us", plan_.begin},
                                   {"flush_interval_us", kSecond}});
  }

  // As they join; behind the cluster's end, those that left.
  void add_workers(std::optional<base::Micros> end) {
    json::array records;
    for (std::size_t i = 0; i < plan_.workers; ++i) {
      const bool killed = end && i > 0 && (plan_.seed + i) % 37 == 0;
      const bool left = killed || (end && plan_.ended);
      if (end && !left) continue;
      const base::Micros left_us = killed ? plan_.begin + (*end - plan_.begin) / 2 : end.value_or(0);
      records.push_back(json::object{{"address", worker_address(i)},
                                     {"name", "deck-" + std::to_string(i)},
                                     {"host", "node-" + std::to_string(i / 4)},
                                     {"nthreads", plan_.threads},
                                     {"memory_limit", kMemory},
                                     {"joined_us", plan_.begin + kSecond},
                                     {"left_us", left ? json::value(left_us) : json::value()},
                                     {"expected", left ? json::value(!killed) : json::value()},
                                     {"reason", nullptr},
                                     {"processing", killed ? 3 : 0},
                                     {"lost_results", killed ? 7 : 0},
                                     {"lost_scattered", 0},
                                     {"processing_keys", json::array{}}});
    }
    add(tape::Kind::kWorkers, records);
  }

  // Memory grows up to the middle and shrinks again; what works is work's wave with some noise.
  void add_samples(base::Micros end) {
    const base::Micros pause = std::max<base::Micros>((end - plan_.begin) / kTicks, kSecond / 2);
    json::array records;
    for (base::Micros time = plan_.begin + 2 * kSecond; time < end; time += pause) {
      const double life = static_cast<double>(time - plan_.begin) / static_cast<double>(end - plan_.begin);
      for (std::size_t i = 0; i < plan_.workers; ++i) {
        const double busy = std::uniform_real_distribution<double>(0.5, 1)(random_) * 4 * life * (1 - life);
        const auto memory = static_cast<std::int64_t>(busy * 0.7 * static_cast<double>(kMemory));
        records.push_back(json::object{{"time_us", time},
                                       {"address", worker_address(i)},
                                       {"cpu", 100 * busy * static_cast<double>(plan_.threads)},
                                       {"memory", memory},
                                       {"managed", memory * 2 / 3},
                                       {"unmanaged", memory / 3},
                                       {"spilled", life > 0.5 ? memory / 20 : 0},
                                       {"executing", std::llround(busy * static_cast<double>(plan_.threads))},
                                       {"ready", std::llround(busy * 8)}});
      }
    }
    add(tape::Kind::kSamples, records);
  }

  // When it ended.
  base::Micros compute(std::size_t number, base::Micros begin) {
    const MadeUpComputation& plan = plan_.computations[number];
    Shape shape;
    shape.seed = plan_.seed * 31 + number;
    shape.workers = plan_.workers;
    shape.threads = plan_.threads;
    shape.groups = plan.groups;
    shape.computation = plan_.name + "-" + std::to_string(number);
    shape.begin = begin;
    shape.stages_over = plan.tasks;
    shape.erred_every = plan.erred_every;
    SpanGenerator generator(shape);
    std::vector<std::string> order;
    std::map<std::string, GroupSum> groups;
    json::array exceptions;
    std::size_t blocks = 0;
    for (std::size_t sent = 0; sent < plan.tasks;) {
      const auto block = generator.next_block(std::min(kSpansPerBlock, plan.tasks - sent));
      order = block.groups;
      sum_up(block, groups, exceptions);
      sent += block.size();
      bodies_.add(tape::Kind::kSpans, static_cast<std::uint32_t>(block.size()),
                  tape::encode_span_block(block));
      if (++blocks % kBlocksPerRequest == 0) upload_.bodies.push_back(bodies_.take());
      if (upload_.bodies.size() == kRequestsAtOnce) flush();
    }
    base::Micros end = begin;
    std::uint64_t erred = 0;
    for (const auto& [name, sum] : groups) {
      end = std::max(end, sum.last);
      erred += sum.erred;
    }
    const char* state = erred > 0 ? "erred" : "done";
    add_one(tape::Kind::kComputations,
            {{"id", shape.computation},
             {"start_us", begin},
             {"stop_us", end},
             {"state", state},
             {"client", "Client-1"},
             {"code", json::array{json::object{{"text", kCode[shape.seed % kCode.size()]},
                                               {"filename", "/home/" + plan_.user + "/job.py"},
                                               {"line", 7 + number}}}},
             {"annotations", json::object{}},
             {"tags", json::array{}},
             {"tasks", counts(plan.tasks, erred)}});
    add_groups(shape.computation, order, groups);
    add(tape::Kind::kExceptions, exceptions);
    return end;
  }

  void sum_up(const tape::SpanBlockBuilder& block, std::map<std::string, GroupSum>& groups,
              json::array& exceptions) {
    std::size_t action = 0;
    std::size_t key = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const std::string& name = block.groups[block.group[i]];
      GroupSum& sum = groups[name];
      ++sum.runs;
      sum.nbytes += std::max<std::int64_t>(block.nbytes[i], 0);
      if (sum.runs == 1) sum.first = block.action_start[action];
      sum.first = std::min(sum.first, block.action_start[action]);
      for (std::size_t end = action + block.action_count[i]; action < end; ++action) {
        sum.last = std::max(sum.last, block.action_stop[action]);
        sum.durations[block.action_names[block.action[action]]] +=
            block.action_stop[action] - block.action_start[action];
      }
      if (block.status[i] != 0) {
        ++sum.erred;
        exceptions.push_back(exception(block, i, block.key_bytes.substr(key, block.key_length[i]),
                                       block.action_stop[action - 1]));
      } else {
        ++sum.types[block.types[block.type[i]]];
      }
      key += block.key_length[i];
    }
  }

  json::object exception(const tape::SpanBlockBuilder& block, std::size_t span, const std::string& key,
                         base::Micros time) {
    const Failure& failure = kFailures[random_() % kFailures.size()];
    const std::string traceback =
        "  File \"/home/" + plan_.user + "/job.py\", line 31, in step\n    " + failure.line + "\n";
    return {{"id", ++exceptions_},
            {"computation", block.computations.front()},
            {"key", key},
            {"group", block.groups[block.group[span]]},
            {"workers", json::array{block.workers[block.worker[span]]}},
            {"type", failure.type},
            {"message", failure.message},
            {"traceback", traceback},
            {"time_us", time},
            {"attempt", 1},
            {"truncated", false}};
  }

  void add_groups(const std::string& computation, const std::vector<std::string>& order,
                  const std::map<std::string, GroupSum>& groups) {
    json::array records;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto found = groups.find(order[i]);
      if (found == groups.end()) continue;
      const GroupSum& sum = found->second;
      json::object durations, types;
      for (const auto& [action, time] : sum.durations) durations[action] = time;
      for (const auto& [type, count] : sum.types) types[type] = count;
      json::array dependencies;
      if (i > 0) dependencies.emplace_back(order[i - 1]);
      if (i > 2 && i % 3 == 0) dependencies.emplace_back(order[i - 3]);
      records.push_back(json::object{{"computation", computation},
                                     {"name", order[i]},
                                     {"prefix", order[i].substr(0, order[i].find('-'))},
                                     {"tasks", counts(sum.runs, sum.erred)},
                                     {"runs", sum.runs},
                                     {"durations_us", std::move(durations)},
                                     {"nbytes", sum.nbytes},
                                     {"types", std::move(types)},
                                     {"first_start_us", sum.first},
                                     {"last_stop_us", sum.last},
                                     {"dependencies", std::move(dependencies)}});
    }
    add(tape::Kind::kGroups, records);
  }

  const Hub& hub_;
  const MadeUpCluster& plan_;
  std::mt19937_64 random_;
  Bodies bodies_;
  Upload upload_;
  std::uint64_t exceptions_ = 0;
};

}  // namespace

void send_made_up(const Hub& hub, const MadeUpCluster& plan) { Recorder(hub, plan).run(); }

}  // namespace pilothouse::bench
