#include "store/sqlite/recent_blocks.h"

#include <gtest/gtest.h>

#include <thread>

namespace pilothouse::store::sqlite {
namespace {

std::shared_ptr<const BlockRuns> runs(std::size_t count) {
  tape::SpanBlock block;
  block.groups = {"inc"};
  block.group.resize(count);
  block.action_start.resize(count);
  block.action_start.shrink_to_fit();
  return std::make_shared<const BlockRuns>(std::move(block));
}

TEST(RecentBlocks, ForgetThoseThatWereNotAskedForTheLongest) {
  const auto some = runs(1000);
  RecentBlocks recent(10 * some->bytes() + some->bytes() / 2);
  for (std::int64_t row = 0; row < 10; ++row) recent.keep(row, runs(1000));
  EXPECT_NE(recent.find(0), nullptr);
  recent.keep(10, runs(1000));
  EXPECT_EQ(recent.find(1), nullptr);
  for (const std::int64_t row : {0, 2, 3, 9, 10}) EXPECT_NE(recent.find(row), nullptr) << row;
}

TEST(RecentBlocks, AreBounded) {
  const std::size_t most = 1U << 20;
  RecentBlocks recent(most);
  for (std::int64_t row = 0; row < 1000; ++row) {
    recent.keep(row, runs(static_cast<std::size_t>(row)));
    recent.keep(row, runs(static_cast<std::size_t>(row)));
  }
  std::size_t bytes = 0;
  for (std::int64_t row = 0; row < 1000; ++row) {
    if (const auto found = recent.find(row)) bytes += found->bytes();
  }
  EXPECT_LE(bytes, most);
  EXPECT_GT(bytes, most / 2);
  recent.keep(1000, runs(most / 64));
  EXPECT_EQ(recent.find(1000), nullptr) << "it alone takes much of the room";
}

TEST(RecentBlocks, StayWithWhoHasThem) {
  RecentBlocks recent(64 * runs(100)->bytes());
  const auto work = [&recent](std::int64_t begin) {
    for (std::int64_t i = 0; i < 20'000; ++i) {
      const std::int64_t row = (begin + i * 7) % 200;
      auto found = recent.find(row);
      if (!found) recent.keep(row, found = runs(100));
      ASSERT_EQ(found->size(), 100);
    }
  };
  std::thread other(work, 3);
  work(0);
  other.join();
}

}  // namespace
}  // namespace pilothouse::store::sqlite
