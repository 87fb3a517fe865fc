#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tape/bytes.h"

// Columns of integers as byte planes: the lowest bytes of all values, then the next higher ones, and so on,
// as many as the largest value needs. Bytes of one plane resemble each other, so each is packed by itself:
//
//   u8 number of planes (0 to 8), then for each: u8 how, and
//     0: one byte, the same for all values   1: the bytes   2: u32 length, one zstd frame of the bytes
//
// Before a column of signed integers, u8 0 says that they are all positive or 0, u8 1 that zigzag made them
// so.
namespace pilothouse::tape {

// `level` is zstd's.
void put_planes(std::string& out, std::span<const std::uint32_t> values, int level);
void put_signed_planes(std::string& out, std::span<const std::int64_t> values, int level);

// `count` values; false when the bytes are no such column, or one with values that have no room.
bool take_planes(Reader& in, std::size_t count, std::vector<std::uint32_t>& values);
bool take_signed_planes(Reader& in, std::size_t count, std::vector<std::int64_t>& values);

// Small numbers of either sign become small numbers.
inline std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
inline std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

// Modulo 2^64, so that no numbers of a hostile tape are undefined.
inline std::int64_t wrapped_sum(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(left) + static_cast<std::uint64_t>(right));
}
inline std::int64_t wrapped_difference(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(left) - static_cast<std::uint64_t>(right));
}

}  // namespace pilothouse::tape
