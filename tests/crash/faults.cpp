// Preloaded into a hub (or a scheduler): the faults of a machine, at the moment a test chooses. Files whose
// names begin with PILOTHOUSE_FAULTS_FILES lie on a disk that may lose power or be full; the clock may be
// wrong. A test steers through the file PILOTHOUSE_FAULTS_CONTROL, which both sides map.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

// The layout is that of tests/crash/faults.py.
struct Control {
  std::atomic<std::int64_t> operations;  // writes, truncations and syncs so far
  std::atomic<std::int64_t> cut_at;      // the power fails at this operation; 0: never
  std::atomic<std::int64_t> seed;        // which of the unsynced writes reach the disk all the same
  std::atomic<std::int64_t> full;        // 1: no write may make a file longer
  std::atomic<std::int64_t> clock_us;    // added to the wall clock
};

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

Control* control() {
  static Control* const kMapped = []() -> Control* {
    const char* path = std::getenv("PILOTHOUSE_FAULTS_CONTROL");
    const int file = path == nullptr ? -1 : ::open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return nullptr;
    void* memory = mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    return memory == MAP_FAILED ? nullptr : static_cast<Control*>(memory);
  }();
  return kMapped;
}

// One change since the last sync: `bytes` written at `offset`, or the file cut to `offset` bytes.
struct Change {
  bool truncation = false;
  off_t offset = 0;
  std::string bytes;
};

// A file as it is on the disk, and what the kernel has not written there yet.
struct Tracked {
  std::string path;
  std::vector<std::pair<off_t, std::string>> undo;  // what the changes replaced, the oldest first
  off_t synced_size = 0;
  std::vector<Change> changes;
};

// By inode, for a file may be open more than once. Never freed: threads run until the end of the process.
struct Disk {
  std::mutex mutex;
  std::map<ino_t, Tracked> files;
  std::map<int, ino_t> open;
};

Disk& disk() {
  static auto* made = new Disk;
  return *made;
}

bool on_the_disk(const char* path) {
  static const char* const kPrefix = std::getenv("PILOTHOUSE_FAULTS_FILES");
  // The index of the log is memory that SQLite builds anew after a crash.
  return kPrefix != nullptr && std::string_view(path).starts_with(kPrefix) &&
         !std::string_view(path).ends_with("-shm") && control() != nullptr;
}

void opened(int descriptor, const char* path) {
  struct stat status {};
  if (descriptor < 0 || !on_the_disk(path) || fstat(descriptor, &status) != 0) return;
  const std::lock_guard lock(disk().mutex);
  disk().open[descriptor] = status.st_ino;
  const auto [place, added] = disk().files.try_emplace(status.st_ino);
  if (added || place->second.changes.empty()) {
    place->second.path = path;
    place->second.synced_size = status.st_size;
  }
}

Tracked* tracked(int descriptor) {
  const auto found = disk().open.find(descriptor);
  return found == disk().open.end() ? nullptr : &disk().files.at(found->second);
}

void write_all(int file, std::string_view bytes, off_t offset) {
  static auto* const kWrite = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  while (!bytes.empty()) {
    const ssize_t written = kWrite(file, bytes.data(), bytes.size(), offset);
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += written;
  }
}

// Puts every file back to what was synced, and then lets some of the later writes through, whole or up to a
// sector.
[[noreturn]] void lose_power() {
  static auto* const kTruncate = real<int(int, off_t)>("ftruncate");
  constexpr std::size_t kSector = 512;
  std::mt19937_64 random(static_cast<std::uint64_t>(control()->seed.load()));
  const bool nothing_more = random() % 3 == 0;
  for (auto& [inode, file] : disk().files) {
    const int out = real<int(const char*, int, ...)>("open")(file.path.c_str(), O_RDWR | O_CLOEXEC);
    if (out < 0) continue;
    for (auto undo = file.undo.rbegin(); undo != file.undo.rend(); ++undo)
      write_all(out, undo->second, undo->first);
    kTruncate(out, file.synced_size);
    for (const Change& change : file.changes) {
      if (nothing_more || random() % 2 == 0) continue;
      if (change.truncation) {
        kTruncate(out, change.offset);
        continue;
      }
      std::size_t size = change.bytes.size();
      if (random() % 4 == 0) size = random() % (size / kSector + 1) * kSector;
      write_all(out, std::string_view(change.bytes).substr(0, size), change.offset);
    }
  }
  _exit(99);
}

// Counts an operation that is about to change a file; the lock is held.
void count_operation() {
  const std::int64_t number = ++control()->operations;
  if (number == control()->cut_at) lose_power();
}

void remember(int descriptor, Tracked& file, off_t offset, std::size_t size) {
  struct stat status {};
  fstat(descriptor, &status);
  if (offset >= status.st_size) return;
  std::string old(std::min<std::size_t>(size, static_cast<std::size_t>(status.st_size - offset)), '\0');
  static auto* const kRead = real<ssize_t(int, void*, size_t, off_t)>("pread");
  const ssize_t got = kRead(descriptor, old.data(), old.size(), offset);
  if (got <= 0) return;
  old.resize(static_cast<std::size_t>(got));
  file.undo.emplace_back(offset, std::move(old));
}

