#include "base/duration.h"

#include <gtest/gtest.h>

#include <string>

namespace pilothouse::base {
namespace {

struct Reading {
  const char* text;
  Micros expected;  // -1: refused
};

class Duration : public testing::TestWithParam<Reading> {};

TEST_P(Duration, IsReadAsDaskDoes) {
  const auto got = parse_duration(GetParam().text);
  ASSERT_EQ(got.has_value(), GetParam().expected >= 0) << GetParam().text;
  if (got) {
    EXPECT_EQ(*got, GetParam().expected) << GetParam().text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Duration,
    testing::Values(
        // numbers
        Reading{"30", 30'000'000}, Reading{"0", 0}, Reading{"3.5", 3'500'000}, Reading{"1e3", 1'000'000'000},
        Reading{"1.e3", 1'000'000'000}, Reading{"1E+2", 100'000'000}, Reading{"25e-1", 2'500'000},
        Reading{"1_000", 1'000'000'000}, Reading{"1.", 1'000'000}, Reading{"007s", 7'000'000},
        // short units, in either case
        Reading{"3s", 3'000'000}, Reading{"300ms", 300'000}, Reading{"300 MS", 300'000}, Reading{"7us", 7},
        Reading{"5ns", 0}, Reading{"1500ns", 2}, Reading{"2m", 120'000'000}, Reading{"2h", 7'200'000'000},
        Reading{"1D", 86'400'000'000}, Reading{"2w", 1'209'600'000'000}, Reading{"1.5e3 us", 1'500},
        // words, singular and plural
        Reading{"1 second", 1'000'000}, Reading{"3.5 seconds", 3'500'000}, Reading{"1minute", 60'000'000},
        Reading{"90 Minutes", 5'400'000'000}, Reading{"1 hour", 3'600'000'000},
        Reading{"7 days", 604'800'000'000}, Reading{"7 DAY", 604'800'000'000},
        Reading{"1 week", 604'800'000'000}, Reading{"2 weeks", 1'209'600'000'000},
        Reading{"4 milliseconds", 4'000}, Reading{"4 microsecond", 4}, Reading{"4000 nanoseconds", 4},
        Reading{"  7   d ", 604'800'000'000}, Reading{"7 d a y s", 604'800'000'000},
        // no number is 1, whatever follows
        Reading{"s", 1'000'000}, Reading{"ms", 1'000}, Reading{"hours", 3'600'000'000},
        Reading{".5s", 1'500'000}, Reading{"_1s", 11'000'000},
        // blanks Python's float() takes
        Reading{"5\ts", 5'000'000}, Reading{"5\n", 5'000'000},
        // refused
        Reading{"", -1}, Reading{"   ", -1}, Reading{"-5s", -1}, Reading{"+5s", -1}, Reading{"5 parsecs", -1},
        Reading{"5e", -1}, Reading{"1__0s", -1}, Reading{"1_s", -1}, Reading{"0x10s", -1}, Reading{"inf", -1},
        Reading{"nan", -1}, Reading{"1.2.3s", -1}, Reading{"1,5s", -1}, Reading{"5mss", -1},
        Reading{"5ss", -1}, Reading{"5\xc2\xb5s", -1}, Reading{"\t5s", -1}, Reading{"1e300 weeks", -1},
        Reading{"1e999", -1}, Reading{"2026-02-01", -1}, Reading{"5s5", -1}));

class Iso8601 : public testing::TestWithParam<Reading> {};

TEST_P(Iso8601, IsReadInUtc) {
  const auto got = parse_iso8601(GetParam().text);
  ASSERT_EQ(got.has_value(), GetParam().expected >= 0) << GetParam().text;
  if (got) {
    EXPECT_EQ(*got, GetParam().expected) << GetParam().text;
  }
}

constexpr Micros kDay = 1'769'904'000'000'000;  // 2026-02-01
constexpr Micros kMoment = kDay + 49'510'000'000;

INSTANTIATE_TEST_SUITE_P(
    Table, Iso8601,
    testing::Values(
        Reading{"1970-01-01", 0}, Reading{"2026-02-01", kDay}, Reading{"2026-02-01T13:45:10", kMoment},
        Reading{"2026-02-01T13:45:10Z", kMoment}, Reading{"2026-02-01 13:45:10z", kMoment},
        Reading{"2026-02-01T13:45", kMoment - 10'000'000},
        Reading{"2026-02-01T13:45:10.5", kMoment + 500'000},
        Reading{"2026-02-01T13:45:10,123456789Z", kMoment + 123'456},
        Reading{"2026-02-01T15:45:10+02:00", kMoment}, Reading{"2026-02-01T15:45:10+0200", kMoment},
        Reading{"2026-02-01T15:45:10+02", kMoment}, Reading{"2026-02-01T08:15:10-05:30", kMoment},
        Reading{"2024-02-29", 1'709'164'800'000'000}, Reading{"2023-02-29", -1}, Reading{"2026-13-01", -1},
        Reading{"2026-00-01", -1}, Reading{"2026-02-01T24:00", -1}, Reading{"2026-02-01T13", -1},
        Reading{"2026-02-01T13:60", -1}, Reading{"2026-02-01T13:45:10.", -1},
        Reading{"2026-02-01T13:45:10+", -1}, Reading{"2026-02-01Z", -1}, Reading{"2026-02-01x", -1},
        Reading{"2026-2-1", -1}, Reading{"20260201", -1}, Reading{"", -1}, Reading{"yesterday", -1}));

TEST(Iso8601Text, ComesBackAsItWent) {
  EXPECT_EQ(parse_iso8601(to_iso8601(kMoment + 7)).value(), kMoment + 7);
}

TEST(Time, IsADurationBeforeNowOrAMoment) {
  EXPECT_EQ(parse_time("1 day", kDay).value(), kDay - 86'400'000'000);
  EXPECT_EQ(parse_time("1000 weeks", 5).value(), 0);
  EXPECT_EQ(parse_time("2026-02-01", 0).value(), kDay);
  const auto refused = parse_time("last tuesday", kDay);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("last tuesday"), std::string::npos);
}

}  // namespace
}  // namespace pilothouse::base
