#include "store/workspaces.h"

#include "base/clock.h"
#include "base/paths.h"
#include "store/sqlite/sqlite_store.h"
#include "store/token.h"

namespace pilothouse::store {

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

base::Result<std::vector<Workspace>> list_workspaces(const std::filesystem::path& state_dir) {
  if (!std::filesystem::exists(state_dir / base::kDatabaseFile)) {
    return base::error(base::Errc::kNotFound, "there is no hub in " + state_dir.string());
  }
  const auto store = sqlite::SqliteStore::open_reader(state_dir);
  if (!store) return store.error();
  return (*store)->workspaces();
}

}  // namespace pilothouse::store
