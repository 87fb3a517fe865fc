#include "store/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/paths.h"
#include "base/state_lock.h"
#include "store/part_file.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/migrations.h"
#include "store/workspaces.h"

namespace pilothouse::store {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::error;
using sqlite::Access;
using sqlite::Connection;
using sqlite::SqliteError;
using sqlite::Statement;
using sqlite::Transaction;

constexpr int kPagesAtOnce = 256;
constexpr std::chrono::milliseconds kPause(2);  // leaves the disk to the hub
constexpr std::size_t kCopyBytes = std::size_t{1} << 20U;

constexpr std::string_view kMagic("SQLite format 3\0", 16);
constexpr off_t kVersionsAt = 18;

struct FinishBackup {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

// The pages of one snapshot. The reading transaction is what makes this end: a backup whose source changes
// under it begins again, and under a hub that takes in chunks it would do so for ever. With its own snapshot
// it sees no change; the write-ahead log keeps it, and grows, until the copy is done. (VACUUM INTO would take
// one snapshot as well, but tells nothing of its progress, cannot pause and writes every page anew.)
void copy_pages(const fs::path& from, const fs::path& to, const CopyProgress& progress) {
  Connection source(from, Access::kReadOnly);
  const Transaction snapshot(source, Transaction::Mode::kRead);
  sqlite::check_schema(source);
  const std::int64_t page = source.pragma("page_size");

  Connection target(to, Access::kReadWrite);
  // Whoever sees the copy sees it after it was synced whole.
  target.script("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
  const std::unique_ptr<sqlite3_backup, FinishBackup> copy(
      sqlite3_backup_init(target.handle(), "main", source.handle(), "main"));
  if (!copy) throw SqliteError(to.string() + ": " + sqlite3_errmsg(target.handle()));
  while (true) {
    const int status = sqlite3_backup_step(copy.get(), kPagesAtOnce);
    const std::int64_t total = sqlite3_backup_pagecount(copy.get());
    progress((total - sqlite3_backup_remaining(copy.get())) * page, total * page);
    if (status == SQLITE_DONE) return;
    if (status != SQLITE_OK) throw SqliteError(to.string() + ": " + sqlite3_errstr(status));
    std::this_thread::sleep_for(kPause);
  }
}

// Says in the header that no write-ahead log belongs to the file: it is complete by itself, and opening it
// leaves nothing beside it. (Bytes 18 and 19 are 2 with such a log and 1 without.)
base::Result<void> stand_alone(const PartFile& part) {
  std::string head(kMagic.size(), '\0');
  if (::pread(part.descriptor(), head.data(), head.size(), 0) != static_cast<ssize_t>(head.size()) ||
      head != kMagic) {
    return error(Errc::kMalformed, "it is not a database");
  }
  const char versions[] = {1, 1};
  if (::pwrite(part.descriptor(), versions, sizeof versions, kVersionsAt) != sizeof versions) {
    return file_error(part.path());
  }
  return {};
}

// Finds damage in the structure of all that is stored, not a flipped bit in the middle of a text.
void check_pages(Connection& connection) {
  Statement row = connection.query("PRAGMA quick_check(1)");
  if (!row.step() || row.text(0) != "ok") throw SqliteError(row.string(0));
}

base::Result<std::int64_t> copy_bytes(const fs::path& from, const PartFile& to,
                                      const CopyProgress& progress) {
  const int source = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
  if (source < 0) return file_error(from);
  struct stat status {};
  ::fstat(source, &status);
  std::vector<char> buffer(kCopyBytes);
  std::int64_t copied = 0;
  ssize_t got = 0;
  bool written = true;
  while (written && (got = ::read(source, buffer.data(), buffer.size())) > 0) {
    for (ssize_t done = 0; written && done < got;) {
      const ssize_t now =
          ::write(to.descriptor(), buffer.data() + done, static_cast<std::size_t>(got - done));
      written = now > 0;
      done += now;
    }
    copied += got;
    progress(copied, status.st_size);
  }
  const base::Error failure = file_error(written ? from : to.path());
  ::close(source);
  if (!written || got < 0) return failure;
  return copied;
}

// Checks the very bytes that will be used, and prepares them.
base::Result<void> prepare_restored(const fs::path& copy) {
  try {
    Connection connection(copy, Access::kReadWrite);
    if (sqlite::check_schema(connection) == 0) return error(Errc::kMalformed, "there is nothing in it");
    check_pages(connection);
    sqlite::migrate(connection);
    // Their recorders have been told of more than is here, and will not send it again. What they can say
    // again they are asked to; of the rest the gap in the sequence is counted.
    connection.run("UPDATE clusters SET describe_again = 1 WHERE stop_us IS NULL");
    return {};
  } catch (const SqliteError& failure) {
    return error(Errc::kMalformed, failure.what());
  }
}

fs::path beside(const fs::path& file, std::string_view ending) { return file.string() + std::string(ending); }

// Gives the old database a second name. Until the new one takes its first name nothing has changed.
base::Result<fs::path> set_aside(const fs::path& database) {
  try {
    // Moves the log into the database and needs it for itself alone: a process that has it open would go on
    // writing to the old one, and take the new one's log away when it ends.
    Connection(database, Access::kReadWrite).script("PRAGMA journal_mode = DELETE");
  } catch (const SqliteError& failure) {
    if (failure.busy()) {
      return error(Errc::kConflict, "another process uses " + database.string() + "\nEnd it first.");
    }
    // Then it is damaged, and its log goes with it.
  }
  std::string time = base::to_iso8601(base::wall_now());
  std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
  const fs::path aside = beside(database, ".replaced-" + time);
  // A log that stayed would be taken for one of the new database.
  if (::rename(beside(database, "-wal").c_str(), beside(aside, "-wal").c_str()) != 0 && errno != ENOENT) {
    return file_error(beside(database, "-wal"));
  }
  ::unlink(beside(database, "-shm").c_str());
  if (::link(database.c_str(), aside.c_str()) != 0 && errno != ENOENT) return file_error(aside);
  return aside;
}

}  // namespace

base::Result<std::int64_t> backup(const fs::path& state_dir, const fs::path& file, bool replace,
                                  const CopyProgress& progress) {
  if (const auto there = require_database(state_dir); !there) return there.error();
  std::error_code none;
  if (fs::equivalent(state_dir, fs::absolute(file).parent_path(), none)) {
    return error(Errc::kInvalidArgument,
                 state_dir.string() + " is the hub's own directory\nA backup belongs elsewhere.");
  }
  if (!replace && fs::exists(fs::symlink_status(file))) {
    return error(Errc::kConflict, file.string() + " exists already\nSay --force to replace it.");
  }
  auto part = PartFile::open(beside(file, ".part"));
  if (!part) return part.error();
  try {
    copy_pages(state_dir / base::kDatabaseFile, part->path(), progress);
    if (const auto alone = stand_alone(*part); !alone) return alone.error();
    Connection copy(part->path(), Access::kReadOnly);
    check_pages(copy);
  } catch (const SqliteError& failure) {
    return error(Errc::kStorage, failure.what());
  }
  const std::int64_t bytes = static_cast<std::int64_t>(fs::file_size(part->path()));
  if (const auto placed = part->put_in_place(file); !placed) return placed.error();
  return bytes;
}

base::Result<Restored> restore(const fs::path& file, const fs::path& state_dir, bool replace,
                               const CopyProgress& progress) {
  if (!fs::is_regular_file(file)) {
    return error(Errc::kNotFound,
                 "there is no file " + file.string() + "\nMake one with: pilothouse backup FILE");
  }
  std::error_code none;
  if (fs::file_size(beside(file, "-wal"), none) > 0 && !none) {
    return error(Errc::kConflict,
                 "beside " + file.string() +
                     " is a write-ahead log: it is a copy of a database in use, and not whole\n"
                     "Copy a database with: pilothouse backup FILE");
  }
  const auto lock = base::StateLock::take(state_dir);
  if (!lock) {
    if (lock.error().code != Errc::kConflict) return lock.error();
    return error(Errc::kConflict, lock.error().message + "\nStop it first, or choose another --state-dir.");
  }
  const fs::path database = state_dir / base::kDatabaseFile;
  const bool taken = fs::exists(database) || fs::exists(beside(database, "-wal"));
  if (taken && !replace) {
    return error(Errc::kConflict,
                 "there is a database in " + state_dir.string() +
                     " already\nSay --force to put it aside, or choose another --state-dir.");
  }

  auto part = PartFile::open(beside(database, ".restoring"));
  if (!part) return part.error();
  const auto copied = copy_bytes(file, *part, progress);
  if (!copied) return copied.error();
  const auto refuse = [&](const base::Error& why) {
    return error(why.code, file.string() + " cannot be restored: " + why.message + "\nNothing was changed.");
  };
  if (const auto alone = stand_alone(*part); !alone) return refuse(alone.error());
  if (const auto prepared = prepare_restored(part->path()); !prepared) return refuse(prepared.error());

  Restored restored;
  restored.bytes = *copied;
  if (taken) {
    const auto aside = set_aside(database);
    if (!aside) return aside.error();
    restored.replaced = *aside;
  }
  if (const auto placed = part->put_in_place(database); !placed) return placed.error();
  return restored;
}

}  // namespace pilothouse::store
