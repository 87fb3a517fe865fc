#include "model/timeline_grid.h"

namespace pilothouse::model {

// Lanes begin an odd number of cache lines apart: with a power of two, the same bucket of all lanes would
// compete for one place in the cache.
TimelineGrid::TimelineGrid(std::size_t buckets, std::size_t lanes)
    : buckets_(buckets), stride_(((buckets + 7) / 8 | 1) * 8), room_(lanes * stride_) {}

void TimelineGrid::add_lane() {
  ++lanes_;
  const std::size_t size = lanes_ * stride_;
  const auto grow = [&](auto& column, auto value) {
    column.reserve(room_);
    column.resize(size, value);
  };
  grow(group_, kNothing);
  grow(group_us_, std::int64_t{0});
  grow(spans_, std::int64_t{0});
  if (!erred_.empty()) grow(erred_, std::int64_t{0});
  for (auto& busy : busy_us_) {
    if (!busy.empty()) grow(busy, std::int64_t{0});
  }
}

void TimelineGrid::make_column(std::vector<std::int64_t>& sparse) const {
  sparse.reserve(room_);
  sparse.resize(lanes_ * stride_);
}

void TimelineGrid::add_cells(const TimelineTile& tile, const std::vector<std::uint32_t>& cells,
                             const std::vector<std::size_t>& places,
                             const std::vector<std::int32_t>& groups) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    vote(places[i], groups[tile.group[cells[i]]], static_cast<std::int64_t>(tile.group_us[cells[i]]));
  }
  const auto add_column = [&](const TimelineColumn& values, std::vector<std::int64_t>& sums) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      add(sums[places[i]], static_cast<std::int64_t>(values[cells[i]]));
    }
  };
  add_column(tile.spans, spans_);
  if (cells.empty()) return;
  if (!tile.erred.empty()) add_column(tile.erred, column(erred_));
  for (std::size_t action = 0; action < busy_us_.size(); ++action) {
    if (!tile.busy_us[action].empty()) add_column(tile.busy_us[action], column(busy_us_[action]));
  }
}

}  // namespace pilothouse::model
