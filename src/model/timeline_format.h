#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// The numbers of a timeline's binary form; docs/formats/timeline.md says what they mean. Little-endian,
// every part begins at a multiple of 8 bytes.
//
//   0        8         12      16          24        32      40         48
//   | magic  | version | flags | computation | from_us | to_us | bucket_us |
//   48        56            64      72        80        84      88
//   | buckets | lanes_total | items | actions | columns | texts |
//   | JSON of lanes, groups and actions, padded with spaces |
//   | id, width, values of each column, 16 bytes |
//   | the columns, each padded with 0 |
namespace pilothouse::model::timeline_format {

inline constexpr std::string_view kContentType = "application/vnd.pilothouse.timeline";
inline constexpr std::string_view kMagic{"PHTIMEL\0", 8};
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kHeaderSize = 88;
inline constexpr std::size_t kEntrySize = 16;  // of a column
inline constexpr std::size_t kAlignment = 8;

inline constexpr std::uint32_t kComplete = 1;  // flags
inline constexpr std::uint32_t kRuns = 2;      // the items are runs, not cells

// Columns. Numbers are never used twice.
enum class Column : std::uint32_t {
  kPlaces = 1,  // of cells
  kSpans = 2,
  kErred = 3,  // of cells and of runs
  kGroup = 4,  // the same
  kKeyLength = 5,
  kKeyText = 6,
  kLane = 7,
  kActionCount = 8,
  kAction = 9,
  kStart = 10,
  kDuration = 11,
  kBusy = 16,  // and one for each action behind it
};

inline constexpr std::uint32_t kBits = 0;  // the width of a column of single bits

}  // namespace pilothouse::model::timeline_format
