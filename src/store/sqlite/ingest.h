#pragma once

#include "base/error.h"
#include "store/record_store.h"
#include "store/sqlite/connection.h"

namespace pilothouse::store::sqlite {

// Stores one upload inside the caller's transaction. Throws SqliteError.
base::Result<Receipt> store_upload(Connection& connection, const Upload& upload);

}  // namespace pilothouse::store::sqlite
