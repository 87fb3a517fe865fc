#include "hub/ingest/summarize_block.h"

#include <algorithm>
#include <limits>

#include "base/dense_index.h"
#include "base/saturate.h"
#include "hub/ingest/summarize_timeline.h"
#include "model/timeline.h"

namespace pilothouse::hub {
namespace {

using base::Errc;
using base::error;
using base::Micros;
using base::saturating_add;
using model::SpanBlockRecord;

constexpr std::size_t kTypes = 8;     // of one group in one block; further ones are put together
constexpr std::size_t kActions = 16;  // of one block; the same
constexpr std::string_view kOther = "(other)";
constexpr std::size_t kMaxLanes = 16'384;         // of one block; with more, it has no timeline
constexpr std::uint16_t kNoLatency = UINT16_MAX;  // of a span without a compute action
constexpr Micros kNever = std::numeric_limits<Micros>::max();

struct Type {
  std::uint32_t index = tape::kNone;
  std::int64_t count = 0;
};

struct Slow {
  std::int64_t duration_us;
  Micros start_us;
  std::uint32_t span;
};

// One group of one computation.
struct Slot {
  std::uint32_t computation = 0;
  std::uint32_t group = tape::kNone;  // kNone: the groups beyond the budget
  std::uint32_t number = 0;           // among the groups of its computation
  std::int64_t memory = 0;
  std::int64_t erred = 0;
  std::int64_t nbytes = 0;
  Micros first = kNever;
  Micros last = -1;
  std::array<Type, kTypes> types;
  std::int64_t other_types = 0;
  std::array<Slow, SpanBlockRecord::kSlowest> slow;
  std::size_t slow_count = 0;
  std::int64_t slow_threshold = -1;
  std::uint32_t latencies = 0;
  std::int64_t highest = 0;

  void add_type(std::uint32_t index) {
    for (Type& type : types) {
      if (type.index == tape::kNone) type.index = index;
      if (type.index == index) {
        ++type.count;
        return;
      }
    }
    ++other_types;
  }

  void add_slow(const Slow& candidate) {
    const auto shorter = [](const Slow& a, const Slow& b) { return a.duration_us < b.duration_us; };
    if (slow_count < slow.size()) {
      slow[slow_count++] = candidate;
    } else {
      *std::min_element(slow.begin(), slow.end(), shorter) = candidate;
    }
    if (slow_count == slow.size()) {
      slow_threshold = std::min_element(slow.begin(), slow.end(), shorter)->duration_us;
    }
  }
};

class Summary {
 public:
  Summary(const tape::SpanBlock& block, RollUpBudget& budget, SpanBlockRecord& record)
      : block_(block), budget_(budget), record_(record), row_(std::min(block.action_names.size(), kActions)) {
    const auto compute = std::find(block.action_names.begin(), block.action_names.end(), "compute");
    compute_ = static_cast<std::size_t>(compute - block.action_names.begin());
  }

  void run() {
    record_.shares.resize(block_.computations.size());
    group_count_.resize(block_.computations.size());
    for (std::size_t i = 0; i < record_.shares.size(); ++i) {
      record_.shares[i].computation = block_.computations[i];
    }
    read_spans();
    fill_groups();
    fill_lanes();
    fill_timeline();
  }

 private:
  void read_spans() {
    runs_.resize(block_.size());
    latency_.resize(block_.size(), kNoLatency);
    slot_of_group_.resize(block_.groups.size(), tape::kNone);
    lane_number_.resize(block_.lanes.size(), tape::kNone);
    std::uint32_t action = 0;
    for (std::uint32_t i = 0; i < block_.size(); ++i) {
      SpanRun& run = runs_[i];
      run = {tape::kNone, 0, action, kNever, -1};
      const std::uint32_t end = action + block_.action_count[i];
      if (block_.computation[i] != tape::kNone) {
        run.slot = slot_of(i);
        read_span(i, run, end);
      }
      action = end;
    }
  }

