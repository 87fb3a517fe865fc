#include "store/workspaces.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/host.h"
#include "base/paths.h"
#include "store/sqlite/sqlite_store.h"
#include "store/token.h"

namespace pilothouse::store {

base::Result<void> require_database(const std::filesystem::path& state_dir) {
  if (std::filesystem::exists(state_dir / base::kDatabaseFile)) return {};
  return base::error(base::Errc::kNotFound, "there is no hub in " + state_dir.string() +
                                                "\nStart a hub on it with: pilothouse serve");
}

Author local_author() { return {"local:" + base::user_name(), std::nullopt, true}; }

std::string default_owner() {
  std::string name = base::user_name();
  return is_door_name(name) ? name : "owner";
}

base::Result<MadeWorkspace> create_workspace(const std::filesystem::path& state_dir, std::string_view name,
                                             const std::string& owner) {
  const auto store = sqlite::SqliteStore::open_writer(state_dir);
  if (!store) return store.error();
  MadeWorkspace made;
  made.owner = owner.empty() ? default_owner() : owner;
  made.token = new_token();
  const std::string hash = hash_token(made.token);
  const auto workspace =
      (*store)->create_workspace({name, hash, made.owner}, local_author(), base::wall_now());
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
  return (*store)->change_retention(workspace, change, local_author(), base::wall_now());
}

base::Result<OpenWorkspace> open_workspace(const std::filesystem::path& state_dir, std::string_view name,
                                           For what) {
  if (const auto there = require_database(state_dir); !there) return there.error();
  auto store = what == For::kReading ? sqlite::SqliteStore::open_reader(state_dir)
                                     : sqlite::SqliteStore::open_writer(state_dir);
  if (!store) return store.error();
  const auto states = (*store)->workspaces();
  if (!states) return states.error();
  const auto found = std::find_if(states->begin(), states->end(),
                                  [&](const WorkspaceState& state) { return state.workspace.name == name; });
  if (found == states->end()) {
    return base::error(base::Errc::kNotFound, "there is no workspace \"" + std::string(name) +
                                                  "\"\nSee what there is with: pilothouse workspace list");
  }
  return OpenWorkspace{std::move(*store), found->workspace};
}

}  // namespace pilothouse::store
