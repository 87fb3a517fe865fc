#include "store/part_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace pilothouse::store {

using base::Errc;

base::Error file_error(const std::filesystem::path& path) {
  return base::error(Errc::kStorage, path.string() + ": " + std::strerror(errno));
}

PartFile::PartFile(std::filesystem::path path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

PartFile::PartFile(PartFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

PartFile::~PartFile() {
  if (descriptor_ < 0) return;
  ::unlink(path_.c_str());
  remove_side_files();
  ::close(descriptor_);
}

void PartFile::remove_side_files() const {
  for (const char* side : {"-wal", "-shm", "-journal"}) ::unlink((path_.string() + side).c_str());
}

base::Result<PartFile> PartFile::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return file_error(path);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return base::error(Errc::kConflict, "another process writes " + path.string());
  }
  PartFile part(path, descriptor);
  part.remove_side_files();
  if (::ftruncate(descriptor, 0) != 0 || ::fchmod(descriptor, 0600) != 0) return file_error(path);
  return part;
}

base::Result<void> PartFile::put_in_place(const std::filesystem::path& target) {
  if (::fsync(descriptor_) != 0) return file_error(path_);
  if (std::rename(path_.c_str(), target.c_str()) != 0) return file_error(target);
  ::close(std::exchange(descriptor_, -1));
  // Only now does the name outlive a power failure.
  const std::filesystem::path directory = target.has_parent_path() ? target.parent_path() : ".";
  const int opened = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return file_error(directory);
  const bool synced = ::fsync(opened) == 0;
  ::close(opened);
  if (!synced) return file_error(directory);
  return {};
}

}  // namespace pilothouse::store
