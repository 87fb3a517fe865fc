#include "store/retention.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <filesystem>

#include "base/paths.h"
#include "base/temporary_directory.h"
#include "model/timeline_builder.h"
#include "store/exception_fingerprint.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/sqlite_store.h"
#include "store/token.h"

namespace pilothouse::store::sqlite {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::kMicrosPerSecond;

constexpr base::Micros kNow = 1'769'904'000'000'000;
constexpr base::Micros kDay = 86'400 * kMicrosPerSecond;

// Who may do everything in a workspace.
Caller owner(std::int64_t workspace) {
  Caller caller;
  caller.workspace.id = workspace;
  caller.role = Role::kOwner;
  return caller;
}

class RetentionTest : public testing::Test {
 protected:
  RetentionTest() {
    store_ = SqliteStore::open_writer(state_dir_.path()).value();
    workspace_ = store_->create_workspace({"default", hash_token("token")}, {}, kNow)->id;
  }

  Receipt upload(base::SessionId session, std::vector<Chunk> chunks, base::Micros received = kNow) {
    const std::array<Upload, 1> uploads{Upload{session, workspace_, received, std::move(chunks)}};
    return store_->store(uploads).front().value();
  }

  std::int64_t open_cluster(base::SessionId session, base::Micros received = kNow) {
    model::SessionRecord record;
    record.scheduler_id = "Scheduler-1";
    record.start_us = received;
    return upload(session, {{1, record}}, received).cluster;
  }

  static Chunk block(std::uint64_t sequence, std::optional<base::Micros> last, std::size_t bytes = 1000,
                     const std::string& computation = "c") {
    model::SpanBlockRecord record;
    record.spans = 10;
    record.first_us = record.last_us = last;
    record.payload = std::string(bytes, 'x');
    model::SpanBlockRecord::Share& share = record.shares.emplace_back();
    share.computation = computation;
    share.spans = 10;
    return {sequence, record};
  }

  // The same with everything that is summed up from its spans.
  static Chunk summed_block(std::uint64_t sequence, base::Micros last) {
    Chunk chunk = block(sequence, last);
    auto& record = std::get<model::SpanBlockRecord>(chunk.content);
    record.lanes = {{"tcp://1", 7}, {std::nullopt, 8}};
    model::SpanBlockRecord::Share& share = record.shares.front();
    share.first_us = share.last_us = last;
    model::SpanBlockRecord::GroupShare& group = share.groups.emplace_back();
    group.name = "inc";
    group.memory = 10;
    group.durations_us = {{"compute", 710}};
    const std::array<std::uint16_t, 3> latencies{5, 6, 70};
    group.latency = model::LatencySketch::of(latencies, 71);
    group.slowest = {{71, last, "ä", "tcp://1", 7}};
    model::TimelineBuilder builder(model::kFinestShift, {last, last, 2, 16}, 100);
    const std::array<model::TimelineBuilder::Action, 1> actions{{{model::kCompute, last - 71, last}}};
    for (int i = 0; i < 10; ++i) builder.add_run(0, 0, false, actions);
    model::TileShare& tile = share.tile.emplace();
    tile.shift = builder.shift();
    tile.weight = builder.weight();
    tile.bytes = model::encode_tile(builder.take(tile.lanes, tile.groups));
    return chunk;
  }

  void keep(const RetentionChange& change) { store_->change_retention("default", change, {}, 1).value(); }

  Removed remove_all(base::Micros now = kNow) {
    Removed removed;
    do {
      removed += store_->remove_expired({now, 30 * kMicrosPerSecond}, 0ms).value();
    } while (removed.more);
    return removed;
  }

  Removed find(base::Micros now = kNow) { return store_->find_expired({now, 30 * kMicrosPerSecond}).value(); }

  model::ClusterView cluster(std::int64_t id) {
    return store_->cluster(workspace_, id, {kNow, 30 * kMicrosPerSecond})->cluster;
  }

