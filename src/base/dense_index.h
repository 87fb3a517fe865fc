#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace pilothouse::base {

// Numbers pairs of integers 0, 1, 2... in the order in which they are first seen. Peers choose the integers,
// so the order of the slots depends on a number that no peer knows.
class DenseIndex {
 public:
  // The pair's number; size() grows by one when it is new.
  std::uint32_t find_or_add(std::uint64_t major, std::uint64_t minor) {
    if (2 * (entries_.size() + 1) > slots_.size()) grow();
    for (std::size_t at = hash(major, minor) & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at] == kFree) {
        slots_[at] = static_cast<std::uint32_t>(entries_.size());
        entries_.push_back({major, minor});
        return slots_[at];
      }
      const Entry& entry = entries_[slots_[at]];
      if (entry.major == major && entry.minor == minor) return slots_[at];
    }
  }

  std::size_t size() const { return entries_.size(); }

 private:
  static constexpr std::uint32_t kFree = 0xffffffff;

  struct Entry {
    std::uint64_t major;
    std::uint64_t minor;
  };

  static std::uint64_t random() {
    return std::uint64_t{std::random_device()()} << 32 | std::random_device()();
  }
  static inline const std::uint64_t kMajorSecret = random();
  static inline const std::uint64_t kMinorSecret = random();

  __extension__ using Product = unsigned __int128;

  // Both halves of the product of both.
  static std::size_t hash(std::uint64_t major, std::uint64_t minor) {
    const auto product =
        static_cast<Product>(major ^ kMajorSecret) * static_cast<Product>(minor ^ kMinorSecret);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }

  void grow() {
    slots_.assign(slots_.empty() ? 64 : 2 * slots_.size(), kFree);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      std::size_t at = hash(entries_[i].major, entries_[i].minor) & (slots_.size() - 1);
      while (slots_[at] != kFree) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = static_cast<std::uint32_t>(i);
    }
  }

  std::vector<std::uint32_t> slots_;  // a power of two of them, at least half of them free
  std::vector<Entry> entries_;
};

}  // namespace pilothouse::base
