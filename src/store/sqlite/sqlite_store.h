#pragma once

#include <filesystem>
#include <memory>

#include "base/error.h"
#include "store/bundle_store.h"
#include "store/control_store.h"
#include "store/record_store.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/recent_blocks.h"
#include "store/sqlite/row_cache.h"

namespace pilothouse::store::sqlite {

// All stores on one connection to one database. One writer at a time for a database, any number of readers;
// a reader refuses what writes with kStorage.
class SqliteStore : public ControlStore, public RecordStore, public BundleStore {
 public:
  // Makes the directory (0700) and the database (0600) if need be and brings the schema up to date.
  static base::Result<std::unique_ptr<SqliteStore>> open_writer(const std::filesystem::path& state_dir);

  // For queries only; the database must exist. `recent`: what readers of the same database share.
  static base::Result<std::unique_ptr<SqliteStore>> open_reader(
      const std::filesystem::path& state_dir,
      std::shared_ptr<RecentBlocks> recent = std::make_shared<RecentBlocks>());

  base::Result<Workspace> create_workspace(const NewWorkspace& made, const Author& author,
                                           base::Micros now) override;
  base::Result<std::vector<WorkspaceState>> workspaces() override;
  base::Result<void> change_retention(std::string_view workspace, const RetentionChange& change,
                                      const Author& author, base::Micros now) override;
  base::Result<Caller> authorize(std::string_view token_hash, base::Micros now) override;
  base::Result<void> request_state(const Caller& caller, std::int64_t cluster, std::string_view state,
                                   base::Micros now) override;
  base::Result<Page<User>> users(const Query& query) override;
  base::Result<Page<Token>> tokens(const Query& query) override;
  base::Result<User> add_user(std::int64_t workspace, std::string_view name, Role role, const Author& author,
                              base::Micros now) override;
  base::Result<User> change_user(std::int64_t workspace, std::string_view name, const UserChange& change,
                                 const Author& author, base::Micros now) override;
  base::Result<Token> create_token(std::int64_t workspace, const NewToken& made, const Author& author,
                                   base::Micros now) override;
  base::Result<Token> rotate_token(std::int64_t workspace, std::int64_t token, std::string_view hash,
                                   base::Micros grace, const Author& author, base::Micros now) override;
  base::Result<Token> revoke_token(std::int64_t workspace, std::int64_t token, const Author& author,
                                   base::Micros now) override;
  base::Result<void> note_uses(std::span<const TokenUse> uses) override;
  base::Result<Page<AuditRow>> audit(const Query& query) override;
  base::Result<void> note_audit(std::int64_t workspace, const AuditRow& row) override;

  std::vector<base::Result<Receipt>> store(std::span<const Upload> uploads) override;
  base::Result<void> follow_clock(base::Micros now, base::Micros step, base::Micros lost_after) override;
  base::Result<std::vector<ClusterPlace>> heard_since(base::Micros time) override;
  base::Result<Page<model::ClusterView>> clusters(const Query& query) override;
  base::Result<Page<model::ComputationView>> computations(const Query& query) override;
  base::Result<Page<model::EventView>> events(const Query& query) override;
  base::Result<Page<model::TopicView>> topics(const Query& query) override;
  base::Result<Page<model::ExceptionView>> exceptions(const Query& query) override;
  base::Result<Page<model::ExceptionGroupView>> exception_groups(const Query& query) override;
  base::Result<Page<model::FingerprintView>> fingerprints(const Query& query) override;
  base::Result<Page<model::WorkerView>> workers(const Query& query) override;
  base::Result<Page<model::SampleView>> samples(const Query& query) override;
  base::Result<Page<model::SpanView>> spans(const Query& query) override;
  base::Result<Page<model::FoundSpan>> find_spans(const Query& query) override;
  base::Result<ClusterDetail> cluster(std::int64_t workspace, std::int64_t id,
                                      const Viewpoint& viewpoint) override;
  base::Result<model::ComputationView> computation(std::int64_t workspace, std::int64_t id,
                                                   const Viewpoint& viewpoint) override;
  base::Result<model::TimelineView> timeline(const TimelineQuery& query) override;
  base::Result<model::HistoryView> history(const HistoryQuery& query) override;
  base::Result<Removed> remove_expired(const Viewpoint& viewpoint, std::chrono::milliseconds budget) override;
  base::Result<Removed> find_expired(const Viewpoint& viewpoint) override;
  base::Result<std::uint64_t> mark(const base::SessionId& session) override;
  base::Result<std::optional<Receipt>> repeated(const base::SessionId& session, std::int64_t workspace,
                                                std::uint64_t last, base::Micros now) override;
  base::Result<void> ping() override;

  base::Result<bool> publish_bundle(const Publication& publication, const NewBundle& bundle) override;
  base::Result<bool> publish_revocation(const Publication& publication,
                                        const NewRevocation& revocation) override;
  base::Result<Page<BundleView>> bundles(const Query& query) override;
  base::Result<Offer> offer(std::int64_t workspace, std::string_view name) override;
  base::Result<std::string> bundle(std::int64_t workspace, std::string_view name,
                                   std::string_view version) override;
  base::Result<std::optional<Unaudited>> next_unaudited(std::string_view rules) override;
  base::Result<void> keep_report(const BundleReport& report) override;
  base::Result<std::string> report(std::int64_t workspace, std::string_view name,
                                   std::string_view version) override;

  // Gives room of what was removed back to the file system until the budget is spent; true when there is more
  // to give. Up to `keep_percent` of the file stays free, for what comes next. Does nothing in a database
  // that was made before this was possible: see compact().
  base::Result<bool> give_back(std::int64_t keep_percent, std::chrono::milliseconds budget);
  base::Result<bool> can_give_back();

  // Writes the whole database anew, without free room and such that give_back() works. Takes its time, and
  // nobody else writes meanwhile.
  base::Result<void> compact();

  // Moves the write-ahead log into the database, for a tidy end.
  base::Result<void> checkpoint();

 private:
  SqliteStore(const std::filesystem::path& file, Access access, std::shared_ptr<RecentBlocks> recent)
      : connection_(file, access), recent_blocks_(std::move(recent)) {}

  void see_other_writers();

  Connection connection_;
  std::shared_ptr<RecentBlocks> recent_blocks_;
  RowCache cache_;                   // the writer's
  std::int64_t other_writers_ = -1;  // SQLite's data_version, which changes when another connection writes
};

}  // namespace pilothouse::store::sqlite
