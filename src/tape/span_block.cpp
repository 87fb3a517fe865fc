#include "tape/span_block.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "tape/span_block_parts.h"

namespace pilothouse::tape {

bool take_dictionary(Reader& in, std::vector<std::string_view>& texts, std::size_t limit) {
  const auto count = in.take<std::uint32_t>();
  if (!in.ok() || count > limit) return false;
  texts.reserve(std::min<std::size_t>(count, 1024));
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string_view text = in.take(in.take<std::uint32_t>());
    if (!in.ok() || !base::is_utf8(text)) return false;
    texts.push_back(text);
  }
  return true;
}

std::string SingleKeys::at(std::size_t span) {
  std::string key;
  if (block_.key_length.empty()) {
    maker_.append(span, block_.groups[block_.group[span]], key);
    return key;
  }
  for (; span_ < span; ++span_) offset_ += block_.key_length[span_];
  return key.assign(block_.key_bytes.substr(offset_, block_.key_length[span]));
}

base::Result<SpanBlock> decode_span_block(std::string_view payload, Keys keys, SpanBlock reuse) {
  return is_span_block_v2(payload) ? decode_span_block_v2(payload, keys, std::move(reuse))
                                   : decode_span_block_v1(payload);
}

}  // namespace pilothouse::tape
