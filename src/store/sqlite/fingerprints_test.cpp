#include "store/sqlite/fingerprints.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "base/paths.h"
#include "base/temporary_directory.h"
#include "store/exception_fingerprint.h"
#include "store/sqlite/sqlite_store.h"
#include "store/token.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Micros;

constexpr Micros kNow = 1'769'904'000'000'000;

class FingerprintsTest : public testing::Test {
 protected:
  FingerprintsTest() {
    store_ = SqliteStore::open_writer(state_dir_.path()).value();
    query_.workspace = store_->create_workspace({"default", hash_token("token")}, {}, kNow)->id;
    query_.viewpoint = {kNow, base::kMicrosPerSecond};
  }

  struct Cluster {
    base::SessionId session = base::SessionId::random();
    std::int64_t id = 0;
    std::uint64_t sequence = 1;
  };

  Cluster open_cluster(const std::string& user = "ada", const std::string& python = "3.11") {
    Cluster cluster;
    model::SessionRecord record;
    record.user = user;
    record.python = python;
    record.dask = record.distributed = "2026.1.0";
    record.start_us = kNow;
    cluster.id = upload(cluster, {{1, record}});
    return cluster;
  }

  std::int64_t upload(const Cluster& cluster, std::vector<Chunk> chunks) {
    const std::array<Upload, 1> uploads{Upload{cluster.session, query_.workspace, kNow, std::move(chunks)}};
    return store_->store(uploads).front().value().cluster;
  }

  template <class Record>
  void put(Cluster& cluster, std::vector<Record> records) {
    upload(cluster, {{++cluster.sequence, std::move(records)}});
  }

  static model::ExceptionRecord exception(std::int64_t id, const std::string& fingerprint, Micros time = 0,
                                          const std::optional<std::string>& computation = std::nullopt) {
    model::ExceptionRecord record;
    record.id = id;
    record.computation = computation;
    record.fingerprint = fingerprint;
    record.type = "Type" + fingerprint;
    record.message = fingerprint + " at " + std::to_string(id);
    record.workers_json = "[]";
    record.time_us = kNow + time;
    return record;
  }

  std::vector<model::FingerprintView> ask() { return store_->fingerprints(query_)->items; }

  // The fingerprints, in order.
  std::string order() {
    std::string text;
    for (const model::FingerprintView& view : ask()) text += view.fingerprint;
    return text;
  }

  base::TemporaryDirectory state_dir_;
  std::unique_ptr<SqliteStore> store_;
  Query query_;
};

TEST_F(FingerprintsTest, OneOfManyClusters) {
  Cluster first = open_cluster("ada", "3.9");
  Cluster second = open_cluster("bob", "3.12");
  put(first, std::vector{exception(1, "a", 5, "c"), exception(2, "a", 7, "c"), exception(3, "b", 9)});
  put(second, std::vector{exception(1, "a", 6, "c"), exception(2, "a", 8, "d")});
  put(second, std::vector{model::BlameRecord{1, 30}, model::BlameRecord{2, 4}, model::BlameRecord{1, 10}});
  const auto found = ask();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].fingerprint, "b");
  const model::FingerprintView& a = found[1];
  EXPECT_EQ(a.fingerprint, "a");
  EXPECT_EQ(a.type, "Typea");
  EXPECT_EQ(a.message, "a at 1");
  EXPECT_EQ(a.count, 4);
  EXPECT_EQ(a.blamed, 14);
  EXPECT_EQ(a.first_us, kNow + 5);
  EXPECT_EQ(a.last_us, kNow + 8);
  EXPECT_EQ(a.clusters, 2);
  EXPECT_EQ(a.computations, 3);
  EXPECT_EQ(a.users, (std::vector<std::string>{"ada", "bob"}));
  EXPECT_EQ(a.pythons, (std::vector<std::string>{"3.9", "3.12"}));
  EXPECT_EQ(a.dasks, (std::vector<std::string>{"2026.1.0"}));
}

TEST_F(FingerprintsTest, ACorrectedExceptionTakesAllWithIt) {
  Cluster cluster = open_cluster();
  put(cluster, std::vector{exception(1, "a", 1, "c"), exception(2, "a", 2, "c"), exception(3, "a", 3, "d")});
  put(cluster, std::vector{model::BlameRecord{1, 3}, model::BlameRecord{3, 5}});
  put(cluster, std::vector{exception(3, "b", 3, "d"), exception(1, "b", 1, "c"), exception(1, "b", 1, "c")});
  std::map<std::string, std::array<std::int64_t, 3>> found;
  for (const model::FingerprintView& view : ask()) {
    found[view.fingerprint] = {view.count, view.blamed, view.computations};
  }
  EXPECT_EQ(found["a"], (std::array<std::int64_t, 3>{1, 0, 1}));
  EXPECT_EQ(found["b"], (std::array<std::int64_t, 3>{2, 8, 2}));
  put(cluster, std::vector{exception(2, "b", 2, "c")});
  EXPECT_EQ(order(), "b");
}

TEST_F(FingerprintsTest, Filters) {
  Cluster first = open_cluster();
  Cluster second = open_cluster("bob");
  put(first, std::vector{exception(1, "a", 10), exception(2, "b", 20)});
  put(second, std::vector{exception(1, "a", 30)});
  EXPECT_EQ(order(), "ab");
  query_.user = "ada";
  EXPECT_EQ(order(), "ba");
  EXPECT_EQ(ask()[1].count, 1);
  query_.user.reset();
  query_.cluster = second.id;
  EXPECT_EQ(order(), "a");
  query_.cluster.reset();
  query_.type = "Typeb";
  EXPECT_EQ(order(), "b");
  query_.type.reset();
  query_.text = "B AT";
  EXPECT_EQ(order(), "b");
  query_.text.reset();
  query_.since = kNow + 25;
  EXPECT_EQ(order(), "a");
  query_.since.reset();
  query_.until = kNow + 15;
  EXPECT_EQ(order(), "a");
  query_.until.reset();
  query_.workspace += 1;
  EXPECT_EQ(order(), "");
}

