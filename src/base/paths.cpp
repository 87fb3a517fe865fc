#include "base/paths.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace pilothouse::base {
namespace {

std::filesystem::path home() {
  if (const char* path = std::getenv("HOME"); path != nullptr && *path != '\0') return path;
  if (const passwd* user = getpwuid(getuid()); user != nullptr && user->pw_dir != nullptr) return user->pw_dir;
  return "/";
}

}  // namespace

std::filesystem::path default_state_dir() {
  // The XDG specification tells to ignore relative paths.
  if (const char* path = std::getenv("XDG_STATE_HOME"); path != nullptr && *path == '/') {
    return std::filesystem::path(path) / "pilothouse";
  }
  return home() / ".local" / "state" / "pilothouse";
}

}  // namespace pilothouse::base
