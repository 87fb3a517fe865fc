#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/control_store.h"

// What the command line does to a state directory, whether or not a hub serves it.
namespace pilothouse::store {

// kNotFound when no hub was ever started on the directory.
base::Result<void> require_database(const std::filesystem::path& state_dir);

struct NewWorkspace {
  Workspace workspace;
  std::string token;  // shown once: only its hash is kept
};

// Makes the database if need be. Errors as ControlStore::create_workspace.
base::Result<NewWorkspace> create_workspace(const std::filesystem::path& state_dir, std::string_view name);

// By name. kNotFound when no hub was ever started on the directory.
base::Result<std::vector<WorkspaceState>> list_workspaces(const std::filesystem::path& state_dir);

// What a workspace keeps from now on. kNotFound when there is no database or no such workspace.
base::Result<void> change_retention(const std::filesystem::path& state_dir, std::string_view workspace,
                                    const RetentionChange& change);

}  // namespace pilothouse::store
