#include "recorder/core/queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace pilothouse::recorder {
namespace {

using tape::Kind;

Item record(Kind kind, std::size_t bytes) { return {kind, std::string(bytes, ' '), nullptr, 1}; }

Item spans(std::uint32_t count) {
  auto block = std::make_unique<tape::SpanBlockBuilder>();
  block->group.assign(count, 0);
  return {Kind::kSpans, {}, std::move(block), count};
}

std::uint64_t dropped(const BoundedQueue& queue, Kind kind) {
  return queue.drops()[static_cast<std::size_t>(kind)].count;
}

TEST(BoundedQueue, IsFirstInFirstOut) {
  BoundedQueue queue(1 << 20);
  queue.push(record(Kind::kSession, 10));
  queue.push(record(Kind::kEvents, 20));
  const auto taken = queue.take(1 << 20);
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].kind, Kind::kSession);
  EXPECT_EQ(taken[1].json.size(), 20U);
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST(BoundedQueue, SpansGoFirstOldestFirstAndAreCounted) {
  BoundedQueue queue(100'000);
  queue.push(record(Kind::kExceptions, 1000));
  queue.push(spans(1000));  // about 34 kB each
  queue.push(spans(1001));
  queue.push(spans(1002));
  EXPECT_EQ(dropped(queue, Kind::kSpans), 1000U);
  EXPECT_EQ(dropped(queue, Kind::kExceptions), 0U);
  const auto taken = queue.take(1 << 20);
  ASSERT_EQ(taken.size(), 3U);
  EXPECT_EQ(taken[0].kind, Kind::kExceptions);
  EXPECT_EQ(taken[1].records, 1001U);
}

TEST(BoundedQueue, SessionAndEndStayWhateverComes) {
  BoundedQueue queue(10'000);
  queue.push(record(Kind::kSession, 500));
  for (int i = 0; i < 1000; ++i) queue.push(record(Kind::kWorkers, 500));
  queue.push(record(Kind::kEnd, 500));
  EXPECT_LE(queue.bytes(), 10'000U);
  EXPECT_GT(dropped(queue, Kind::kWorkers), 900U);
  const auto taken = queue.take(1 << 20);
  EXPECT_EQ(taken.front().kind, Kind::kSession);
  EXPECT_EQ(taken.back().kind, Kind::kEnd);
}

TEST(BoundedQueue, TakesAtLeastOneHoweverLarge) {
  BoundedQueue queue(1 << 20);
  queue.push(record(Kind::kEvents, 5000));
  EXPECT_EQ(queue.take(10).size(), 1U);
}

TEST(BoundedQueue, NothingIsLostBetweenTwoThreads) {
  BoundedQueue queue(64 << 20);
  constexpr int kItems = 20'000;
  std::atomic<bool> done = false;
  std::size_t got = 0;
  std::thread consumer([&] {
    while (true) {
      const bool last = done.load();
      const auto taken = queue.take(1 << 16);
      got += taken.size();
      if (last && taken.empty()) break;
    }
  });
  for (int i = 0; i < kItems; ++i) queue.push(record(Kind::kEvents, 100));
  done = true;
  consumer.join();
  EXPECT_EQ(got, static_cast<std::size_t>(kItems));
}

}  // namespace
}  // namespace pilothouse::recorder
