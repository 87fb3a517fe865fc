#include "store/sqlite/timeline.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/saturate.h"
#include "store/span_keys.h"
#include "store/sqlite/stored_block.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;
using base::error;
using base::Micros;
using base::saturating_add;
using model::TimelineCell;
using model::TimelineCells;
using model::TimelineView;

// What one question may cost; what is beyond is left out, and the answer says that it is not complete.
constexpr std::int64_t kMaxPlaces = 524'288;      // lanes times buckets
constexpr std::int64_t kMaxSpans = 16'777'216;    // read from blocks
constexpr std::int64_t kMaxTouches = 67'108'864;  // of buckets, by runs and by stored cells
constexpr std::int64_t kSpansPerPixel = 4;        // up to this many are answered one by one
constexpr std::size_t kNotSummed = model::kTimelineShifts.size();

struct Share {
  std::int64_t block;
  std::size_t summed;
  std::int64_t longest_us;
  std::int64_t spans;
};

// Which runs of a block count: all, or those that the stored cells of this width do not hold.
struct Selection {
  bool all;
  int shift;
};

// Numbers of rows, asked for once each.
class Numbers {
 public:
  template <class Ask>
  std::int64_t find(std::int64_t row, Ask ask) {
    const std::uint32_t place = places_.find_or_add(static_cast<std::uint64_t>(row), 0);
    if (place == numbers_.size()) numbers_.push_back(ask());
    return numbers_[place];
  }

 private:
  base::DenseIndex places_;
  std::vector<std::int64_t> numbers_;
};

class Timeline {
 public:
  Timeline(Connection& connection, const TimelineQuery& query, std::int64_t cluster)
      : connection_(connection), query_(query), cluster_(cluster) {}

