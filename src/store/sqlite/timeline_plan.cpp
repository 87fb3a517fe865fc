#include "store/sqlite/timeline_plan.h"

#include <algorithm>

#include "store/sqlite/stored_tile.h"

namespace pilothouse::store::sqlite {
namespace {

class Planner {
 public:
  Planner(Connection& connection, std::int64_t computation, base::Micros from, base::Micros to, int shift,
          std::int64_t most_spans)
      : connection_(connection),
        computation_(computation),
        from_(from),
        to_(to),
        shift_(shift),
        most_spans_(most_spans) {}

  TimelinePlan run() {
    plan_.shift = shift_;
    add_tiles(kWaiting);
    add_tiles(kNeverFolded);
    add_blocks_without_tiles();
    return std::move(plan_);
  }

 private:
  struct Tile {
    std::int64_t id;
    int shift;
    std::int64_t block;  // 0: none
    std::int64_t spans;
    std::int64_t weight;
    bool expired;  // parts of it that are asked for are gone
  };

  void add_tiles(std::int64_t parent) {
    if (!plan_.whole) return;
    for (const Tile& tile : tiles_of(parent)) {
      if (tile.shift <= shift_ || tile.expired) {
        plan_.tiles.push_back(tile.id);
        plan_.shift = std::max(plan_.shift, tile.shift);
        plan_.weight += tile.weight;
      } else if (tile.block == 0) {
        add_tiles(tile.id);
      } else {
        add_block(tile.block, tile.spans);
      }
    }
  }

  std::vector<Tile> tiles_of(std::int64_t parent) {
    std::vector<Tile> tiles;
    Statement row = connection_.query(
        "SELECT id, shift, block, spans, weight, expired_us FROM timeline_tiles WHERE computation = ? AND "
        "parent = ? "
        "AND last_us >= ? AND first_us < ?",
        computation_, parent, from_, to_);
    while (row.step()) {
      tiles.push_back({row.integer(0), static_cast<int>(row.integer(1)), row.integer(2), row.integer(3),
                       row.integer(4), row.optional_integer(5).value_or(-1) >= from_});
    }
    return tiles;
  }

  void add_blocks_without_tiles() {
    if (!plan_.whole) return;
    Statement row = connection_.query(
        "SELECT block, spans FROM span_shares WHERE computation = ? AND tiled = 0 AND last_us >= ? AND "
        "first_us < ?",
        computation_, from_, to_);
    while (row.step()) add_block(row.integer(0), row.integer(1));
  }

  void add_block(std::int64_t block, std::int64_t spans) {
    plan_.blocks.push_back(block);
    plan_.spans += spans;
    plan_.whole = plan_.whole && plan_.spans <= most_spans_;
  }

  Connection& connection_;
  const std::int64_t computation_;
  const base::Micros from_, to_;
  const int shift_;
  const std::int64_t most_spans_;
  TimelinePlan plan_;
};

}  // namespace

TimelinePlan plan_timeline(Connection& connection, std::int64_t computation, base::Micros from,
                           base::Micros to, int shift, std::int64_t most_spans) {
  return Planner(connection, computation, from, to, shift, most_spans).run();
}

}  // namespace pilothouse::store::sqlite