  // What is kept of the cluster so that nothing need be added up for an answer.
  std::string summed_up(std::int64_t id) {
    const model::ClusterView view = cluster(id);
    std::string text = std::to_string(view.worker_us) + " " + std::to_string(view.thread_us) + " " +
                       std::to_string(view.compute_us);
    Query query;
    query.workspace = workspace_;
    query.viewpoint = {kNow, 30 * kMicrosPerSecond};
    query.cluster = id;
    const auto topics = store_->topics(query).value();
    for (const model::TopicView& topic : topics.items) {
      text += "\n" + topic.topic + " " + std::to_string(topic.events);
    }
    const auto history =
        store_->history({workspace_, id, query.viewpoint, std::nullopt, std::nullopt, 100}).value();
    for (const model::HistoryPoint& point : history.points) {
      text += "\n" + std::to_string(point.time_us) + " " + std::to_string(point.sums.workers) + " " +
              std::to_string(point.sums.memory);
    }
    const auto computations = store_->computations(query).value();
    for (const model::ComputationView& computation : computations.items) {
      for (const model::GroupView& group : computation.groups) {
        text += "\np95 " + std::to_string(group.p95_us.value_or(-1));
      }
    }
    return text;
  }

  StoredBytes bytes() { return store_->workspaces()->front().bytes; }

  std::int64_t sum(const std::string& sql) {
    Connection connection(state_dir_ / base::kDatabaseFile, Access::kReadOnly);
    Statement row = connection.query(sql);
    row.step();
    return row.integer(0);
  }

  // By looking at everything that is stored.
  StoredBytes scanned() {
    const auto texts = [&](const std::string& table, int row, const std::string& columns) {
      return sum("SELECT coalesce(sum(" + std::to_string(row) + " + length(CAST(" + columns +
                 " AS BLOB))), 0) FROM " + table);
    };
    StoredBytes scan;
    const std::string tiles =
        "SELECT coalesce(sum(100 + length(dictionaries) + length(cells)), 0) FROM timeline_tiles WHERE block "
        "IS ";
    scan.spans =
        sum("SELECT coalesce(sum(200 + length(payload)), 0) FROM span_blocks") + sum(tiles + "NOT NULL");
    scan.records =
        sum("SELECT 1000 * count(*) FROM clusters") + sum("SELECT 120 * count(*) FROM samples") +
        texts("computations", 350, "code || annotations || tags") +
        texts("groups", 150, "name || prefix || durations_us || types || dependencies") +
        sum("SELECT coalesce(sum(600), 0) FROM latencies") + texts("slowest", 20, "spans") +
        sum(tiles + "NULL") + texts("lanes", 100, "worker") +
        texts("exception_groups", 200, "fingerprint || type || message || traceback") +
        texts("workers", 200, "address || name || host || processing_keys") +
        texts("events", 120, "topic || payload") + texts("topics", 20, "topic") +
        sum("SELECT 70 * count(*) FROM history") +
        texts("exceptions", 150, "key || group_name || type || workers || message || traceback") +
        texts("cluster_plugins", 200,
              "name || coalesce(version, '') || coalesce(sha256, '') || signed_by || coalesce(reason, '')");
    return scan;
  }

