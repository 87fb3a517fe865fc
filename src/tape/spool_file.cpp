#include "tape/spool_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "tape/spool_layout.h"

namespace pilothouse::tape {

using base::Errc;
using base::error;

base::Error SpoolFile::failure(std::string_view what) const {
  const std::string name = path_.empty() ? "memory for the recording" : path_.string();
  return error(Errc::kStorage,
               std::string(what) + " " + name + ": " + std::generic_category().message(errno));
}

base::Result<SpoolFile> SpoolFile::create(const std::filesystem::path& path, std::size_t bytes) {
  SpoolFile file(path, ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.descriptor_ < 0) return file.failure("cannot make");
  if (const auto reserved = file.reserve(bytes); !reserved) {
    file.remove();
    return reserved.error();
  }
  return file;
}

base::Result<SpoolFile> SpoolFile::create_in_memory(std::size_t bytes) {
  SpoolFile file({}, -1);
  void* at =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) return file.failure("cannot get");
  file.memory_ = {at, bytes};
  file.bytes_ = bytes;
  ::madvise(at, bytes, MADV_DONTFORK);
  return file;
}

// A full disk must show here, not as a fault when a mapped page is written.
base::Result<void> SpoolFile::reserve(std::size_t bytes) {
  errno = ::posix_fallocate(descriptor_, 0, static_cast<off_t>(bytes));
  if (errno != 0) return failure("cannot reserve " + std::to_string(bytes >> 20) + " MiB for");
  bytes_ = bytes;
  return {};
}

