#include "trust/audit/input/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace pilothouse::audit {
namespace {

base::Error system_error() {
  switch (errno) {
    case ENOENT:
    case ENOTDIR:
      return base::error(base::Errc::kNotFound, "is not there, or no longer");
    case EACCES:
    case EPERM:
      return base::error(base::Errc::kForbidden,
                         "may not be read by this user; change its mode, or be another");
    case ELOOP:
      return base::error(base::Errc::kForbidden, "is a link, which is not followed; audit what it points to");
    default:
      return base::error(base::Errc::kStorage, std::string("cannot be read: ") + std::strerror(errno));
  }
}

}  // namespace

base::Result<std::string> ByteSource::read(std::uint64_t offset, std::size_t size) const {
  std::string bytes;
  const std::uint64_t room = offset < this->size() ? this->size() - offset : 0;
  bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size, room)));
  const auto got = read_at(offset, bytes.data(), bytes.size());
  if (!got) return got.error();
  bytes.resize(*got);
  return bytes;
}

base::Result<std::size_t> MemorySource::read_at(std::uint64_t offset, char* into, std::size_t size) const {
  if (offset >= bytes_.size()) return std::size_t{0};
  return bytes_.copy(into, size, static_cast<std::size_t>(offset));
}

base::Result<std::unique_ptr<FileSource>> FileSource::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (descriptor < 0) return system_error();
  std::unique_ptr<FileSource> file(new FileSource(descriptor, 0));
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return system_error();
  if (!S_ISREG(status.st_mode)) {
    return base::error(base::Errc::kInvalidArgument, "is not a regular file");
  }
  file->size_ = static_cast<std::uint64_t>(status.st_size);
  return file;
}

FileSource::~FileSource() { ::close(descriptor_); }

base::Result<std::size_t> FileSource::read_at(std::uint64_t offset, char* into, std::size_t size) const {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(descriptor_, into + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error();
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

std::string too_large(std::uint64_t limit) {
  return "has more than " + std::to_string(limit) + " bytes, the most that is read of one file";
}

}  // namespace pilothouse::audit
