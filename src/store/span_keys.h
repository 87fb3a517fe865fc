#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "tape/span_block.h"

namespace pilothouse::store {

// The keys of a block's spans by number. The block outlives it.
class SpanKeys {
 public:
  explicit SpanKeys(const tape::SpanBlock& block) : block_(block) {
    offsets_.reserve(block.size());
    std::size_t offset = 0;
    for (const std::uint32_t length : block.key_length) {
      offsets_.push_back(offset);
      offset += length;
    }
  }

  std::string_view at(std::size_t span) const {
    return block_.key_bytes.substr(offsets_[span], block_.key_length[span]);
  }

 private:
  const tape::SpanBlock& block_;
  std::vector<std::size_t> offsets_;
};

}  // namespace pilothouse::store
