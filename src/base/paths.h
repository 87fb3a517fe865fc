#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

// Where Pilothouse keeps its state on this machine. The one place that reads XDG_STATE_HOME, XDG_RUNTIME_DIR
// and HOME.
namespace pilothouse::base {

// $XDG_STATE_HOME/pilothouse, else ~/.local/state/pilothouse. The directory may not exist.
std::filesystem::path default_state_dir();

// For what is needed for a moment only: $XDG_RUNTIME_DIR/pilothouse, else the state directory. It may not
// exist.
std::filesystem::path default_runtime_dir();

// What a --state-dir flag says, or the default where it is empty.
inline std::filesystem::path state_dir_or_default(const std::string& flag) {
  return flag.empty() ? default_state_dir() : std::filesystem::path(flag);
}

// Makes a directory that only its owner may enter, and what is missing above it. One that exists is left as
// it is.
Result<void> make_private_directory(const std::filesystem::path& path);

// Files of a state directory.
inline constexpr std::string_view kDatabaseFile = "hub.db";
inline constexpr std::string_view kClientFile =
    "client.json";                                         // address, token and workspace for local clients
inline constexpr std::string_view kLockFile = "hub.lock";  // held by the hub that serves the directory

}  // namespace pilothouse::base
