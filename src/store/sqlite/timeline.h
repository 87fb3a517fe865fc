#pragma once

#include "base/error.h"
#include "store/record_store.h"
#include "store/sqlite/connection.h"

namespace pilothouse::store::sqlite {

// Inside the caller's transaction. Throws SqliteError.
base::Result<model::TimelineView> read_timeline(Connection& connection, const TimelineQuery& query);

}  // namespace pilothouse::store::sqlite