base::Result<SpoolFile> SpoolFile::open(const std::filesystem::path& path) {
  SpoolFile file(path, ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (file.descriptor_ < 0 && errno == ENOENT) return error(Errc::kNotFound, path.string() + " is gone");
  if (file.descriptor_ < 0) return file.failure("cannot open");
  struct stat status {};
  if (::fstat(file.descriptor_, &status) != 0) return file.failure("cannot open");
  if (!S_ISREG(status.st_mode)) return error(Errc::kMalformed, path.string() + " is not a file");
  file.bytes_ = static_cast<std::size_t>(status.st_size);
  return file;
}

base::Result<SpoolFile> SpoolFile::copy_to_memory(const std::filesystem::path& path) {
  SpoolFile original(path, ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (original.descriptor_ < 0) return original.failure("cannot open");
  struct stat status {};
  if (::fstat(original.descriptor_, &status) != 0) return original.failure("cannot open");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > layout::kMaxBytes) return error(Errc::kTooLarge, path.string() + " is too large for a spool");
  auto copy = create_in_memory(size);
  if (!copy) return copy;
  original.bytes_ = size;
  std::string part(std::min<std::size_t>(size, 1U << 20), '\0');
  for (std::size_t position = 0; position < size; position += part.size()) {
    part.resize(std::min(part.size(), size - position));
    if (const auto got = original.read(position, part.data(), part.size()); !got) return got.error();
    if (const auto put = copy->write(position, part); !put) return put.error();
  }
  return copy;
}

SpoolFile::SpoolFile(SpoolFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      bytes_(other.bytes_),
      memory_(std::exchange(other.memory_, {})),
      mappings_{std::exchange(other.mappings_[0], {}), std::exchange(other.mappings_[1], {})} {}

SpoolFile::~SpoolFile() {
  for (const Mapping& mapping : {mappings_[0], mappings_[1], memory_}) {
    if (mapping.at != nullptr) ::munmap(mapping.at, mapping.size);
  }
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Result<void> SpoolFile::lock() {
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return error(Errc::kConflict, path_.string() + " is in use by a recorder that runs");
    return failure("cannot lock");
  }
  // Whoever held the lock until now may have sent everything and removed the file.
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return failure("cannot lock");
  if (status.st_nlink == 0) return error(Errc::kNotFound, path_.string() + " was sent and removed meanwhile");
  return {};
}

base::Result<void> SpoolFile::read(std::size_t position, char* out, std::size_t size) const {
  if (memory_.at != nullptr) {
    if (position > bytes_ || size > bytes_ - position) return error(Errc::kMalformed, "this ends too early");
    std::memcpy(out, static_cast<const char*>(memory_.at) + position, size);
    return {};
  }
  while (size > 0) {
    const ssize_t got = ::pread(descriptor_, out, size, static_cast<off_t>(position));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("cannot read");
    if (got == 0) return error(Errc::kMalformed, path_.string() + " ends too early");
    out += got;
    position += static_cast<std::size_t>(got);
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

base::Result<void> SpoolFile::write(std::size_t position, std::string_view bytes) const {
  if (memory_.at != nullptr) {
    if (position > bytes_ || bytes.size() > bytes_ - position) {
      errno = ENOSPC;
      return failure("cannot write");
    }
    std::memcpy(static_cast<char*>(memory_.at) + position, bytes.data(), bytes.size());
    return {};
  }
  // Syncs these bytes only: syncing the file would make every page of the journal fault again.
  int flags = RWF_DSYNC;
  while (!bytes.empty()) {
    const iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    const ssize_t put = ::pwritev2(descriptor_, &part, 1, static_cast<off_t>(position), flags);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno == EOPNOTSUPP && flags != 0) {
      flags = 0;
      continue;
    }
    if (put < 0) return failure("cannot write");
    bytes.remove_prefix(static_cast<std::size_t>(put));
    position += static_cast<std::size_t>(put);
  }
  if (flags == 0 && ::fdatasync(descriptor_) != 0) return failure("cannot sync");
  return {};
}

base::Result<void> SpoolFile::sync_with_directory() const {
  if (path_.empty()) return {};
  if (::fsync(descriptor_) != 0) return failure("cannot sync");
  const int directory = ::open(path_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = directory >= 0 && ::fsync(directory) == 0;
  const int reason = errno;
  if (directory >= 0) ::close(directory);
  errno = reason;
  if (!synced) return failure("cannot sync the directory of");
  return {};
}

void* SpoolFile::map_part(void* at, std::size_t position, std::size_t size) const {
  if (memory_.at == nullptr) {
    return ::mmap(at, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_POPULATE, descriptor_,
                  static_cast<off_t>(position));
  }
  // An old size of 0 maps shared pages a second time.
  return ::mremap(static_cast<char*>(memory_.at) + position, 0, size, MREMAP_MAYMOVE | MREMAP_FIXED, at);
}

base::Result<char*> SpoolFile::map(std::size_t position, std::size_t size, bool twice) {
  const std::size_t total = twice ? 2 * size : size;
  Mapping& mapping = mappings_[0].at == nullptr ? mappings_[0] : mappings_[1];
  void* at = ::mmap(nullptr, total, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return failure("cannot map");
  mapping = {at, total};
  auto* bytes = static_cast<char*>(at);
  for (std::size_t done = 0; done < total; done += size) {
    if (map_part(bytes + done, position, size) == MAP_FAILED) return failure("cannot map");
  }
  // Every page is touched now, so that a hook never waits for one.
  for (std::size_t page = 0; page < total; page += layout::kPage) {
    static_cast<void>(*static_cast<volatile const char*>(bytes + page));
  }
  ::madvise(bytes, total, MADV_DONTFORK);
  return bytes;
}

base::Result<void> SpoolFile::rename(const std::filesystem::path& to) {
  if (::rename(path_.c_str(), to.c_str()) != 0) return failure("cannot rename");
  path_ = to;
  return {};
}

void SpoolFile::remove() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

void SpoolFile::abandon() {
  if (descriptor_ >= 0) ::close(descriptor_);  // the parent's lock is on its own descriptor too
  descriptor_ = -1;
  memory_ = mappings_[0] = mappings_[1] = {};
}

}  // namespace pilothouse::tape
