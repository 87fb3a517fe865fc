#include "store/sqlite/fold_tiles.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/dense_index.h"
#include "model/timeline_builder.h"
#include "store/sqlite/stored_tile.h"

namespace pilothouse::store::sqlite {
namespace {

using model::TimelineBuilder;
using model::TimelineTile;

constexpr std::int64_t kMostWeight = 16'384;  // of a tile that is folded again; bounds what one fold costs

// How large a fold may be: a quarter of its parts, but what is small is not made coarser, and what is large
// is made so coarse that it does not grow from tier to tier.
constexpr std::int64_t kSmall = 1024;
constexpr std::int64_t kLarge = 8192;

// Numbers ids of rows 0, 1, 2... in the order in which they are first seen.
class Ids {
 public:
  std::int64_t number(std::int64_t id) {
    const std::uint32_t number = index_.find_or_add(static_cast<std::uint64_t>(id), 0);
    if (number == ids_.size()) ids_.push_back(id);
    return number;
  }

  std::size_t size() const { return ids_.size(); }

  std::vector<std::int64_t> at(const std::vector<std::uint64_t>& numbers) const {
    std::vector<std::int64_t> ids;
    ids.reserve(numbers.size());
    for (const std::uint64_t number : numbers) ids.push_back(ids_[number]);
    return ids;
  }

 private:
  base::DenseIndex index_;
  std::vector<std::int64_t> ids_;
};

// Tiles of one tier of one computation that become one tile of the next.
class Fold {
 public:
  Fold(Connection& connection, std::int64_t computation, std::int64_t tier)
      : connection_(connection), computation_(computation), tier_(tier) {}

  void run() {
    read_parts();
    if (parts_.empty()) return;
    const auto limit = static_cast<std::size_t>(std::clamp(weight_ / 4, kSmall, kLarge));
    TimelineBuilder builder(shift_, {first_us_, last_us_, lanes_.size(), 16 * limit}, limit);
    for (const Part& part : parts_) add(part, builder);
    store(builder);
  }

 private:
  struct Part {
    std::int64_t id;
    TimelineTile tile;
    std::vector<std::int64_t> lanes, groups;  // as lanes_ and groups_ number them; -1: without timeline
  };

  // A damaged tile is left out, for good: whoever asks for it will learn of it, and others are not held up.
  void read_parts() {
    std::vector<std::int64_t> damaged;
    read_waiting(damaged);
    for (const std::int64_t id : damaged) set_parent(id, kNeverFolded);
  }

  void read_waiting(std::vector<std::int64_t>& damaged) {
    Statement row = connection_.query(
        "SELECT id, shift, weight, spans, first_us, last_us, dictionaries, cells FROM timeline_tiles "
        "WHERE computation = ? AND parent = ? AND tier = ? ORDER BY id LIMIT ?",
        computation_, kWaiting, tier_, kFoldedTogether);
    while (row.step()) {
      Part part;
      part.id = row.integer(0);
      TileRows rows;
      if (!read_stored_tile(row.text(6), row.text(7), rows, part.tile)) {
        damaged.push_back(part.id);
        continue;
      }
      shift_ = std::max(shift_, static_cast<int>(row.integer(1)));
      weight_ += row.integer(2);
      spans_ += row.integer(3);
      first_us_ = std::min(first_us_, row.integer(4));
      last_us_ = std::max(last_us_, row.integer(5));
      for (const std::int64_t lane : rows.lanes) part.lanes.push_back(lane == 0 ? -1 : lanes_.number(lane));
      for (const std::int64_t group : rows.groups) part.groups.push_back(groups_.number(group));
      parts_.push_back(std::move(part));
    }
  }

  void set_parent(std::int64_t tile, std::int64_t parent) {
    connection_.run("UPDATE timeline_tiles SET parent = ? WHERE id = ?", parent, tile);
  }

