#include "base/packed_columns.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace pilothouse::base {
namespace {

constexpr std::size_t kTogether = 64;
constexpr unsigned kWidest = 56;  // that one load of 8 bytes reaches, wherever in a byte it begins

unsigned width_of(std::uint64_t bits) {
  const auto width = static_cast<unsigned>(std::bit_width(bits));
  return width <= kWidest ? width : 64;
}

std::size_t bytes_of(std::size_t count, unsigned width) { return (count * width + 7) / 8; }

std::uint64_t load(const char* from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return value;
}

}  // namespace

void put_packed(std::string& out, std::span<const std::uint64_t> values) {
  while (!values.empty()) {
    const auto run = values.first(std::min(values.size(), kTogether));
    values = values.subspan(run.size());
    std::uint64_t bits = 0;
    for (const std::uint64_t value : run) bits |= value;
    const unsigned width = width_of(bits);
    std::array<char, kTogether * 8 + 8> packed{};
    for (std::size_t i = 0; i < run.size(); ++i) {
      char* at = packed.data() + i * width / 8;
      const std::uint64_t together = load(at) | run[i] << (i * width % 8);
      std::memcpy(at, &together, sizeof together);
    }
    out.push_back(static_cast<char>(width));
    out.append(packed.data(), bytes_of(run.size(), width));
  }
}

bool PackedReader::take(std::size_t count, std::vector<std::uint64_t>& values) {
  if (count / kTogether > bytes_.size()) return false;
  values.resize(count);
  for (std::size_t at = 0; at < count; at += kTogether) {
    if (!take_run(std::min(kTogether, count - at), values.data() + at)) {
      bytes_ = {};
      return false;
    }
  }
  return true;
}

bool PackedReader::take_run(std::size_t count, std::uint64_t* values) {
  if (bytes_.empty()) return false;
  const auto width = static_cast<unsigned char>(bytes_.front());
  if (width > kWidest && width != 64) return false;
  const std::size_t length = bytes_of(count, width);
  if (bytes_.size() - 1 < length) return false;
  const char* from = bytes_.data() + 1;
  std::array<char, kTogether * 8 + 8> padded;
  if (bytes_.size() - 1 < length + 8) {
    std::memcpy(padded.data(), from, length);
    std::memset(padded.data() + length, 0, 8);
    from = padded.data();
  }
  bytes_.remove_prefix(1 + length);
  const std::uint64_t mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
  if (width == 0) {
    std::fill_n(values, count, 0);
    return true;
  }
  for (std::size_t i = 0, bit = 0; i < count; ++i, bit += width) {
    values[i] = load(from + bit / 8) >> (bit % 8) & mask;
  }
  return true;
}

}  // namespace pilothouse::base
