#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/control_store.h"

// What the command line does to a state directory, whether or not a hub serves it.
namespace pilothouse::store {

// kNotFound when no hub was ever started on the directory.
base::Result<void> require_database(const std::filesystem::path& state_dir);

// Who works on this machine, as the audit log names him: "local:" and the user of the process. He may change
// everything.
Author local_author();

// What the owner of a workspace is called who was given no name: as the user of the process if that is a door
// name, else "owner".
std::string default_owner();

struct MadeWorkspace {
  Workspace workspace;
  std::string owner;
  std::string token;  // shown once: only its hash is kept
};

// Makes the database if need be. `owner` may be empty: default_owner(). Errors as
// ControlStore::create_workspace.
base::Result<MadeWorkspace> create_workspace(const std::filesystem::path& state_dir, std::string_view name,
                                             const std::string& owner);

// By name. kNotFound when no hub was ever started on the directory.
base::Result<std::vector<WorkspaceState>> list_workspaces(const std::filesystem::path& state_dir);

// What a workspace keeps from now on. kNotFound when there is no database or no such workspace.
base::Result<void> change_retention(const std::filesystem::path& state_dir, std::string_view workspace,
                                    const RetentionChange& change);

struct OpenWorkspace {
  std::unique_ptr<ControlStore> control;
  Workspace workspace;
};

// To look at one workspace, or to change it. kNotFound as above.
enum class For { kReading, kWriting };
base::Result<OpenWorkspace> open_workspace(const std::filesystem::path& state_dir, std::string_view name,
                                           For what);

}  // namespace pilothouse::store
