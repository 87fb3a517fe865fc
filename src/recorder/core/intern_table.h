#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tape/format.h"

namespace pilothouse::recorder {

inline std::uint64_t hash_text(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

// Texts to small integers, for the life of the recorder, at most `limit` of them. Owned by the hook's thread.
//
// Each entry also remembers where it stands in the tables of the open block, so that a text is written into a
// block only the first time the block meets it.
class InternTable {
 public:
  explicit InternTable(std::size_t limit) : limit_(limit), buckets_(256, tape::kNone) {}

  // The text's number; tape::kNone when it is empty, or the table full.
  std::uint32_t intern(std::string_view text) {
    if (last_ < entries_.size() && entries_[last_].text == text) return last_;
    if (text.empty()) return tape::kNone;
    const std::uint64_t hash = hash_text(text);
    std::size_t bucket = find(text, hash);
    if (buckets_[bucket] != tape::kNone) return last_ = buckets_[bucket];
    if (entries_.size() >= limit_) return tape::kNone;
    if (2 * entries_.size() >= buckets_.size()) {
      grow();
      bucket = find(text, hash);
    }
    buckets_[bucket] = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({std::string(text), hash, 0, 0});
    return buckets_[bucket];
  }

  const std::string& text(std::uint32_t number) const { return entries_[number].text; }
  std::size_t size() const { return entries_.size(); }

  // The entry's index in the tables of the block with this serial (never 0). When the block does not have it,
  // `define` is given the text and returns the index.
  template <class Define>
  std::uint32_t index_in_block(std::uint32_t number, std::uint64_t block, Define define) {
    if (number == tape::kNone) return tape::kNone;
    Entry& entry = entries_[number];
    if (entry.block != block) {
      entry.block_index = define(entry.text);
      if (entry.block_index == tape::kNone) return tape::kNone;
      entry.block = block;
    }
    return entry.block_index;
  }

 private:
  struct Entry {
    std::string text;
    std::uint64_t hash;
    std::uint64_t block;
    std::uint32_t block_index;
  };

  std::size_t find(std::string_view text, std::uint64_t hash) const {
    std::size_t bucket = hash & (buckets_.size() - 1);
    while (buckets_[bucket] != tape::kNone) {
      const Entry& entry = entries_[buckets_[bucket]];
      if (entry.hash == hash && entry.text == text) break;
      bucket = (bucket + 1) & (buckets_.size() - 1);
    }
    return bucket;
  }

  void grow() {
    buckets_.assign(2 * buckets_.size(), tape::kNone);
    for (std::uint32_t number = 0; number < entries_.size(); ++number) {
      std::size_t bucket = entries_[number].hash & (buckets_.size() - 1);
      while (buckets_[bucket] != tape::kNone) bucket = (bucket + 1) & (buckets_.size() - 1);
      buckets_[bucket] = number;
    }
  }

  std::size_t limit_;
  std::uint32_t last_ = 0;  // the same text often comes many times in a row
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> buckets_;  // size is a power of two
};

}  // namespace pilothouse::recorder
