#include "model/timeline_tile.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace pilothouse::model {
namespace {

TimelineTile made(std::uint64_t seed, std::size_t cells, std::size_t runs) {
  std::mt19937_64 random(seed);
  TimelineTile tile;
  tile.shift = 20;
  tile.lanes = 7;
  tile.groups = 3;
  std::uint64_t place = 5;
  for (std::size_t i = 0; i < cells; ++i) {
    place += 1 + (random() % 10 == 0 ? random() % 30 : 0);
    const std::uint64_t bucket = 1'700'000'000 + place / 7;
    if (tile.row_bucket.empty() || tile.row_bucket.back() != bucket) {
      tile.row_bucket.push_back(bucket);
      tile.row_cells.push_back(0);
    }
    ++tile.row_cells.back();
    tile.lane.push_back(place % 7);
    tile.spans.push_back(random() % 9);
    tile.group.push_back(random() % 3);
    tile.busy_us[0].push_back(random() % 1'000'000);
    tile.busy_us[4].push_back(1 + random() % 5);
    tile.group_us.push_back(tile.busy_us[0].back() / (1 + random() % 2));
  }
  for (std::size_t i = 0; i < runs; ++i) {
    tile.run_lane.push_back(random() % 7);
    tile.run_group.push_back(random() % 3);
    tile.run_erred.push_back(random() % 2);
    tile.run_actions.push_back(1 + random() % 3);
    for (std::uint64_t k = 0; k < tile.run_actions.back(); ++k) {
      tile.action.push_back(random() % kTimelineActions.size());
      tile.action_start.push_back(1'769'904'000'000'000 + random() % 1'000'000'000);
      tile.action_us.push_back(random() % 10'000'000'000);
    }
  }
  return tile;
}

TEST(TimelineTile, ComesBackAsItWent) {
  TimelineTile again = made(9, 500, 10);  // its memory is used again
  for (std::size_t cells : {0, 1, 64, 1000}) {
    for (std::size_t runs : {0, 1, 100}) {
      const TimelineTile tile = made(cells + runs, cells, runs);
      ASSERT_TRUE(decode_tile(encode_tile(tile), again));
      EXPECT_EQ(again.action, tile.action);
      EXPECT_EQ(again.busy_us, tile.busy_us);
      EXPECT_EQ(again, tile);
    }
  }
}

TEST(TimelineTile, HugeNumbersComeBack) {
  TimelineTile tile = made(1, 2, 1);
  tile.erred = {INT64_MAX, 0};
  tile.busy_us[0] = {INT64_MAX, INT64_MAX};
  tile.busy_us[4] = {INT64_MAX, 1};
  tile.group_us = {INT64_MAX, 0};
  tile.row_bucket = {0, static_cast<std::uint64_t>(kEndOfTime) >> 20};
  tile.row_cells = {1, 1};
  tile.lane = {6, 6};
  tile.action_start.back() = 0;
  tile.action_us.back() = kEndOfTime - 1;
  TimelineTile again;
  ASSERT_TRUE(decode_tile(encode_tile(tile), again));
  EXPECT_EQ(again, tile);
}

TEST(TimelineTile, DamageIsFoundOrHarmless) {
  const TimelineTile tile = made(2, 300, 20);
  const std::string bytes = encode_tile(tile);
  TimelineTile read;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_tile(bytes.substr(0, size), read));
  EXPECT_FALSE(decode_tile(bytes + "x", read));
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    if (!decode_tile(damaged, read)) continue;
    for (const std::uint64_t lane : read.run_lane) ASSERT_LT(lane, read.lanes);
    for (const std::uint64_t lane : read.lane) ASSERT_LT(lane, read.lanes);
    const auto sum = std::accumulate(read.row_cells.begin(), read.row_cells.end(), std::uint64_t{0});
    ASSERT_EQ(sum, read.cells());
    for (const std::uint64_t group : read.group) ASSERT_LT(group, read.groups);
    for (const std::uint64_t bucket : read.row_bucket)
      ASSERT_LE(bucket, std::uint64_t{kEndOfTime} >> read.shift);
  }
}

TEST(TimelineTile, ATileOfFullBucketsIsSmall) {
  TimelineTile tile;
  tile.lanes = 64;
  tile.groups = 1;
  for (std::uint64_t i = 0; i < 1024; ++i) {
    if (i % 64 == 0) {
      tile.row_bucket.push_back(1000 + i / 64);
      tile.row_cells.push_back(64);
    }
    tile.lane.push_back(i % 64);
    tile.spans.push_back(4);
    tile.group.push_back(0);
    tile.group_us.push_back(250'000 + i);
    tile.busy_us[0].push_back(250'000 + i);
  }
  EXPECT_LE(encode_tile(tile).size(), 1024 * 2.9);
}

}  // namespace
}  // namespace pilothouse::model
