#pragma once

#include "base/error.h"
#include "store/record_store.h"
#include "store/sqlite/connection.h"

namespace pilothouse::store::sqlite {

// The exceptions of a workspace that have the same fingerprint, in whichever clusters, the one that was seen
// last first. Inside the caller's transaction; throws SqliteError.
base::Result<Page<model::FingerprintView>> list_fingerprints(Connection& connection, const Query& query);

}  // namespace pilothouse::store::sqlite
