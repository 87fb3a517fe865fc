#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

// The keys of a block as version 2 keeps them: without what others tell as well, and with random ids as
// bytes, which no packing makes any shorter. A key's text is the key itself, but for these bytes:
//
//   0x01        the name of the span's group
//   0x02  0x03  the block's next id, 16 bytes: as 32 hexadecimal digits, as a UUID with its hyphens
//   0x04 b      the byte b, one of these four
namespace pilothouse::tape {

// To encode: what `add` was given, one key after the other.
struct ShortKeysBuilder {
  std::vector<std::uint32_t> length;  // of each text
  std::string texts, ids;

  void add(std::string_view key, std::string_view group);
};

// As they were read. The views live as long as the block's payload and what the block has unpacked.
struct ShortKeys {
  std::vector<std::uint32_t> length;
  std::string_view texts, ids;
};

// Makes keys of the texts of a block's spans, in ascending order.
class KeyMaker {
 public:
  // `keys` outlives this, and was checked.
  explicit KeyMaker(const ShortKeys& keys) : keys_(keys) {}

  // Adds the key of `span`, whose group has this name, to `out`. `span` is above that of the last call.
  void append(std::size_t span, std::string_view group, std::string& out);

 private:
  void skip_to(std::size_t span);

  const ShortKeys& keys_;
  std::size_t span_ = 0;  // the next one
  std::size_t text_ = 0;  // where its text begins
  std::size_t id_ = 0;    // where its ids do
};

// kMalformed when the texts are not UTF-8 of their lengths or need other ids than there are, kTooLarge when
// the keys come to over kMaxPayload. `group` is the number of each span's group in `groups`, all of them
// there.
base::Result<void> check_short_keys(const ShortKeys& keys, const std::vector<std::string_view>& groups,
                                    std::span<const std::uint32_t> group);

}  // namespace pilothouse::tape
