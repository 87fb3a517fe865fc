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

TEST(Timeline, CellsComeBackAsTheyWent) {
  std::vector<TimelineCell> cells{cell(26'000'000, 9, 1'000'000, 500), cell(26'000'001, 3, 7, 0)};
  cells[0].erred = 4;
  cells[0].busy_us[5] = INT64_MAX / 2;
  cells.push_back(cell(5, 1, 2, 3));
  const std::string bytes = encode_cells(cells);
  const std::vector<TimelineCell> by_bucket{cells[2], cells[0], cells[1]};
  EXPECT_EQ(decode_cells(bytes).value(), by_bucket);
  EXPECT_EQ(encode_cells(by_bucket), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_cells(bytes.substr(0, size)));
  EXPECT_FALSE(decode_cells(bytes + "x"));
  EXPECT_FALSE(decode_cells("\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
}

TEST(Timeline, CellsComeBucketByBucket) {
  std::vector<TimelineCell> cells;
  for (int i = 0; i < 300; ++i) cells.push_back(cell(1000 + i * 7 % 20, i, i % 3, i));
  const auto decoded = decode_cells(encode_cells(cells)).value();
  ASSERT_EQ(decoded.size(), cells.size());
  for (std::size_t i = 1; i < decoded.size(); ++i) EXPECT_LE(decoded[i - 1].bucket, decoded[i].bucket);
  EXPECT_TRUE(std::is_permutation(decoded.begin(), decoded.end(), cells.begin()));
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
