#include "model/timeline_grid.h"

namespace pilothouse::model {

void TimelineGrid::grow(std::size_t lanes) {
  const std::size_t before = stride_;
  stride_ = std::max(lanes, std::min(2 * stride_, most_lanes_));
  const std::size_t size = kFirst + buckets_ * stride_;
  const auto move = [&](auto& column, auto nothing) {
    auto old = std::exchange(column, {});
    column.assign(size, nothing);
    for (std::size_t bucket = 0; bucket < buckets_ && before > 0; ++bucket) {
      const auto from = old.begin() + static_cast<std::ptrdiff_t>(kFirst + bucket * before);
      std::copy_n(from, before, column.begin() + static_cast<std::ptrdiff_t>(place(bucket, 0)));
    }
  };
  move(group_, kNothing);
  move(group_us_, std::int64_t{0});
  move(spans_, std::int64_t{0});
  if (!erred_.empty()) move(erred_, std::int64_t{0});
  for (auto& busy : busy_us_) {
    if (!busy.empty()) move(busy, std::int64_t{0});
  }
}

void TimelineGrid::add_cells(const TimelineTile& tile, const std::vector<std::uint32_t>& places,
                             const std::vector<std::int32_t>& groups) {
  if (stride_ == 0) return;
  for (std::size_t i = 0; i < places.size(); ++i) {
    vote(places[i], groups[tile.group[i]], static_cast<std::int64_t>(tile.group_us[i]));
  }
  const auto add_column = [&](const TimelineColumn& values, std::vector<std::int64_t>& sums) {
    for (std::size_t i = 0; i < places.size(); ++i)
      add(sums[places[i]], static_cast<std::int64_t>(values[i]));
  };
  add_column(tile.spans, spans_);
  if (!tile.erred.empty()) add_column(tile.erred, column(erred_));
  for (std::size_t action = 0; action < busy_us_.size(); ++action) {
    if (!tile.busy_us[action].empty()) add_column(tile.busy_us[action], column(busy_us_[action]));
  }
}

}  // namespace pilothouse::model
