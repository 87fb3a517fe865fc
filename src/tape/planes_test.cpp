#include "tape/planes.h"

#include <gtest/gtest.h>

#include <random>

namespace pilothouse::tape {
namespace {

std::vector<std::uint64_t> column(std::size_t count, std::uint64_t limit) {
  std::mt19937_64 random(count + limit);
  std::vector<std::uint64_t> values(count);
  for (std::uint64_t& value : values) value = limit == 0 ? 7 : random() % limit;
  return values;
}

TEST(Planes, ComeBackAsTheyWent) {
  for (const std::size_t count : {0, 1, 2, 63, 64, 1000, 4096}) {
    for (const std::uint64_t limit : {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{300},
                                      std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
      const auto sent = column(count, limit);
      std::string bytes;
      put_planes(bytes, sent, 1);
      Reader in(bytes);
      std::vector<std::uint64_t> got;
      ASSERT_TRUE(take_planes(in, count, got)) << count << ' ' << limit;
      EXPECT_TRUE(in.at_end());
      EXPECT_EQ(got, sent);
    }
  }
}

TEST(Planes, AConstantColumnIsAFewBytes) {
  std::string bytes;
  put_planes(bytes, std::vector<std::uint64_t>(4096, 3), 1);
  EXPECT_EQ(bytes.size(), 3U);
}

TEST(Planes, EveryTruncationIsRefused) {
  std::string bytes;
  put_planes(bytes, column(1000, 100'000), 1);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Reader in(std::string_view(bytes).substr(0, size));
    std::vector<std::uint64_t> got;
    EXPECT_FALSE(take_planes(in, 1000, got)) << size;
  }
}

TEST(Planes, RefusesNinePlanes) {
  const std::string bytes("\x09\0\1\0\1\0\1\0\1\0\1\0\1\0\1\0\1\0\1", 19);
  Reader in(bytes);
  std::vector<std::uint64_t> got;
  EXPECT_FALSE(take_planes(in, 4, got));
}

TEST(Planes, SmallNumbersOfEitherSignStaySmall) {
  EXPECT_EQ(zigzag(0), 0U);
  EXPECT_EQ(zigzag(-1), 1U);
  EXPECT_EQ(zigzag(1), 2U);
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 62, INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(unzigzag(zigzag(value)), value);
  }
}

}  // namespace
}  // namespace pilothouse::tape
