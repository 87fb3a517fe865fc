#include "store/sqlite/timeline.h"

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>
#include <utility>

#include "base/dense_index.h"
#include "model/timeline_size.h"
#include "store/span_keys.h"
#include "store/sqlite/stored_block.h"
#include "store/sqlite/stored_tile.h"
#include "store/sqlite/timeline_lanes.h"
#include "store/sqlite/timeline_plan.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;
using base::error;
using base::Micros;
using model::TimelineGrid;
using model::TimelineView;

// What one question may cost; what is beyond is left out, and the answer says that it is not complete.
constexpr std::int64_t kMaxPlaces = 524'288;      // lanes times buckets
constexpr std::int64_t kMaxSpans = 16'777'216;    // read from blocks
constexpr std::int64_t kMaxTouches = 67'108'864;  // of buckets, by runs and by stored cells
constexpr std::int64_t kSpansPerPixel = 4;        // up to this many are answered one by one
constexpr std::int64_t kCheap = 524'288;          // TimelinePlan::cost() of some milliseconds
constexpr std::int64_t kManySpans = 1'048'576;    // that are not read from blocks if there is another way

// Numbers of rows, asked for once each.
template <class Number>
class Numbers {
 public:
  template <class Ask>
  Number find(std::int64_t row, Ask ask) {
    const std::uint32_t place = places_.find_or_add(static_cast<std::uint64_t>(row), 0);
    if (place == numbers_.size()) numbers_.push_back(ask());
    return numbers_[place];
  }

 private:
  base::DenseIndex places_;
  std::vector<Number> numbers_;
};

class Timeline {
 public:
  Timeline(Connection& connection, RecentBlocks& recent, const TimelineQuery& query,
           const TimelineLanes& lanes, const model::TimelineRoom& room)
      : connection_(connection), recent_(recent), query_(query), lanes_(lanes), room_(room) {}

  base::Result<TimelineView> read() {
    find_range();
    choose();
    choose_lanes();
    single_ = plan_.tiles.empty();
    for (const std::int64_t tile : plan_.tiles) {
      if (const auto added = add_tile(tile); !added) return added.error();
    }
    for (const std::int64_t block : plan_.blocks) {
      if (const auto added = add_block(block); !added) return added.error();
    }
    if (single_) {
      if (const auto read = read_runs(); !read) return read.error();
    }
    return finish();
  }

 private:
  // Also of runs whose spans are no longer kept.
  void find_range() {
    view_.computation_id = query_.computation;
    Micros first = 0;
    Micros last = 0;
    {
      Statement row = connection_.query("SELECT start_us, last_stop_us FROM computations WHERE id = ?",
                                        query_.computation);
      row.step();
      first = row.integer(0);
      last = row.integer(1);
    }
    Statement row = connection_.query(
        "SELECT first_us, last_us FROM timeline_tiles WHERE computation = ?1 AND parent <= ?2 "
        "UNION ALL SELECT first_us, last_us FROM span_shares WHERE computation = ?1 AND tiled = 0 AND "
        "last_us >= 0",
        query_.computation, kWaiting);
    while (row.step()) {
      first = std::min(first, row.integer(0));
      last = std::max(last, row.integer(1));
    }
    view_.from_us = query_.from.value_or(first);
    view_.to_us = std::max(query_.to.value_or(last + 1), view_.from_us + 1);
  }

