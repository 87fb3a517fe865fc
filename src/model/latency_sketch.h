#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace pilothouse::model {

// Quantiles of durations: a DDSketch (C. Masson, J. E. Rim, H. K. Lee: "DDSketch: A fast and fully-mergeable
// quantile sketch with relative-error guarantees", PVLDB 12(12), 2019). Buckets are taken from the bits of
// the integer, 64 to an octave (the linearly interpolated logarithm of the authors' implementations), so a
// quantile is within 1 % of the true one. Two sketches of the same kind merge without any loss. At most
// kMaxBuckets are kept: beyond that the lowest are put together, and only low quantiles suffer.
class LatencySketch {
 public:
  static constexpr std::size_t kMaxBuckets = 2048;
  static constexpr std::uint32_t kIndices = 3712;  // every int64 >= 0 has a smaller index

  // Of a duration >= 0.
  static std::uint32_t index_of(std::int64_t duration) {
    const auto value = static_cast<std::uint64_t>(duration);
    if (value < 64) return static_cast<std::uint32_t>(value);
    const int shift = 57 - __builtin_clzll(value);
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(shift) << 6) + (value >> shift));
  }

  // From the indices of durations, in any order, and the highest of these durations.
  static LatencySketch of(std::span<const std::uint16_t> indices, std::int64_t highest);

  void merge(const LatencySketch& other);

  std::int64_t count() const { return count_; }
  std::int64_t highest() const { return highest_; }  // exact; 0 when there is nothing
  std::size_t bytes() const { return buckets_.capacity() * sizeof(Bucket); }  // in memory

  // For q from 0 to 1; nothing when there is nothing.
  std::optional<std::int64_t> quantile(double q) const;

  // Of stored bytes: decode() refuses with an empty sketch what encode() did not write.
  std::string encode() const;
  static LatencySketch decode(std::string_view bytes);

 private:
  struct Bucket {
    std::uint32_t index;
    std::int64_t count;
  };

  void limit();

  std::vector<Bucket> buckets_;  // by index
  std::int64_t count_ = 0;
  std::int64_t highest_ = 0;
};

}  // namespace pilothouse::model
