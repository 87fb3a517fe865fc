#include "trust/signatures/names.h"

#include <gtest/gtest.h>

namespace pilothouse::trust {
namespace {

TEST(Names, OfPlugins) {
  for (const std::string& name :
       {std::string("ab"), std::string("a1"), std::string("night-watch-2"), std::string(64, 'a')}) {
    EXPECT_TRUE(is_plugin_name(name)) << name;
  }
}

TEST(Names, OfNothingElse) {
  for (const std::string& name :
       {std::string(), std::string("a"), std::string("1a"), std::string("-a"), std::string("a-"),
        std::string("a--b"), std::string("Ab"), std::string("a_b"), std::string("a.b"), std::string("a b"),
        std::string("a/b"), std::string("ab\n"), std::string("a\0b", 3),
        std::string("\xd0\xb0"
                    "b"),
        std::string(65, 'a')}) {
    EXPECT_FALSE(is_plugin_name(name)) << name;
  }
}

TEST(Names, ThatLookAlikeHaveOneSkeleton) {
  constexpr std::pair<const char*, const char*> kAlike[] = {{"night-watch", "nightwatch"},
                                                            {"night-watch", "n1ght-watch"},
                                                            {"night-watch", "nlght-watch"},
                                                            {"logs", "l0gs"},
                                                            {"logs", "log5"},
                                                            {"zoom", "2oom"},
                                                            {"monitor", "rnonitor"},
                                                            {"monitor", "r-nonitor"},
                                                            {"watch", "vvatch"},
                                                            {"disk", "clisk"},
                                                            {"disk", "c1isk"},
                                                            {"disk", "ciisk"}};
  for (const auto& [one, other] : kAlike) EXPECT_EQ(skeleton(one), skeleton(other)) << other;
}

TEST(Names, ThatDifferHaveTheirOwn) {
  EXPECT_NE(skeleton("night-watch"), skeleton("day-watch"));
  EXPECT_NE(skeleton("plan-2"), skeleton("plan-3"));
  EXPECT_NE(skeleton("ab"), skeleton("ba"));
}

}  // namespace
}  // namespace pilothouse::trust
