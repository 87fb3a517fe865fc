#include "cli/timeline_piece.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "model/timeline_format.h"

namespace pilothouse::cli {
namespace {

namespace format = model::timeline_format;
using format::Column;

template <class Number>
void put(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

struct Values {
  Column column;
  std::uint32_t width;
  std::vector<std::int64_t> values;
};

// From 100 to 200 us, in buckets of 10 us.
std::string answer(bool runs, std::int64_t items, const std::vector<Values>& columns,
                   std::string texts = R"({"lanes":[{},{}]})") {
  texts.resize((texts.size() + 7) / 8 * 8, ' ');
  std::string out(format::kMagic);
  put(out, format::kVersion);
  put(out, runs ? format::kRuns : std::uint32_t{0});
  for (const std::int64_t number : {std::int64_t{7}, std::int64_t{100}, std::int64_t{200}, std::int64_t{10},
                                    std::int64_t{10}, std::int64_t{5}, items, std::int64_t{0}}) {
    put(out, number);
  }
  put(out, static_cast<std::uint32_t>(columns.size()));
  put(out, static_cast<std::uint32_t>(texts.size()));
  out += texts;
  for (const Values& values : columns) {
    put(out, static_cast<std::uint32_t>(values.column));
    put(out, values.width);
    put(out, std::uint64_t{values.values.size()});
  }
  for (const Values& values : columns) {
    std::string bytes;
    for (const std::int64_t value : values.values) {
      bytes.append(reinterpret_cast<const char*>(&value), values.width);
    }
    bytes.resize((bytes.size() + 7) / 8 * 8);
    out += bytes;
  }
  return out;
}

TEST(TimelinePiece, CellsAreCounted) {
  const auto piece =
      read_piece(answer(false, 3, {{Column::kGroup, 1, {0, 0, 1}}, {Column::kSpans, 2, {1, 300, 2}}}))
          .value();
  EXPECT_FALSE(piece.runs);
  EXPECT_EQ(piece.begun, 303);
  EXPECT_EQ(piece.lanes, 2);
  EXPECT_EQ(piece.lanes_total, 5);
  EXPECT_EQ(piece.from_us, 100);
  EXPECT_EQ(piece.to_us, 200);
  EXPECT_EQ(piece.bucket_us, 10);
}

TEST(TimelinePiece, RunsCountWhereTheyBegin) {
  const std::vector<Values> columns{{Column::kActionCount, 1, {1, 2, 1, 1}},
                                    {Column::kStart, 8, {-5, 9, 3, 50, 95}}};
  EXPECT_EQ(read_piece(answer(true, 4, columns)).value().begun, 3);
  EXPECT_EQ(read_piece(answer(true, 4, columns), 195).value().begun, 2);
  EXPECT_EQ(read_piece(answer(true, 4, columns), 150).value().begun, 1);
}

TEST(TimelinePiece, WhatIsDamagedIsRefusedOrHarmless) {
  const std::string good =
      answer(true, 4, {{Column::kActionCount, 1, {1, 2, 1, 1}}, {Column::kStart, 8, {-5, 9, 3, 50, 95}}});
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto piece = read_piece(std::string_view(good).substr(0, size));
    if (size < format::kHeaderSize) {
      EXPECT_FALSE(piece) << size;
    }
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    for (const int flip : {1, 0x80, 0xff}) {
      bad[i] = static_cast<char>(good[i] ^ flip);
      read_piece(bad);
    }
  }
  EXPECT_FALSE(read_piece(answer(true, 0, {}, "[]")));
  EXPECT_FALSE(read_piece(answer(true, 0, {}, R"({"lanes":7})")));
}

}  // namespace
}  // namespace pilothouse::cli
