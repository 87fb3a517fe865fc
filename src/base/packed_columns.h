#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Columns of unsigned integers, of which 64 neighbours share a width in bits: one large value makes only its
// neighbours wide. Fast to read: each value is one load, one shift and one mask.
//
//   | width (1 byte) | 64 values of so many bits, the lowest bits first | width | ...
//
// The last values may be fewer; unused bits of the last byte are 0. Widths are 0 to 56, or 64.
namespace pilothouse::base {

void put_packed(std::string& out, std::span<const std::uint64_t> values);

// Takes columns off the front of `bytes`, which outlive it. After a take that failed, all others fail too.
class PackedReader {
 public:
  explicit PackedReader(std::string_view bytes) : bytes_(bytes) {}

  // Replaces what is in `values` by the next `count`. False, and anything in `values`, when the bytes do not
  // hold so many; a count that they cannot hold takes no memory.
  bool take(std::size_t count, std::vector<std::uint64_t>& values);

  bool at_end() const { return bytes_.empty(); }

 private:
  bool take_run(std::size_t count, std::uint64_t* values);

  std::string_view bytes_;
};

}  // namespace pilothouse::base
