#include "recorder/core/literals.h"

#include <gtest/gtest.h>

#include <utility>

namespace pilothouse::recorder {
namespace {

using Found = std::vector<std::pair<std::size_t, std::uint32_t>>;

Found all(const LiteralFinder& finder, std::string_view text) {
  Found found;
  finder.find(text, [&](std::size_t place, std::uint32_t number) { found.emplace_back(place, number); });
  return found;
}

TEST(Literals, FindsThoseThatOverlap) {
  const LiteralFinder finder({"he", "she", "his", "hers", "e"});
  EXPECT_EQ(all(finder, "ushers"), (Found{{1, 1}, {2, 0}, {3, 4}, {2, 3}}));
  EXPECT_EQ(all(finder, "hishe"), (Found{{0, 2}, {2, 1}, {3, 0}, {4, 4}}));
  EXPECT_EQ(all(finder, "hi"), Found{});
  EXPECT_EQ(all(finder, ""), Found{});
}

TEST(Literals, TakesLettersInBothCases) {
  const LiteralFinder finder({"Key=", "://"});
  EXPECT_EQ(all(finder, "KEY=key=kEy:// k\xc3\xab"), (Found{{0, 0}, {4, 0}, {11, 1}}));
}

TEST(Literals, TheSameTwiceAndNone) {
  EXPECT_EQ(all(LiteralFinder({"a", "a"}), "ba"), (Found{{1, 0}, {1, 1}}));
  EXPECT_EQ(all(LiteralFinder({}), "anything"), Found{});
}

TEST(Literals, GoesOnBehindWhatBeganAndDidNotEnd) {
  const LiteralFinder finder({"aab", "abc"});
  EXPECT_EQ(all(finder, "aaabc"), (Found{{1, 0}, {2, 1}}));
  EXPECT_EQ(all(finder, std::string_view("ab\0abc", 6)), (Found{{3, 1}}));
}

}  // namespace
}  // namespace pilothouse::recorder
