#include "model/timeline_grid.h"

namespace pilothouse::model {

void TimelineGrid::regroup(const std::vector<std::int32_t>& numbers) {
  for (std::int32_t& group : group_) {
    if (group != kNothing) group = numbers[static_cast<std::size_t>(group)];
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
