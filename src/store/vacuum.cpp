#include "store/vacuum.h"

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "base/paths.h"
#include "base/state_lock.h"
#include "store/sqlite/sqlite_store.h"
#include "store/workspaces.h"

namespace pilothouse::store {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::error;
using sqlite::SqliteStore;
using namespace std::chrono_literals;

constexpr auto kSlice = 20ms;
constexpr auto kPause = 30ms;  // a hub that waits for the database looks again within this time

std::int64_t size_of(const fs::path& state_dir) {
  std::int64_t sum = 0;
  for (const char* side : {"", "-wal"}) {
    std::error_code none;
    const auto size = fs::file_size(state_dir / (std::string(base::kDatabaseFile) + side), none);
    if (!none) sum += static_cast<std::int64_t>(size);
  }
  return sum;
}

base::Result<void> write_anew(SqliteStore& store, const fs::path& state_dir) {
  const auto lock = base::StateLock::take(state_dir);
  if (!lock) {
    if (lock.error().code != Errc::kConflict) return lock.error();
    return error(Errc::kConflict, "this database has to be written anew before it can give room back, and " +
                                      lock.error().message + "\nStop it, say this again and start it again.");
  }
  // SQLite makes the new database in a temporary file; where that is by default may be too small for it.
  ::setenv("SQLITE_TMPDIR", state_dir.c_str(), 0);
  return store.compact();
}

}  // namespace

base::Result<Vacuumed> vacuum(const fs::path& state_dir, base::Micros lost_after,
                              const VacuumProgress& progress) {
  if (const auto there = require_database(state_dir); !there) return there.error();
  const auto store = SqliteStore::open_writer(state_dir);
  if (!store) return store.error();
  Vacuumed done;
  done.bytes_before = size_of(state_dir);
  do {
    const auto slice = (*store)->remove_expired({base::wall_now(), lost_after}, kSlice);
    if (!slice) return slice.error();
    done.removed += *slice;
    progress(done.removed, size_of(state_dir));
    if (done.removed.more) std::this_thread::sleep_for(kPause);
  } while (done.removed.more);

  const auto in_slices = (*store)->can_give_back();
  if (!in_slices) return in_slices.error();
  if (!*in_slices) {
    if (const auto anew = write_anew(**store, state_dir); !anew) return anew.error();
  }
  for (bool more = true; more;) {
    const auto slice = (*store)->give_back(0, kSlice);
    if (!slice) return slice.error();
    more = *slice;
    progress(done.removed, size_of(state_dir));
    if (more) std::this_thread::sleep_for(kPause);
  }
  if (const auto moved = (*store)->checkpoint(); !moved) return moved.error();
  done.bytes_after = size_of(state_dir);
  return done;
}

base::Result<Removed> find_expired(const fs::path& state_dir, base::Micros lost_after) {
  if (const auto there = require_database(state_dir); !there) return there.error();
  const auto store = SqliteStore::open_reader(state_dir);
  if (!store) return store.error();
  return (*store)->find_expired({base::wall_now(), lost_after});
}

}  // namespace pilothouse::store
