#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "cli/environment.h"
#include "net/http_client.h"

namespace pilothouse::cli {

struct HubFlags {
  std::optional<std::string> address;
  std::optional<std::string> token;
  std::optional<std::string> workspace;
  std::optional<std::string> ca_file;
};

// Where the hub is and how to be let in.
struct HubSettings {
  std::string address;
  std::string token;                     // "" when there is none
  std::optional<std::string> workspace;  // none: the token's own
  std::optional<std::string> ca_file;    // none: the system's CAs are trusted
};

// Each setting from the first that has it: flags, environment, Dask's YAML files, the file that a hub on this
// machine leaves in `state_dir`, the default. The token and the CA file of that file are for no other address
// than the file's. kMalformed when a configuration file cannot be read as what it is.
base::Result<HubSettings> resolve_hub(const HubFlags& flags, const Environment& environment,
                                      const std::filesystem::path& state_dir);

// The same, checked and read.
base::Result<net::HubAccess> access(const HubSettings& settings);

}  // namespace pilothouse::cli