  // One of everything, some of it twice.
  std::int64_t fill(base::SessionId session, base::Micros received = kNow) {
    const std::int64_t id = open_cluster(session, received);
    model::WorkerRecord worker;
    worker.address = "tcp://1";
    worker.joined_us = received - 1000;
    worker.nthreads = 2;
    worker.processing_keys_json = "[]";
    model::WorkerRecord busy = worker;
    busy.processing_keys_json = R"(["a","ä"])";
    model::ComputationRecord computation;
    computation.dask_id = "c";
    computation.start_us = received;
    computation.code_json = computation.tags_json = "[]";
    computation.annotations_json = "{}";
    model::ComputationRecord changed = computation;
    changed.code_json = R"([{"text":"grün"}])";
    model::GroupRecord group;
    group.computation = "c";
    group.name = group.prefix = "inc";
    group.durations_us_json = group.types_json = "{}";
    group.dependencies_json = "[]";
    model::GroupRecord grown = group;
    grown.types_json = R"({"int":6})";
    model::ExceptionRecord exception;
    exception.id = 1;
    exception.computation = "c";
    exception.workers_json = "[]";
    exception.message = "no";
    exception.fingerprint = exception_fingerprint("", exception.message, "");
    model::ExceptionRecord longer = exception;
    longer.message = "no such thing";
    model::SampleRecord sample;
    sample.address = "tcp://1";
    sample.time_us = received;
    sample.memory = 5;
    model::SampleRecord other = sample;
    other.address = "tcp://2";
    model::PluginRecord plugin;
    plugin.name = "guard";
    plugin.signed_by_json = "[]";
    plugin.state = "refused";
    plugin.reason = "it is too old";
    model::PluginRecord reloaded = plugin;
    reloaded.version = "1.2";
    model::WorkerRecord gone = worker;
    gone.address = "tcp://2";
    gone.left_us = received;
    upload(session,
           {{2, std::vector{worker, busy, gone}},
            {3, std::vector{computation, changed}},
            {4, std::vector{group, grown}},
            {5, std::vector{exception, longer}},
            {6, std::vector{sample, sample, other}},
            {7, std::vector{model::EventRecord{"t", received, R"({"a":"ö"})", false}}},
            {8, std::vector{model::ClientRecord{"Client-1", received, std::nullopt}}},
            {9, std::vector{model::DropRecord{"spans", 1, 1}}},
            {14, std::vector{plugin, reloaded}},
            summed_block(10, received),
            summed_block(12, received + 1),
            block(13, received, 5000)},
           received);
    store_->request_state(owner(workspace_), id, "stopped", received).value();
    return id;
  }

