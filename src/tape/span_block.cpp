#include "tape/span_block.h"

#include <algorithm>
#include <numeric>

#include "base/utf8.h"
#include "tape/span_block_parts.h"

namespace pilothouse::tape {
namespace {

using base::Errc;
using base::error;

template <class Index>
bool within(const std::vector<Index>& indices, std::size_t size, bool none_allowed) {
  return std::all_of(indices.begin(), indices.end(),
                     [&](std::uint32_t index) { return index < size || (none_allowed && index == kNone); });
}

bool keys_fit(const SpanBlock& block) {
  // Nearly all keys are ASCII: one look at all of them is much faster than one at each.
  if (base::is_ascii(block.key_bytes)) {
    const std::size_t total =
        std::accumulate(block.key_length.begin(), block.key_length.end(), std::size_t{0});
    return total == block.key_bytes.size();
  }
  std::size_t offset = 0;
  for (const std::uint32_t length : block.key_length) {
    if (length > block.key_bytes.size() - offset) return false;
    if (!base::is_utf8(block.key_bytes.substr(offset, length))) return false;
    offset += length;
  }
  return offset == block.key_bytes.size();
}

}  // namespace

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

base::Result<void> check_span_block(const SpanBlock& block) {
  const bool indices_fit =
      within(block.computation, block.computations.size(), true) &&
      within(block.group, block.groups.size(), false) && within(block.worker, block.workers.size(), true) &&
      within(block.type, block.types.size(), true) && within(block.action, block.action_names.size(), false);
  if (!indices_fit) return error(Errc::kMalformed, "a span block points outside a dictionary");

  const auto negative = [](std::int64_t value) { return value < 0; };
  if (std::any_of(block.action_start.begin(), block.action_start.end(), negative) ||
      std::any_of(block.action_stop.begin(), block.action_stop.end(), negative)) {
    return error(Errc::kMalformed, "a span block has a time before 1970");
  }
  if (std::any_of(block.status.begin(), block.status.end(), [](std::uint8_t status) { return status > 1; })) {
    return error(Errc::kMalformed, "a span block has an unknown status");
  }
  if (!keys_fit(block)) return error(Errc::kMalformed, "a span block's keys are not UTF-8 of their lengths");
  return {};
}

base::Result<SpanBlock> decode_span_block(std::string_view payload, Keys keys) {
  auto block =
      is_span_block_v2(payload) ? decode_span_block_v2(payload, keys) : decode_span_block_v1(payload);
  if (!block) return block;
  if (const auto sound = check_span_block(*block); !sound) return sound.error();
  return block;
}

}  // namespace pilothouse::tape
