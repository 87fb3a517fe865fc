#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/clock.h"
#include "hub/ingest/summarize_block.h"
#include "model/records.h"
#include "tape/span_block.h"

namespace pilothouse::hub {

// One run's place in its block.
struct SpanRun {
  std::uint32_t slot;  // of its group; kNone: of no computation
  std::uint32_t lane;
  std::uint32_t first_action;
  base::Micros start,
      stop;  // of all its actions; start > stop when it has none with a duration that is possible
};

// Where the group of a slot is.
struct GroupPlace {
  std::uint32_t computation;  // of the block's dictionary
  std::uint32_t number;       // among the groups of its computation
};

struct SpanRuns {
  std::span<const SpanRun> runs;  // of each span
  std::span<const GroupPlace> groups;
  std::size_t lanes;
};

// Makes the tiles of the record's shares; their times must be there. What the budget does not allow has none.
void summarize_timeline(const tape::SpanBlock& block, const SpanRuns& runs, RollUpBudget& budget,
                        model::SpanBlockRecord& record);

}  // namespace pilothouse::hub
