#include "trust/signatures/version.h"

#include <gtest/gtest.h>

#include "trust/signatures/format.h"

namespace pilothouse::trust {
namespace {

Version version(std::string_view text) { return Version::parse(text).value(); }
bool in(std::string_view range, std::string_view text) {
  return VersionRange::parse(range).value().contains(version(text));
}

TEST(Version, IsOrderedByNumbers) {
  const std::vector<std::string> ascending{"0",       "0.0.0.1", "0.9", "0.10",     "1",
                                           "1.2.0.1", "1.10",    "2",   "2026.8.0", "999999999"};
  for (std::size_t i = 0; i + 1 < ascending.size(); ++i) {
    EXPECT_LT(version(ascending[i]), version(ascending[i + 1])) << ascending[i];
    EXPECT_LT(version(ascending[i]).rank(), version(ascending[i + 1]).rank()) << ascending[i];
  }
  EXPECT_EQ(version("1.2"), version("1.2.0"));
  EXPECT_EQ(version("1.2").rank(), version("1.2.0.0").rank());
  EXPECT_EQ(version("1").rank().size(), 16U);
}

TEST(Version, IsNothingElse) {
  for (const std::string_view text :
       {"",   ".",  "1.",     ".1", "1..2", "01", "1.02", "00",       "1.2.3.4.5", "1000000000",
        "-1", "+1", "1.2rc1", "1 ", " 1",   "v1", "1,2",  "1.2.3.4.", "1e3",       "\xd9\xa1"}) {
    const auto parsed = Version::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, base::Errc::kInvalidArgument);
  }
}

TEST(Version, BeginsALongerText) {
  EXPECT_EQ(Version::release_of("2026.8.0+12.g0123").value(), version("2026.8"));
  EXPECT_EQ(Version::release_of("3.14.0rc1").value(), version("3.14"));
  EXPECT_EQ(Version::release_of("1.2.3.4.5").value(), version("1.2.3.4"));
  EXPECT_FALSE(Version::release_of("rc1"));
  EXPECT_FALSE(Version::release_of(""));
}

TEST(VersionRange, HoldsWhenAllConditionsHold) {
  EXPECT_TRUE(in(">=3.9,<3.14", "3.9.0"));
  EXPECT_TRUE(in(">=3.9,<3.14", "3.13.99"));
  EXPECT_FALSE(in(">=3.9,<3.14", "3.8.20"));
  EXPECT_FALSE(in(">=3.9,<3.14", "3.14"));
  EXPECT_FALSE(in(">=3.9,!=3.12.1", "3.12.1"));
  EXPECT_TRUE(in(">=3.9,!=3.12.1", "3.12.2"));
  EXPECT_TRUE(in("==1.2", "1.2.0"));
  EXPECT_FALSE(in("==1.2", "1.2.0.1"));
  EXPECT_FALSE(in(">1.2", "1.2"));
  EXPECT_TRUE(in("<=1.2", "1.2"));
  EXPECT_FALSE(in("<=1.2", "1.3"));
  EXPECT_FALSE(in(">2,<1", "1.5"));
}

TEST(VersionRange, IsNothingElse) {
  for (const std::string& text :
       {std::string(), std::string(","), std::string(">=3.9,"), std::string(",>=3.9"), std::string("3.9"),
        std::string("=3.9"), std::string("~=3.9"), std::string(">"), std::string(">="), std::string("!3"),
        std::string("===3"), std::string(">= 3.9"), std::string(">=3.9, <4"), std::string("=>3"),
        std::string(">=3.9;<4"), std::string(">=3.*"), ">=1" + std::string(kMaxRange, ' ')}) {
    EXPECT_FALSE(VersionRange::parse(text)) << text;
  }
  std::string range = ">=1";
  while (range.size() + 3 <= kMaxRange) range += ",<2";
  EXPECT_TRUE(VersionRange::parse(range));
  EXPECT_FALSE(VersionRange::parse(range + ",<2"));
}

}  // namespace
}  // namespace pilothouse::trust
