#include "base/utf8.h"

#include <gtest/gtest.h>

namespace pilothouse::base {
namespace {

TEST(Utf8, AcceptsEveryLength) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("plain ascii, longer than one word"));
  EXPECT_TRUE(is_utf8("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x9a\xa2"));
  EXPECT_TRUE(is_utf8("\xf4\x8f\xbf\xbf"));
}

TEST(Utf8, AsciiIsWhatHasNoHighBit) {
  EXPECT_TRUE(is_ascii(""));
  const std::string plain(100, '\x7f');
  EXPECT_TRUE(is_ascii(plain));
  for (std::size_t i = 0; i < plain.size(); ++i) {
    std::string text = plain;
    text[i] = '\x80';
    EXPECT_FALSE(is_ascii(text)) << i;
  }
}

TEST(Utf8, RefusesWhatIsNotWellFormed) {
  for (const char* text : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                           "\xff", "seven..\xc3", "\xe2\x82", "\xf0\x9f\x9a"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(Utf8, PrefixEndsBetweenCodePoints) {
  EXPECT_EQ(utf8_prefix("a\xc3\xa9z", 2), "a");
  EXPECT_EQ(utf8_prefix("a\xc3\xa9z", 3), "a\xc3\xa9");
  EXPECT_EQ(utf8_prefix("abc", 9), "abc");
  EXPECT_EQ(utf8_prefix("\xf0\x9f\x9a\xa2", 3), "");
}

}  // namespace
}  // namespace pilothouse::base
