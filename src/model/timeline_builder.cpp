#include "model/timeline_builder.h"

#include <algorithm>
#include <utility>

#include "base/saturate.h"

namespace pilothouse::model {
namespace {

// Numbers what occurs in the columns anew, from 0 on in the same order, and returns what had the numbers.
std::vector<std::uint64_t> renumber(TimelineColumn& cells, TimelineColumn& runs) {
  std::vector<std::uint64_t> known;
  std::uint64_t highest = 0;
  for (const TimelineColumn* column : {&cells, &runs}) {
    for (const std::uint64_t value : *column) highest = std::max(highest, value);
  }
  if (highest <= 16 * (cells.size() + runs.size())) {
    std::vector<std::uint32_t> number(highest + 1);
    for (const TimelineColumn* column : {&cells, &runs}) {
      for (const std::uint64_t value : *column) number[value] = 1;
    }
    for (std::uint64_t value = 0; value <= highest; ++value) {
      if (number[value] == 0) continue;
      number[value] = static_cast<std::uint32_t>(known.size());
      known.push_back(value);
    }
    for (TimelineColumn* column : {&cells, &runs}) {
      for (std::uint64_t& value : *column) value = number[value];
    }
    return known;
  }
  known = cells;
  known.insert(known.end(), runs.begin(), runs.end());
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  for (TimelineColumn* column : {&cells, &runs}) {
    for (std::uint64_t& value : *column) {
      value = static_cast<std::uint64_t>(std::lower_bound(known.begin(), known.end(), value) - known.begin());
    }
  }
  return known;
}

}  // namespace

TimelineBuilder::TimelineBuilder(int shift, const Extent& extent, std::size_t limit)
    : shift_(shift), extent_(extent), limit_(limit), cells_(make_cells()) {}

// Most runs are near the last one: what a block holds was told in the order in which it ended.
TimelineCells TimelineBuilder::make_cells() const {
  const std::int64_t last = extent_.last_us >> shift_;
  const std::int64_t range = last - (extent_.first_us >> shift_) + 1;
  const auto most = static_cast<std::int64_t>(extent_.places / std::max<std::size_t>(extent_.lanes, 1));
  const std::int64_t buckets = std::clamp<std::int64_t>(range, 0, most);
  TimelineCells cells(last - buckets + 1, static_cast<std::size_t>(buckets), extent_.lanes);
  cells.reserve(std::min(limit_, extent_.places / 4));
  return cells;
}

void TimelineBuilder::add_run(std::int64_t lane, std::int64_t group, bool erred,
                              std::span<const Action> actions) {
  base::Micros start = actions.front().start;
  base::Micros stop = actions.front().stop;
  for (const Action& action : actions.subspan(1)) {
    start = std::min(start, action.start);
    stop = std::max(stop, action.stop);
  }
  if (fits_timeline(start, stop, shift_)) {
    add_to_cells(lane, group, erred, start, actions);
  } else {
    long_runs_.push_back({lane, group, erred, start, stop, long_actions_.size(), actions.size()});
    long_actions_.insert(long_actions_.end(), actions.begin(), actions.end());
  }
  if (weight() > limit_) coarsen();
}

void TimelineBuilder::add_cell(const TimelineCell& cell, int shift) {
  cells_.at(cell.bucket >> (shift_ - shift), cell.lane).add(cell);
  if (weight() > limit_) coarsen();
}

void TimelineBuilder::add_to_cells(std::int64_t lane, std::int64_t group, bool erred, base::Micros start,
                                   std::span<const Action> actions) {
  std::int64_t bucket = start >> shift_;
  TimelineCell* cell = &cells_.at(bucket, lane);
  cell->vote(group, 0);
  ++cell->spans;
  cell->erred += erred ? 1 : 0;
  for (const Action& action : actions) {
    spread(action.start, action.stop, shift_, [&](std::int64_t next, std::int64_t us) {
      if (next != bucket) cell = &cells_.at(bucket = next, lane);
      cell->vote(group, us);
      std::int64_t& busy = cell->busy_us[action.kind];
      busy = base::saturating_add(busy, us);
    });
  }
}

void TimelineBuilder::coarsen() {
  while (weight() > limit_ && shift_ < kCoarsestShift) {
    ++shift_;
    const TimelineCells finer = std::exchange(cells_, make_cells());
    for (const TimelineCell& cell : finer.cells()) cells_.at(cell.bucket >> 1, cell.lane).add(cell);
    refit_long_runs();
  }
}

void TimelineBuilder::refit_long_runs() {
  const auto runs = std::exchange(long_runs_, {});
  const auto actions = std::exchange(long_actions_, {});
  for (const LongRun& run : runs) {
    const auto own = std::span(actions).subspan(run.first_action, run.actions);
    if (fits_timeline(run.start, run.stop, shift_)) {
      add_to_cells(run.lane, run.group, run.erred, run.start, own);
    } else {
      long_runs_.push_back(run);
      long_runs_.back().first_action = long_actions_.size();
      long_actions_.insert(long_actions_.end(), own.begin(), own.end());
    }
  }
}

TimelineTile TimelineBuilder::take(std::vector<std::uint64_t>& lanes, std::vector<std::uint64_t>& groups) {
  TimelineTile tile;
  tile.shift = shift_;
  const std::vector<std::uint32_t> order = cells_.order();
  const auto fill = [&](TimelineColumn& column, auto of_cell) {
    column.reserve(order.size());
    for (const std::uint32_t number : order) {
      column.push_back(static_cast<std::uint64_t>(of_cell(cells_.cells()[number])));
    }
  };
  for (const std::uint32_t number : order) {
    const auto bucket = static_cast<std::uint64_t>(cells_.cells()[number].bucket);
    if (tile.row_bucket.empty() || tile.row_bucket.back() != bucket) {
      tile.row_bucket.push_back(bucket);
      tile.row_cells.push_back(0);
    }
    ++tile.row_cells.back();
  }
  fill(tile.lane, [](const TimelineCell& cell) { return cell.lane; });
  fill(tile.spans, [](const TimelineCell& cell) { return cell.spans; });
  fill(tile.group, [](const TimelineCell& cell) { return cell.group; });
  fill(tile.group_us, [](const TimelineCell& cell) { return cell.group_us; });
  fill(tile.erred, [](const TimelineCell& cell) { return cell.erred; });
  for (std::size_t action = 0; action < tile.busy_us.size(); ++action) {
    const auto& cells = cells_.cells();
    if (std::any_of(cells.begin(), cells.end(),
                    [&](const auto& cell) { return cell.busy_us[action] != 0; })) {
      fill(tile.busy_us[action], [&](const TimelineCell& cell) { return cell.busy_us[action]; });
    }
  }
  for (const LongRun& run : long_runs_) {
    tile.run_lane.push_back(static_cast<std::uint64_t>(run.lane));
    tile.run_group.push_back(static_cast<std::uint64_t>(run.group));
    tile.run_erred.push_back(run.erred ? 1 : 0);
    tile.run_actions.push_back(run.actions);
  }
  for (const Action& action : long_actions_) {
    tile.action.push_back(action.kind);
    tile.action_start.push_back(static_cast<std::uint64_t>(action.start));
    tile.action_us.push_back(static_cast<std::uint64_t>(action.stop - action.start));
  }
  lanes = renumber(tile.lane, tile.run_lane);
  groups = renumber(tile.group, tile.run_group);
  tile.lanes = lanes.size();
  tile.groups = groups.size();
  return tile;
}

}  // namespace pilothouse::model
