#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>

#include "base/paths.h"
#include "base/temporary_directory.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/sqlite_store.h"
#include "store/token.h"
#include "store/workspaces.h"
#include "tape/chunk.h"
#include "tape/span_block.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;

constexpr base::Micros kNow = 1'769'904'000'000'000;

// Who may do everything in a workspace.
Caller owner(std::int64_t workspace) {
  Caller caller;
  caller.workspace.id = workspace;
  caller.role = Role::kOwner;
  return caller;
}

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    writer_ = SqliteStore::open_writer(state_dir()).value();
    workspace_ = writer_->create_workspace({"default", hash_token("token")}, {}, kNow)->id;
  }

  std::filesystem::path state_dir() const { return directory_ / "state"; }

  base::Result<Receipt> upload(std::vector<Chunk> chunks, base::SessionId session = kSession) {
    const std::array<Upload, 1> uploads{Upload{session, workspace_, kNow, std::move(chunks)}};
    return writer_->store(uploads).front();
  }

  // The session's first chunk.
  std::int64_t open_cluster(base::SessionId session = kSession, base::Micros start = kNow) {
    model::SessionRecord record;
    record.scheduler_id = "Scheduler-1";
    record.start_us = start;
    return upload({{1, record}}, session)->cluster;
  }

  Query query() const {
    Query query;
    query.workspace = workspace_;
    query.viewpoint = {kNow, 30 * base::kMicrosPerSecond};
    return query;
  }

  static inline const base::SessionId kSession = base::SessionId::random();
  base::TemporaryDirectory directory_;
  std::unique_ptr<SqliteStore> writer_;
  std::int64_t workspace_ = 0;
};

model::EventRecord event(base::Micros time, std::string topic = "t") {
  return {std::move(topic), time, "{}", false};
}

Chunk events(std::uint64_t sequence, std::vector<model::EventRecord> records) {
  return {sequence, std::move(records)};
}

model::ComputationRecord computation(std::string id, std::int64_t total) {
  model::ComputationRecord record;
  record.dask_id = std::move(id);
  record.start_us = kNow;
  record.state = "running";
  record.code_json = record.tags_json = "[]";
  record.annotations_json = "{}";
  record.tasks.total = total;
  return record;
}

TEST_F(StoreTest, FilesArePrivate) {
  const auto mode = [](const std::filesystem::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777U;
  };
  EXPECT_EQ(mode(state_dir()), 0700U);
  EXPECT_EQ(mode(state_dir() / base::kDatabaseFile), 0600U);
  EXPECT_EQ(mode(state_dir() / "hub.db-wal"), 0600U);
}

TEST_F(StoreTest, WorkspacesAndTokens) {
  EXPECT_EQ(writer_->authorize(hash_token("token"), kNow)->workspace.name, "default");
  EXPECT_EQ(writer_->authorize(hash_token("other"), kNow).error().code, Errc::kUnauthorized);
  EXPECT_EQ(writer_->create_workspace({"default", hash_token("x")}, {}, kNow).error().code, Errc::kConflict);
  for (const char* name : {"", "a b", "a/b", "\xc3\xa4"}) {
    EXPECT_EQ(writer_->create_workspace({name, hash_token("x")}, {}, kNow).error().code,
              Errc::kInvalidArgument)
        << name;
  }
  EXPECT_FALSE(writer_->create_workspace({std::string(65, 'a'), hash_token("x")}, {}, kNow));

  const auto made = create_workspace(state_dir(), "research", "");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(writer_->authorize(hash_token(made->token), kNow)->workspace.id, made->workspace.id);
  const auto listed = list_workspaces(state_dir());
  ASSERT_EQ(listed->size(), 2U);
  EXPECT_EQ(listed->at(1).workspace.name, "research");
  EXPECT_EQ(list_workspaces(directory_ / "nothing").error().code, Errc::kNotFound);
}

TEST_F(StoreTest, AReaderDoesNotWrite) {
  const auto reader = SqliteStore::open_reader(state_dir()).value();
  EXPECT_EQ(reader->create_workspace({"x", hash_token("x")}, {}, kNow).error().code, Errc::kStorage);
  EXPECT_TRUE(reader->ping());
}

TEST_F(StoreTest, ASessionBeginsWithItsRecord) {
  EXPECT_EQ(upload({}).error().code, Errc::kUnknownSession);
  EXPECT_EQ(upload({events(1, {event(1)})}).error().code, Errc::kUnknownSession);
  const std::int64_t cluster = open_cluster();
  EXPECT_EQ(upload({})->cluster, cluster);
  EXPECT_EQ(upload({})->mark, 1);

  const auto other = writer_->create_workspace({"other", hash_token("o")}, {}, kNow)->id;
  const std::array<Upload, 1> foreign{Upload{kSession, other, kNow, {}}};
  EXPECT_EQ(writer_->store(foreign).front().error().code, Errc::kForbidden);
}

