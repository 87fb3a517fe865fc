#include "cli/column.h"

#include <gtest/gtest.h>

namespace pilothouse::cli {
namespace {

namespace json = boost::json;

const json::object kItem = json::parse(R"({"name":"a\nb","workers":{"now":3},"start_us":1769953510123456,
    "took_us":1500000,"size":2048,"none":null,"list":[1,"x"]})")
                               .as_object();

TEST(Column, TableCells) {
  const Terminal nobody{};
  const Terminal somebody{true, false, 80, 1769953510123456 + 180'000'000};
  EXPECT_EQ(table_cell({"", Kind::kText, "name"}, kItem, nobody), "a b");
  EXPECT_EQ(table_cell({"", Kind::kCount, "workers.now"}, kItem, nobody), "3");
  EXPECT_EQ(table_cell({"", Kind::kTime, "start_us"}, kItem, nobody), "2026-02-01T13:45:10Z");
  EXPECT_EQ(table_cell({"", Kind::kTime, "start_us"}, kItem, somebody), "3 min ago");
  EXPECT_EQ(table_cell({"", Kind::kDuration, "took_us"}, kItem, nobody), "1.5 s");
  EXPECT_EQ(table_cell({"", Kind::kBytes, "size"}, kItem, nobody), "2.0 KiB");
  EXPECT_EQ(table_cell({"", Kind::kText, "none"}, kItem, nobody), "-");
  EXPECT_EQ(table_cell({"", Kind::kText, "name.absent"}, kItem, nobody), "-");
}

TEST(Column, CsvCells) {
  EXPECT_EQ(csv_cell({"", Kind::kTime, "start_us"}, kItem), "2026-02-01T13:45:10.123456Z");
  EXPECT_EQ(csv_cell({"", Kind::kDuration, "took_us"}, kItem), "1.500000");
  EXPECT_EQ(csv_cell({"", Kind::kJson, "list"}, kItem), "[1,\"x\"]");
  EXPECT_EQ(csv_cell({"", Kind::kTime, "none"}, kItem), "");
}

TEST(CsvLine, QuotesAsRfc4180) {
  EXPECT_EQ(csv_line({"a", "b,c", "d\"e", "f\ng", ""}), "a,\"b,c\",\"d\"\"e\",\"f\ng\",\r\n");
}

}  // namespace
}  // namespace pilothouse::cli
