#include "store/sqlite/sqlite_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "base/paths.h"
#include "store/sqlite/bundle_reports.h"
#include "store/sqlite/bundles.h"
#include "store/sqlite/doors.h"
#include "store/sqlite/fingerprints.h"
#include "store/sqlite/ingest.h"
#include "store/sqlite/listings.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/read_history.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/timeline.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;
using base::error;

constexpr std::int64_t kIncremental = 2;  // what PRAGMA auto_vacuum answers for it

// The surface where what SQLite throws becomes a value.
template <class Work>
auto guarded(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const SqliteError& failure) {
    return error(Errc::kStorage, failure.what());
  }
}

template <class Work>
auto reading(Connection& connection, Work work) -> decltype(work()) {
  return guarded([&]() -> decltype(work()) {
    const Transaction snapshot(connection, Transaction::Mode::kRead);
    return work();
  });
}

// A change: committed when it succeeds.
template <class Work>
auto writing(Connection& connection, Work work) -> decltype(work()) {
  return guarded([&]() -> decltype(work()) {
    Transaction transaction(connection, Transaction::Mode::kWrite);
    auto done = work();
    if (done) transaction.commit();
    return done;
  });
}

bool is_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), fits);
}

// SQLite would make the file readable for everyone; its side files take the mode of the file.
base::Result<void> make_private_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return error(Errc::kStorage, file.string() + ": " + std::strerror(errno));
  ::close(descriptor);
  return {};
}

Blob key_of(const base::SessionId& session) {
  return Blob{{reinterpret_cast<const char*>(session.bytes.data()), session.bytes.size()}};
}

}  // namespace

