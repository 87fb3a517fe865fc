#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/control_store.h"

// What the command line does to a state directory, whether or not a hub serves it.
namespace pilothouse::store {

struct NewWorkspace {
  Workspace workspace;
  std::string token;  // shown once: only its hash is kept
};

// Makes the database if need be. Errors as ControlStore::create_workspace.
base::Result<NewWorkspace> create_workspace(const std::filesystem::path& state_dir, std::string_view name);

// By name. kNotFound when no hub was ever started on the directory.
base::Result<std::vector<Workspace>> list_workspaces(const std::filesystem::path& state_dir);

}  // namespace pilothouse::store
