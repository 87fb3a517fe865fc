#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/dense_index.h"
#include "base/saturate.h"

// What threads did when, summed up at several widths of time. A cell is one lane (a worker's thread) in one
// bucket of time; cells of the same place add up, so parts may be summed in any order.
namespace pilothouse::model {

// Widths of buckets: 2^shift us, 0.26 s to 9 years.
inline constexpr int kFinestShift = 18;
inline constexpr int kCoarsestShift = 48;

// The year 10000: later times are not believed.
inline constexpr base::Micros kEndOfTime = 253'402'300'800'000'000;

// A run is summed up only at widths at which it touches no more buckets than this.
inline constexpr std::int64_t kMaxSpread = 16;

// Of the actions that Dask's workers report; all others are the last.
inline constexpr std::array<std::string_view, 6> kTimelineActions{"compute",   "transfer",   "deserialize",
                                                                  "disk-read", "disk-write", "other"};
inline constexpr std::size_t kCompute = 0;

std::size_t timeline_action(std::string_view name);

struct TimelineCell {
  std::int64_t bucket = 0;  // time >> shift
  std::int64_t lane = 0;
  std::int64_t group = -1;    // none yet
  std::int64_t group_us = 0;  // how far `group` is ahead of all others together
  std::int64_t spans = 0;     // that begin here
  std::int64_t erred = 0;     // of these
  std::array<std::int64_t, kTimelineActions.size()> busy_us{};

  bool operator==(const TimelineCell&) const = default;

  // The majority vote of Boyer and Moore, weighted: a group that was busy for more than half of the time is
  // found whatever the order.
  void vote(std::int64_t candidate, std::int64_t us) {
    if (group == candidate) {
      group_us = base::saturating_add(group_us, us);
    } else if (us > group_us || group < 0) {
      group = candidate;
      group_us = us - group_us;
    } else {
      group_us -= us;
    }
  }

  void add(const TimelineCell& other) {
    vote(other.group, other.group_us);
    spans = base::saturating_add(spans, other.spans);
    erred = base::saturating_add(erred, other.erred);
    for (std::size_t i = 0; i < busy_us.size(); ++i) {
      busy_us[i] = base::saturating_add(busy_us[i], other.busy_us[i]);
    }
  }
};

// Cells by their place.
class TimelineCells {
 public:
  TimelineCells() = default;

  // Finds the cells of these buckets and of lanes 0 to `lanes` - 1 faster, at the price of 4 bytes each.
  TimelineCells(std::int64_t first_bucket, std::size_t buckets, std::size_t lanes)
      : first_bucket_(first_bucket), buckets_(buckets), lanes_(lanes), grid_(buckets * lanes, kNone) {}

  void reserve(std::size_t cells) { cells_.reserve(cells); }

  // Lives until the next call.
  TimelineCell& at(std::int64_t bucket, std::int64_t lane) {
    const auto row = static_cast<std::uint64_t>(bucket - first_bucket_);
    if (static_cast<std::uint64_t>(lane) < lanes_ && row < buckets_) {
      std::uint32_t& number = grid_[row * lanes_ + static_cast<std::uint64_t>(lane)];
      if (number == kNone) {
        number = static_cast<std::uint32_t>(cells_.size());
        cells_.push_back({bucket, lane});
      }
      return cells_[number];
    }
    return hashed(bucket, lane);
  }
  std::size_t size() const { return cells_.size(); }
  const std::vector<TimelineCell>& cells() const { return cells_; }

  // Their numbers, by bucket and lane.
  std::vector<std::uint32_t> order() const {
    std::vector<std::uint32_t> order;
    order.reserve(cells_.size());
    for (const std::uint32_t number : grid_) {
      if (number != kNone) order.push_back(number);
    }
    if (numbers_.empty()) return order;
    order.insert(order.end(), numbers_.begin(), numbers_.end());
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(cells_[a].bucket, cells_[a].lane) < std::pair(cells_[b].bucket, cells_[b].lane);
    });
    return order;
  }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;

  TimelineCell& hashed(std::int64_t bucket, std::int64_t lane) {
    const std::uint32_t number =
        index_.find_or_add(static_cast<std::uint64_t>(bucket), static_cast<std::uint64_t>(lane));
    if (number == numbers_.size()) {
      numbers_.push_back(static_cast<std::uint32_t>(cells_.size()));
      cells_.push_back({bucket, lane});
    }
    return cells_[numbers_[number]];
  }

  std::int64_t first_bucket_ = 0;
  std::size_t buckets_ = 0;
  std::size_t lanes_ = 0;
  std::vector<std::uint32_t> grid_;  // of cells_, by bucket and lane
  base::DenseIndex index_;           // of numbers_; what the grid does not hold
  std::vector<std::uint32_t> numbers_;
  std::vector<TimelineCell> cells_;
};

inline bool possible_times(base::Micros start, base::Micros stop) {
  return start <= stop && stop < kEndOfTime;
}

// Whether a run from `start` to `stop` is summed up at that width.
inline bool fits_timeline(base::Micros start, base::Micros stop, int shift) {
  return (stop >> shift) - (start >> shift) < kMaxSpread;
}

// Calls take(bucket, us) for each bucket that [start, stop) touches.
template <class Take>
void spread(base::Micros start, base::Micros stop, int shift, Take take) {
  for (std::int64_t bucket = start >> shift; start < stop; ++bucket) {
    const base::Micros end = std::min(stop, (bucket + 1) << shift);
    take(bucket, end - start);
    start = end;
  }
}

}  // namespace pilothouse::model
