#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "store/control_store.h"

namespace pilothouse::hub {

// Makes the workspace "default" with an owner token if the hub has no workspace yet, and writes client.json
// (0600), by which local clients find the hub. Later the file keeps its token and gets the new address.
// `ca_file`: what they shall trust, empty when that is the system's CAs. Gives the token when it was made: it
// must be shown now or never.
base::Result<std::optional<std::string>> prepare_access(store::ControlStore& control,
                                                        const std::filesystem::path& state_dir,
                                                        const std::string& address,
                                                        const std::filesystem::path& ca_file);

}  // namespace pilothouse::hub
