#include "cli/text.h"

#include <gtest/gtest.h>

namespace pilothouse::cli {
namespace {

TEST(OneLine, KeepsNothingThatSteersATerminal) {
  EXPECT_EQ(one_line("a\nb\tc"), "a b c");
  EXPECT_EQ(one_line("\x1b[31mred"), "\xEF\xBF\xBD[31mred");
  EXPECT_EQ(one_line("\xC2\x9B"
                     "2J"),
            "\xEF\xBF\xBD"
            "2J");  // C1 control sequence introducer
  EXPECT_EQ(one_line("\xE2\x80\xAE"
                     "abc"),
            "\xEF\xBF\xBD"
            "abc");  // right-to-left override
  EXPECT_EQ(one_line("\xFF\xC3"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(one_line("\xF0\x87\xBF\x88").substr(0, 3), "\xEF\xBF\xBD");  // longer than need be
  EXPECT_EQ(one_line("\xED\xA0\x80").substr(0, 3), "\xEF\xBF\xBD");      // a surrogate
  EXPECT_EQ(one_line("na\xC3\xAFve"), "na\xC3\xAFve");
}

TEST(ManyLines, KeepsLinesAndTabs) { EXPECT_EQ(many_lines("a\r\n\tb\x07"), "a\n\tb\xEF\xBF\xBD"); }

TEST(FirstLine, SkipsEmptyLines) {
  EXPECT_EQ(first_line("\n\n  x = 1  \ny"), "x = 1");
  EXPECT_EQ(first_line(" \n "), "");
}

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("na\xC3\xAFve"), 5U);
  EXPECT_EQ(display_width("\xE6\x97\xA5\xE6\x9C\xAC"), 4U);  // two wide ideographs
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);                 // a combining accent
}

TEST(CutToWidth, EndsBetweenCodePoints) {
  EXPECT_EQ(cut_to_width("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_to_width("abcdef", 4), "abc\xE2\x80\xA6");
  EXPECT_EQ(cut_to_width("\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E", 4), "\xE6\x97\xA5\xE2\x80\xA6");
  EXPECT_EQ(cut_to_width("abc", 0), "");
}

TEST(Human, Numbers) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1536), "1.5 KiB");
  EXPECT_EQ(human_bytes(std::int64_t{16} << 30), "16.0 GiB");
  EXPECT_EQ(human_duration(12), "12 us");
  EXPECT_EQ(human_duration(340'000), "340 ms");
  EXPECT_EQ(human_duration(12'300'000), "12.3 s");
  EXPECT_EQ(human_duration(245'000'000), "4 min 5 s");
  EXPECT_EQ(human_duration(90'000'000'000), "1 d 1 h");
  EXPECT_EQ(human_ago(-5), "just now");
  EXPECT_EQ(human_ago(180'000'000), "3 min ago");
}

}  // namespace
}  // namespace pilothouse::cli
