#include "base/paths.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace pilothouse::base {
namespace {

std::filesystem::path home() {
  if (const char* path = std::getenv("HOME"); path != nullptr && *path != '\0') return path;
  if (const passwd* user = getpwuid(getuid()); user != nullptr && user->pw_dir != nullptr)
    return user->pw_dir;
  return "/";
}

// Of a directory; the XDG specification tells to ignore relative ones.
std::optional<std::filesystem::path> absolute_path(const char* variable) {
  const char* path = std::getenv(variable);
  if (path == nullptr || *path != '/') return std::nullopt;
  return path;
}

}  // namespace

std::filesystem::path default_state_dir() {
  if (const auto states = absolute_path("XDG_STATE_HOME")) return *states / "pilothouse";
  return home() / ".local" / "state" / "pilothouse";
}

std::filesystem::path default_runtime_dir() {
  if (const auto runtime = absolute_path("XDG_RUNTIME_DIR")) return *runtime / "pilothouse";
  return default_state_dir();
}

Result<void> make_private_directory(const std::filesystem::path& path) {
  std::error_code failure;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failure);
  if (failure) return error(Errc::kStorage, path.string() + ": " + failure.message());
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return error(Errc::kStorage, path.string() + ": " + std::strerror(errno));
  }
  return {};
}

}  // namespace pilothouse::base
