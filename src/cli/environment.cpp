#include "cli/environment.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace pilothouse::cli {
namespace {

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

// Dask reads these words as Python's None.
std::optional<std::string> setting(const char* name) {
  std::optional<std::string> value = variable(name);
  if (value == "null" || value == "None" || value == "none") return std::nullopt;
  return value;
}

// The first of the three that is set decides, as in the C library.
bool is_utf8_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto locale = variable(name);
    if (!locale) continue;
    std::string encoding = locale->substr(std::min(locale->find('.'), locale->size()));
    for (char& c : encoding) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return encoding.starts_with(".utf-8") || encoding.starts_with(".utf8");
  }
  return false;
}

}  // namespace

Environment read_environment() {
  Environment environment;
  environment.address = setting("DASK_PILOTHOUSE__ADDRESS");
  environment.token = setting("DASK_PILOTHOUSE__TOKEN");
  environment.workspace = setting("DASK_PILOTHOUSE__WORKSPACE");
  environment.ca_file = setting("DASK_PILOTHOUSE__TLS__CA_FILE");
  environment.key_passphrase = variable("PILOTHOUSE_KEY_PASSPHRASE");

  if (const auto place = variable("DASK_CONFIG")) environment.config_places.emplace_back(*place);
  if (const auto home = variable("HOME")) {
    environment.home = *home;
    environment.config_places.push_back(*environment.home / ".config" / "dask");
  }
  environment.config_places.emplace_back(variable("DASK_ROOT_CONFIG").value_or("/etc/dask"));

  environment.browser = variable("BROWSER");
  environment.display = variable("DISPLAY").has_value() || variable("WAYLAND_DISPLAY").has_value();

  if (const auto columns = variable("COLUMNS")) {
    int count = 0;
    const auto [end, failed] = std::from_chars(columns->data(), columns->data() + columns->size(), count);
    if (failed == std::errc() && count > 0) environment.columns = count;
  }
  environment.plain = variable("NO_COLOR").has_value() || variable("TERM") == "dumb";
  environment.utf8 = is_utf8_locale();
  return environment;
}

}  // namespace pilothouse::cli
