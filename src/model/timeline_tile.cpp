#include "model/timeline_tile.h"

#include <algorithm>
#include <span>

#include "base/packed_columns.h"
#include "base/saturate.h"
#include "base/varint.h"

namespace pilothouse::model {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kMostCells = 1U << 24;                     // no tile that was written has so many
constexpr std::uint64_t kErred = 1U << kTimelineActions.size();  // beside one bit for each action

std::uint64_t bits_of(const TimelineColumn& column) {
  std::uint64_t bits = 0;
  for (const std::uint64_t value : column) bits |= value;
  return bits;
}

// All actions of each cell together.
void add_busy(const TimelineTile& tile, TimelineColumn& sums) {
  constexpr std::uint64_t kAddsUp = std::uint64_t{1} << 60;  // as many numbers below it as there are actions
  std::uint64_t bits = 0;
  for (const TimelineColumn& busy : tile.busy_us) bits |= bits_of(busy);
  sums.assign(tile.cells(), 0);
  for (const TimelineColumn& busy : tile.busy_us) {
    if (busy.empty()) continue;
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += busy[i];
    if (bits < kAddsUp) continue;
    for (std::uint64_t& sum : sums) sum = std::min<std::uint64_t>(sum, INT64_MAX);
  }
}

// Each counted from the one before, the first from 0.
TimelineColumn deltas_of(const TimelineColumn& buckets) {
  TimelineColumn deltas = buckets;
  for (std::size_t i = 1; i < deltas.size(); ++i) deltas[i] = buckets[i] - buckets[i - 1];
  return deltas;
}

TimelineColumn gaps_of(const TimelineTile& tile) {
  TimelineColumn gaps;
  gaps.reserve(tile.cells());
  for (const std::uint64_t count : tile.row_cells) {
    std::uint64_t next = 0;
    for (const std::uint64_t lane : std::span(tile.lane).subspan(gaps.size(), count)) {
      gaps.push_back(lane - next);
      next = lane + 1;
    }
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
    rows_ = in.take();
    cells_ = in.take();
    runs_ = in.take();
    actions_ = in.take();
    first_start_ = in.take();
    if (!known || !in.ok() || shift < kFinestShift || shift > kCoarsestShift) return false;
    tile_.shift = static_cast<int>(shift);
    most_buckets_ = (static_cast<std::uint64_t>(kEndOfTime) >> shift) + 1;
    columns_ = base::PackedReader(in.rest());
    return tile_.lanes <= kMostCells && rows_ <= cells_ && cells_ <= kMostCells && runs_ <= kMostCells &&
           actions_ <= kMostCells && present_ < 2 * kErred;
  }

  bool read_cells() {
    if (!place_cells()) return false;
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

  bool place_cells() {
    if (!columns_.take(rows_, tile_.row_bucket) || !columns_.take(rows_, tile_.row_cells)) return false;
    if (!take_below(cells_, tile_.lanes, tile_.lane)) return false;
    std::uint64_t bucket = 0;
    std::size_t at = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
      if (tile_.row_bucket[row] >= most_buckets_ - bucket || tile_.row_cells[row] > cells_ - at) return false;
      bucket += tile_.row_bucket[row];
      tile_.row_bucket[row] = bucket;
      std::uint64_t next = 0;
      for (const std::size_t end = at + tile_.row_cells[row]; at < end; ++at) {
        tile_.lane[at] += next;
        next = tile_.lane[at] + 1;
      }
      if (next > tile_.lanes) return false;
    }
    return at == cells_;
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

  bool take(std::size_t count, TimelineColumn& column) {
    return columns_.take(count, column) && bits_of(column) <= INT64_MAX;
  }

  bool take_if(std::uint64_t present, TimelineColumn& column) {
    column.clear();
    return (present_ & present) == 0 || take(cells_, column);
  }

  bool take_below(std::size_t count, std::uint64_t most, TimelineColumn& column) {
    if (!columns_.take(count, column)) return false;
    if (count == 0 || bits_of(column) < most) return true;
    return *std::max_element(column.begin(), column.end()) < most;
  }

  TimelineTile& tile_;
  std::string_view bytes_;
  base::PackedReader columns_{{}};
  std::uint64_t present_ = 0;
  std::uint64_t most_buckets_ = 0;
  std::size_t rows_ = 0;
  std::size_t cells_ = 0;
  std::size_t runs_ = 0;
  std::size_t actions_ = 0;
  std::uint64_t first_start_ = 0;
};

}  // namespace

std::string encode_tile(const TimelineTile& tile) {
  std::uint64_t present = bits_of(tile.erred) != 0 ? kErred : 0;
  for (std::size_t i = 0; i < tile.busy_us.size(); ++i)
    present |= std::uint64_t{bits_of(tile.busy_us[i]) != 0} << i;
  const auto first = std::min_element(tile.action_start.begin(), tile.action_start.end());
  const std::uint64_t first_start = first == tile.action_start.end() ? 0 : *first;
  std::string out;
  out.reserve(64 + 12 * tile.cells());
  base::put_varint(out, kVersion);
  base::put_varint(out, static_cast<std::uint64_t>(tile.shift));
  base::put_varint(out, tile.lanes);
  base::put_varint(out, tile.groups);
  base::put_varint(out, present);
  base::put_varint(out, tile.rows());
  base::put_varint(out, tile.cells());
  base::put_varint(out, tile.runs());
  base::put_varint(out, tile.action.size());
  base::put_varint(out, first_start);

  base::put_packed(out, deltas_of(tile.row_bucket));
  base::put_packed(out, tile.row_cells);
  base::put_packed(out, gaps_of(tile));
  base::put_packed(out, tile.spans);
  base::put_packed(out, tile.group);
  TimelineColumn rests;
  add_busy(tile, rests);
  for (std::size_t i = 0; i < rests.size(); ++i) rests[i] -= std::min(rests[i], tile.group_us[i]);
  base::put_packed(out, rests);
  if ((present & kErred) != 0) base::put_packed(out, tile.erred);
  for (const TimelineColumn& busy : tile.busy_us) {
    if (bits_of(busy) != 0) base::put_packed(out, busy);
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