  base::Result<TimelineView> read() {
    find_range();
    const std::int64_t span = std::max<std::int64_t>(view_.to_us - view_.from_us, 1);
    std::size_t level = kNotSummed;
    for (std::size_t i = 0; i < kNotSummed; ++i) {
      if (span / query_.width >= std::int64_t{1} << model::kTimelineShifts[i]) level = i;
    }
    std::vector<Share> shares = shares_between(view_.from_us, view_.to_us);
    std::int64_t spans = 0;
    for (const Share& share : shares) spans = saturating_add(spans, share.spans);
    if (spans <= kSpansPerPixel * query_.width && !expired_) level = kNotSummed;
    if (level == kNotSummed) {
      view_.bucket_us = (span + query_.width - 1) / query_.width;
    } else {
      // Buckets of the answer are whole stored ones, so that nothing is divided that was summed up.
      const int shift = model::kTimelineShifts[level];
      view_.from_us = view_.from_us >> shift << shift;
      const std::int64_t wide = view_.to_us - view_.from_us;
      view_.bucket_us =
          ((wide + query_.width - 1) / query_.width + (std::int64_t{1} << shift) - 1) >> shift << shift;
      shares = shares_between(view_.from_us, view_.to_us);
    }
    view_.buckets = (view_.to_us - view_.from_us + view_.bucket_us - 1) / view_.bucket_us;
    view_.to_us = std::max(view_.to_us, view_.from_us + view_.buckets * view_.bucket_us);
    most_lanes_ = std::min(query_.lanes, kMaxPlaces / std::max<std::int64_t>(view_.buckets, 1));
    cells_ = TimelineCells(0, static_cast<std::size_t>(view_.buckets), static_cast<std::size_t>(most_lanes_));
    single_ = level == kNotSummed;

    if (level != kNotSummed && level > 0) {
      if (const auto added = add_cells(level); !added) return added.error();
    }
    for (const Share& share : shares) {
      if (const auto added = add_share(share, level); !added) return added.error();
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
    Statement row = connection_.query(
        "SELECT min(s.first_us), max(s.last_us), k.start_us, k.last_stop_us, k.spans_expired FROM "
        "computations k "
        "LEFT JOIN span_shares s ON s.computation = k.id WHERE k.id = ?",
        query_.computation);
    row.step();
    const Micros start = row.integer(2);
    view_.from_us = query_.from.value_or(std::min(row.optional_integer(0).value_or(start), start));
    view_.to_us = query_.to.value_or(std::max(row.integer(1), row.integer(3)) + 1);
    view_.to_us = std::max(view_.to_us, view_.from_us + 1);
    expired_ = row.integer(4) > 0;
  }

  std::vector<Share> shares_between(Micros from, Micros to) {
    std::vector<Share> shares;
    Statement row = connection_.query(
        "SELECT block, summed, longest_us, spans FROM span_shares WHERE computation = ? AND last_us >= ? AND "
        "first_us < ? ORDER BY last_us",
        query_.computation, from, to);
    while (row.step()) {
      shares.push_back(
          {row.integer(0), static_cast<std::size_t>(row.integer(1)), row.integer(2), row.integer(3)});
    }
    return shares;
  }

  base::Result<void> add_cells(std::size_t level) {
    const int shift = model::kTimelineShifts[level];
    Statement row = connection_.query(
        "SELECT cells FROM timeline_cells WHERE computation = ? AND level = ? AND bucket >= ? AND bucket < ? "
        "ORDER BY bucket",
        query_.computation, static_cast<std::int64_t>(level), view_.from_us >> shift, view_.to_us >> shift);
    while (row.step()) {
      if (const auto added = add_stored(row.text(0), shift); !added) return added.error();
    }
    return {};
  }

  base::Result<void> add_stored(std::string_view bytes, int shift) {
    auto cells = model::decode_cells(bytes);
    if (!cells) return error(Errc::kStorage, cells.error().message);
    if (!afford(static_cast<std::int64_t>(cells->size()))) return {};
    std::int64_t stored_bucket = -1;
    std::int64_t bucket = -1;
    for (TimelineCell& cell : *cells) {
      if (cell.bucket != stored_bucket) {
        stored_bucket = cell.bucket;
        const Micros start = cell.bucket << shift;
        bucket =
            start < view_.from_us || start >= view_.to_us ? -1 : (start - view_.from_us) / view_.bucket_us;
      }
      if (bucket < 0) continue;
      const std::int64_t lane = lane_of_row(cell.lane);
      if (lane < 0) continue;
      cell.group = group_of_row(cell.group);
      cells_.at(bucket, lane).add(cell);
    }
    return {};
  }

  base::Result<void> add_share(const Share& share, std::size_t level) {
    if (level == 0 && share.summed == 0) {
      Statement row =
          connection_.query("SELECT cells FROM timeline_tiles WHERE computation = ? AND block = ?",
                            query_.computation, share.block);
      return row.step() ? add_stored(row.text(0), model::kTimelineShifts[0]) : base::Result<void>();
    }
    Selection selection{true, 0};
    if (level != kNotSummed && share.summed <= level) {
      selection = {false, model::kTimelineShifts[level]};
      if (share.longest_us >> selection.shift < model::kMaxSpread - 1) return {};
    }
    return add_block(share.block, selection);
  }

  base::Result<void> add_block(std::int64_t id, const Selection& selection) {
    if (!view_.complete) return {};
    Statement row =
        connection_.query("SELECT compressed, raw_length, payload FROM span_blocks WHERE id = ?", id);
    if (!row.step()) return {};
    const auto stored = read_stored_block(row, 0, tape::Keys::kSkip);
    if (!stored) return stored.error();
    const tape::SpanBlock& block = stored->block;
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
        add_run(id, block, i, first, selection, names);
      }
    }
    return {};
  }

  static constexpr std::int64_t kNotSeen = -2;

  // What the entries of a block's dictionaries are here, found out when they are first met.
  struct Names {
    Names(const Timeline& timeline, const tape::SpanBlock& block)
        : groups(block.groups.size(), kNotSeen), lanes(block.lanes.size(), kNotSeen) {
      const auto found =
          std::find(block.computations.begin(), block.computations.end(), timeline.query_.dask_id);
      if (found != block.computations.end()) {
        computation = static_cast<std::uint32_t>(found - block.computations.begin());
      }
      for (const std::string_view name : block.action_names) actions.push_back(model::timeline_action(name));
    }

    std::uint32_t computation = tape::kNone;
    std::vector<std::size_t> actions;
    mutable std::vector<std::int64_t> groups;
    mutable std::vector<std::int64_t> lanes;  // kNotSeen until then
  };

  void add_run(std::int64_t id, const tape::SpanBlock& block, std::size_t i, std::size_t first,
               const Selection& selection, const Names& names) {
    Micros start = INT64_MAX;
    Micros stop = -1;
    for (std::size_t k = first; k < first + block.action_count[i]; ++k) {
      if (!model::possible_times(block.action_start[k], block.action_stop[k])) continue;
      start = std::min(start, block.action_start[k]);
      stop = std::max(stop, block.action_stop[k]);
    }
    if (start > stop || stop < view_.from_us || start >= view_.to_us) return;
    if (!selection.all && model::fits_timeline(start, stop, selection.shift)) return;
    const std::int64_t lane = lane_in_block(block, i, names);
    if (lane < 0) return;
    std::int64_t& group = names.groups[block.group[i]];
    if (group == kNotSeen) group = group_of_name(block.groups[block.group[i]]);
    if (single_) {
      runs_.push_back({id, i});
      single_ = static_cast<std::int64_t>(runs_.size()) <= kSpansPerPixel * query_.width;
      if (!single_) runs_ = {};
    }
    if (start >= view_.from_us) {
      TimelineCell& cell = cells_.at((start - view_.from_us) / view_.bucket_us, lane);
      cell.vote(group, 0);
      ++cell.spans;
      if (block.status[i] == static_cast<std::uint8_t>(tape::SpanStatus::kErred)) ++cell.erred;
    }
    for (std::size_t k = first; k < first + block.action_count[i]; ++k) {
      if (!model::possible_times(block.action_start[k], block.action_stop[k])) continue;
      add_action(std::max(block.action_start[k], view_.from_us), std::min(block.action_stop[k], view_.to_us),
                 lane, group, names.actions[block.action[k]]);
    }
  }

  void add_action(Micros start, Micros stop, std::int64_t lane, std::int64_t group, std::size_t action) {
    if (start >= stop) return;
    std::int64_t bucket = (start - view_.from_us) / view_.bucket_us;
    if (!afford(1 + (stop - start) / view_.bucket_us)) return;
    for (; start < stop; ++bucket) {
      const Micros end = std::min(stop, view_.from_us + (bucket + 1) * view_.bucket_us);
      TimelineCell& cell = cells_.at(bucket, lane);
      cell.vote(group, end - start);
      cell.busy_us[action] = saturating_add(cell.busy_us[action], end - start);
      start = end;
    }
  }

  bool afford(std::int64_t touches) {
    touches_ += touches;
    if (touches_ > kMaxTouches) view_.complete = false;
    return view_.complete;
  }

  std::int64_t lane_in_block(const tape::SpanBlock& block, std::size_t i, const Names& names) {
    std::int64_t& lane = names.lanes[block.lane[i]];
    if (lane == kNotSeen) {
      const std::string worker(block.worker[i] == tape::kNone ? "" : block.workers[block.worker[i]]);
      lane = lane_of(worker, block.thread[i]);
    }
    return lane;
  }

  // -1: not asked for, or too many.
  std::int64_t lane_of(const std::string& worker, std::uint64_t thread) {
    if (query_.worker && *query_.worker != worker) return -1;
    const auto [known, fresh] = lanes_.try_emplace({worker, thread}, -1);
    if (fresh && static_cast<std::int64_t>(view_.lanes.size()) < most_lanes_) {
      known->second = static_cast<std::int64_t>(view_.lanes.size());
      view_.lanes.push_back({worker.empty() ? std::nullopt : std::optional(worker), thread});
    }
    return known->second;
  }

  std::int64_t lane_of_row(std::int64_t row_id) {
    return lane_rows_.find(row_id, [&] {
      Statement row = connection_.query("SELECT worker, thread FROM lanes WHERE id = ? AND cluster = ?",
                                        row_id, cluster_);
      return row.step() ? lane_of(row.string(0), static_cast<std::uint64_t>(row.integer(1))) : -1;
    });
  }

  std::int64_t group_of_name(std::string_view name) {
    const auto [known, fresh] =
        groups_.try_emplace(std::string(name), static_cast<std::int64_t>(view_.groups.size()));
    if (fresh) view_.groups.emplace_back(name);
    return known->second;
  }

  std::int64_t group_of_row(std::int64_t row_id) {
    return group_rows_.find(row_id, [&] {
      Statement row = connection_.query("SELECT name FROM groups WHERE id = ?", row_id);
      return group_of_name(row.step() ? row.text(0) : model::kOtherGroups);
    });
  }

  // The few runs there are, one by one; their keys are read only now.
  base::Result<void> read_runs() {
    view_.runs.emplace();
    std::map<std::string, std::size_t, std::less<>> actions;
    for (std::size_t at = 0; at < runs_.size();) {
      const std::int64_t id = runs_[at].block;
      Statement row =
          connection_.query("SELECT compressed, raw_length, payload FROM span_blocks WHERE id = ?", id);
      row.step();
      const auto stored = read_stored_block(row, 0);
      if (!stored) return stored.error();
      const tape::SpanBlock& block = stored->block;
      const SpanKeys keys(block);
      const Names names(*this, block);
      std::size_t first = 0;
      for (std::size_t i = 0; i < block.size() && at < runs_.size() && runs_[at].block == id; ++i) {
        if (runs_[at].span == i) {
          ++at;
          model::TimelineRun run;
          run.key = keys.at(i);
          run.lane = lane_in_block(block, i, names);
          run.group = group_of_name(block.groups[block.group[i]]);
          run.erred = block.status[i] == static_cast<std::uint8_t>(tape::SpanStatus::kErred);
          for (std::size_t k = first; k < first + block.action_count[i]; ++k) {
            const auto [action, fresh] =
                actions.try_emplace(std::string(block.action_names[block.action[k]]), view_.actions.size());
            if (fresh) view_.actions.push_back(action->first);
            run.actions.push_back({action->second, block.action_start[k], block.action_stop[k]});
          }
          view_.runs->push_back(std::move(run));
        }
        first += block.action_count[i];
      }
    }
    return {};
  }

  TimelineView finish() {
    view_.lanes_total = static_cast<std::int64_t>(lanes_.size());
    if (!single_) {
      view_.actions.assign(model::kTimelineActions.begin(), model::kTimelineActions.end());
      view_.cells = std::move(cells_.cells());
      view_.lane_cells.resize(view_.lanes.size());
      for (std::uint32_t i = 0; i < view_.cells.size(); ++i) {
        view_.lane_cells[static_cast<std::size_t>(view_.cells[i].lane)].push_back(i);
      }
      for (std::vector<std::uint32_t>& lane : view_.lane_cells) {
        std::sort(lane.begin(), lane.end(), [&](std::uint32_t a, std::uint32_t b) {
          return view_.cells[a].bucket < view_.cells[b].bucket;
        });
      }
    }
    return std::move(view_);
  }

  struct RunPlace {
    std::int64_t block;
    std::size_t span;
  };

  Connection& connection_;
  const TimelineQuery& query_;
  const std::int64_t cluster_;
  TimelineView view_;
  TimelineCells cells_;
  std::int64_t most_lanes_ = 0;
  bool expired_ = false;  // some of the spans are
  std::int64_t spans_read_ = 0;
  std::int64_t touches_ = 0;
  bool single_ = false;         // still few enough to be answered one by one
  std::vector<RunPlace> runs_;  // while they are
  std::map<std::pair<std::string, std::uint64_t>, std::int64_t> lanes_;
  std::map<std::string, std::int64_t, std::less<>> groups_;
  Numbers lane_rows_, group_rows_;
};

}  // namespace

base::Result<TimelineView> read_timeline(Connection& connection, const TimelineQuery& asked) {
  TimelineQuery query = asked;
  std::int64_t cluster = 0;
  {
    Statement row = connection.query(
        "SELECT k.dask_id, k.cluster FROM computations k JOIN clusters c ON c.id = k.cluster "
        "WHERE k.id = ? AND k.workspace = ? AND c.removed_us IS NULL",
        query.computation, query.workspace);
    if (!row.step()) {
      return error(Errc::kNotFound, "there is no computation " + std::to_string(query.computation));
    }
    query.dask_id = row.string(0);
    cluster = row.integer(1);
  }
  return Timeline(connection, query, cluster).read();
}

}  // namespace pilothouse::store::sqlite
