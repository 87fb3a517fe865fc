#include "trust/audit/report/words.h"

#include <gtest/gtest.h>

namespace pilothouse::audit {
namespace {

TEST(Words, Counts) {
  EXPECT_EQ(count_of(0, "line"), "0 lines");
  EXPECT_EQ(count_of(1, "class"), "1 class");
  EXPECT_EQ(count_of(2, "class"), "2 classes");
  EXPECT_EQ(count_of(999, "line"), "999 lines");
  EXPECT_EQ(count_of(1000, "line"), "1,000 lines");
  EXPECT_EQ(count_of(1234567, "byte"), "1,234,567 bytes");
}

TEST(Words, Lists) {
  EXPECT_EQ(list_of({}, 3), "");
  EXPECT_EQ(list_of({"a"}, 3), "a");
  EXPECT_EQ(list_of({"a", "b"}, 3), "a and b");
  EXPECT_EQ(list_of({"a", "b", "c"}, 3), "a, b and c");
  EXPECT_EQ(list_of({"a", "b", "c", "d", "e"}, 3), "a, b, c and 2 more");
}

TEST(Words, NamesOfTheSourceAreTamed) {
  EXPECT_EQ(named("builtins.exec"), "`exec`");
  EXPECT_EQ(named("?.add_plugin"), "`add_plugin`");
  EXPECT_EQ(named("a`b\n\x1b[2Jc"), "`a'b \xEF\xBF\xBD[2Jc`");
  EXPECT_EQ(named("x\xE2\x80\xAEy\xC2\x9Bz\xFF"), "`x\xEF\xBF\xBDy\xEF\xBF\xBDz\xEF\xBF\xBD`");
  EXPECT_EQ(named("gr\xC3\xB6\xC3\x9F\x65"), "`gr\xC3\xB6\xC3\x9F\x65`");
  EXPECT_EQ(named(std::string(5000, 'x')).size(), 92);
  EXPECT_EQ(named(""), "``");
}

TEST(Words, ShortenedEndsBetweenCodePoints) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "\xE2\x82\xAC";
  EXPECT_EQ(shortened(text, 12), "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC...");
  EXPECT_EQ(shortened("  a \n\t b  ", 12), "a b");
}

TEST(Words, Decimals) {
  EXPECT_EQ(decimals(0), "0.00");
  EXPECT_EQ(decimals(0.9), "0.90");
  EXPECT_EQ(decimals(1), "1.00");
}

TEST(Words, UnknownLabelsAndCategoriesHaveWords) {
  EXPECT_EQ(words_of_label("moon").noun, "moon");
  EXPECT_FALSE(words_of_category("moon").done.empty());
}

}  // namespace
}  // namespace pilothouse::audit
