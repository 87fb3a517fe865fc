#include "store/sqlite/history.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "base/paths.h"
#include "base/temporary_directory.h"
#include "store/sqlite/history_tiers.h"
#include "store/sqlite/read_history.h"
#include "store/sqlite/sqlite_store.h"
#include "store/token.h"

namespace pilothouse::store::sqlite {
namespace {

using base::kMicrosPerSecond;
using base::Micros;
using model::SampleSums;

constexpr Micros kStart = 1'769'904'000'500'000;  // not where a bucket begins

TEST(HistoryPlan, HoldsWhatIsAskedForInFewBuckets) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const Micros from = static_cast<Micros>(random() % 2'000'000'000'000'000);
    const Micros life = 1 + static_cast<Micros>(random() % (1ULL << (random() % 52)));
    const std::int64_t most = 1 + static_cast<std::int64_t>(random() % 2000);
    const HistoryPlan plan = plan_history(from, from + life, most);
    const Micros width = history_width(plan.tier);
    EXPECT_LE(plan.buckets, most);
    EXPECT_LE(plan.from, from);
    EXPECT_GE(plan.to(), from + life);
    EXPECT_EQ(plan.bucket_us % width, 0);
    EXPECT_EQ(plan.from % width, 0);
    EXPECT_GT(plan.from + plan.bucket_us, from);  // no bucket for nothing
    if (plan.tier + 1 < kHistoryTiers) {
      EXPECT_LE(plan.buckets * plan.bucket_us / width, 5 * most);
    }
  }
}

class HistoryTest : public testing::Test {
 protected:
  HistoryTest() {
    store_ = SqliteStore::open_writer(state_dir_.path()).value();
    workspace_ = store_->create_workspace({"default", hash_token("token")}, {}, kStart)->id;
    model::SessionRecord record;
    record.start_us = kStart;
    cluster_ = upload({{1, record}});
  }

  std::int64_t upload(std::vector<Chunk> chunks) {
    const std::array<Upload, 1> uploads{Upload{session_, workspace_, kStart, std::move(chunks)}};
    return store_->store(uploads).front().value().cluster;
  }

  void samples(std::vector<model::SampleRecord> records) { upload({{++sequence_, std::move(records)}}); }

  static model::SampleRecord sample(Micros time, const std::string& worker, std::int64_t executing) {
    return {kStart + time, worker, 50.0, 1000, 600, 400, 7, executing, 2};
  }

  std::vector<model::HistoryPoint> points(Micros from, Micros to, std::int64_t width) {
    return store_
        ->history({workspace_, cluster_, {kStart, kMicrosPerSecond}, kStart + from, kStart + to, width})
        ->points;
  }

  base::TemporaryDirectory state_dir_;
  std::unique_ptr<SqliteStore> store_;
  std::int64_t workspace_ = 0;
  std::int64_t cluster_ = 0;
  std::uint64_t sequence_ = 1;
  base::SessionId session_ = base::SessionId::random();
};

TEST_F(HistoryTest, TotalsOverWorkersAreAveragedOverMoments) {
  samples({sample(0, "a", 4), sample(0, "b", 2), sample(1000, "a", 1), sample(1000, "b", 1)});
  const auto found = points(0, 1, 1);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sums.mean(&SampleSums::workers), 2);
  EXPECT_EQ(found[0].sums.mean(&SampleSums::executing), 4);
  EXPECT_EQ(found[0].sums.mean(&SampleSums::cpu), 100);
  EXPECT_EQ(found[0].sums.mean(&SampleSums::memory), 2000);
  EXPECT_EQ(found[0].sums.mean(&SampleSums::managed), 1200);
  EXPECT_EQ(found[0].sums.mean(&SampleSums::unmanaged), 800);
  EXPECT_EQ(found[0].sums.mean(&SampleSums::spilled), 14);
  EXPECT_EQ(found[0].sums.mean(&SampleSums::ready), 4);
}