TEST_F(FingerprintsTest, PagesHaveEachOnce) {
  Cluster first = open_cluster();
  Cluster second = open_cluster();
  std::vector<model::ExceptionRecord> records;
  for (int i = 0; i < 25; ++i)
    records.push_back(exception(i, std::string(1, static_cast<char>('a' + i)), i / 3));
  put(first, records);
  put(second, records);
  const std::string all = order();
  EXPECT_EQ(all.size(), 25U);
  for (query_.limit = 1; query_.limit < 30; query_.limit += 4) {
    std::string paged;
    query_.cursor.reset();
    do {
      const auto page = store_->fingerprints(query_).value();
      EXPECT_LE(page.items.size(), static_cast<std::size_t>(query_.limit));
      for (const model::FingerprintView& view : page.items) paged += view.fingerprint;
      query_.cursor = page.next;
    } while (query_.cursor);
    EXPECT_EQ(paged, all);
  }
}

TEST_F(FingerprintsTest, NamesAreBounded) {
  for (int i = 0; i < 30; ++i) {
    Cluster cluster = open_cluster("user" + std::to_string(10 + i));
    put(cluster, std::vector{exception(1, "a")});
  }
  const auto found = ask();
  EXPECT_EQ(found[0].clusters, 30);
  EXPECT_EQ(found[0].users.size(), 20U);
  EXPECT_EQ(found[0].users.front(), "user10");
}

TEST_F(FingerprintsTest, OtherListingsCanBeAskedForOne) {
  Cluster first = open_cluster();
  Cluster second = open_cluster();
  put(first, std::vector{exception(1, "a"), exception(2, "b")});
  put(second, std::vector{exception(1, "a")});
  query_.fingerprint = "a";
  EXPECT_EQ(store_->exceptions(query_)->items.size(), 2U);
  const auto groups = store_->exception_groups(query_).value();
  ASSERT_EQ(groups.items.size(), 2U);
  EXPECT_EQ(groups.items[0].cluster.user, "ada");
  query_.cluster = first.id;
  EXPECT_EQ(store_->exceptions(query_)->items.size(), 1U);
  EXPECT_EQ(store_->exception_groups(query_)->items.size(), 1U);
}

TEST_F(FingerprintsTest, ADatabaseFromBeforeIsGroupedAnew) {
  const auto at = [](std::int64_t id, const std::string& file, const std::string& computation) {
    model::ExceptionRecord record = exception(id, "1-" + file, id, computation);
    record.type = "E";
    record.message = "row " + std::to_string(id);
    record.traceback = "  File \"" + file + "\", line 7, in load\n";
    return record;
  };
  Cluster first = open_cluster();
  Cluster second = open_cluster("bob");
  put(first,
      std::vector{at(1, "/home/ada/job.py", "c"), at(2, "/srv/job.py", "c"), at(3, "/srv/job.py", "d")});
  put(first, std::vector{at(4, "other.py", "c")});
  put(first, std::vector{model::BlameRecord{1, 3}, model::BlameRecord{2, 5}});
  put(second, std::vector{at(5, "/home/bob/job.py", "c")});
  EXPECT_EQ(ask().size(), 4U);
  for (int turn = 0; turn < 2; ++turn) {
    store_.reset();
    Connection(state_dir_ / base::kDatabaseFile, Access::kReadWrite).script("PRAGMA user_version = 7");
    store_ = SqliteStore::open_writer(state_dir_.path()).value();
    const auto found = ask();
    ASSERT_EQ(found.size(), 2U);
    const model::FingerprintView& job = found[0];
    EXPECT_EQ(job.fingerprint, exception_fingerprint("E", "row 5", "File \"job.py\", line 7, in load"));
    EXPECT_EQ(job.count, 4);
    EXPECT_EQ(job.blamed, 8);
    EXPECT_EQ(job.computations, 3);
    EXPECT_EQ(job.clusters, 2);
    EXPECT_EQ(job.first_us, kNow + 1);
    EXPECT_EQ(job.last_us, kNow + 5);
    EXPECT_EQ(found[1].count, 1);
    query_.fingerprint = job.fingerprint;
    EXPECT_EQ(store_->exceptions(query_)->items.size(), 4U);
    query_.fingerprint.reset();
    Connection connection(state_dir_ / base::kDatabaseFile, Access::kReadOnly);
    Statement row = connection.query("SELECT exception_groups FROM clusters WHERE id = ?", first.id);
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.integer(0), 2);
  }
}

// The pages of an exception must come without a look at all rows.
TEST_F(FingerprintsTest, TheIndexAnswers) {
  Connection connection(state_dir_ / base::kDatabaseFile, Access::kReadOnly);
  Statement plan = connection.query(
      "EXPLAIN QUERY PLAN SELECT x.fingerprint, x.id, x.cluster, x.count, x.blamed, x.computations, "
      "x.first_us, x.last_us FROM exception_groups x WHERE x.workspace = 1 AND x.count > 0 AND x.type = 'a' "
      "ORDER BY x.fingerprint, x.id");
  ASSERT_TRUE(plan.step());
  EXPECT_NE(plan.string(3).find("COVERING INDEX exception_groups_by_fingerprint"), std::string::npos)
      << plan.string(3);
  EXPECT_FALSE(plan.step());
}

}  // namespace
}  // namespace pilothouse::store::sqlite
