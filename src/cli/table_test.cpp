#include "cli/table.h"

#include <gtest/gtest.h>

#include "cli/text.h"

namespace pilothouse::cli {
namespace {

const Columns kColumns = {{"id", Kind::kCount, "id"},
                          {"name", Kind::kText, "name"},
                          {"state", Kind::kState, "state"},
                          {"extra", Kind::kText, "extra", Shown::kWide}};
const std::vector<Row> kRows = {{"1", "a rather long name", "running", "x"},
                                {"12", "b", "lost", "yyyyyyyyyyyy"}};

TEST(RenderTable, IsAlignedAndWholeWhenNobodyLooks) {
  EXPECT_EQ(render_table(kColumns, kRows, Terminal{}),
            "id  name                state    extra\n"
            " 1  a rather long name  running  x\n"
            "12  b                   lost     yyyyyyyyyyyy\n");
}

TEST(RenderTable, CutsTheWidestThenLeavesColumnsOut) {
  Terminal terminal{true, false, 41, 0};
  EXPECT_EQ(render_table(kColumns, kRows, terminal),
            "id  name            state    extra\n"
            " 1  a rather long\xE2\x80\xA6  running  x\n"
            "12  b               lost     yyyyyyyyyyyy\n");
  terminal.width = 24;
  EXPECT_EQ(render_table(kColumns, kRows, terminal),
            "id  name         state\n"
            " 1  a rather l\xE2\x80\xA6  running\n"
            "12  b            lost\n");
}

TEST(RenderTable, ColorsStatesOnly) {
  const std::string text = render_table(kColumns, kRows, Terminal{true, true, 100, 0});
  EXPECT_NE(text.find("\x1b[32mrunning\x1b[0m"), std::string::npos);
  EXPECT_NE(text.find("\x1b[1mname\x1b[0m"), std::string::npos);
  EXPECT_EQ(text.find("\x1b[32ma"), std::string::npos);
}

}  // namespace
}  // namespace pilothouse::cli