TEST_F(StoreTest, ChunksUpToTheMarkAreSkipped) {
  Query all = query();
  all.cluster = open_cluster();
  const std::vector<Chunk> first{events(2, {event(1, "a")}), events(5, {event(2, "b")})};
  EXPECT_EQ(upload(first)->mark, 5);
  EXPECT_EQ(upload(first)->mark, 5);
  EXPECT_EQ(upload({events(3, {event(3, "late")})})->mark, 5);
  EXPECT_EQ(upload({events(5, {event(2, "b")}), events(6, {event(4, "c")})})->mark, 6);
  std::string topics;
  const auto stored = writer_->events(all).value();
  for (const model::EventView& view : stored.items) topics += view.event.topic;
  EXPECT_EQ(topics, "cba");
  EXPECT_EQ(writer_->cluster(workspace_, *all.cluster, all.viewpoint)->cluster.events, 3);
}

TEST_F(StoreTest, OneBadUploadOfManyStoresNothingOfItself) {
  open_cluster();
  const auto unknown = base::SessionId::random();
  std::vector<Upload> uploads;
  uploads.push_back({kSession, workspace_, kNow, {events(2, {event(1)})}});
  uploads.push_back({unknown, workspace_, kNow, {events(2, {event(1)})}});
  uploads.push_back({kSession, workspace_, kNow, {events(3, {event(2)})}});
  const auto receipts = writer_->store(uploads);
  EXPECT_EQ(receipts[0]->mark, 2);
  EXPECT_EQ(receipts[1].error().code, Errc::kUnknownSession);
  EXPECT_EQ(receipts[2]->mark, 3);
  EXPECT_EQ(writer_->clusters(query())->items.size(), 1U);
}

TEST_F(StoreTest, WhatTheDatabaseRefusesIsUndoneWhole) {
  Query all = query();
  all.cluster = open_cluster();
  upload({{5, model::SpanBlockRecord{}}}).value();
  Connection(state_dir() / base::kDatabaseFile, Access::kReadWrite).script("UPDATE clusters SET mark = 1");
  // The second chunk meets a block of the same sequence: the first must not stay either.
  const auto receipt = upload({events(4, {event(1)}), {5, model::SpanBlockRecord{}}});
  EXPECT_EQ(receipt.error().code, Errc::kStorage);
  EXPECT_TRUE(writer_->events(all)->items.empty());
  EXPECT_EQ(upload({})->mark, 1);
}

TEST_F(StoreTest, SumsFollowAbsoluteRecords) {
  const std::int64_t cluster = open_cluster();
  upload({{2, std::vector{computation("a", 10), computation("b", 5)}}}).value();
  upload({{3, std::vector{computation("a", 12)}}}).value();
  const auto view = writer_->cluster(workspace_, cluster, query().viewpoint)->cluster;
  EXPECT_EQ(view.tasks.total, 17);
  EXPECT_EQ(view.computations, 2);
}

TEST_F(StoreTest, PeaksAreThoseOfEveryMoment) {
  const std::int64_t cluster = open_cluster();
  model::WorkerRecord worker;
  worker.address = "tcp://1";
  worker.joined_us = kNow;
  worker.nthreads = 8;
  worker.processing_keys_json = "[]";
  model::WorkerRecord gone = worker;
  gone.left_us = kNow + 1;
  gone.expected = false;
  upload({{2, std::vector{worker, gone}}, {3, model::EndRecord{kNow, "closed"}}}).value();
  const auto view = writer_->cluster(workspace_, cluster, query().viewpoint)->cluster;
  EXPECT_EQ(view.workers_now, 0);
  EXPECT_EQ(view.workers_lost, 1);
  EXPECT_EQ(view.threads, 8);
}

TEST_F(StoreTest, StatusIsOfTheMomentOfTheQuestion) {
  const std::int64_t cluster = open_cluster();
  const auto status = [&](base::Micros now) {
    return writer_->cluster(workspace_, cluster, {now, 30 * base::kMicrosPerSecond})->cluster.status;
  };
  EXPECT_EQ(status(kNow), "running");
  EXPECT_EQ(status(kNow + 30 * base::kMicrosPerSecond), "running");
  EXPECT_EQ(status(kNow + 30 * base::kMicrosPerSecond + 1), "lost");
  EXPECT_EQ(status(kNow - 3600 * base::kMicrosPerSecond), "running");
  upload({{2, model::EndRecord{kNow, "closed"}}}).value();
  EXPECT_EQ(status(kNow), "stopped");
  EXPECT_EQ(status(kNow + 3600 * base::kMicrosPerSecond), "stopped");
}

