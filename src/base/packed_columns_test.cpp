#include "base/packed_columns.h"

#include <gtest/gtest.h>

#include <random>

namespace pilothouse::base {
namespace {

TEST(PackedColumns, ComeBackAsTheyWent) {
  std::mt19937_64 random(1);
  std::string bytes;
  std::vector<std::vector<std::uint64_t>> columns;
  for (std::size_t size : {0, 1, 63, 64, 65, 700}) {
    for (int width : {0, 1, 7, 8, 19, 33, 55, 56, 57, 63, 64}) {
      auto& column = columns.emplace_back();
      while (column.size() < size) column.push_back(width == 0 ? 0 : random() >> (64 - width));
      put_packed(bytes, column);
    }
  }
  PackedReader reader(bytes);
  std::vector<std::uint64_t> read;
  for (const auto& column : columns) {
    ASSERT_TRUE(reader.take(column.size(), read));
    EXPECT_EQ(read, column);
  }
  EXPECT_TRUE(reader.at_end());
}

TEST(PackedColumns, OneLargeValueCostsOnlyItsNeighbours) {
  std::vector<std::uint64_t> values(6400, 1);
  values[77] = UINT64_MAX;
  std::string bytes;
  put_packed(bytes, values);
  EXPECT_EQ(bytes.size(), 99 * (1 + 8) + 1 + 64 * 8);
}

TEST(PackedColumns, DamageIsFound) {
  std::string bytes;
  put_packed(bytes, std::vector<std::uint64_t>(100, 5));
  std::vector<std::uint64_t> read;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    PackedReader reader(std::string_view(bytes).substr(0, size));
    EXPECT_FALSE(reader.take(100, read)) << size;
    EXPECT_FALSE(reader.take(1, read)) << size;
  }
  EXPECT_FALSE(PackedReader(bytes).take(SIZE_MAX, read));
  bytes[0] = 57;
  EXPECT_FALSE(PackedReader(bytes).take(100, read));
}

}  // namespace
}  // namespace pilothouse::base
