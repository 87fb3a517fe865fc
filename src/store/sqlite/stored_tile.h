#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/timeline_tile.h"

namespace pilothouse::store::sqlite {

// How the rows of tiles are linked: `parent` is the tile that holds the same runs again, coarser.
inline constexpr std::int64_t kWaiting = 0;       // has no parent yet
inline constexpr std::int64_t kNeverFolded = -1;  // and will have none: it is too large

// The rows that the lanes and groups of a tile stand for.
struct TileRows {
  std::vector<std::int64_t> lanes;  // 0: there were too many, such a lane has no timeline
  std::vector<std::int64_t> groups;
};

std::string encode_tile_rows(const TileRows& rows);

// The lanes of encode_tile_rows(), alone. Replaces what is in `lanes`; kStorage when they are damaged.
base::Result<void> read_tile_lanes(std::string_view encoded_rows, std::vector<std::int64_t>& lanes);

// Both columns of a stored tile. Replaces what is in `rows` and `tile`; kStorage when they are damaged.
base::Result<void> read_stored_tile(std::string_view encoded_rows, std::string_view encoded_tile,
                                    TileRows& rows, model::TimelineTile& tile);

}  // namespace pilothouse::store::sqlite
