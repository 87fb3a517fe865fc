#include "store/sqlite/worker_time.h"

#include <gtest/gtest.h>

#include <optional>

namespace pilothouse::store::sqlite {
namespace {

constexpr base::Micros kStart = 1'769'904'000'000'000;

TEST(WorkerTime, OfThoseThatLeftAndThoseThatAreThere) {
  WorkerTime time;
  time.count(1, kStart, kStart + 10, std::nullopt, 4);
  time.count(1, kStart, kStart + 20, std::nullopt, 8);
  EXPECT_EQ(time.worker_us(kStart, kStart + 100, 2), 90 + 80);
  EXPECT_EQ(time.thread_us(kStart, kStart + 100, 12), 4 * 90 + 8 * 80);
  time.count(-1, kStart, kStart + 10, std::nullopt, 4);
  time.count(1, kStart, kStart + 10, kStart + 60, 4);
  EXPECT_EQ(time.worker_us(kStart, kStart + 100, 1), 50 + 80);
  EXPECT_EQ(time.thread_us(kStart, kStart + 100, 8), 4 * 50 + 8 * 80);
}

TEST(WorkerTime, TheStartMayBeCorrected) {
  WorkerTime time;
  time.count(1, 0, kStart + 10, std::nullopt, 4);
  time.move_start(0, kStart, 1, 4);
  EXPECT_EQ(time.joined_worker_us, 10);
  EXPECT_EQ(time.thread_us(kStart, kStart + 100, 4), 4 * 90);
}

TEST(WorkerTime, NonsenseIsNeverNegativeAndCanBeTakenBack) {
  WorkerTime time;
  time.count(1, kStart, kStart + 10, kStart, 4);
  EXPECT_EQ(time.left_worker_us, 0);
  time.count(1, kStart, kStart + 1000, std::nullopt, 1);
  EXPECT_EQ(time.worker_us(kStart, kStart + 100, 1), 0);
  const WorkerTime before = time;
  for (const int sign : {1, -1}) {
    time.count(sign, kStart, 1, INT64_MAX, INT64_MAX);
    time.count(sign, kStart, INT64_MAX, std::nullopt, INT64_MAX - 1);
    time.worker_us(INT64_MIN, INT64_MAX, INT64_MAX);
  }
  EXPECT_EQ(time.left_thread_us, before.left_thread_us);
  EXPECT_EQ(time.joined_thread_us, before.joined_thread_us);
}

}  // namespace
}  // namespace pilothouse::store::sqlite
