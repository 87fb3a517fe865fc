#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "tape/format.h"

namespace pilothouse::tape {

// Numbers pairs of integers in the order they are first seen.
class PairTable {
 public:
  using Pair = std::pair<std::uint64_t, std::uint64_t>;

  std::uint32_t index(std::uint64_t left, std::uint64_t right) {
    const Pair pair(left, right);
    if (last_ < pairs_.size() && pairs_[last_] == pair) return last_;
    std::size_t bucket = find(pair);
    if (buckets_[bucket] == kNone) {
      if (2 * pairs_.size() >= buckets_.size()) {
        grow();
        bucket = find(pair);
      }
      buckets_[bucket] = static_cast<std::uint32_t>(pairs_.size());
      pairs_.push_back(pair);
    }
    return last_ = buckets_[bucket];
  }

  const std::vector<Pair>& pairs() const { return pairs_; }
  std::size_t size() const { return pairs_.size(); }

 private:
  // Mixed as in MurmurHash3's finalizer.
  std::size_t find(const Pair& pair) const {
    std::uint64_t hash = pair.first * 0x9e3779b97f4a7c15 + pair.second;
    hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
    hash ^= hash >> 33;
    std::size_t bucket = hash & (buckets_.size() - 1);
    while (buckets_[bucket] != kNone && pairs_[buckets_[bucket]] != pair) {
      bucket = (bucket + 1) & (buckets_.size() - 1);
    }
    return bucket;
  }

  void grow() {
    buckets_.assign(2 * buckets_.size(), kNone);
    for (std::uint32_t number = 0; number < pairs_.size(); ++number) buckets_[find(pairs_[number])] = number;
  }

  std::uint32_t last_ = 0;  // the same pair often comes many times in a row
  std::vector<Pair> pairs_;
  std::vector<std::uint32_t> buckets_ = std::vector<std::uint32_t>(64, kNone);  // size is a power of two
};

}  // namespace pilothouse::tape