TEST_F(StoreTest, ACloseGoesItsWay) {
  const std::int64_t cluster = open_cluster();
  const auto desired = [&] {
    return writer_->cluster(workspace_, cluster, query().viewpoint)->cluster.desired_state;
  };
  EXPECT_FALSE(desired());
  EXPECT_EQ(writer_->request_state(owner(workspace_ + 1), cluster, "stopped", kNow).error().code,
            Errc::kNotFound);
  ASSERT_TRUE(writer_->request_state(owner(workspace_), cluster, "stopped", kNow));
  ASSERT_TRUE(writer_->request_state(owner(workspace_), cluster, "stopped", kNow + 5));
  EXPECT_EQ(desired()->requested_us, kNow);
  EXPECT_EQ(upload({})->desired_state, "stopped");
  upload({{2, std::vector{model::ControlRecord{"stopped", kNow + 6}}}}).value();
  EXPECT_EQ(desired()->acknowledged_us, kNow + 6);
  EXPECT_FALSE(desired()->observed_us);
  upload({{3, model::EndRecord{kNow + 7, "closed"}}}).value();
  EXPECT_EQ(desired()->observed_us, kNow);  // when the hub got to know
}

TEST_F(StoreTest, PagesStayWhereTheyWereUnderInserts) {
  Query page = query();
  page.cluster = open_cluster();
  page.limit = 3;
  std::uint64_t sequence = 2;
  for (base::Micros time = 0; time < 10; ++time)
    upload({events(sequence++, {event(time / 2, "old")})}).value();

  const auto reader = SqliteStore::open_reader(state_dir()).value();
  std::vector<std::int64_t> ids;
  do {
    const auto got = reader->events(page).value();
    for (const model::EventView& view : got.items) {
      if (view.event.topic == "old") ids.push_back(view.id);
    }
    page.cursor = got.next;
    upload({events(sequence++, {event(0, "new"), event(2, "new"), event(4, "new"), event(99, "new")})})
        .value();
  } while (page.cursor);
  EXPECT_EQ(ids, (std::vector<std::int64_t>{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}));
}

TEST_F(StoreTest, AnAnswerIsOneSnapshot) {
  open_cluster();
  const auto reader = SqliteStore::open_reader(state_dir()).value();
  EXPECT_EQ(reader->clusters(query())->items.size(), 1U);
  open_cluster(base::SessionId::random());
  EXPECT_EQ(reader->clusters(query())->items.size(), 2U);
}

model::SpanBlockRecord span_block(int spans, const std::string& computation_id) {
  tape::SpanBlockBuilder block;
  block.computations = {computation_id, "other"};
  block.groups = {"inc"};
  block.action_names = {"compute"};
  for (int i = 0; i < spans; ++i) {
    block.computation.push_back(static_cast<std::uint32_t>(i % 2));
    block.group.push_back(0);
    block.worker.push_back(tape::kNone);
    block.type.push_back(tape::kNone);
    block.thread.push_back(1);
    block.nbytes.push_back(-1);
    block.status.push_back(0);
    block.action_count.push_back(1);
    block.action.push_back(0);
    block.action_start.push_back(i);
    block.action_stop.push_back(i + 1);
    const std::string key = "k" + std::to_string(i);
    block.key_length.push_back(static_cast<std::uint32_t>(key.size()));
    block.key_bytes += key;
  }
  model::SpanBlockRecord record;
  record.payload = tape::encode_span_block(block);
  record.raw_length = static_cast<std::int64_t>(record.payload.size());
  record.spans = spans;
  for (const auto& [name, count] : {std::pair(computation_id, (spans + 1) / 2), {"other", spans / 2}}) {
    model::SpanBlockRecord::Share share;
    share.computation = name;
    share.spans = count;
    record.shares.push_back(std::move(share));
  }
  return record;
}

TEST_F(StoreTest, SpansOfOneComputationInPages) {
  open_cluster();
  upload({{2, span_block(7, "c")}, {3, span_block(4, "c")}}).value();
  Query page = query();
  const auto computations = writer_->computations(query()).value();
  for (const model::ComputationView& view : computations.items) {
    if (view.computation.dask_id == "c") page.computation = view.id;
  }
  page.limit = 2;
  std::string keys;
  do {
    const auto got = writer_->spans(page).value();
    EXPECT_LE(got.items.size(), 2U);
    for (const model::SpanView& span : got.items) keys += span.key;
    page.cursor = got.next;
  } while (page.cursor);
  EXPECT_EQ(keys, "k0k2k4k6k0k2");
}