base::Result<std::unique_ptr<SqliteStore>> SqliteStore::open_writer(const std::filesystem::path& state_dir) {
  const std::filesystem::path file = state_dir / base::kDatabaseFile;
  if (const auto made = base::make_private_directory(state_dir); !made) return made.error();
  if (const auto made = make_private_file(file); !made) return made.error();
  try {
    std::unique_ptr<SqliteStore> store(
        new SqliteStore(file, Access::kReadWrite, std::make_shared<RecentBlocks>()));
    store->connection_.script(
        "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
    migrate(store->connection_);
    return store;
  } catch (const SqliteError& failure) {
    return error(Errc::kStorage,
                 file.string() + ": " + failure.what() + "; if need be, choose another --state-dir");
  }
}

base::Result<std::unique_ptr<SqliteStore>> SqliteStore::open_reader(const std::filesystem::path& state_dir,
                                                                    std::shared_ptr<RecentBlocks> recent) {
  return guarded([&]() -> base::Result<std::unique_ptr<SqliteStore>> {
    std::unique_ptr<SqliteStore> store(
        new SqliteStore(state_dir / base::kDatabaseFile, Access::kReadOnly, std::move(recent)));
    if (check_schema(store->connection_) < newest_schema()) {
      return error(Errc::kStorage,
                   "the database in " + state_dir.string() +
                       " was written by an older Pilothouse; start the hub of this one first");
    }
    return store;
  });
}

base::Result<Workspace> SqliteStore::create_workspace(const NewWorkspace& made, const Author& author,
                                                      base::Micros now) {
  const std::string name(made.name);
  if (!is_name(name)) {
    return error(Errc::kInvalidArgument,
                 "a workspace's name has 1 to 64 letters, digits, dots, underscores and hyphens");
  }
  return writing(connection_, [&]() -> base::Result<Workspace> {
    if (connection_.query("SELECT 1 FROM workspaces WHERE name = ?", name).step()) {
      return error(Errc::kConflict, "there is a workspace \"" + name + "\" already");
    }
    connection_.run("INSERT INTO workspaces (name, created_us) VALUES (?, ?)", name, now);
    const std::int64_t id = connection_.last_insert_id();
    write_audit(connection_, id,
                {0, now, author.actor, author.token, "workspace.create", "workspace " + name, "done", ""});
    const Author maker{author.actor, author.token, true};
    const auto owner = sqlite::add_user(connection_, id, made.owner, Role::kOwner, maker, now);
    if (!owner) return owner.error();
    const NewToken first{owner->name, "owner", Scopes::all(), std::nullopt, std::string(made.token_hash)};
    const auto token = sqlite::create_token(connection_, id, first, maker, now);
    if (!token) return token.error();
    return Workspace{id, name, now};
  });
}

base::Result<std::vector<WorkspaceState>> SqliteStore::workspaces() {
  return reading(connection_, [&]() -> base::Result<std::vector<WorkspaceState>> {
    return workspace_states(connection_);
  });
}

base::Result<void> SqliteStore::change_retention(std::string_view workspace, const RetentionChange& change,
                                                 const Author& author, base::Micros now) {
  return writing(connection_,
                 [&] { return sqlite::change_retention(connection_, workspace, change, author, now); });
}

base::Result<Removed> SqliteStore::remove_expired(const Viewpoint& viewpoint,
                                                  std::chrono::milliseconds budget) {
  return guarded([&]() -> base::Result<Removed> {
    Transaction transaction(connection_, Transaction::Mode::kWrite);
    cache_.forget();
    const Removed removed = sqlite::remove_expired(connection_, viewpoint, budget);
    transaction.commit();
    return removed;
  });
}

base::Result<Removed> SqliteStore::find_expired(const Viewpoint& viewpoint) {
  return reading(connection_,
                 [&]() -> base::Result<Removed> { return sqlite::find_expired(connection_, viewpoint); });
}

base::Result<bool> SqliteStore::can_give_back() {
  return guarded([&]() -> base::Result<bool> { return connection_.pragma("auto_vacuum") == kIncremental; });
}

base::Result<bool> SqliteStore::give_back(std::int64_t keep_percent, std::chrono::milliseconds budget) {
  return guarded([&]() -> base::Result<bool> {
    const auto spare = [&] {
      return connection_.pragma("freelist_count") - connection_.pragma("page_count") * keep_percent / 100;
    };
    if (connection_.pragma("auto_vacuum") != kIncremental || spare() <= 0) return false;
    const auto end = std::chrono::steady_clock::now() + budget;
    Transaction transaction(connection_, Transaction::Mode::kWrite);
    do {
      connection_.run("PRAGMA incremental_vacuum(16)");
    } while (spare() > 0 && std::chrono::steady_clock::now() < end);
    transaction.commit();
    return spare() > 0;
  });
}

base::Result<void> SqliteStore::compact() {
  return guarded([&]() -> base::Result<void> {
    connection_.script("PRAGMA auto_vacuum = INCREMENTAL; VACUUM");
    return {};
  });
}

base::Result<Caller> SqliteStore::authorize(std::string_view token_hash, base::Micros now) {
  return reading(connection_, [&] { return sqlite::authorize(connection_, token_hash, now); });
}

base::Result<void> SqliteStore::request_state(const Caller& caller, std::int64_t cluster,
                                              std::string_view state, base::Micros now) {
  return writing(connection_,
                 [&] { return sqlite::request_state(connection_, caller, cluster, state, now); });
}

base::Result<Page<User>> SqliteStore::users(const Query& query) {
  return reading(connection_, [&]() -> base::Result<Page<User>> { return list_users(connection_, query); });
}

base::Result<Page<Token>> SqliteStore::tokens(const Query& query) {
  return reading(connection_, [&]() -> base::Result<Page<Token>> { return list_tokens(connection_, query); });
}

base::Result<User> SqliteStore::add_user(std::int64_t workspace, std::string_view name, Role role,
                                         const Author& author, base::Micros now) {
  return writing(connection_,
                 [&] { return sqlite::add_user(connection_, workspace, name, role, author, now); });
}

base::Result<User> SqliteStore::change_user(std::int64_t workspace, std::string_view name,
                                            const UserChange& change, const Author& author,
                                            base::Micros now) {
  return writing(connection_,
                 [&] { return sqlite::change_user(connection_, workspace, name, change, author, now); });
}

base::Result<Token> SqliteStore::create_token(std::int64_t workspace, const NewToken& made,
                                              const Author& author, base::Micros now) {
  return writing(connection_,
                 [&] { return sqlite::create_token(connection_, workspace, made, author, now); });
}

base::Result<Token> SqliteStore::rotate_token(std::int64_t workspace, std::int64_t token,
                                              std::string_view hash, base::Micros grace, const Author& author,
                                              base::Micros now) {
  return writing(connection_, [&] {
    return sqlite::rotate_token(connection_, workspace, token, hash, grace, author, now);
  });
}

base::Result<Token> SqliteStore::revoke_token(std::int64_t workspace, std::int64_t token,
                                              const Author& author, base::Micros now) {
  return writing(connection_,
                 [&] { return sqlite::revoke_token(connection_, workspace, token, author, now); });
}

base::Result<void> SqliteStore::note_uses(std::span<const TokenUse> uses) {
  return writing(connection_, [&]() -> base::Result<void> {
    sqlite::note_uses(connection_, uses);
    return {};
  });
}

base::Result<Page<AuditRow>> SqliteStore::audit(const Query& query) {
  return reading(connection_,
                 [&]() -> base::Result<Page<AuditRow>> { return list_audit(connection_, query); });
}

base::Result<void> SqliteStore::note_audit(std::int64_t workspace, const AuditRow& row) {
  return writing(connection_, [&]() -> base::Result<void> {
    write_audit(connection_, workspace, row);
    return {};
  });
}

// The hub is the only one that writes; a person with the sqlite3 command may be another.
void SqliteStore::see_other_writers() {
  const std::int64_t version = connection_.pragma("data_version");
  if (version != std::exchange(other_writers_, version)) cache_.forget();
}

std::vector<base::Result<Receipt>> SqliteStore::store(std::span<const Upload> uploads) {
  std::vector<base::Result<Receipt>> receipts;
  const auto done = guarded([&]() -> base::Result<void> {
    Transaction transaction(connection_, Transaction::Mode::kWrite);
    see_other_writers();
    const bool alone = uploads.size() == 1;  // the transaction itself undoes it
    for (const Upload& upload : uploads) {
      receipts.push_back(guarded([&]() -> base::Result<Receipt> {
        std::optional<Savepoint> savepoint;
        if (!alone) savepoint.emplace(connection_);
        auto receipt = store_upload(connection_, cache_, upload);
        if (receipt && savepoint) savepoint->release();
        return receipt;
      }));
      if (!receipts.back()) cache_.forget();
    }
    if (!alone || receipts.front()) transaction.commit();
    return {};
  });
  if (!done) {
    receipts.assign(uploads.size(), done.error());
    cache_.forget();
  }
  cache_.limit();
  return receipts;
}

base::Result<void> SqliteStore::follow_clock(base::Micros now, base::Micros step, base::Micros lost_after) {
  return guarded([&]() -> base::Result<void> {
    // Those heard of lately, and after a step back also those that the new clock would take for such.
    connection_.run(
        "UPDATE clusters SET last_seen_us = max(0, last_seen_us + ?) WHERE stop_us IS NULL AND last_seen_us "
        ">= ?",
        step, std::min(now, now - step) - lost_after);
    // From before a step that no hub was there to see.
    connection_.run("UPDATE clusters SET last_seen_us = ? WHERE stop_us IS NULL AND last_seen_us > ?", now,
                    now);
    return {};
  });
}

base::Result<std::vector<ClusterPlace>> SqliteStore::heard_since(base::Micros time) {
  return reading(connection_, [&]() -> base::Result<std::vector<ClusterPlace>> {
    Statement row = connection_.query(
        "SELECT workspace, id FROM clusters WHERE stop_us IS NULL AND removed_us IS NULL AND last_seen_us >= "
        "?",
        time);
    std::vector<ClusterPlace> heard;
    while (row.step()) heard.push_back({row.integer(0), row.integer(1)});
    return heard;
  });
}

base::Result<Page<model::ClusterView>> SqliteStore::clusters(const Query& query) {
  return reading(connection_, [&] { return list_clusters(connection_, query); });
}

base::Result<Page<model::ComputationView>> SqliteStore::computations(const Query& query) {
  return reading(connection_, [&] { return list_computations(connection_, query); });
}

base::Result<Page<model::EventView>> SqliteStore::events(const Query& query) {
  return reading(connection_, [&] { return list_events(connection_, query); });
}

base::Result<Page<model::TopicView>> SqliteStore::topics(const Query& query) {
  return reading(connection_, [&] { return list_topics(connection_, query); });
}

base::Result<Page<model::ExceptionView>> SqliteStore::exceptions(const Query& query) {
  return reading(connection_, [&] { return list_exceptions(connection_, query); });
}

base::Result<Page<model::ExceptionGroupView>> SqliteStore::exception_groups(const Query& query) {
  return reading(connection_, [&] { return list_exception_groups(connection_, query); });
}

base::Result<Page<model::FingerprintView>> SqliteStore::fingerprints(const Query& query) {
  return reading(connection_, [&] { return list_fingerprints(connection_, query); });
}

base::Result<Page<model::WorkerView>> SqliteStore::workers(const Query& query) {
  return reading(connection_, [&] { return list_workers(connection_, query); });
}

base::Result<Page<model::SampleView>> SqliteStore::samples(const Query& query) {
  return reading(connection_, [&] { return list_samples(connection_, query); });
}

base::Result<Page<model::SpanView>> SqliteStore::spans(const Query& query) {
  return reading(connection_, [&] { return list_spans(connection_, query); });
}

base::Result<Page<model::FoundSpan>> SqliteStore::find_spans(const Query& query) {
  return reading(connection_, [&] { return sqlite::find_spans(connection_, query); });
}

base::Result<ClusterDetail> SqliteStore::cluster(std::int64_t workspace, std::int64_t id,
                                                 const Viewpoint& viewpoint) {
  return reading(connection_, [&] { return find_cluster(connection_, workspace, id, viewpoint); });
}

base::Result<model::ComputationView> SqliteStore::computation(std::int64_t workspace, std::int64_t id,
                                                              const Viewpoint& viewpoint) {
  return reading(connection_, [&] { return find_computation(connection_, workspace, id, viewpoint); });
}

base::Result<model::TimelineView> SqliteStore::timeline(const TimelineQuery& query) {
  return reading(connection_, [&] { return read_timeline(connection_, *recent_blocks_, query); });
}

base::Result<model::HistoryView> SqliteStore::history(const HistoryQuery& query) {
  return reading(connection_, [&] { return read_history(connection_, query); });
}

base::Result<std::uint64_t> SqliteStore::mark(const base::SessionId& session) {
  return reading(connection_, [&]() -> base::Result<std::uint64_t> {
    const Blob key = key_of(session);
    Statement row = connection_.query("SELECT mark FROM clusters WHERE session = ?", key);
    return row.step() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
  });
}

base::Result<std::optional<Receipt>> SqliteStore::repeated(const base::SessionId& session,
                                                           std::int64_t workspace, std::uint64_t last,
                                                           base::Micros now) {
  return reading(connection_, [&]() -> base::Result<std::optional<Receipt>> {
    const Blob key = key_of(session);
    Statement row = connection_.query(
        "SELECT id, mark, last_seen_us, (SELECT state FROM desired_states WHERE cluster = id) FROM clusters "
        "WHERE session = ? AND workspace = ? AND NOT describe_again",
        key, workspace);
    if (!row.step() || static_cast<std::uint64_t>(row.integer(1)) < last) return std::nullopt;
    const base::Micros silent = now - row.integer(2);
    if (silent < 0 || silent > base::kMicrosPerSecond) return std::nullopt;
    return Receipt{row.integer(1), row.integer(1), row.integer(0), row.optional_string(3)};
  });
}

base::Result<void> SqliteStore::ping() {
  return reading(connection_, [&]() -> base::Result<void> {
    connection_.query("SELECT 1 FROM workspaces LIMIT 1").step();
    return {};
  });
}

base::Result<bool> SqliteStore::publish_bundle(const Publication& publication, const NewBundle& bundle) {
  return guarded([&]() -> base::Result<bool> {
    Transaction transaction(connection_, Transaction::Mode::kWrite);
    auto published = sqlite::publish_bundle(connection_, publication, bundle);
    if (published) transaction.commit();
    return published;
  });
}

base::Result<bool> SqliteStore::publish_revocation(const Publication& publication,
                                                   const NewRevocation& revocation) {
  return guarded([&]() -> base::Result<bool> {
    Transaction transaction(connection_, Transaction::Mode::kWrite);
    auto published = sqlite::publish_revocation(connection_, publication, revocation);
    if (published) transaction.commit();
    return published;
  });
}

base::Result<Page<BundleView>> SqliteStore::bundles(const Query& query) {
  return reading(connection_, [&] { return list_bundles(connection_, query); });
}

base::Result<Offer> SqliteStore::offer(std::int64_t workspace, std::string_view name) {
  return reading(connection_, [&] { return find_offer(connection_, workspace, name); });
}

base::Result<std::string> SqliteStore::bundle(std::int64_t workspace, std::string_view name,
                                              std::string_view version) {
  return reading(connection_, [&] { return find_bundle(connection_, workspace, name, version); });
}

base::Result<std::optional<Unaudited>> SqliteStore::next_unaudited(std::string_view rules) {
  return reading(connection_, [&]() -> base::Result<std::optional<Unaudited>> {
    return find_unaudited(connection_, rules);
  });
}

base::Result<void> SqliteStore::keep_report(const BundleReport& report) {
  return writing(connection_, [&]() -> base::Result<void> {
    sqlite::keep_report(connection_, report);
    return {};
  });
}

base::Result<std::string> SqliteStore::report(std::int64_t workspace, std::string_view name,
                                              std::string_view version) {
  return reading(connection_, [&] { return find_report(connection_, workspace, name, version); });
}

base::Result<void> SqliteStore::checkpoint() {
  return guarded([&]() -> base::Result<void> {
    connection_.run("PRAGMA wal_checkpoint(TRUNCATE)");
    return {};
  });
}

}  // namespace pilothouse::store::sqlite