  // Few spans are read from their blocks. Otherwise buckets are up to a quarter wider than asked for, or up
  // to twice as wide where that spares most of the work, and wider still where there is too much or where the
  // blocks are gone.
  void choose() {
    const TimelineView asked = view_;
    const std::int64_t wanted = (view_.to_us - view_.from_us - 1) / query_.width + 1;
    if (plan_unaligned(kSpansPerPixel * query_.width)) return;
    const int twice = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(wanted - 1)));
    int shift = twice;
    while (shift >= model::kFinestShift && whole_buckets(wanted, shift) > wanted + wanted / 4) --shift;
    for (plan_aligned(asked, shift); plan_.shift > shift;) plan_aligned(asked, shift = plan_.shift);
    while (shift++ < twice || plan_.spans > kManySpans) {
      const auto finer = std::pair(view_, plan_);
      plan_aligned(asked, shift);
      if (plan_.shift <= shift && plan_.cost() < finer.second.cost() / 3 && finer.second.cost() > kCheap)
        continue;
      std::tie(view_, plan_) = finer;
      if (shift >= model::kCoarsestShift) break;
    }
    if (!plan_.tiles.empty()) return;
    const auto aligned = std::pair(view_, plan_);
    view_ = asked;
    if (!plan_unaligned(INT64_MAX)) std::tie(view_, plan_) = aligned;
  }

  static std::int64_t whole_buckets(std::int64_t us, int shift) {
    return ((us - 1) >> shift << shift) + (std::int64_t{1} << shift);
  }

  // In buckets of any width: only of blocks. False when there are more spans, or some are gone.
  bool plan_unaligned(std::int64_t most_spans) {
    view_.bucket_us = (view_.to_us - view_.from_us - 1) / query_.width + 1;
    end_buckets();
    plan_ = plan_timeline(connection_, query_.computation, view_.from_us, view_.to_us, -1, most_spans);
    return plan_.whole && plan_.tiles.empty();
  }

  // In buckets that are whole ones of width 2^shift, so that nothing is divided that was summed up.
  void plan_aligned(const TimelineView& asked, int shift) {
    view_ = asked;
    view_.from_us = view_.from_us >> shift << shift;
    view_.bucket_us = whole_buckets((view_.to_us - view_.from_us - 1) / query_.width + 1, shift);
    end_buckets();
    plan_ = plan_timeline(connection_, query_.computation, view_.from_us, view_.to_us, shift);
  }

  void end_buckets() {
    view_.buckets = (view_.to_us - view_.from_us - 1) / view_.bucket_us + 1;
    view_.to_us = view_.from_us + view_.buckets * view_.bucket_us;
  }

  void choose_lanes() {
    view_.complete = lanes_.complete();
    view_.lanes_total = static_cast<std::int64_t>(lanes_.lanes().size());
    view_.first_lane = query_.first_lane;
    const std::int64_t most = std::min(query_.lanes, kMaxPlaces / view_.buckets);
    std::size_t bytes = 0;
    for (std::int64_t i = view_.first_lane; i < view_.lanes_total && i - view_.first_lane < most; ++i) {
      const model::TimelineLane& lane = lanes_.lanes()[static_cast<std::size_t>(i)];
      bytes += model::timeline_bytes_of(lane);
      if (bytes > room_.lanes() && !view_.lanes.empty()) break;
      view_.lanes.push_back(lane);
    }
    view_.cells = TimelineGrid(static_cast<std::size_t>(view_.buckets), view_.lanes.size());
  }

  // Of `lanes`, by its place among all; -1: left out.
  std::int64_t shown_lane(std::int64_t place) const {
    const std::int64_t lane = place - view_.first_lane;
    return place >= 0 && lane >= 0 && lane < static_cast<std::int64_t>(view_.lanes.size()) ? lane : -1;
  }

  base::Result<void> add_tile(std::int64_t id) {
    if (!view_.complete) return {};
    {
      Statement row = connection_.query("SELECT dictionaries, cells FROM timeline_tiles WHERE id = ?", id);
      if (!row.step()) return {};
      if (const auto read = read_stored_tile(row.text(0), row.text(1), rows_, tile_); !read)
        return read.error();
    }
    if (!afford(static_cast<std::int64_t>(tile_.cells()))) return {};
    lanes_of_tile_.clear();
    groups_of_tile_.clear();
    for (const std::int64_t lane : rows_.lanes) lanes_of_tile_.push_back(shown_lane(lanes_.find(lane)));
    for (const std::int64_t group : rows_.groups) groups_of_tile_.push_back(group_of_row(group));
    add_cells();
    add_long_runs();
    return {};
  }

  void add_cells() {
    places_.resize(tile_.cells());
    for (std::size_t row = 0, i = 0; row < tile_.rows(); ++row) {
      const std::size_t end = i + tile_.row_cells[row];
      const Micros start = static_cast<Micros>(tile_.row_bucket[row]) << tile_.shift;
      if (start < view_.from_us || start >= view_.to_us) {
        for (; i < end; ++i) places_[i] = TimelineGrid::kNowhere;
        continue;
      }
      const std::uint32_t shown = place_of(start, 0);
      for (; i < end; ++i) {
        const std::int64_t lane = lanes_of_tile_[tile_.lane[i]];
        places_[i] = lane < 0 ? TimelineGrid::kNowhere : shown + static_cast<std::uint32_t>(lane);
      }
    }
    view_.cells.add_cells(tile_, places_, groups_of_tile_);
  }

  void add_long_runs() {
    for (std::size_t i = 0, first = 0; i < tile_.runs(); ++i) {
      const std::size_t end = first + tile_.run_actions[i];
      const std::int64_t lane = lanes_of_tile_[tile_.run_lane[i]];
      const auto begin = tile_.action_start.begin();
      const auto start = static_cast<Micros>(*std::min_element(begin + static_cast<std::ptrdiff_t>(first),
                                                               begin + static_cast<std::ptrdiff_t>(end)));
      const auto group = groups_of_tile_[tile_.run_group[i]];
      if (lane >= 0) begin_run(start, lane, group, tile_.run_erred[i] != 0);
      for (; first < end; ++first) {
        const auto from = static_cast<Micros>(tile_.action_start[first]);
        const Micros to = from + static_cast<Micros>(tile_.action_us[first]);
        if (lane >= 0) add_action(from, to, lane, group, tile_.action[first]);
      }
    }
  }

  base::Result<void> add_block(std::int64_t id) {
    if (!view_.complete) return {};
    const auto runs = read_block_runs(connection_, recent_, id);
    if (!runs) return runs.error();
    if (!*runs) return {};
    const BlockRuns& block = **runs;
    spans_read_ += static_cast<std::int64_t>(block.size());
    if (spans_read_ > kMaxSpans) {
      view_.complete = false;
      return {};
    }
    const Names names(*this, block);
    std::size_t action = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const std::size_t first = std::exchange(action, action + block.action_count[i]);
      if (block.computation[i] == names.computation && names.computation != tape::kNone) {
        add_run(id, block, i, first, names);
      }
    }
    return {};
  }

  static constexpr std::int32_t kNotSeen = -2;

  // What the entries of a block's dictionaries are here, found out when they are first met.
  struct Names {
    Names(const Timeline& timeline, const BlockRuns& block)
        : computation(block.find_computation(timeline.query_.dask_id)),
          groups(block.groups.size(), kNotSeen),
          lanes(block.lanes.size(), kNotSeen) {
      for (const std::string_view name : block.action_names) actions.push_back(model::timeline_action(name));
    }

    std::uint32_t computation;
    std::vector<std::size_t> actions;
    mutable std::vector<std::int32_t> groups;
    mutable std::vector<std::int64_t> lanes;  // kNotSeen until then
  };

  void add_run(std::int64_t id, const BlockRuns& block, std::size_t i, std::size_t first,
               const Names& names) {
    const std::int64_t lane = lane_in_block(block, i, names);
    if (lane < 0) return;
    Micros start = INT64_MAX;
    Micros stop = -1;
    for (std::size_t k = first; k < first + block.action_count[i]; ++k) {
      if (!model::possible_times(block.action_start[k], block.action_stop[k])) continue;
      start = std::min(start, block.action_start[k]);
      stop = std::max(stop, block.action_stop[k]);
    }
    if (start > stop || stop < view_.from_us || start >= view_.to_us) return;
    std::int32_t& group = names.groups[block.group[i]];
    if (group == kNotSeen) group = group_of_name(block.groups[block.group[i]]);
    if (single_) {
      runs_.push_back({id, i});
      single_ = static_cast<std::int64_t>(runs_.size()) <= kSpansPerPixel * query_.width;
      if (!single_) runs_ = {};
    }
    begin_run(start, lane, group, block.status[i] == static_cast<std::uint8_t>(tape::SpanStatus::kErred));
    for (std::size_t k = first; k < first + block.action_count[i]; ++k) {
      if (!model::possible_times(block.action_start[k], block.action_stop[k])) continue;
      add_action(block.action_start[k], block.action_stop[k], lane, group, names.actions[block.action[k]]);
    }
  }

  std::uint32_t place_of(Micros time, std::int64_t lane) const {
    return static_cast<std::uint32_t>(view_.cells.place(
        static_cast<std::size_t>((time - view_.from_us) / view_.bucket_us), static_cast<std::size_t>(lane)));
  }

  void begin_run(Micros start, std::int64_t lane, std::int32_t group, bool erred) {
    if (start >= view_.from_us && start < view_.to_us)
      view_.cells.add_run(place_of(start, lane), group, erred);
  }

  void add_action(Micros start, Micros stop, std::int64_t lane, std::int32_t group, std::size_t action) {
    start = std::max(start, view_.from_us);
    stop = std::min(stop, view_.to_us);
    if (start >= stop) return;
    if (!afford(1 + (stop - start) / view_.bucket_us)) return;
    Micros end = start - (start - view_.from_us) % view_.bucket_us;
    for (std::size_t place = place_of(start, lane); start < stop; place += view_.cells.stride()) {
      end = std::min(stop, end + view_.bucket_us);
      view_.cells.add_busy(place, group, action, end - start);
      start = end;
    }
  }

  bool afford(std::int64_t touches) {
    touches_ += touches;
    if (touches_ > kMaxTouches) view_.complete = false;
    return view_.complete;
  }

  std::int64_t lane_in_block(const BlockRuns& block, std::size_t i, const Names& names) {
    std::int64_t& lane = names.lanes[block.lane[i]];
    if (lane == kNotSeen) lane = lane_of(block.worker_of(block.lane[i]), block.lanes[block.lane[i]].second);
    return lane;
  }

  std::int64_t lane_of(std::string_view worker, std::uint64_t thread) const {
    return shown_lane(lanes_.find(worker, thread));
  }

  std::int32_t group_of_name(std::string_view name) {
    const auto [known, fresh] =
        groups_.try_emplace(std::string(name), static_cast<std::int32_t>(view_.groups.size()));
    if (fresh) view_.groups.emplace_back(name);
    return known->second;
  }

  std::int32_t group_of_row(std::int64_t row_id) {
    return group_rows_.find(row_id, [&] {
      Statement row = connection_.query("SELECT name FROM groups WHERE id = ?", row_id);
      return group_of_name(row.step() ? row.text(0) : model::kOtherGroups);
    });
  }

  // The few runs there are, one by one; their keys are read only now. They give way to the cells when they
  // take too much room.
  base::Result<void> read_runs() {
    view_.runs.emplace();
    std::map<std::string, std::size_t, std::less<>> actions;
    std::size_t bytes = 0;
    for (std::size_t at = 0; at < runs_.size();) {
      const std::int64_t id = runs_[at].block;
      Statement row =
          connection_.query("SELECT compressed, raw_length, payload FROM span_blocks WHERE id = ?", id);
      row.step();
      const auto stored = read_stored_block(row, 0);
      if (!stored) return stored.error();
      const tape::SpanBlock& block = stored->block;
      const SpanKeys keys(block);
      std::size_t first = 0;
      for (std::size_t i = 0; i < block.size() && at < runs_.size() && runs_[at].block == id; ++i) {
        if (runs_[at].span == i) {
          ++at;
          model::TimelineRun run;
          run.key = keys.at(i);
          run.lane =
              lane_of(block.worker[i] == tape::kNone ? "" : block.workers[block.worker[i]], block.thread[i]);
          run.group = group_of_name(block.groups[block.group[i]]);
          run.erred = block.status[i] == static_cast<std::uint8_t>(tape::SpanStatus::kErred);
          for (std::size_t k = first; k < first + block.action_count[i]; ++k) {
            const auto [action, fresh] =
                actions.try_emplace(std::string(block.action_names[block.action[k]]), view_.actions.size());
            if (fresh) {
              view_.actions.push_back(action->first);
              bytes += model::timeline_bytes_of(action->first);
            }
            run.actions.push_back({action->second, block.action_start[k], block.action_stop[k]});
          }
          bytes += model::timeline_bytes_of(run);
          if (bytes > room_.runs()) {
            view_.runs.reset();
            single_ = false;
            return {};
          }
          view_.runs->push_back(std::move(run));
        }
        first += block.action_count[i];
      }
    }
    return {};
  }

  TimelineView finish() {
    bound_groups(view_, room_.groups());
    if (!single_) view_.actions.assign(model::kTimelineActions.begin(), model::kTimelineActions.end());
    return std::move(view_);
  }

  struct RunPlace {
    std::int64_t block;
    std::size_t span;
  };

  Connection& connection_;
  RecentBlocks& recent_;
  const TimelineQuery& query_;
  const TimelineLanes& lanes_;
  const model::TimelineRoom& room_;
  TimelineView view_;
  TimelinePlan plan_;
  std::int64_t spans_read_ = 0;
  std::int64_t touches_ = 0;
  bool single_ = false;         // still few enough to be answered one by one
  std::vector<RunPlace> runs_;  // while they are
  std::map<std::string, std::int32_t, std::less<>> groups_;
  Numbers<std::int32_t> group_rows_;

  // Of one tile; kept for the next.
  model::TimelineTile tile_;
  TileRows rows_;
  std::vector<std::int64_t> lanes_of_tile_;
  std::vector<std::int32_t> groups_of_tile_;
  std::vector<std::uint32_t> places_;
};

}  // namespace

