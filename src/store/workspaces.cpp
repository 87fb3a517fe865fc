#include "store/workspaces.h"

#include "base/clock.h"
#include "base/paths.h"
#include "store/sqlite/sqlite_store.h"
#include "store/token.h"

namespace pilothouse::store {

base::Result<void> require_database(const std::filesystem::path& state_dir) {
  if (std::filesystem::exists(state_dir / base::kDatabaseFile)) return {};
  return base::error(base::Errc::kNotFound, "there is no hub in " + state_dir.string() +
                                                "\nStart a hub on it with: pilothouse serve");
}

base::Result<NewWorkspace> create_workspace(const std::filesystem::path& state_dir, std::string_view name) {
  const auto store = sqlite::SqliteStore::open_writer(state_dir);
  if (!store) return store.error();
  NewWorkspace made;
  made.token = new_token();
  const auto workspace = (*store)->create_workspace(name, hash_token(made.token), base::wall_now());
  if (!workspace) return workspace.error();
  made.workspace = *workspace;
  return made;
}

base::Result<std::vector<WorkspaceState>> list_workspaces(const std::filesystem::path& state_dir) {
  if (const auto there = require_database(state_dir); !there) return there.error();
  const auto store = sqlite::SqliteStore::open_reader(state_dir);
  if (!store) return store.error();
  return (*store)->workspaces();
}

base::Result<void> change_retention(const std::filesystem::path& state_dir, std::string_view workspace,
                                    const RetentionChange& change) {
  if (const auto there = require_database(state_dir); !there) return there.error();
  const auto store = sqlite::SqliteStore::open_writer(state_dir);
  if (!store) return store.error();
  return (*store)->change_retention(workspace, change);
}

}  // namespace pilothouse::store