  void read_span(std::uint32_t i, SpanRun& run, std::uint32_t end) {
    Slot& slot = slots_[run.slot];
    std::int64_t compute_us = -1;
    bool impossible = false;
    for (std::uint32_t k = run.first_action; k < end; ++k) {
      const Micros start = block_.action_start[k];
      const Micros stop = block_.action_stop[k];
      if (!model::possible_times(start, stop)) {
        impossible = true;
        continue;
      }
      const std::size_t name = block_.action[k];
      std::int64_t& sum = durations_[run.slot * row_ + std::min(name, row_ - 1)];
      sum = saturating_add(sum, stop - start);
      if (name == compute_) compute_us = saturating_add(std::max<std::int64_t>(compute_us, 0), stop - start);
      run.start = std::min(run.start, start);
      run.stop = std::max(run.stop, stop);
    }
    record_.impossible_runs += impossible ? 1 : 0;
    const bool erred = block_.status[i] == static_cast<std::uint8_t>(tape::SpanStatus::kErred);
    ++(erred ? slot.erred : slot.memory);
    if (block_.nbytes[i] > 0) slot.nbytes = saturating_add(slot.nbytes, block_.nbytes[i]);
    if (block_.type[i] != tape::kNone) slot.add_type(block_.type[i]);
    if (run.start <= run.stop) {
      slot.first = std::min(slot.first, run.start);
      slot.last = std::max(slot.last, run.stop);
    }
    if (compute_us >= 0) {
      latency_[i] = static_cast<std::uint16_t>(model::LatencySketch::index_of(compute_us));
      ++slot.latencies;
      slot.highest = std::max(slot.highest, compute_us);
      if (compute_us > slot.slow_threshold) slot.add_slow({compute_us, run.start, i});
    }
    std::uint32_t& lane = lane_number_[block_.lane[i]];
    if (lane == tape::kNone) {
      lane = static_cast<std::uint32_t>(lane_span_.size());
      lane_span_.push_back(i);
    }
    run.lane = lane;
  }

  // A recorder's blocks have an entry of the groups' dictionary for each group of each computation, so that
  // the group alone nearly always tells the slot.
  std::uint32_t slot_of(std::uint32_t i) {
    const std::uint32_t group = block_.group[i];
    const std::uint32_t computation = block_.computation[i];
    const std::uint32_t guess = slot_of_group_[group];
    if (guess != tape::kNone && slots_[guess].computation == computation) return guess;
    const std::uint32_t pair = pairs_.find_or_add(computation, group);
    if (pair < slot_of_pair_.size()) return slot_of_pair_[pair];
    const bool within = budget_.groups > 0;
    if (within) --budget_.groups;
    const std::uint32_t slot = within ? add_slot(computation, group) : other_slot(computation);
    slot_of_pair_.push_back(slot);
    if (within) slot_of_group_[group] = slot;
    return slot;
  }

  std::uint32_t other_slot(std::uint32_t computation) {
    if (other_slots_.empty()) other_slots_.resize(block_.computations.size(), tape::kNone);
    if (other_slots_[computation] == tape::kNone) {
      other_slots_[computation] = add_slot(computation, tape::kNone);
    }
    return other_slots_[computation];
  }

  std::uint32_t add_slot(std::uint32_t computation, std::uint32_t group) {
    Slot slot;
    slot.computation = computation;
    slot.group = group;
    slot.number = group_count_[computation]++;
    slots_.push_back(slot);
    durations_.resize(slots_.size() * row_);
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }

  void fill_groups() {
    const std::vector<std::uint16_t> latencies = latencies_by_slot();
    read_slow_keys();
    std::size_t from = 0;
    for (std::size_t number = 0; number < slots_.size(); ++number) {
      Slot& slot = slots_[number];
      SpanBlockRecord::Share& share = record_.shares[slot.computation];
      SpanBlockRecord::GroupShare group;
      group.name = slot.group == tape::kNone ? model::kOtherGroups : block_.groups[slot.group];
      group.memory = slot.memory;
      group.erred = slot.erred;
      group.nbytes = slot.nbytes;
      for (std::size_t action = 0; action < row_; ++action) {
        const std::int64_t us = durations_[number * row_ + action];
        const bool rest = action == row_ - 1 && block_.action_names.size() > row_;
        if (us > 0) group.durations_us.emplace_back(rest ? kOther : block_.action_names[action], us);
      }
      for (const Type& type : slot.types) {
        if (type.count > 0) group.types.emplace_back(block_.types[type.index], type.count);
      }
      if (slot.other_types > 0) group.types.emplace_back(kOther, slot.other_types);
      if (slot.first <= slot.last) {
        group.first_start_us = slot.first;
        group.last_stop_us = slot.last;
        share.first_us = std::min(share.first_us.value_or(slot.first), slot.first);
        share.last_us = std::max(share.last_us.value_or(slot.last), slot.last);
      }
      group.latency =
          model::LatencySketch::of(std::span(latencies).subspan(from, slot.latencies), slot.highest);
      from += slot.latencies;
      std::sort(slot.slow.begin(), slot.slow.begin() + static_cast<std::ptrdiff_t>(slot.slow_count),
                [](const Slow& a, const Slow& b) { return a.duration_us > b.duration_us; });
      for (std::size_t i = 0; i < slot.slow_count; ++i) group.slowest.push_back(slow_span(slot.slow[i]));
      share.spans += slot.memory + slot.erred;
      share.erred += slot.erred;
      share.groups.push_back(std::move(group));
    }
  }