ssize_t write_at(int descriptor, const void* bytes, size_t size, off_t offset) {
  static auto* const kWrite = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  Disk& all = disk();
  const std::unique_lock lock(all.mutex);
  Tracked* file = tracked(descriptor);
  if (file == nullptr) return kWrite(descriptor, bytes, size, offset);
  if (control()->full != 0) {
    struct stat status {};
    fstat(descriptor, &status);
    if (offset + static_cast<off_t>(size) > status.st_size) {
      errno = ENOSPC;
      return -1;
    }
  }
  remember(descriptor, *file, offset, size);
  file->changes.push_back({false, offset, std::string(static_cast<const char*>(bytes), size)});
  count_operation();
  return kWrite(descriptor, bytes, size, offset);
}

int cut_to(int descriptor, off_t size) {
  static auto* const kTruncate = real<int(int, off_t)>("ftruncate");
  const std::unique_lock lock(disk().mutex);
  Tracked* file = tracked(descriptor);
  if (file == nullptr) return kTruncate(descriptor, size);
  remember(descriptor, *file, size, SIZE_MAX);
  file->changes.push_back({true, size, {}});
  count_operation();
  return kTruncate(descriptor, size);
}

int reserve(const char* name, int descriptor, off_t offset, off_t size) {
  {
    const std::lock_guard lock(disk().mutex);
    if (tracked(descriptor) != nullptr && control()->full != 0) return ENOSPC;
  }
  return real<int(int, off_t, off_t)>(name)(descriptor, offset, size);
}

int sync_with(int (*sync)(int), int descriptor) {
  const std::unique_lock lock(disk().mutex);
  Tracked* file = tracked(descriptor);
  if (file == nullptr) return sync(descriptor);
  count_operation();
  // What is written is safe from what these tests do once the kernel has it; only the record of it is needed.
  struct stat status {};
  fstat(descriptor, &status);
  file->synced_size = status.st_size;
  file->undo.clear();
  file->changes.clear();
  return 0;
}

std::int64_t clock_error() { return control() == nullptr ? 0 : control()->clock_us.load(); }

int open_with(const char* name, const char* path, int flags, mode_t mode) {
  const int descriptor = real<int(const char*, int, ...)>(name)(path, flags, mode);
  opened(descriptor, path);
  return descriptor;
}

mode_t mode_in(int flags, va_list rest) {
  return (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : mode_t{0};
}

}  // namespace

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_in(flags, rest);
  va_end(rest);
  return open_with("open", path, flags, mode);
}

EXPORT int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_in(flags, rest);
  va_end(rest);
  return open_with("open64", path, flags, mode);
}

EXPORT int close(int descriptor) {
  static auto* const kClose = real<int(int)>("close");
  {
    const std::lock_guard lock(disk().mutex);
    disk().open.erase(descriptor);
  }
  return kClose(descriptor);
}

EXPORT ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  return write_at(descriptor, bytes, size, offset);
}

EXPORT ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off_t offset) {
  return write_at(descriptor, bytes, size, offset);
}

EXPORT int ftruncate(int descriptor, off_t size) noexcept { return cut_to(descriptor, size); }
EXPORT int ftruncate64(int descriptor, off_t size) noexcept { return cut_to(descriptor, size); }

EXPORT int posix_fallocate(int descriptor, off_t offset, off_t size) {
  return reserve("posix_fallocate", descriptor, offset, size);
}
EXPORT int posix_fallocate64(int descriptor, off_t offset, off_t size) {
  return reserve("posix_fallocate64", descriptor, offset, size);
}

EXPORT int fsync(int descriptor) { return sync_with(real<int(int)>("fsync"), descriptor); }
EXPORT int fdatasync(int descriptor) { return sync_with(real<int(int)>("fdatasync"), descriptor); }

EXPORT int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static auto* const kGet = real<int(clockid_t, timespec*)>("clock_gettime");
  const int failed = kGet(clock, time);
  if (failed != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return failed;
  const std::int64_t error = clock_error();
  time->tv_sec += error / 1'000'000;
  time->tv_nsec += error % 1'000'000 * 1000;
  if (time->tv_nsec < 0) {
    time->tv_nsec += 1'000'000'000;
    --time->tv_sec;
  } else if (time->tv_nsec >= 1'000'000'000) {
    time->tv_nsec -= 1'000'000'000;
    ++time->tv_sec;
  }
  return 0;
}

EXPORT int gettimeofday(timeval* time, void* zone) noexcept {
  static auto* const kGet = real<int(timeval*, void*)>("gettimeofday");
  const int failed = kGet(time, zone);
  if (failed == 0) time->tv_sec += clock_error() / 1'000'000;
  return failed;
}
