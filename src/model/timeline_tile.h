#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/timeline.h"

// What some of a computation's runs did when, summed up at one width of time, in columns. A tile stands
// alone: nothing but it is needed to show its runs in buckets that are a multiple of its own.
//
//   | version, shift, lanes, groups, columns, first bucket, cells, long runs, their actions, first start |
//   | gaps | spans | groups | rests | erred? | busy time of each action there is |
//   | of long runs: lanes | groups | erred | actions || of their actions: kind | start | duration |
//
// The first line are varints, the others packed columns. Cells come by bucket and lane, and a gap is how many
// places were left out before one. A rest is what other groups were busy than the one that is named.
namespace pilothouse::model {

using TimelineColumn = std::vector<std::uint64_t>;  // numbers up to INT64_MAX

struct TimelineTile {
  int shift = kFinestShift;
  std::size_t lanes = 0;  // how many are told apart
  std::size_t groups = 0;

  // Of cells; what is 0 everywhere may be empty.
  TimelineColumn bucket, lane, spans, group, group_us, erred;
  std::array<TimelineColumn, kTimelineActions.size()> busy_us;

  // Of the runs that touch more than kMaxSpread buckets, and of all their actions one after the other.
  TimelineColumn run_lane, run_group, run_erred, run_actions;
  TimelineColumn action, action_start, action_us;

  std::size_t cells() const { return bucket.size(); }
  std::size_t runs() const { return run_lane.size(); }

  bool operator==(const TimelineTile&) const = default;
};

// Cells must be in the order of their buckets and lanes.
std::string encode_tile(const TimelineTile& tile);

// Replaces what is in `tile`, whose memory is used again. kMalformed when the bytes are damaged: every index
// of what is returned is below the number of lanes, groups or actions, and every time is possible.
base::Result<void> decode_tile(std::string_view bytes, TimelineTile& tile);

}  // namespace pilothouse::model