  void read_slow_keys() {
    for (const Slot& slot : slots_) {
      for (std::size_t i = 0; i < slot.slow_count; ++i)
        slow_keys_.emplace_back(slot.slow[i].span, std::string());
    }
    std::sort(slow_keys_.begin(), slow_keys_.end());
    tape::SingleKeys keys(block_);
    for (auto& [span, key] : slow_keys_) key = keys.at(span);
  }

  SpanBlockRecord::SlowSpan slow_span(const Slow& slow) const {
    const auto key =
        std::lower_bound(slow_keys_.begin(), slow_keys_.end(), std::pair(slow.span, std::string()));
    return {slow.duration_us, slow.start_us, key->second, worker_of(slow.span), block_.thread[slow.span]};
  }

  std::optional<std::string> worker_of(std::uint32_t span) const {
    const std::uint32_t worker = block_.worker[span];
    if (worker == tape::kNone) return std::nullopt;
    return std::string(block_.workers[worker]);
  }

  // Those of one slot side by side, in the order of the slots.
  std::vector<std::uint16_t> latencies_by_slot() const {
    std::vector<std::uint32_t> next(slots_.size());
    std::uint32_t total = 0;
    for (std::size_t number = 0; number < slots_.size(); ++number) {
      next[number] = total;
      total += slots_[number].latencies;
    }
    std::vector<std::uint16_t> sorted(total);
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (latency_[i] != kNoLatency) sorted[next[runs_[i].slot]++] = latency_[i];
    }
    return sorted;
  }

  void fill_lanes() {
    summed_ = lane_span_.size() <= std::min(kMaxLanes, budget_.lanes);
    if (!summed_) return;
    budget_.lanes -= lane_span_.size();
    for (const std::uint32_t span : lane_span_) {
      record_.lanes.push_back({worker_of(span), block_.thread[span]});
    }
  }

  void fill_timeline() {
    if (!summed_) return;
    std::vector<GroupPlace> groups;
    groups.reserve(slots_.size());
    for (const Slot& slot : slots_) groups.push_back({slot.computation, slot.number});
    summarize_timeline(block_, {runs_, groups, lane_span_.size()}, budget_, record_);
  }

  const tape::SpanBlock& block_;
  RollUpBudget& budget_;
  SpanBlockRecord& record_;
  const std::size_t row_;  // of durations_
  std::size_t compute_ = 0;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> group_count_;    // of each computation
  std::vector<std::uint32_t> slot_of_group_;  // the last one
  base::DenseIndex pairs_;
  std::vector<std::uint32_t> slot_of_pair_;
  std::vector<std::uint32_t> other_slots_;  // of each computation
  std::vector<std::int64_t> durations_;     // row_ for each slot
  std::vector<SpanRun> runs_;
  std::vector<std::uint16_t> latency_;
  std::vector<std::pair<std::uint32_t, std::string>> slow_keys_;  // by span
  std::vector<std::uint32_t> lane_number_;                        // of those on which something ran
  std::vector<std::uint32_t> lane_span_;                          // one span of each lane
  bool summed_ = false;
};

}  // namespace

base::Result<void> summarize_block(const tape::SpanBlock& block, RollUpBudget& budget,
                                   SpanBlockRecord& record) {
  if (block.computations.size() > budget.shares) {
    return error(Errc::kTooLarge, "the span blocks of a request name too many computations");
  }
  budget.shares -= block.computations.size();
  for (const std::string_view computation : block.computations) {
    if (computation.empty()) return error(Errc::kMalformed, "a span block names a computation \"\"");
  }
  auto named = block.computations;
  std::sort(named.begin(), named.end());
  if (std::adjacent_find(named.begin(), named.end()) != named.end()) {
    return error(Errc::kMalformed, "a span block names a computation twice");
  }
  record.spans = static_cast<std::int64_t>(block.size());
  if (!block.action_start.empty()) {
    record.first_us = *std::min_element(block.action_start.begin(), block.action_start.end());
    record.last_us = *std::max_element(block.action_stop.begin(), block.action_stop.end());
  }
  Summary(block, budget, record).run();
  std::erase_if(record.shares, [](const auto& share) { return share.spans == 0; });
  std::sort(record.shares.begin(), record.shares.end(),
            [](const auto& a, const auto& b) { return a.computation < b.computation; });
  return {};
}

}  // namespace pilothouse::hub
