#include "model/timeline_tile.h"

#include <algorithm>

#include "base/packed_columns.h"
#include "base/saturate.h"
#include "base/varint.h"

namespace pilothouse::model {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kMostLanes = 1U << 20;  // 2^20 lanes in 2^40 buckets are counted in 64 bits
constexpr std::size_t kMostCells = 1U << 24;  // no tile that was written has so many
constexpr std::uint64_t kErred = 1U << kTimelineActions.size();  // beside one bit for each action

bool any(const TimelineColumn& column) {
  return std::any_of(column.begin(), column.end(), [](std::uint64_t value) { return value != 0; });
}

// All actions of each cell together.
void add_busy(const TimelineTile& tile, TimelineColumn& sums) {
  sums.assign(tile.cells(), 0);
  for (const TimelineColumn& busy : tile.busy_us) {
    if (busy.empty()) continue;
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] = std::min<std::uint64_t>(sums[i] + busy[i], INT64_MAX);
    }
  }
}

TimelineColumn gaps_of(const TimelineTile& tile) {
  TimelineColumn gaps(tile.cells());
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const std::uint64_t place = (tile.bucket[i] - tile.bucket[0]) * tile.lanes + tile.lane[i];
    gaps[i] = place - next;
    next = place + 1;
  }
  return gaps;
}

class Decoder {
 public:
  Decoder(std::string_view bytes, TimelineTile& tile) : tile_(tile), bytes_(bytes) {}

  bool decode() {
    if (!read_head()) return false;
    return read_cells() && read_runs() && columns_.at_end();
  }

 private:
  bool read_head() {
    base::VarintReader in(bytes_);
    const bool known = in.take() == kVersion;
    const std::uint64_t shift = in.take();
    tile_.lanes = in.take();
    tile_.groups = in.take();
    present_ = in.take();
    first_bucket_ = in.take();
    cells_ = in.take();
    runs_ = in.take();
    actions_ = in.take();
    first_start_ = in.take();
    if (!known || !in.ok() || shift < kFinestShift || shift > kCoarsestShift) return false;
    tile_.shift = static_cast<int>(shift);
    most_buckets_ = (static_cast<std::uint64_t>(kEndOfTime) >> shift) + 1;
    columns_ = base::PackedReader(in.rest());
    return tile_.lanes <= kMostLanes && first_bucket_ < most_buckets_ && cells_ <= kMostCells &&
           runs_ <= kMostCells && actions_ <= kMostCells && present_ < 2 * kErred;
  }

  bool read_cells() {
    if (!columns_.take(cells_, tile_.lane) || !place_cells()) return false;
    if (!take(cells_, tile_.spans) || !take_below(cells_, tile_.groups, tile_.group)) return false;
    if (!take(cells_, tile_.group_us) || !take_if(kErred, tile_.erred)) return false;
    for (std::size_t i = 0; i < tile_.busy_us.size(); ++i) {
      if (!take_if(std::uint64_t{1} << i, tile_.busy_us[i])) return false;
    }
    TimelineColumn& sums = tile_.action_us;  // what will be there is not read yet
    add_busy(tile_, sums);
    for (std::size_t i = 0; i < cells_; ++i)
      tile_.group_us[i] = sums[i] - std::min(sums[i], tile_.group_us[i]);
    return true;
  }

  // From the gaps, which are where the lanes will be.
  bool place_cells() {
    tile_.bucket.resize(cells_);
    const std::uint64_t lanes = tile_.lanes;
    if (cells_ > 0 && lanes == 0) return false;
    std::uint64_t bucket = first_bucket_;
    std::uint64_t lane = 0;
    for (std::size_t i = 0; i < cells_; ++i) {
      if (tile_.lane[i] > most_buckets_ * lanes) return false;
      lane += tile_.lane[i];
      if (lane >= lanes) {
        bucket += lane / lanes;
        lane %= lanes;
        if (bucket >= most_buckets_) return false;
      }
      tile_.bucket[i] = bucket;
      tile_.lane[i] = lane++;
    }
    return true;
  }

