// Questions to running hubs, and the same of SQLite rows, in turns. One JSON line for each:
//   {"what": ..., "hub": s, "peer": s, "hub_cpu": s, "bytes": n, "peer_bytes": n}, those that apply.
#include <boost/json.hpp>
#include <charconv>
#include <cstring>

#include "generate_spans.h"
#include "measure.h"
#include "program.h"
#include "sender.h"
#include "span_rows.h"

namespace pilothouse::bench {
namespace {

constexpr int kPixels = 2000;
constexpr int kAskedOften = 9;  // the hub's answers are short: the median of so many

struct Options {
  Hub small, large;
  int pid = 0;  // of the small hub
  std::string scratch;
  std::size_t spans = 1'000'000;
  std::int64_t computation = 1;
  int rounds = 5;
};

template <class Work>
double seconds_of(Work work) {
  const double began = wall_now();
  work();
  return wall_now() - began;
}

double median_seconds(Questions& questions, const std::string& target) {
  std::vector<double> seconds;
  seconds.reserve(kAskedOften);
  for (int i = 0; i < kAskedOften; ++i) seconds.push_back(seconds_of([&] { questions.get(target); }));
  return median(seconds);
}

struct Cost {
  double cpu = 0;  // seconds of the hub for one answer
  std::size_t bytes = 0;
};

// The mean of many: one alone is hardly more than the noise.
Cost cost_of(int pid, Questions& questions, const std::string& target) {
  Cost cost;
  const double before = cpu_of(pid);
  for (int i = 0; i < kAskedOften; ++i) cost.bytes = questions.get(target).size();
  cost.cpu = (cpu_of(pid) - before) / kAskedOften;
  return cost;
}

// How fine the view is: docs/formats/timeline.md
void report_shape(const std::string& binary) {
  const auto number = [&](std::size_t offset) {
    std::int64_t value = 0;
    std::memcpy(&value, binary.data() + offset, sizeof value);
    return value;
  };
  const std::int64_t buckets = number(48);
  report({{"what", "shape"}, {"buckets", buckets}, {"lanes", number(56)}, {"cells", number(64)}});
}

// The peer of the timeline: start, duration, lane and group of every span, as short as JSON gets.
std::string spans_as_json(const std::vector<tape::SpanBlockBuilder>& blocks) {
  std::string out = "[";
  const base::Micros begin = blocks.front().action_start.front();
  const auto put = [&out](std::int64_t value, char behind) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end);
    out += behind;
  };
  for (const auto& block : blocks) {
    std::size_t action = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      action += block.action_count[i];
      out += '[';
      put(block.action_start[action - 1] - begin, ',');
      put(block.action_stop[action - 1] - block.action_start[action - 1], ',');
      put(static_cast<std::int64_t>(block.thread[i] - 140'000'000'000'000) / 8'392'704, ',');
      put(block.group[i], ']');
      out += ',';
    }
  }
  out.back() = ']';
  return out;
}

void run(const Options& options) {
  Shape shape;
  const auto blocks =
      generate_blocks(shape, (options.spans + shape.spans_per_block - 1) / shape.spans_per_block);
  SpanRows rows(std::filesystem::path(options.scratch) / "queries.db", false);
  std::int64_t serial = 0;
  for (const auto& block : blocks)
    rows.insert(block, serial++ * 10 / static_cast<std::int64_t>(blocks.size()));
  rows.checkpoint();

  const std::string group_by =
      "SELECT computation, task_group, count(*), sum(compute_stop - compute_start), sum(transfer_stop - "
      "transfer_start), sum(nbytes), min(compute_start), max(compute_stop) FROM span GROUP BY 1, 2";
  const std::string by_pixel =
      "WITH whole(a, b) AS (SELECT min(compute_start), max(compute_stop) FROM span) SELECT thread, "
      "(compute_start - a) * " +
      std::to_string(kPixels) +
      " / (b - a), count(*), sum(compute_stop - compute_start) FROM span, whole GROUP BY 1, 2";
  const std::string list = "/api/v1/computations?limit=10";
  const std::string timeline = "/api/v1/computations/" + std::to_string(options.computation) +
                               "/timeline?lanes=64&width=" + std::to_string(kPixels);
  const std::string binary = timeline + "&format=binary";

  Questions small(options.small);
  Questions large(options.large);
  small.get(list);
  large.get(list);
  report_shape(small.get(binary));
  for (int round = 0; round < options.rounds; ++round) {
    const double of_small = median_seconds(small, list);
    const double of_large = median_seconds(large, list);
    const double of_rows = seconds_of([&] { rows.query(group_by); });
    report({{"what", "list"}, {"hub", of_small}, {"peer", of_rows}});
    report({{"what", "scale"}, {"hub", of_large}, {"peer", of_small}});

    const double view = median_seconds(small, binary);
    const double view_of_rows = seconds_of([&] { rows.query(by_pixel); });
    report({{"what", "timeline"}, {"hub", view}, {"peer", view_of_rows}});

    const Cost of_binary = cost_of(options.pid, small, binary);
    const Cost of_json = cost_of(options.pid, small, timeline);
    const double cpu = cpu_of_this_process();
    const std::size_t peer_bytes = spans_as_json(blocks).size();
    const double peer_cpu = cpu_of_this_process() - cpu;
    const auto report_whole = [&](const char* what, const Cost& cost) {
      report({{"what", what},
              {"hub", cost.cpu},
              {"peer", peer_cpu},
              {"bytes", cost.bytes},
              {"peer_bytes", peer_bytes}});
    };
    report_whole("binary", of_binary);
    report_whole("json", of_json);
  }
}

}  // namespace
}  // namespace pilothouse::bench

int main(int argc, char** argv) {
  CLI::App app("Questions to hubs that hold much");
  pilothouse::bench::Options options;
  app.add_option("--address", options.small.address,
                 "a hub with 1 million spans in its newest 10 computations")
      ->required();
  app.add_option("--token", options.small.token)->required();
  app.add_option("--pid", options.pid)->required();
  app.add_option("--large-address", options.large.address, "a hub with many more")->required();
  app.add_option("--large-token", options.large.token)->required();
  app.add_option("--scratch", options.scratch)->required();
  app.add_option("--spans", options.spans, "of the rows, and of the computation");
  app.add_option("--computation", options.computation, "the hub's id of one with so many spans");
  app.add_option("--rounds", options.rounds);
  return pilothouse::bench::run_program(app, argc, argv, [&] { pilothouse::bench::run(options); });
}
