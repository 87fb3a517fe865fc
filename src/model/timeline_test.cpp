#include "model/timeline.h"

#include <gtest/gtest.h>

#include <random>

namespace pilothouse::model {
namespace {

TimelineCell cell(std::int64_t bucket, std::int64_t lane, std::int64_t group, std::int64_t compute_us) {
  TimelineCell made{bucket, lane, group, compute_us, 1, 0, {}};
  made.busy_us[kCompute] = compute_us;
  return made;
}

TEST(Timeline, TheGroupWithTheMajorityIsFoundInAnyOrder) {
  std::vector<TimelineCell> parts;
  for (int i = 0; i < 100; ++i) parts.push_back(cell(1, 1, i % 2 == 0 ? 42 : i, i % 2 == 0 ? 110 : 100));
  std::mt19937_64 random(1);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(parts.begin(), parts.end(), random);
    TimelineCells sum;
    for (const TimelineCell& part : parts) sum.at(part.bucket, part.lane).add(part);
    ASSERT_EQ(sum.size(), 1U);
    EXPECT_EQ(sum.cells()[0].group, 42);
    EXPECT_EQ(sum.cells()[0].spans, 100);
    EXPECT_EQ(sum.cells()[0].busy_us[kCompute], 50 * 210);
  }
}

TEST(Timeline, CellsAreOrderedByBucketAndLane) {
  std::mt19937_64 random(2);
  TimelineCells cells(1000, 8, 4);
  for (int i = 0; i < 2000; ++i) {
    cells.at(990 + static_cast<std::int64_t>(random() % 30), static_cast<std::int64_t>(random() % 6)).spans +=
        1;
  }
  const auto order = cells.order();
  ASSERT_EQ(order.size(), cells.size());
  EXPECT_EQ(order.size(), 30U * 6);
  for (std::size_t i = 1; i < order.size(); ++i) {
    const TimelineCell& a = cells.cells()[order[i - 1]];
    const TimelineCell& b = cells.cells()[order[i]];
    EXPECT_LT(std::pair(a.bucket, a.lane), std::pair(b.bucket, b.lane));
  }
}

TEST(Timeline, SpreadingLosesNothing) {
  std::int64_t total = 0;
  std::vector<std::int64_t> buckets;
  spread(95, 331, 6, [&](std::int64_t bucket, std::int64_t us) {
    total += us;
    buckets.push_back(bucket);
  });
  EXPECT_EQ(total, 331 - 95);
  EXPECT_EQ(buckets, (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
  spread(100, 100, 6, [&](std::int64_t, std::int64_t) { FAIL() << "there is nothing to spread"; });
}

TEST(Timeline, UnknownActionsAreOthers) {
  EXPECT_EQ(timeline_action("compute"), kCompute);
  EXPECT_EQ(timeline_action("disk-write"), 4U);
  EXPECT_EQ(timeline_action("other"), 5U);
  EXPECT_EQ(timeline_action("brew-tea"), 5U);
}

}  // namespace
}  // namespace pilothouse::model