// The samples of one moment may be in two chunks, and in two uploads.
TEST_F(HistoryTest, AMomentIsCountedOnceHoweverItIsCut) {
  samples({sample(0, "a", 1), sample(1000, "a", 1)});
  samples({sample(1000, "b", 1), sample(2000, "a", 1), sample(2000, "b", 1)});
  upload({{7, std::vector{sample(3000, "a", 1)}}, {8, std::vector{sample(3000, "b", 1)}}});
  sequence_ = 8;
  samples({sample(0, "b", 1)});
  const auto found = points(0, 1, 1);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sums.mean(&SampleSums::workers), 2);
  EXPECT_EQ(found[0].sums.mean(&SampleSums::executing), 2);
}

TEST_F(HistoryTest, ASampleThatComesAgainReplacesTheFirst) {
  samples({sample(0, "a", 9), sample(0, "a", 5)});
  samples({sample(0, "a", 3)});
  const auto found = points(0, 1, 1);
  EXPECT_EQ(found[0].sums.mean(&SampleSums::workers), 1);
  EXPECT_EQ(found[0].sums.mean(&SampleSums::executing), 3);
  EXPECT_EQ(found[0].sums.mean(&SampleSums::memory), 1000);
}

TEST_F(HistoryTest, EveryTierSaysTheSameAsTheSamples) {
  constexpr Micros kStep = 37 * kMicrosPerSecond;
  constexpr int kMoments = 3000;  // a day and more
  std::vector<model::SampleRecord> records;
  for (int i = 0; i < kMoments; ++i) {
    records.push_back(sample(i * kStep, "a", i));
    if (i % 3 == 0) records.push_back(sample(i * kStep, "b", 1));
  }
  samples(records);
  for (const std::int64_t width : {1, 2, 7, 60, 500, 2000}) {
    const auto view =
        store_->history({workspace_, cluster_, {kStart + kMoments * kStep, 1}, kStart, {}, width}).value();
    EXPECT_LE(view.points.size(), static_cast<std::size_t>(width));
    std::size_t at = 0;
    for (const model::HistoryPoint& point : view.points) {
      EXPECT_EQ((point.time_us - view.from_us) % view.bucket_us, 0);
      double executing = 0;
      double ticks = 0;
      for (; at < records.size() && records[at].time_us < point.time_us + view.bucket_us; ++at) {
        EXPECT_GE(records[at].time_us, point.time_us);
        executing += static_cast<double>(records[at].executing);
        if (records[at].address == "a") ++ticks;
      }
      EXPECT_DOUBLE_EQ(point.sums.mean(&SampleSums::executing), executing / ticks) << width;
    }
  }
  const auto all = store_->history({workspace_, cluster_, {kStart, 1}, kStart, kStart + kMoments * kStep, 1});
  EXPECT_NEAR(all->points.front().sums.mean(&SampleSums::workers), 1.0 + 1.0 / 3, 0.001);
}

TEST_F(HistoryTest, ActivityCoversTheLifeOfACluster) {
  samples({sample(0, "a", 4), sample(90 * kMicrosPerSecond, "a", 2)});
  upload({{++sequence_, model::EndRecord{kStart + 100 * kMicrosPerSecond, "closed"}}});
  Query query;
  query.workspace = workspace_;
  query.viewpoint = {kStart, kMicrosPerSecond};
  EXPECT_FALSE(store_->clusters(query)->items.front().activity);
  for (const std::int64_t most : {1, 2, 10, 64}) {
    query.activity = most;
    const model::ActivityView activity = *store_->clusters(query)->items.front().activity;
    EXPECT_LE(activity.executing.size(), static_cast<std::size_t>(most));
    EXPECT_LE(activity.from_us, kStart);
    EXPECT_EQ(activity.executing.front(), most < 10 ? 3 : 4);
    if (most >= 10) {
      EXPECT_GE(activity.executing.size(), 5U);
      EXPECT_EQ(activity.executing[1], std::nullopt);
    }
  }
}

}  // namespace
}  // namespace pilothouse::store::sqlite
