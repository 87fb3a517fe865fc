#include "base/state_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/paths.h"

namespace pilothouse::base {

Result<std::unique_ptr<StateLock>> StateLock::take(const std::filesystem::path& state_dir) {
  if (const auto made = make_private_directory(state_dir); !made) return made.error();
  const std::filesystem::path file = state_dir / kLockFile;
  std::unique_ptr<StateLock> lock(new StateLock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)));
  if (lock->descriptor_ < 0) return error(Errc::kStorage, file.string() + ": " + std::strerror(errno));
  if (::flock(lock->descriptor_, LOCK_EX | LOCK_NB) != 0) {
    return error(Errc::kConflict, "a hub serves " + state_dir.string());
  }
  return lock;
}

StateLock::~StateLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace pilothouse::base
