#include "model/timeline_size.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <vector>

namespace pilothouse::model {
namespace {

constexpr std::size_t kFixed = 4096;  // header, table of columns, padding, names of members and of actions

// At most: the numbers of a run or an action are stored as narrow as the largest one allows.
constexpr std::size_t kNumbersOfRun = 16;
constexpr std::size_t kNumbersOfAction = 17;

std::size_t width_of(std::uint64_t bits) {
  return bits == 0 ? 0 : std::bit_ceil((static_cast<std::size_t>(std::bit_width(bits)) + 7) / 8);
}

std::size_t bytes_of_groups(const TimelineView& view) {
  std::size_t bytes = 0;
  for (const std::string& group : view.groups) bytes += timeline_bytes_of(group);
  return bytes;
}

std::vector<std::size_t> uses_of_groups(const TimelineView& view) {
  std::vector<std::size_t> uses(view.groups.size());
  if (view.runs) {
    for (const TimelineRun& run : *view.runs) ++uses[static_cast<std::size_t>(run.group)];
    return uses;
  }
  for (std::size_t bucket = 0; bucket < view.cells.buckets(); ++bucket) {
    for (std::size_t lane = 0; lane < view.lanes.size(); ++lane) {
      const std::int32_t group = view.cells.group()[view.cells.place(bucket, lane)];
      if (group != TimelineGrid::kNothing) ++uses[static_cast<std::size_t>(group)];
    }
  }
  return uses;
}

}  // namespace

std::size_t TimelineRoom::cells(const TimelineView& view) const {
  std::size_t texts = kFixed + bytes_of_groups(view);
  for (const TimelineLane& lane : view.lanes) texts += timeline_bytes_of(lane);
  return total_ - std::min(texts, total_);
}

std::size_t timeline_bytes_of(std::string_view text) {
  std::size_t bytes = 3;  // quotes and a comma
  for (const char c : text) bytes += static_cast<unsigned char>(c) < 0x20 ? 6 : c == '"' || c == '\\' ? 2 : 1;
  return bytes;
}

std::size_t timeline_bytes_of(const TimelineLane& lane) {
  constexpr std::size_t kMembers = 64;
  return kMembers + timeline_bytes_of(lane.worker.value_or("")) + timeline_bytes_of(lane.name.value_or(""));
}

std::size_t timeline_bytes_of(const TimelineRun& run) {
  return run.key.size() + kNumbersOfRun + run.actions.size() * kNumbersOfAction;
}

std::size_t timeline_bytes_of_cells(const TimelineView& view) {
  const TimelineGrid& grid = view.cells;
  std::vector<const std::vector<std::int64_t>*> columns{&grid.spans(), &grid.erred()};
  for (std::size_t action = 0; action < kTimelineActions.size(); ++action)
    columns.push_back(&grid.busy_us(action));
  std::erase_if(columns, [](const auto* column) { return column->empty(); });
  std::vector<std::uint64_t> bits(columns.size());
  std::uint64_t groups = 0;
  std::size_t cells = 0;
  for (std::size_t bucket = 0; bucket < grid.buckets(); ++bucket) {
    const std::size_t first = grid.place(bucket, 0);
    for (std::size_t place = first; place < first + view.lanes.size(); ++place) {
      if (grid.group()[place] == TimelineGrid::kNothing) continue;
      ++cells;
      groups |= static_cast<std::uint64_t>(grid.group()[place]);
    }
    // What is not a cell is 0 in all columns.
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto begin = columns[i]->begin() + static_cast<std::ptrdiff_t>(first);
      bits[i] = std::accumulate(
          begin, begin + static_cast<std::ptrdiff_t>(view.lanes.size()), bits[i],
          [](std::uint64_t sum, std::int64_t value) { return sum | static_cast<std::uint64_t>(value); });
    }
  }
  std::size_t width = width_of(groups);
  for (const std::uint64_t column : bits) width += width_of(column);
  return grid.buckets() * view.lanes.size() / 8 + cells * width;
}

void bound_groups(TimelineView& view, std::size_t most) {
  if (bytes_of_groups(view) <= most) return;
  const std::vector<std::size_t> uses = uses_of_groups(view);
  std::vector<std::size_t> order(uses.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return uses[a] > uses[b]; });
  std::vector<std::string> kept{std::string(kOtherGroups)};
  std::vector<std::int32_t> numbers(uses.size(), 0);
  std::size_t bytes = timeline_bytes_of(kOtherGroups);
  for (const std::size_t group : order) {
    if (uses[group] == 0) break;
    if (view.groups[group] == kOtherGroups) continue;
    bytes += timeline_bytes_of(view.groups[group]);
    if (bytes > most) break;
    numbers[group] = static_cast<std::int32_t>(kept.size());
    kept.push_back(std::move(view.groups[group]));
  }
  view.groups = std::move(kept);
  view.cells.regroup(numbers);
  if (!view.runs) return;
  for (TimelineRun& run : *view.runs) run.group = numbers[static_cast<std::size_t>(run.group)];
}

}  // namespace pilothouse::model