  bool read_runs() {
    if (!take_below(runs_, tile_.lanes, tile_.run_lane)) return false;
    if (!take_below(runs_, tile_.groups, tile_.run_group)) return false;
    if (!take_below(runs_, 2, tile_.run_erred)) return false;
    if (!take_below(runs_, kMostCells, tile_.run_actions)) return false;
    if (!take_below(actions_, kTimelineActions.size(), tile_.action)) return false;
    if (!take(actions_, tile_.action_start) || !take(actions_, tile_.action_us)) return false;
    std::uint64_t owned = 0;
    for (const std::uint64_t actions : tile_.run_actions) {
      if (actions == 0) return false;
      owned += actions;
    }
    for (std::size_t i = 0; i < actions_; ++i) {
      tile_.action_start[i] += first_start_;
      if (tile_.action_start[i] >= kEndOfTime || tile_.action_us[i] >= kEndOfTime - tile_.action_start[i]) {
        return false;
      }
    }
    return owned == actions_;
  }

  bool take(std::size_t count, TimelineColumn& column) { return take_below(count, kAnything, column); }

  bool take_if(std::uint64_t present, TimelineColumn& column) {
    column.clear();
    return (present_ & present) == 0 || take(cells_, column);
  }

  bool take_below(std::size_t count, std::uint64_t most, TimelineColumn& column) {
    if (!columns_.take(count, column)) return false;
    std::uint64_t highest = 0;
    for (const std::uint64_t value : column) highest = std::max(highest, value);
    return count == 0 || highest < most;
  }

  static constexpr std::uint64_t kAnything = std::uint64_t{1} << 63;

  TimelineTile& tile_;
  std::string_view bytes_;
  base::PackedReader columns_{{}};
  std::uint64_t present_ = 0;
  std::uint64_t first_bucket_ = 0;
  std::uint64_t most_buckets_ = 0;
  std::size_t cells_ = 0;
  std::size_t runs_ = 0;
  std::size_t actions_ = 0;
  std::uint64_t first_start_ = 0;
};

}  // namespace

std::string encode_tile(const TimelineTile& tile) {
  std::uint64_t present = any(tile.erred) ? kErred : 0;
  for (std::size_t i = 0; i < tile.busy_us.size(); ++i) present |= std::uint64_t{any(tile.busy_us[i])} << i;
  const auto first = std::min_element(tile.action_start.begin(), tile.action_start.end());
  const std::uint64_t first_start = first == tile.action_start.end() ? 0 : *first;
  std::string out;
  out.reserve(64 + 12 * tile.cells());
  base::put_varint(out, kVersion);
  base::put_varint(out, static_cast<std::uint64_t>(tile.shift));
  base::put_varint(out, tile.lanes);
  base::put_varint(out, tile.groups);
  base::put_varint(out, present);
  base::put_varint(out, tile.bucket.empty() ? 0 : tile.bucket.front());
  base::put_varint(out, tile.cells());
  base::put_varint(out, tile.runs());
  base::put_varint(out, tile.action.size());
  base::put_varint(out, first_start);

  base::put_packed(out, gaps_of(tile));
  base::put_packed(out, tile.spans);
  base::put_packed(out, tile.group);
  TimelineColumn rests;
  add_busy(tile, rests);
  for (std::size_t i = 0; i < rests.size(); ++i) rests[i] -= std::min(rests[i], tile.group_us[i]);
  base::put_packed(out, rests);
  if ((present & kErred) != 0) base::put_packed(out, tile.erred);
  for (const TimelineColumn& busy : tile.busy_us) {
    if (any(busy)) base::put_packed(out, busy);
  }
  base::put_packed(out, tile.run_lane);
  base::put_packed(out, tile.run_group);
  base::put_packed(out, tile.run_erred);
  base::put_packed(out, tile.run_actions);
  base::put_packed(out, tile.action);
  TimelineColumn starts = tile.action_start;
  for (std::uint64_t& start : starts) start -= first_start;
  base::put_packed(out, starts);
  base::put_packed(out, tile.action_us);
  return out;
}

base::Result<void> decode_tile(std::string_view bytes, TimelineTile& tile) {
  if (!Decoder(bytes, tile).decode()) {
    return base::error(base::Errc::kMalformed, "a stored timeline is damaged");
  }
  return {};
}

}  // namespace pilothouse::model
