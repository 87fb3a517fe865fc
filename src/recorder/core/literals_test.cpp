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
  const LiteralFinder finder({"ushe", "she", "her", "hers", "usher"});
  EXPECT_EQ(all(finder, "ushers"), (Found{{0, 0}, {0, 4}, {1, 1}, {2, 2}, {2, 3}}));
  EXPECT_EQ(all(finder, "shershe"), (Found{{0, 1}, {1, 2}, {1, 3}, {4, 1}}));
  EXPECT_EQ(all(finder, "ush"), Found{});
  EXPECT_EQ(all(finder, ""), Found{});
}

TEST(Literals, TakesLettersInBothCases) {
  const LiteralFinder finder({"Key=", "://", "a_b"});
  EXPECT_EQ(all(finder, "KEY=key=kEy:// k\xc3\xab A_B"), (Found{{0, 0}, {4, 0}, {11, 1}, {19, 2}}));
}

TEST(Literals, TakesNothingElseForTheSame) {
  // Bytes with the same low bits.
  EXPECT_EQ(all(LiteralFinder({"key"}), "KEY \x0b\x05\x19 +%9 \xcb\xc5\xd9 key"), (Found{{0, 0}, {16, 0}}));
  EXPECT_EQ(all(LiteralFinder({"ph_"}), "ph? ph\x1f ph_"), (Found{{8, 0}}));
}

TEST(Literals, TheSameTwiceAndNone) {
  EXPECT_EQ(all(LiteralFinder({"abc", "abc"}), "babc"), (Found{{1, 0}, {1, 1}}));
  EXPECT_EQ(all(LiteralFinder(std::vector<std::string>{}), "anything"), Found{});
}

TEST(Literals, AtTheEdges) {
  const LiteralFinder finder({"aab", std::string("\0\0\0", 3)});
  EXPECT_EQ(all(finder, "aaab"), (Found{{1, 0}}));
  EXPECT_EQ(all(finder, std::string_view("a\0\0\0", 4)), (Found{{1, 1}}));
  EXPECT_EQ(all(finder, std::string_view("\0\0", 2)), Found{});
  EXPECT_EQ(all(finder, std::string_view("\0\0aa", 4)), Found{});
}

}  // namespace
}  // namespace pilothouse::recorder
