#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "store/sqlite/connection.h"

namespace pilothouse::store::sqlite {

// What to read for a view of a computation. Every run is in exactly one of the tiles and blocks.
struct TimelinePlan {
  int shift = 0;                     // no tile is wider: a view's buckets are multiples of 2^shift us
  std::vector<std::int64_t> tiles;   // rows
  std::vector<std::int64_t> blocks;  // of which all runs count
  std::int64_t spans = 0;            // of the blocks' parts
  std::int64_t weight = 0;           // of the tiles
  bool whole = true;                 // false: it was given up, there are more spans than asked for

  // About how many cells take as long.
  std::int64_t cost() const { return weight + 6 * spans; }
};

// Takes the widest tiles up to 2^shift us, and blocks where there is none. Where the blocks are no longer
// kept, it takes the finest tiles there are, and the plan's shift is higher. shift -1: blocks, if possible.
TimelinePlan plan_timeline(Connection& connection, std::int64_t computation, base::Micros from,
                           base::Micros to, int shift, std::int64_t most_spans = INT64_MAX);

}  // namespace pilothouse::store::sqlite
