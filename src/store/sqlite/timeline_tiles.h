#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "model/records.h"
#include "model/timeline.h"
#include "store/sqlite/connection.h"

namespace pilothouse::store::sqlite {

// What the spans of one upload add to the stored timelines. Belongs to one upload and its transaction.
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
  using Cells = std::array<model::TimelineCells, model::kTimelineShifts.size()>;
  struct Tile {
    std::int64_t computation;
    std::int64_t block;
    std::vector<model::TimelineCell> cells;
  };
  struct Rows {
    const std::vector<std::int64_t>& lanes;
    const std::vector<std::int64_t>& groups;
  };

  void write_cells(std::int64_t computation, std::size_t level, std::vector<model::TimelineCell>& cells);
  static void to_rows(const Rows& rows, std::vector<model::TimelineCell>& cells);

  Connection& connection_;
  std::vector<Tile> tiles_;
  std::map<std::int64_t, Cells> computations_;
};

}  // namespace pilothouse::store::sqlite
