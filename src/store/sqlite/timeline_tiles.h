#pragma once

#include <cstdint>
#include <vector>

#include "model/records.h"
#include "store/sqlite/connection.h"

namespace pilothouse::store::sqlite {

// What the spans of one upload add to the stored timelines. Belongs to one upload, whose records outlive it,
// and its transaction.
class TimelineTiles {
 public:
  explicit TimelineTiles(Connection& connection) : connection_(connection) {}

  // `lanes` and `groups` give the numbers under which write() is told the rows of the record's lanes and of
  // the share's groups.
  void add(std::int64_t computation, std::int64_t block, const model::SpanBlockRecord::Share& share,
           const std::vector<std::uint32_t>& lanes, const std::vector<std::uint32_t>& groups);

  // Lane row 0: there are too many, it has no timeline.
  void write(const std::vector<std::int64_t>& lane_rows, const std::vector<std::int64_t>& group_rows);

 private:
  struct Tile {
    std::int64_t computation;
    std::int64_t block;
    const model::SpanBlockRecord::Share* share;
    std::vector<std::uint32_t> lanes, groups;  // of the tile
  };

  Connection& connection_;
  std::vector<Tile> tiles_;
};

}  // namespace pilothouse::store::sqlite
