#pragma once

#include <chrono>
#include <vector>

#include "base/error.h"
#include "store/control_store.h"
#include "store/record_store.h"
#include "store/retention.h"
#include "store/sqlite/connection.h"

// Keeping and tidying, inside the caller's transaction. All throw SqliteError.
namespace pilothouse::store::sqlite {

// By name.
std::vector<WorkspaceState> workspace_states(Connection& connection);
base::Result<void> change_retention(Connection& connection, std::string_view workspace,
                                    const RetentionChange& change, const Author& author, base::Micros now);

// Removes what no workspace keeps any longer until the budget is spent; at least one thing when there is any.
Removed remove_expired(Connection& connection, const Viewpoint& viewpoint, std::chrono::milliseconds budget);

// What remove_expired() would remove if it was called until nothing is left, without removing it; but for the
// small part of the timeline's tiles that stays, folded, when their blocks go.
Removed find_expired(Connection& connection, const Viewpoint& viewpoint);

}  // namespace pilothouse::store::sqlite
