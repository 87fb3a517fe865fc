#include "hub/rate_limit.h"

#include <gtest/gtest.h>

namespace pilothouse::hub {
namespace {

using namespace std::chrono_literals;
using Clock = RateLimit::Clock;

constexpr Clock::time_point kNow{100s};

int taken(RateLimit& limit, std::uint64_t key, Clock::time_point now) {
  int count = 0;
  while (count < 100'000 && !limit.take(key, now)) ++count;
  return count;
}

TEST(RateLimit, TwiceTheRateAtOnceThenTheRate) {
  RateLimit limit = RateLimit::per_second(10);
  EXPECT_EQ(taken(limit, 7, kNow), 20);
  EXPECT_EQ(limit.take(7, kNow), 100ms);
  EXPECT_EQ(limit.take(7, kNow + 40ms), 60ms);
  EXPECT_EQ(taken(limit, 7, kNow + 100ms), 1);
  EXPECT_EQ(taken(limit, 7, kNow + 1s), 9);
  EXPECT_EQ(taken(limit, 7, kNow + 1h), 20);
}

TEST(RateLimit, LookingTakesNothing) {
  RateLimit limit = RateLimit::per_second(1);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limit.look(7, kNow), std::nullopt);
  EXPECT_EQ(taken(limit, 7, kNow), 2);
  EXPECT_EQ(limit.look(7, kNow), 1s);
  EXPECT_EQ(limit.look(8, kNow), std::nullopt);
}

TEST(RateLimit, KeysHaveBucketsOfTheirOwn) {
  RateLimit limit = RateLimit::per_second(5);
  for (std::uint64_t key = 0; key < 100; ++key) EXPECT_EQ(taken(limit, key, kNow), 10) << key;
  for (std::uint64_t key = 0; key < 100; ++key) EXPECT_EQ(taken(limit, key, kNow), 0) << key;
}

TEST(RateLimit, WhoChangesKeysGetsNoMoreThanTheTableHolds) {
  RateLimit limit = RateLimit::per_second(1);
  int passed = 0;
  for (std::uint64_t key = 0; key < 100'000; ++key) passed += taken(limit, key, kNow);
  EXPECT_LE(passed, static_cast<int>(2 * RateLimit::kSets * RateLimit::kWays));
  EXPECT_EQ(taken(limit, 200'000, kNow + 2s), 2);  // those before are full again, and in nobody's way
}

TEST(RateLimit, NoneAtAll) {
  RateLimit limit = RateLimit::per_second(0);
  EXPECT_EQ(taken(limit, 7, kNow), 100'000);
  EXPECT_EQ(limit.look(7, kNow), std::nullopt);
}

TEST(RateLimit, ExtremeRates) {
  RateLimit limit = RateLimit::per_second(4'000'000'000U);
  EXPECT_EQ(taken(limit, 7, kNow), 100'000);
}

}  // namespace
}  // namespace pilothouse::hub