base::Result<TimelineView> read_timeline(Connection& connection, RecentBlocks& recent,
                                         const TimelineQuery& asked) {
  TimelineQuery query = asked;
  {
    Statement row = connection.query(
        "SELECT k.dask_id FROM computations k JOIN clusters c ON c.id = k.cluster "
        "WHERE k.id = ? AND k.workspace = ? AND c.removed_us IS NULL",
        query.computation, query.workspace);
    if (!row.step()) {
      return error(Errc::kNotFound, "there is no computation " + std::to_string(query.computation));
    }
    query.dask_id = row.string(0);
  }
  const auto lanes = TimelineLanes::read(connection, recent, query.computation, query.worker);
  if (!lanes) return lanes.error();
  const model::TimelineRoom room(query.width, query.lanes);
  for (;;) {
    auto view = Timeline(connection, recent, query, *lanes, room).read();
    if (!view || view->runs || view->buckets == 1) return view;
    const auto bytes = static_cast<std::int64_t>(model::timeline_bytes_of_cells(*view));
    const auto most = static_cast<std::int64_t>(room.cells(*view));
    if (bytes <= most) return view;
    // Cells of wider buckets may need more bytes each, so this may come again, but not often.
    query.width = std::max<std::int64_t>(1, view->buckets * std::min(4 * most, 3 * bytes) / (4 * bytes));
  }
}

}  // namespace pilothouse::store::sqlite
