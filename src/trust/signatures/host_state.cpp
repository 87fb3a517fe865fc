#include "trust/signatures/host_state.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <thread>

#include "base/files.h"
#include "base/json_parse.h"
#include "base/paths.h"

namespace pilothouse::trust {
namespace {

namespace json = boost::json;
using base::Errc;
using base::error;

constexpr std::string_view kFile = "trust.json";
constexpr std::string_view kLock = "trust.lock";
constexpr std::size_t kMaxState = 4U << 20;

// Whoever may write the file, or the directory that it lies in, could take away what is remembered.
base::Result<void> check_private(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return error(Errc::kStorage, path.string() + ": " + std::strerror(errno));
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return error(Errc::kForbidden, path.string() + " belongs to another user");
  }
  if ((status.st_mode & 022U) != 0) {
    return error(Errc::kForbidden,
                 path.string() + " may be written by others; run: chmod go-w " + path.string());
  }
  return {};
}

bool is_text(const json::value* value) { return value != nullptr && value->is_string(); }

bool read_plugins(const json::value* value, HostState& state) {
  if (value == nullptr || !value->is_object()) return false;
  for (const auto& [name, seen] : value->get_object()) {
    const json::object* fields = seen.if_object();
    if (fields == nullptr || !is_text(fields->if_contains("version")) ||
        !is_text(fields->if_contains("sha256")) || !Version::parse(fields->at("version").get_string())) {
      return false;
    }
    state.plugins[std::string(name)] = {std::string(fields->at("version").get_string()),
                                        std::string(fields->at("sha256").get_string())};
  }
  return true;
}

bool read_texts(const json::value* value, std::set<std::string>& texts) {
  if (value == nullptr || !value->is_array()) return false;
  for (const json::value& text : value->get_array()) {
    if (!text.is_string()) return false;
    texts.emplace(text.get_string());
  }
  return true;
}

bool read_withdrawn(const json::value* value, HostState& state) {
  if (value == nullptr || !value->is_object()) return false;
  for (const auto& [sha256, keys] : value->get_object()) {
    if (!read_texts(&keys, state.withdrawn[std::string(sha256)])) return false;
  }
  return true;
}

json::array texts_of(const auto& texts) {
  json::array array;
  for (const std::string& text : texts) array.push_back(json::value(text));
  return array;
}

}  // namespace

base::Result<HostState> HostState::read(const std::filesystem::path& directory) {
  const std::filesystem::path file = directory / kFile;
  for (const std::filesystem::path& path : {directory, file}) {
    if (const auto fine = check_private(path); !fine) return fine.error();
  }
  const auto bytes = base::read_file(file, kMaxState);
  if (!bytes) {
    if (bytes.error().code == Errc::kNotFound) return HostState();
    return bytes.error();
  }
  const auto value = base::parse_json(*bytes);
  const json::object* object = value ? value->if_object() : nullptr;
  HostState state;
  std::set<std::string> keys;
  // One more member is of a later version: written again here, what it says would be lost.
  if (object == nullptr || object->size() != 3 || !read_plugins(object->if_contains("plugins"), state) ||
      !read_texts(object->if_contains("revoked_keys"), keys) ||
      !read_withdrawn(object->if_contains("withdrawn"), state)) {
    return error(Errc::kMalformed, file.string() +
                                       " is broken: it cannot be told which versions this host has accepted. "
                                       "Restore it; or, to accept any version again, remove it");
  }
  state.revoked_keys.insert(keys.begin(), keys.end());
  return state;
}

base::Result<void> HostState::write(const std::filesystem::path& directory) const {
  json::object seen;
  for (const auto& [name, plugin] : plugins) {
    seen[name] = json::object{{"version", plugin.version}, {"sha256", plugin.sha256}};
  }
  json::object bundles;
  for (const auto& [sha256, keys] : withdrawn) bundles[sha256] = texts_of(keys);
  const json::object state{{"plugins", std::move(seen)},
                           {"revoked_keys", texts_of(revoked_keys)},
                           {"withdrawn", std::move(bundles)}};
  const std::filesystem::path file = directory / kFile;
  const std::string text = json::serialize(state) + "\n";
  if (text.size() > kMaxState) return error(Errc::kTooLarge, file.string() + " would have more than 4 MiB");
  return base::replace_file(file, text, 0600);
}

bool HostState::learn(const Revocation& revocation) {
  const std::string key = revocation.key.to_string();
  if (!revocation.sha256) return revoked_keys.insert(key).second;
  return withdrawn[*revocation.sha256].insert(key).second;
}

base::Result<HostStateLock> HostStateLock::take(const std::filesystem::path& directory,
                                                std::chrono::milliseconds patience) {
  if (const auto made = base::make_private_directory(directory); !made) return made.error();
  const std::filesystem::path file = directory / kLock;
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return error(Errc::kStorage, file.string() + ": " + std::strerror(errno));
  HostStateLock lock(descriptor);
  constexpr auto kPause = std::chrono::milliseconds(10);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return error(Errc::kStorage, file.string() + ": " + std::strerror(errno));
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return error(Errc::kTimeout, file.string() + ": another process holds it for too long");
    }
    std::this_thread::sleep_for(kPause);
  }
  return lock;
}

HostStateLock::~HostStateLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace pilothouse::trust
