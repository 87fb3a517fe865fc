#pragma once

#include <cstddef>

#include "base/error.h"
#include "model/records.h"
#include "tape/span_block.h"

namespace pilothouse::hub {

// What the roll-ups of one request may hold together, so that a small body cannot make the hub hold much.
// What goes beyond is still stored as spans: groups are put together under model::kOtherGroups, and what is
// not summed up for the timeline is read from its block.
struct RollUpBudget {
  std::size_t shares = 16'384;  // computations, counted once for each block; more are refused
  std::size_t groups = 65'536;
  std::size_t cells = 524'288;
  std::size_t lanes = 65'536;
};

// One pass over a block: everything of `record` but what its chunk's header says. kTooLarge when it names too
// many computations, kMalformed when one of them has no name or the same name twice.
base::Result<void> summarize_block(const tape::SpanBlock& block, RollUpBudget& budget,
                                   model::SpanBlockRecord& record);

}  // namespace pilothouse::hub
