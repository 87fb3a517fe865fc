#include "store/sqlite/timeline_tiles.h"

#include <algorithm>
#include <string>

namespace pilothouse::store::sqlite {

void TimelineTiles::add(std::int64_t computation, std::int64_t block,
                        const model::SpanBlockRecord::Share& share, const std::vector<std::uint32_t>& lanes,
                        const std::vector<std::uint32_t>& groups) {
  for (std::size_t level = share.first_summed; level < share.cells.size(); ++level) {
    std::vector<model::TimelineCell> tile;
    for (model::TimelineCell cell : share.cells[level]) {
      cell.lane = lanes[static_cast<std::size_t>(cell.lane)];
      cell.group = groups[static_cast<std::size_t>(cell.group)];
      if (level == 0) {
        tile.push_back(cell);
      } else {
        computations_[computation][level].at(cell.bucket, cell.lane).add(cell);
      }
    }
    if (level == 0) tiles_.push_back({computation, block, std::move(tile)});
  }
}

void TimelineTiles::write(const std::vector<std::int64_t>& lane_rows,
                          const std::vector<std::int64_t>& group_rows) {
  const Rows rows{lane_rows, group_rows};
  for (Tile& tile : tiles_) {
    to_rows(rows, tile.cells);
    const std::string bytes = model::encode_cells(tile.cells);
    connection_.run("INSERT INTO timeline_tiles (computation, block, cells) VALUES (?, ?, ?)",
                    tile.computation, tile.block, Blob{bytes});
  }
  for (auto& [id, levels] : computations_) {
    for (std::size_t level = 1; level < levels.size(); ++level) {
      to_rows(rows, levels[level].cells());
      write_cells(id, level, levels[level].cells());
    }
  }
}

void TimelineTiles::write_cells(std::int64_t computation, std::size_t level,
                                std::vector<model::TimelineCell>& cells) {
  std::sort(cells.begin(), cells.end(), [](const auto& a, const auto& b) { return a.bucket < b.bucket; });
  const auto number = static_cast<std::int64_t>(level);
  for (auto first = cells.begin(); first != cells.end();) {
    const std::int64_t bucket = first->bucket;
    const auto last =
        std::find_if(first, cells.end(), [&](const auto& cell) { return cell.bucket != bucket; });
    model::TimelineCells merged;
    {
      Statement old = connection_.query(
          "SELECT cells FROM timeline_cells WHERE computation = ? AND level = ? AND bucket = ?", computation,
          number, bucket);
      if (old.step()) {
        auto stored = model::decode_cells(old.text(0));
        if (!stored) throw SqliteError(stored.error().message);
        for (const model::TimelineCell& cell : *stored) merged.at(bucket, cell.lane).add(cell);
      }
    }
    for (; first != last; ++first) merged.at(bucket, first->lane).add(*first);
    const std::string bytes = model::encode_cells(merged.cells());
    connection_.run(
        "INSERT INTO timeline_cells (computation, level, bucket, cells) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (computation, level, bucket) DO UPDATE SET cells = excluded.cells",
        computation, number, bucket, Blob{bytes});
  }
}

void TimelineTiles::to_rows(const Rows& rows, std::vector<model::TimelineCell>& cells) {
  for (model::TimelineCell& cell : cells) {
    cell.lane = rows.lanes[static_cast<std::size_t>(cell.lane)];
    cell.group = rows.groups[static_cast<std::size_t>(cell.group)];
  }
  std::erase_if(cells, [](const model::TimelineCell& cell) { return cell.lane == 0; });
}

}  // namespace pilothouse::store::sqlite