  static void add(const Part& part, TimelineBuilder& builder) {
    const TimelineTile& tile = part.tile;
    const auto value = [](const model::TimelineColumn& column, std::size_t i) {
      return column.empty() ? 0 : static_cast<std::int64_t>(column[i]);
    };
    for (std::size_t row = 0, i = 0; row < tile.rows(); ++row) {
      for (const std::size_t end = i + tile.row_cells[row]; i < end; ++i) {
        model::TimelineCell cell;
        cell.lane = part.lanes[tile.lane[i]];
        if (cell.lane < 0) continue;
        cell.bucket = value(tile.row_bucket, row);
        cell.group = part.groups[tile.group[i]];
        cell.group_us = value(tile.group_us, i);
        cell.spans = value(tile.spans, i);
        cell.erred = value(tile.erred, i);
        for (std::size_t k = 0; k < cell.busy_us.size(); ++k) cell.busy_us[k] = value(tile.busy_us[k], i);
        builder.add_cell(cell, tile.shift);
      }
    }
    std::vector<TimelineBuilder::Action> actions;
    for (std::size_t i = 0, k = 0; i < tile.runs(); ++i) {
      actions.clear();
      for (const std::size_t end = k + tile.run_actions[i]; k < end; ++k) {
        const std::int64_t start = value(tile.action_start, k);
        actions.push_back({tile.action[k], start, start + value(tile.action_us, k)});
      }
      const std::int64_t lane = part.lanes[tile.run_lane[i]];
      if (lane >= 0) builder.add_run(lane, part.groups[tile.run_group[i]], tile.run_erred[i] != 0, actions);
    }
  }

  void store(TimelineBuilder& builder) {
    const auto weight = static_cast<std::int64_t>(builder.weight());
    std::vector<std::uint64_t> lanes;
    std::vector<std::uint64_t> groups;
    const std::string cells = model::encode_tile(builder.take(lanes, groups));
    const std::string rows = encode_tile_rows({lanes_.at(lanes), groups_.at(groups)});
    connection_.run(
        "INSERT INTO timeline_tiles (computation, parent, tier, shift, weight, spans, first_us, last_us, "
        "dictionaries, cells) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        computation_, weight > kMostWeight ? kNeverFolded : kWaiting, tier_ + 1, builder.shift(), weight,
        spans_, first_us_, last_us_, Blob{rows}, Blob{cells});
    const std::int64_t id = connection_.last_insert_id();
    for (const Part& part : parts_) set_parent(part.id, id);
  }

  Connection& connection_;
  const std::int64_t computation_;
  const std::int64_t tier_;
  std::vector<Part> parts_;
  Ids lanes_, groups_;
  int shift_ = model::kFinestShift;
  std::int64_t weight_ = 0;
  std::int64_t spans_ = 0;
  base::Micros first_us_ = model::kEndOfTime;
  base::Micros last_us_ = 0;
};

std::int64_t waiting(Connection& connection, std::int64_t computation, std::int64_t tier) {
  Statement row = connection.query(
      "SELECT count(*) FROM timeline_tiles WHERE computation = ? AND parent = ? AND tier = ?", computation,
      kWaiting, tier);
  row.step();
  return row.integer(0);
}

}  // namespace

void fold_full_tiers(Connection& connection, std::int64_t computation) {
  for (std::int64_t tier = 0;; ++tier) {
    std::int64_t count = waiting(connection, computation, tier);
    if (count < kFoldedTogether) return;
    for (; count >= kFoldedTogether; count -= kFoldedTogether) Fold(connection, computation, tier).run();
  }
}

void fold_tiles_of_block(Connection& connection, std::int64_t block) {
  std::vector<std::int64_t> unfolded;
  {
    Statement row = connection.query("SELECT computation FROM timeline_tiles WHERE block = ? AND parent = ?",
                                     block, kWaiting);
    while (row.step()) unfolded.push_back(row.integer(0));
  }
  for (const std::int64_t computation : unfolded) {
    Fold(connection, computation, 0).run();
    fold_full_tiers(connection, computation);
  }
  connection.run(
      "UPDATE timeline_tiles SET expired_us = max(coalesce(timeline_tiles.expired_us, 0), t.last_us) "
      "FROM timeline_tiles t WHERE t.block = ? AND timeline_tiles.id = t.parent",
      block);
}

}  // namespace pilothouse::store::sqlite
