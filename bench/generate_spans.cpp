#include "generate_spans.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace pilothouse::bench {
namespace {

constexpr std::uint8_t kCompute = 0;
constexpr std::uint8_t kTransfer = 1;
constexpr std::array kPrefixes{"inc", "sum", "load", "mean_chunk", "score", "add", "tokenize", "concatenate"};

base::Micros whole(double us) { return static_cast<base::Micros>(us); }

}  // namespace

std::string worker_address(std::size_t worker) {
  return "tcp://10.0." + std::to_string(worker / 250) + "." + std::to_string(worker % 250) + ":40001";
}

SpanGenerator::SpanGenerator(Shape shape) : shape_(std::move(shape)), random_(shape_.seed) {
  for (std::size_t i = 0; i < shape_.groups; ++i) {
    Group group;
    group.mapped = i % 2 == 0;
    group.name = kPrefixes[i % kPrefixes.size()];
    if (!group.mapped || i >= kPrefixes.size()) group.name += "-" + hex();
    group.type = group.mapped ? 1 : 0;
    // Medians from 0.5 ms to 0.5 s, results from 100 bytes to 10 MB.
    const double place = static_cast<double>(i) / static_cast<double>(shape_.groups);
    group.duration = std::lognormal_distribution<double>(std::log(500.0) + place * std::log(1000.0), 0.7);
    group.nbytes = std::lognormal_distribution<double>(std::log(100.0) + place * std::log(1e5), 1.0);
    groups_.push_back(std::move(group));
  }
  for (std::size_t lane = 0; lane < shape_.workers * shape_.threads; ++lane) {
    running_.push(next_run(lane, shape_.begin + static_cast<base::Micros>(random_() % 20'000)));
  }
}

std::string SpanGenerator::hex() {
  std::string text;
  for (int half = 0; half < 2; ++half) {
    const std::uint64_t bits = random_();
    for (int shift = 0; shift < 64; shift += 4) text += "0123456789abcdef"[(bits >> shift) & 15];
  }
  return text;
}

std::size_t SpanGenerator::next_group() {
  if (shape_.stages_over == 0) return random_() % groups_.size();
  const double last = static_cast<double>(groups_.size() - 1);
  const double stage = last * static_cast<double>(begun_++) / static_cast<double>(shape_.stages_over);
  std::normal_distribution<double> around(stage, 0.4);
  return static_cast<std::size_t>(std::clamp(std::round(around(random_)), 0.0, last));
}

SpanGenerator::Run SpanGenerator::next_run(std::size_t lane, base::Micros free_from) {
  Run run;
  run.lane = lane;
  run.group = next_group();
  std::lognormal_distribution<double> idle(std::log(300.0), 0.8);
  std::lognormal_distribution<double> transfer(std::log(2'000.0), 0.8);
  run.start = free_from + whole(idle(random_));
  if (random_() % 4 == 0) {
    run.transfer = run.start;
    run.transfer_stop = run.transfer + whole(transfer(random_));
    run.start = run.transfer_stop + whole(idle(random_));
  }
  run.stop = run.start + whole(groups_[run.group].duration(random_));
  return run;
}

std::string SpanGenerator::next_key(Group& group) {
  if (group.mapped) return group.name.substr(0, group.name.find('-')) + "-" + hex();
  const std::size_t number = group.next++;
  return "('" + group.name + "', " + std::to_string(number / 100) + ", " + std::to_string(number % 100) + ")";
}

tape::SpanBlockBuilder SpanGenerator::next_block(std::size_t spans) {
  tape::SpanBlockBuilder block;
  block.computations = {shape_.computation};
  for (const Group& group : groups_) block.groups.push_back(group.name);
  for (std::size_t i = 0; i < shape_.workers; ++i) {
    block.workers.push_back(worker_address(i));
  }
  block.types = {"numpy.ndarray", "float"};
  block.action_names = {"compute", "transfer"};
  for (std::size_t i = 0; i < spans; ++i) {
    const Run run = running_.top();
    running_.pop();
    running_.push(next_run(run.lane, run.stop));

    Group& group = groups_[run.group];
    block.computation.push_back(0);
    block.group.push_back(static_cast<std::uint32_t>(run.group));
    block.worker.push_back(static_cast<std::uint32_t>(run.lane / shape_.threads));
    const bool erred = shape_.erred_every != 0 && ++ended_ % shape_.erred_every == 0;
    block.type.push_back(erred ? tape::kNone : group.type);
    block.thread.push_back(140'000'000'000'000 + run.lane * 8'392'704);
    const auto nbytes = static_cast<std::int64_t>(group.nbytes(random_));
    block.nbytes.push_back(erred ? -1 : nbytes);
    block.status.push_back(erred ? 1 : 0);
    if (run.transfer != 0) {
      block.action.push_back(kTransfer);
      block.action_start.push_back(run.transfer);
      block.action_stop.push_back(run.transfer_stop);
    }
    block.action.push_back(kCompute);
    block.action_start.push_back(run.start);
    block.action_stop.push_back(run.stop);
    block.action_count.push_back(run.transfer != 0 ? 2 : 1);
    const std::string key = shape_.keys ? next_key(group) : std::string();
    block.key_length.push_back(static_cast<std::uint32_t>(key.size()));
    block.key_bytes += key;
  }
  return block;
}

std::vector<tape::SpanBlockBuilder> generate_blocks(const Shape& shape, std::size_t count) {
  SpanGenerator generator(shape);
  std::vector<tape::SpanBlockBuilder> blocks;
  for (std::size_t i = 0; i < count; ++i) blocks.push_back(generator.next_block());
  return blocks;
}

}  // namespace pilothouse::bench
