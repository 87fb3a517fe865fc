#pragma once

#include "base/error.h"
#include "store/record_store.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/recent_blocks.h"

namespace pilothouse::store::sqlite {

// Inside the caller's transaction. Throws SqliteError. Blocks that are in `recent` are not read again.
base::Result<model::TimelineView> read_timeline(Connection& connection, RecentBlocks& recent,
                                                const TimelineQuery& query);

}  // namespace pilothouse::store::sqlite
