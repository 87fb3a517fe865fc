#include "store/sqlite/timeline_tiles.h"

#include <set>

#include "store/sqlite/fold_tiles.h"
#include "store/sqlite/stored_tile.h"

namespace pilothouse::store::sqlite {

void TimelineTiles::add(std::int64_t computation, std::int64_t block,
                        const model::SpanBlockRecord::Share& share, const std::vector<std::uint32_t>& lanes,
                        const std::vector<std::uint32_t>& groups) {
  Tile& tile = tiles_.emplace_back(Tile{computation, block, &share, {}, {}});
  for (const std::uint64_t lane : share.tile->lanes) tile.lanes.push_back(lanes[lane]);
  for (const std::uint64_t group : share.tile->groups) tile.groups.push_back(groups[group]);
}

void TimelineTiles::write(const std::vector<std::int64_t>& lane_rows,
                          const std::vector<std::int64_t>& group_rows) {
  std::set<std::int64_t> computations;
  for (const Tile& tile : tiles_) {
    const model::TileShare& share = *tile.share->tile;
    TileRows rows;
    for (const std::uint32_t lane : tile.lanes) rows.lanes.push_back(lane_rows[lane]);
    for (const std::uint32_t group : tile.groups) rows.groups.push_back(group_rows[group]);
    const std::string encoded = encode_tile_rows(rows);
    connection_.run(
        "INSERT INTO timeline_tiles (computation, block, parent, tier, shift, weight, spans, first_us, "
        "last_us, "
        "dictionaries, cells) VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)",
        tile.computation, tile.block, kWaiting, share.shift, static_cast<std::int64_t>(share.weight),
        tile.share->spans, *tile.share->first_us, *tile.share->last_us, Blob{encoded}, Blob{share.bytes});
    computations.insert(tile.computation);
  }
  for (const std::int64_t computation : computations) fold_full_tiers(connection_, computation);
}

}  // namespace pilothouse::store::sqlite
