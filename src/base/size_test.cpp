#include "base/size.h"

#include <gtest/gtest.h>

namespace pilothouse::base {
namespace {

struct Reading {
  const char* text;
  std::int64_t expected;  // -1: refused
};

class Size : public testing::TestWithParam<Reading> {};

TEST_P(Size, IsANumberAndAUnit) {
  const auto got = parse_size(GetParam().text);
  ASSERT_EQ(got.has_value(), GetParam().expected >= 0) << GetParam().text;
  if (got) {
    EXPECT_EQ(*got, GetParam().expected) << GetParam().text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Size,
    testing::Values(Reading{"0", 0}, Reading{"4096", 4096}, Reading{"17b", 17}, Reading{"1k", 1000},
                    Reading{"1kB", 1000}, Reading{"1KiB", 1024}, Reading{"64ki", 65'536},
                    Reading{"500M", 500'000'000}, Reading{"20GiB", 21'474'836'480},
                    Reading{"20 gib", 21'474'836'480}, Reading{"1.5 TB", 1'500'000'000'000},
                    Reading{"2PiB", 2'251'799'813'685'248}, Reading{"0.5KiB", 512}, Reading{"1.9", 1},
                    // refused
                    Reading{"", -1}, Reading{"GiB", -1}, Reading{"-1GiB", -1}, Reading{"+1", -1},
                    Reading{"1.2.3", -1}, Reading{"1e3", -1}, Reading{"1 parsec", -1}, Reading{"1iB", -1},
                    Reading{"1i", -1}, Reading{"1kk", -1}, Reading{"1km", -1}, Reading{"inf", -1},
                    Reading{".", -1}, Reading{"9000000000GiB", -1}, Reading{"1_000", -1},
                    Reading{"1\tGiB", -1}));

}  // namespace
}  // namespace pilothouse::base
