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
//   | version, shift, lanes, groups, columns, rows, cells, long runs, their actions, first start |
//   | of each row: bucket | cells |
//   | of each cell: gap | spans | group | rest | erred? | busy time of each action there is |
//   | of each long run: lane | group | erred | actions || of each of their actions: kind | start | duration |
//
// The first line are varints, the others packed columns. Cells come lane by lane, and a gap is how many
// buckets of the lane were left out before one. A rest is what other groups were busy than the one that is
// named.
namespace pilothouse::model {

using TimelineColumn = std::vector<std::uint64_t>;  // numbers up to INT64_MAX

struct TimelineTile {
  int shift = kFinestShift;
  std::size_t lanes = 0;  // how many are told apart
  std::size_t groups = 0;

  TimelineColumn row_bucket, row_cells;  // in the order of time, and how many cells each has

  // Of cells, row by row, of each by lane; what is 0 everywhere may be empty.
  TimelineColumn lane, spans, group, group_us, erred;
  std::array<TimelineColumn, kTimelineActions.size()> busy_us;

  // Of the runs that touch more than kMaxSpread buckets, and of all their actions one after the other.
  TimelineColumn run_lane, run_group, run_erred, run_actions;
  TimelineColumn action, action_start, action_us;

  std::size_t rows() const { return row_bucket.size(); }
  std::size_t cells() const { return lane.size(); }
  std::size_t runs() const { return run_lane.size(); }

  bool operator==(const TimelineTile&) const = default;
};

std::string encode_tile(const TimelineTile& tile);

// Replaces what is in `tile`, whose memory is used again. kMalformed when the bytes are damaged: every index
// of what is returned is below the number of lanes, groups or actions, and every time is possible.
base::Result<void> decode_tile(std::string_view bytes, TimelineTile& tile);

}  // namespace pilothouse::model
