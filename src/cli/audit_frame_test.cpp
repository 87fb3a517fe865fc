#include "cli/audit_frame.h"

#include <gtest/gtest.h>

namespace pilothouse::cli {
namespace {

std::string cut(const ShownLine& shown) { return shown.text.substr(shown.from, shown.to - shown.from); }

TEST(AuditFrame, ThePartIsMarked) {
  const ShownLine shown = show_line("    exec(code, ns)", 5, 19, 80);
  EXPECT_EQ(shown.text, "    exec(code, ns)");
  EXPECT_EQ(cut(shown), "exec(code, ns)");
}

TEST(AuditFrame, TabsAndWideCharacters) {
  EXPECT_EQ(cut(show_line("\tf(x)", 2, 6, 80)), "f(x)");
  EXPECT_EQ(show_line("\tf(x)", 2, 6, 80).from, 4);
  const ShownLine wide =
      show_line("'\xE6\xBC\xA2\xE5\xAD\x97' + x", 8, 9, 80);  // two code points, four columns
  EXPECT_EQ(wide.from, 9);
  EXPECT_EQ(wide.to, 10);
}

TEST(AuditFrame, LongLinesAreCutAroundThePart) {
  const std::string line = std::string(5000, 'a') + "exec(x)" + std::string(5000, 'b');
  const ShownLine shown = show_line(line, 5001, 5008, 60);
  EXPECT_LE(shown.text.size(), 60);
  EXPECT_EQ(cut(shown), "exec(x)");
  EXPECT_TRUE(shown.text.starts_with("..."));
  EXPECT_TRUE(shown.text.ends_with("..."));
}

TEST(AuditFrame, ColumnsOutOfRange) {
  for (const std::uint32_t from : {0U, 1U, 9U, 4000000000U}) {
    for (const std::uint32_t to : {0U, 1U, 9U, 4000000000U}) {
      for (const std::size_t width : {0U, 1U, 7U, 80U}) {
        const ShownLine shown = show_line("abc", from, to, width);
        EXPECT_LE(shown.from, shown.to);
      }
    }
  }
  EXPECT_EQ(show_line("", 1, 1, 80).text, "");
}

TEST(AuditFrame, NothingSteersTheTerminal) {
  const ShownLine shown = show_line("a\x1b[2J\x07\xC2\x9B\xE2\x80\xAE\xFF'", 1, 3, 80);
  EXPECT_EQ(shown.text, "a\xEF\xBF\xBD[2J\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD'");
}

TEST(AuditFrame, FramesAreNumbered) {
  const std::vector<std::string> source = {"one", "two", "  three(x)", "four", "five"};
  const LineOf lines = [&](std::string_view, std::uint32_t line) -> std::optional<std::string_view> {
    if (line == 0 || line > source.size()) return std::nullopt;
    return source[line - 1];
  };
  AuditStyle style;
  EXPECT_EQ(code_frame(style, lines, "a.py", {0, 3, 3, 3, 11}, "three(x)", Ink::kRed),
            "   |\n 1 | one\n 2 | two\n 3 |   three(x)\n   |   ^^^^^^^^\n 4 | four\n");
  EXPECT_EQ(code_frame(style, lines, "a.py", {0, 5, 1, 6, 2}, "five", Ink::kRed),
            "   |\n 3 |   three(x)\n 4 | four\n 5 | five\n   | ^^^^\n");
  const LineOf none = [](std::string_view, std::uint32_t) { return std::optional<std::string_view>(); };
  EXPECT_EQ(code_frame(style, none, "a.py", {0, 12, 3, 12, 11}, "  three(x)", Ink::kRed),
            "    |\n 12 | three(x)\n");
}

TEST(AuditFrame, FlowsAreDrawn) {
  audit::Analysis analysis;
  analysis.modules.resize(2);
  analysis.modules[0].path = "main.py";
  analysis.modules[1].path = "net.py";
  audit::Finding flow;
  flow.function = "load";
  flow.steps = {{{1, 9, 1, 9, 5}, "read from the network", "fetch", "urlopen(url).read()"},
                {{0, 12, 1, 12, 5}, "returned by fetch()", "load", "code = fetch(url)"},
                {{0, 12, 1, 12, 5}, "assigned to code", "load", "code = fetch(url)"},
                {{0, 13, 1, 13, 5}, "executed", "load", "exec(code)\x1b[2J"}};
  AuditStyle style;
  style.utf8 = false;
  EXPECT_EQ(flow_drawing(style, analysis, flow),
            "   9 , read from the network (in net.py), in fetch()\n"
            "     |   urlopen(url).read()\n"
            "  12 | returned by fetch() (in main.py), in load()\n"
            "     | assigned to code\n"
            "     |   code = fetch(url)\n"
            "  13 ` executed\n"
            "         exec(code)\xEF\xBF\xBD[2J\n");
  style.utf8 = true;
  EXPECT_EQ(flow_drawing(style, analysis, flow).find("   9 \xE2\x94\x8C read"), 0);
}

}  // namespace
}  // namespace pilothouse::cli
