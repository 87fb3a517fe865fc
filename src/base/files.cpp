#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace pilothouse::base {
namespace {

Error system_error(const std::filesystem::path& path) {
  const Errc code = errno == ENOENT                     ? Errc::kNotFound
                    : errno == EEXIST                   ? Errc::kConflict
                    : errno == EACCES || errno == EPERM ? Errc::kForbidden
                                                        : Errc::kStorage;
  return error(code, path.string() + ": " + std::strerror(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }
  bool close() { return ::close(std::exchange(value_, -1)) == 0; }

 private:
  int value_;
};

// Write errors that are reported late come from fsync() or close().
bool write_whole(Descriptor& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file.get()) == 0 && file.close();
}

// Until then a new name may be lost with the power.
Result<void> sync_directory_of(const std::filesystem::path& path) {
  const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : ".";
  const Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || ::fsync(opened.get()) != 0) return system_error(directory);
  return {};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit, Readers readers) {
  // O_NONBLOCK: opening a pipe that nobody writes would wait for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return system_error(path);
  if (!S_ISREG(status.st_mode)) return error(Errc::kStorage, path.string() + " is not a regular file");
  if (readers == Readers::kOwnerOnly && (status.st_mode & 077U) != 0) {
    return error(Errc::kForbidden,
                 path.string() + " may be read or written by others\nRun: chmod 600 " + path.string());
  }
  // One byte more than allowed tells a file that is too large, whatever fstat() said before it grew.
  std::string bytes;
  for (char buffer[16384];;) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(path);
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(got));
    if (bytes.size() > limit) {
      return error(Errc::kTooLarge, path.string() + " has more than " + std::to_string(limit) + " bytes");
    }
  }
}

Result<void> create_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (file.get() < 0) return system_error(path);
  if (!write_whole(file, bytes)) {
    const Error failed = system_error(path);
    ::unlink(path.c_str());
    return failed;
  }
  return sync_directory_of(path);
}

Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
  std::string part = path.string() + ".XXXXXX";
  Descriptor file(::mkostemp(part.data(), O_CLOEXEC));
  if (file.get() < 0) return system_error(path);
  if (::fchmod(file.get(), mode) != 0 || !write_whole(file, bytes) ||
      std::rename(part.c_str(), path.c_str()) != 0) {
    const Error failed = system_error(path);
    ::unlink(part.c_str());
    return failed;
  }
  return sync_directory_of(path);
}

}  // namespace pilothouse::base
