#pragma once

#include <cstdint>

#include "store/sqlite/connection.h"

// Tiles are kept in tiers. Those of tier 0 are of one block each and go with it. As soon as kFoldedTogether
// of one tier wait, they are folded into one of the next tier, which is about as large as each of them
// because it is coarser. So a view of any width has to look only at as many as it can show. Both run inside
// the caller's transaction and throw SqliteError.
namespace pilothouse::store::sqlite {

inline constexpr std::int64_t kFoldedTogether = 16;

// After tiles of tier 0 were added.
void fold_full_tiers(Connection& connection, std::int64_t computation);

// Before a block goes: the runs of its tiles stay in coarser ones, and these learn that something is gone.
void fold_tiles_of_block(Connection& connection, std::int64_t block);

}  // namespace pilothouse::store::sqlite
