#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::cli {

// Everything the command line takes from its environment.
struct Environment {
  std::optional<std::string> address;                // DASK_PILOTHOUSE__ADDRESS
  std::optional<std::string> token;                  // DASK_PILOTHOUSE__TOKEN
  std::optional<std::string> workspace;              // DASK_PILOTHOUSE__WORKSPACE
  std::optional<std::string> ca_file;                // DASK_PILOTHOUSE__TLS__CA_FILE
  std::optional<std::string> key_passphrase;         // PILOTHOUSE_KEY_PASSPHRASE
  std::optional<std::filesystem::path> home;         // HOME
  std::vector<std::filesystem::path> config_places;  // Dask's files and directories, the most important first
  std::optional<std::string> browser;                // BROWSER
  bool display = false;                              // DISPLAY or WAYLAND_DISPLAY is set
  std::optional<int> columns;                        // COLUMNS
  bool plain = false;                                // NO_COLOR is set, or TERM is dumb
  bool utf8 = false;  // LC_ALL, LC_CTYPE or LANG name an encoding with box characters
};

Environment read_environment();

}  // namespace pilothouse::cli