TEST_F(StoreTest, AScanThatFindsLittleComesBackSoon) {
  open_cluster();
  for (std::uint64_t sequence = 2; sequence < 200; ++sequence)
    upload({{sequence, span_block(2, "c")}}).value();
  Query page = query();
  page.computation = writer_->computations(query())->items.back().id;
  page.text = "nowhere";
  int pages = 0;
  do {
    const auto got = writer_->spans(page).value();
    EXPECT_TRUE(got.items.empty());
    page.cursor = got.next;
    ++pages;
  } while (page.cursor);
  EXPECT_EQ(pages, 4);
}

TEST_F(StoreTest, ADamagedBlockIsReported) {
  open_cluster();
  model::SpanBlockRecord block = span_block(2, "c");
  block.payload.pop_back();
  upload({{2, std::move(block)}}).value();
  Query page = query();
  page.computation = writer_->computations(query())->items.front().id;
  EXPECT_EQ(writer_->spans(page).error().code, Errc::kStorage);
}

// Listing pages must stay range scans however large the tables grow.
TEST_F(StoreTest, ListingsDoNotSort) {
  Connection connection(state_dir() / base::kDatabaseFile, Access::kReadOnly);
  for (const char* sql :
       {"SELECT 1 FROM clusters c WHERE c.workspace = 1 AND c.start_us >= 0 AND (c.start_us, c.id) < (5, 5) "
        "ORDER BY "
        "c.start_us DESC, c.id DESC",
        "SELECT 1 FROM computations k WHERE k.workspace = 1 AND (k.start_us, k.id) < (5, 5) ORDER BY "
        "k.start_us DESC, "
        "k.id DESC",
        "SELECT 1 FROM computations k WHERE k.cluster = 1 ORDER BY k.start_us DESC, k.id DESC",
        "SELECT 1 FROM events e WHERE e.cluster = 1 AND e.time_us >= 3 ORDER BY e.time_us DESC, e.id DESC",
        "SELECT 1 FROM events e WHERE e.cluster = 1 AND e.topic = 'x' ORDER BY e.time_us DESC, e.id DESC",
        "SELECT 1 FROM exceptions x WHERE x.workspace = 1 ORDER BY x.time_us DESC, x.id DESC",
        "SELECT 1 FROM exceptions x WHERE x.cluster = 1 ORDER BY x.time_us DESC, x.id DESC",
        "SELECT 1 FROM samples s WHERE s.cluster = 1 AND (s.time_us, s.address) > (5, 5) ORDER BY s.time_us, "
        "s.address",
        "SELECT 1 FROM workers k WHERE k.cluster = 1 ORDER BY k.joined_us DESC, k.id DESC"}) {
    Statement plan = connection.query(std::string("EXPLAIN QUERY PLAN ") + sql);
    while (plan.step()) {
      const std::string step = plan.string(3);
      EXPECT_EQ(step.find("SCAN"), std::string::npos) << sql << "\n" << step;
      EXPECT_EQ(step.find("TEMP B-TREE"), std::string::npos) << sql << "\n" << step;
    }
  }
}

TEST_F(StoreTest, OpensWhatItMadeAndKeepsIt) {
  const std::int64_t cluster = open_cluster();
  ASSERT_TRUE(writer_->checkpoint());
  writer_.reset();
  writer_ = SqliteStore::open_writer(state_dir()).value();
  EXPECT_EQ(writer_->clusters(query())->items.front().id, cluster);
}

TEST_F(StoreTest, ANewerDatabaseIsRefusedUntouched) {
  writer_.reset();
  const auto file = state_dir() / base::kDatabaseFile;
  const int newer = newest_schema() + 1;
  Connection(file, Access::kReadWrite).script("PRAGMA user_version = " + std::to_string(newer));
  const auto refused = SqliteStore::open_writer(state_dir());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("newer Pilothouse"), std::string::npos) << refused.error().message;
  Connection connection(file, Access::kReadOnly);
  Statement version = connection.query("PRAGMA user_version");
  version.step();
  EXPECT_EQ(version.integer(0), newer);
}

TEST_F(StoreTest, AnotherProgramsDatabaseIsRefused) {
  writer_.reset();
  Connection(state_dir() / base::kDatabaseFile, Access::kReadWrite).script("PRAGMA application_id = 7");
  const auto refused = SqliteStore::open_writer(state_dir());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("not a database of a Pilothouse hub"), std::string::npos);
}

TEST_F(StoreTest, WhatIsNoDatabaseIsRefused) {
  const auto directory = directory_ / "junk";
  std::filesystem::create_directories(directory);
  FILE* file = std::fopen((directory / base::kDatabaseFile).c_str(), "w");
  std::fputs("this is certainly not a database, and it is long enough to be looked at", file);
  std::fclose(file);
  const auto refused = SqliteStore::open_writer(directory);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kStorage);
}

}  // namespace
}  // namespace pilothouse::store::sqlite
