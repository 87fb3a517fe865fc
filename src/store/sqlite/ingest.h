#pragma once

#include "base/error.h"
#include "store/record_store.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/row_cache.h"

namespace pilothouse::store::sqlite {

// Stores one upload inside the caller's transaction. Throws SqliteError. When the upload is rolled back, the
// cache is no longer true.
base::Result<Receipt> store_upload(Connection& connection, RowCache& cache, const Upload& upload);

}  // namespace pilothouse::store::sqlite
