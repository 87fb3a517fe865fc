#include "tape/planes.h"

#include <gtest/gtest.h>

#include <random>

namespace pilothouse::tape {
namespace {

template <class Value>
std::vector<Value> column(std::size_t count, std::uint64_t limit) {
  std::mt19937_64 random(count + limit);
  std::vector<Value> values(count);
  for (Value& value : values) value = static_cast<Value>(limit == 0 ? 7 : random() % limit);
  return values;
}

TEST(Planes, ComeBackAsTheyWent) {
  for (const std::size_t count : {0, 1, 2, 63, 64, 1000, 4096}) {
    for (const std::uint64_t limit : {0U, 2U, 300U, 70'000U, ~0U}) {
      const auto sent = column<std::uint32_t>(count, limit);
      std::string bytes;
      put_planes(bytes, sent, 1);
      Reader in(bytes);
      std::vector<std::uint32_t> got;
      ASSERT_TRUE(take_planes(in, count, got)) << count << ' ' << limit;
      EXPECT_TRUE(in.at_end());
      EXPECT_EQ(got, sent);
    }
  }
}

TEST(Planes, OfSignedNumbersComeBackAsTheyWent) {
  for (const std::size_t count : {0, 1, 2, 1000}) {
    for (const int shift : {0, 1, 20, 40, 63}) {
      for (const std::int64_t sign : {1, -1}) {
        auto sent = column<std::int64_t>(count, std::uint64_t{1} << shift);
        for (std::int64_t& value : sent) value *= sign;
        std::string bytes;
        put_signed_planes(bytes, sent, 1);
        Reader in(bytes);
        std::vector<std::int64_t> got;
        ASSERT_TRUE(take_signed_planes(in, count, got)) << count << ' ' << shift;
        EXPECT_TRUE(in.at_end());
        EXPECT_EQ(got, sent);
      }
    }
  }
}

TEST(Planes, ThatSaveNextToNothingAreNotPacked) {
  const auto random = column<std::uint32_t>(4096, 256);
  std::string bytes;
  put_planes(bytes, random, 1);
  EXPECT_EQ(bytes.size(), 2 + random.size());
}

TEST(Planes, AConstantColumnIsAFewBytes) {
  std::string bytes;
  put_planes(bytes, std::vector<std::uint32_t>(4096, 3), 1);
  EXPECT_EQ(bytes.size(), 3U);
}

TEST(Planes, EveryTruncationIsRefused) {
  std::string bytes;
  put_planes(bytes, column<std::uint32_t>(1000, 100'000), 1);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Reader in(std::string_view(bytes).substr(0, size));
    std::vector<std::uint32_t> got;
    EXPECT_FALSE(take_planes(in, 1000, got)) << size;
  }
}

TEST(Planes, RefusesMorePlanesThanTheValuesHaveBytes) {
  const std::string nine("\x09\0\1\0\1\0\1\0\1\0\1\0\1\0\1\0\1\0\1", 19);
  Reader in(nine);
  std::vector<std::uint32_t> got;
  EXPECT_FALSE(take_planes(in, 4, got));
  std::vector<std::int64_t> wide;
  const std::string signed_nine = '\0' + nine;
  Reader in_signed(signed_nine);
  EXPECT_FALSE(take_signed_planes(in_signed, 4, wide));
}

TEST(Planes, RefusesASignThatIsNone) {
  const std::string bytes("\x02\0", 2);
  Reader in(bytes);
  std::vector<std::int64_t> got;
  EXPECT_FALSE(take_signed_planes(in, 0, got));
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