  base::TemporaryDirectory state_dir_;
  std::unique_ptr<SqliteStore> store_;
  std::int64_t workspace_ = 0;
};

TEST_F(RetentionTest, KeepsEverythingUnlessTold) {
  fill(base::SessionId::random(), kNow - 10'000 * kDay);
  EXPECT_FALSE(find().anything());
  EXPECT_FALSE(remove_all().anything());
  EXPECT_EQ(store_->workspaces()->front().retention, Retention{});
}

TEST_F(RetentionTest, SettingsAreChangedOneByOne) {
  keep({.keep_spans_us = kDay, .max_bytes = 5});
  keep({.keep_records_us = 2 * kDay, .max_bytes = std::optional<std::int64_t>()});
  EXPECT_EQ(store_->workspaces()->front().retention, (Retention{kDay, 2 * kDay, std::nullopt}));
  EXPECT_EQ(store_->change_retention("other", {}, {}, 1).error().code, Errc::kNotFound);
}

TEST_F(RetentionTest, SumsAreThoseOfAScan) {
  EXPECT_EQ(bytes(), scanned());
  const auto one = base::SessionId::random();
  fill(one);
  fill(base::SessionId::random(), kNow - 9 * kDay);
  EXPECT_EQ(bytes(), scanned());
  const std::int64_t half = bytes().spans / 2;
  EXPECT_GT(half, 1000 + 1000 + 5000 + 600);
  const std::array kTables{"latencies", "slowest", "timeline_tiles", "lanes", "exception_groups"};
  for (const std::string table : kTables) EXPECT_GT(sum("SELECT count(*) FROM " + table), 1) << table;
  keep({.keep_records_us = 5 * kDay});
  for (bool more = true; more;) {
    more = store_->remove_expired({kNow, 30 * kMicrosPerSecond}, 0ms)->more;
    EXPECT_EQ(bytes(), scanned());
  }
  EXPECT_EQ(bytes().spans, half);
}

TEST_F(RetentionTest, ADatabaseFromBeforeIsCountedOnce) {
  const std::int64_t id = fill(base::SessionId::random(), kNow - 9 * kDay);
  Connection(state_dir_ / base::kDatabaseFile, Access::kReadWrite).run("DELETE FROM cluster_plugins");
  const StoredBytes before = bytes();
  const std::string known = summed_up(id);
  {
    // As the second step left it.
    Connection connection(state_dir_ / base::kDatabaseFile, Access::kReadWrite);
    std::string undo = "PRAGMA foreign_keys = OFF;";
    {
      Statement row = connection.query("SELECT name FROM sqlite_master WHERE type = 'trigger'");
      while (row.step()) undo += "DROP TRIGGER " + row.string(0) + ";";
    }
    for (const char* index : {"clusters_removed", "span_shares_by_block", "exceptions_by_computation",
                              "exceptions_by_place", "exception_groups_by_fingerprint"}) {
      undo += std::string("DROP INDEX ") + index + ";";
    }
    undo +=
        "DROP TABLE cluster_bytes; DROP TABLE block_ages; DROP TABLE cluster_plugins; DROP TABLE bundles; "
        "DROP TABLE bundle_reports; DROP TABLE topics; DROP TABLE history; "
        "DROP TABLE revocations; DROP TABLE audit; DROP TABLE tokens; DROP TABLE users; CREATE TABLE tokens "
        "(hash BLOB PRIMARY KEY, workspace INTEGER NOT NULL, created_us INTEGER NOT NULL);";
    for (const char* column :
         {"workspaces DROP COLUMN keep_spans_us", "workspaces DROP COLUMN keep_records_us",
          "workspaces DROP COLUMN max_bytes", "clusters DROP COLUMN spans_expired",
          "clusters DROP COLUMN missing_chunks", "clusters DROP COLUMN describe_again",
          "clusters DROP COLUMN removed_us", "clusters DROP COLUMN recorder_user",
          "clusters DROP COLUMN left_worker_us", "clusters DROP COLUMN left_thread_us",
          "clusters DROP COLUMN joined_worker_us", "clusters DROP COLUMN joined_thread_us",
          "clusters DROP COLUMN compute_us", "groups DROP COLUMN p95_us",
          "exception_groups DROP COLUMN blamed", "exception_groups DROP COLUMN computations",
          "computations DROP COLUMN spans_expired"}) {
      undo += std::string("ALTER TABLE ") + column + ";";
    }
    connection.script(undo + "PRAGMA user_version = 2");
  }
  EXPECT_EQ(SqliteStore::open_reader(state_dir_.path()).error().code, Errc::kStorage);
  store_ = SqliteStore::open_writer(state_dir_.path()).value();
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(bytes(), scanned());
  EXPECT_EQ(summed_up(id), known);
  keep({.keep_spans_us = 5 * kDay});
  EXPECT_EQ(remove_all().blocks, 3);
  EXPECT_EQ(cluster(id).spans_expired, 30);
  EXPECT_EQ(bytes(), scanned());
}

TEST_F(RetentionTest, SpansGoByAgeAndAreCounted) {
  const auto session = base::SessionId::random();
  const std::int64_t id = open_cluster(session);
  upload(session, {block(2, kNow - 8 * kDay), block(3, kNow - 6 * kDay), block(4, kNow - 9 * kDay)});
  keep({.keep_spans_us = 7 * kDay});
  const Removed expected = find();
  const Removed removed = remove_all();
  EXPECT_EQ(removed.blocks, 2);
  EXPECT_EQ(removed.spans, 20);
  EXPECT_EQ(removed.bytes, 2400);
  EXPECT_EQ(removed.clusters, 0);
  EXPECT_EQ(expected.blocks, removed.blocks);
  EXPECT_EQ(expected.spans, removed.spans);
  EXPECT_EQ(expected.bytes, removed.bytes);
  EXPECT_EQ(cluster(id).spans, 30);
  EXPECT_EQ(cluster(id).spans_expired, 20);
  Query query;
  query.workspace = workspace_;
  query.viewpoint = {kNow, 30 * kMicrosPerSecond};
  const auto computations = store_->computations(query).value();
  EXPECT_EQ(computations.items.front().spans, 30);
  EXPECT_EQ(computations.items.front().spans_expired, 20);
}

TEST_F(RetentionTest, AClockThatIsAheadKeepsNothingLonger) {
  const auto session = base::SessionId::random();
  open_cluster(session);
  upload(session, {block(2, kNow + 1000 * kDay), block(3, std::nullopt)});
  keep({.keep_spans_us = 7 * kDay});
  EXPECT_EQ(remove_all(kNow + 6 * kDay).blocks, 0);
  EXPECT_EQ(remove_all(kNow + 8 * kDay).blocks, 2);
}

TEST_F(RetentionTest, TooMuchLosesTheOldestSpansFirst) {
  const auto young = base::SessionId::random();
  const auto old = base::SessionId::random();
  const std::int64_t young_id = open_cluster(young);
  const std::int64_t old_id = open_cluster(old);
  upload(young, {block(2, kNow - 1, 100'000), block(3, kNow - 30, 100'000)});
  upload(old, {block(2, kNow - 20, 100'000), block(3, kNow - 10, 100'000)});
  keep({.max_bytes = 250'000});
  const Removed expected = find();
  const Removed removed = remove_all();
  EXPECT_EQ(removed.blocks, 2);
  EXPECT_EQ(expected.blocks, 2);
  EXPECT_EQ(expected.bytes, removed.bytes);
  EXPECT_EQ(cluster(young_id).spans_expired, 10);
  EXPECT_EQ(cluster(old_id).spans_expired, 10);
  EXPECT_LE(bytes().total(), 250'000);
}

TEST_F(RetentionTest, TooMuchWithoutSpansLosesTheOldestClustersThatAreOver) {
  const std::int64_t oldest = fill(base::SessionId::random(), kNow - 3 * kDay);
  fill(base::SessionId::random(), kNow - 2 * kDay);
  const std::int64_t running = fill(base::SessionId::random(), kNow);
  const std::int64_t records = bytes().records;
  keep({.max_bytes = records - 1});
  const Removed expected = find();
  const Removed removed = remove_all();
  EXPECT_EQ(removed.clusters, 1);
  EXPECT_EQ(expected.clusters, 1);
  EXPECT_EQ(removed.blocks, 9);
  EXPECT_NEAR(static_cast<double>(expected.bytes), static_cast<double>(removed.bytes),
              3 * 150.0);  // folded tiles
  EXPECT_FALSE(store_->cluster(workspace_, oldest, {}));
  // What still runs stays, however much it is.
  keep({.max_bytes = 1});
  EXPECT_EQ(remove_all().clusters, 1);
  EXPECT_EQ(cluster(running).spans_expired, 30);
}

TEST_F(RetentionTest, OldClustersGoWholeOnceTheyAreOver) {
  const auto session = base::SessionId::random();
  const std::int64_t old = fill(session, kNow - 9 * kDay);
  const std::int64_t young = fill(base::SessionId::random(), kNow - 3 * kDay);
  keep({.keep_records_us = 5 * kDay});
  const Removed expected = find();
  EXPECT_EQ(expected.clusters, 1);

  // Gone for everyone at once, although its rows go little by little.
  EXPECT_TRUE(store_->remove_expired({kNow, 30 * kMicrosPerSecond}, 0ms)->more);
  Query query;
  query.workspace = workspace_;
  query.viewpoint = {kNow, 30 * kMicrosPerSecond};
  EXPECT_EQ(store_->clusters(query)->items.size(), 1U);
  EXPECT_EQ(store_->computations(query)->items.size(), 1U);
  EXPECT_EQ(store_->exceptions(query)->items.size(), 1U);
  EXPECT_EQ(store_->cluster(workspace_, old, query.viewpoint).error().code, Errc::kNotFound);
  EXPECT_EQ(store_->request_state(owner(workspace_), old, "stopped", kNow).error().code, Errc::kNotFound);
  query.cluster = old;
  EXPECT_EQ(store_->events(query).error().code, Errc::kNotFound);
  query.computation = 1;
  EXPECT_EQ(store_->spans(query).error().code, Errc::kNotFound);
  // Its recorder, should it come back, begins anew.
  const std::array<Upload, 1> heartbeat{Upload{session, workspace_, kNow, {}}};
  EXPECT_EQ(store_->store(heartbeat).front().error().code, Errc::kUnknownSession);

  // What has begun is ended, even when everything is to be kept from now on.
  keep({.keep_records_us = std::optional<base::Micros>()});
  const Removed rest = remove_all();
  EXPECT_EQ(rest.bytes, expected.bytes);
  EXPECT_EQ(rest.blocks, expected.blocks);
  Connection connection(state_dir_ / base::kDatabaseFile, Access::kReadOnly);
  Statement tables = connection.query(
      "SELECT m.name, f.\"from\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = "
      "'table' AND f.\"table\" = 'clusters'");
  int looked = 0;
  while (tables.step()) {
    Statement row = connection.query(
        "SELECT count(*) FROM " + tables.string(0) + " WHERE " + tables.string(1) + " = ?", old);
    row.step();
    EXPECT_EQ(row.integer(0), 0) << tables.text(0);
    ++looked;
  }
  EXPECT_GE(looked, 10);
  EXPECT_EQ(cluster(young).events, 1);
}

TEST_F(RetentionTest, AClusterThatRunsStays) {
  const std::int64_t id = fill(base::SessionId::random());
  keep({.keep_records_us = 0});
  EXPECT_FALSE(store_->remove_expired({kNow + 1, 30 * kMicrosPerSecond}, 0ms)->anything());
  EXPECT_TRUE(store_->cluster(workspace_, id, {kNow, kDay}));
}

TEST_F(RetentionTest, RoomIsGivenBack) {
  const auto session = base::SessionId::random();
  open_cluster(session);
  for (std::uint64_t sequence = 2; sequence < 50; ++sequence) {
    upload(session, {block(sequence, kNow - 9 * kDay, 200'000)});
  }
  const auto size = [&] {
    store_->checkpoint().value();
    return std::filesystem::file_size(state_dir_ / base::kDatabaseFile);
  };
  const auto before = size();
  keep({.keep_spans_us = kDay});
  EXPECT_EQ(remove_all().blocks, 48);
  EXPECT_TRUE(store_->can_give_back().value());
  while (store_->give_back(50, 1ms).value()) {
  }
  const auto half = size();
  EXPECT_LT(half, before / 8);
  while (store_->give_back(0, 1ms).value()) {
  }
  EXPECT_LT(size(), half);
  Connection connection(state_dir_ / base::kDatabaseFile, Access::kReadOnly);
  Statement checked = connection.query("PRAGMA integrity_check");
  checked.step();
  EXPECT_EQ(checked.text(0), "ok");
}

TEST_F(RetentionTest, AGapIsCountedAndARestoredSessionIsDescribedAgain) {
  const auto session = base::SessionId::random();
  const std::int64_t id = open_cluster(session);
  upload(session, {{2, std::vector<model::EventRecord>{}}, {5, std::vector<model::EventRecord>{}}});
  EXPECT_EQ(cluster(id).missing_chunks, 2);
  upload(session, {{5, std::vector<model::EventRecord>{}}});
  EXPECT_EQ(cluster(id).missing_chunks, 2);

  const auto forget = [&] {
    Connection(state_dir_ / base::kDatabaseFile, Access::kReadWrite)
        .script("UPDATE clusters SET describe_again = 1");
  };
  forget();
  const std::array<Upload, 1> next{
      Upload{session, workspace_, kNow, {{9, std::vector<model::EventRecord>{}}}}};
  EXPECT_EQ(store_->store(next).front().error().code, Errc::kUnknownSession);
  // It repeats its record under the number before the first chunk that it still has.
  EXPECT_EQ(upload(session, {{8, model::SessionRecord{}}, {9, std::vector<model::EventRecord>{}}}).cluster,
            id);
  EXPECT_EQ(cluster(id).missing_chunks, 5);
  EXPECT_EQ(upload(session, {}).mark, 9);

  forget();
  EXPECT_EQ(upload(session, {{9, model::SessionRecord{}}}).mark, 9);
  EXPECT_EQ(upload(session, {}).mark, 9);
  EXPECT_EQ(cluster(id).missing_chunks, 5);
  forget();
  EXPECT_EQ(upload(session, {{10, model::SessionRecord{}}}).mark, 10);
  EXPECT_EQ(cluster(id).missing_chunks, 6);
}

}  // namespace
}  // namespace pilothouse::store::sqlite
