#include "tape/span_block.h"

#include <algorithm>
#include <limits>

#include "base/utf8.h"
#include "tape/bytes.h"

namespace pilothouse::tape {
namespace {

using base::Errc;
using base::error;

void put_dictionary(std::string& out, const std::vector<std::string>& texts) {
  put(out, static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) {
    put(out, static_cast<std::uint32_t>(text.size()));
    out.append(text);
  }
}

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

template <class Index>
bool within(const std::vector<Index>& indices, std::size_t size, bool none_allowed) {
  return std::all_of(indices.begin(), indices.end(),
                     [&](std::uint32_t index) { return index < size || (none_allowed && index == kNone); });
}

bool keys_fit(const SpanBlock& block) {
  std::size_t offset = 0;
  for (const std::uint32_t length : block.key_length) {
    if (length > block.key_bytes.size() - offset) return false;
    if (!base::is_utf8(block.key_bytes.substr(offset, length))) return false;
    offset += length;
  }
  return offset == block.key_bytes.size();
}

}  // namespace

std::string encode_span_block(const SpanBlockBuilder& block) {
  std::string out;
  out.reserve(64 + block.size() * 64 + block.action.size() * 17 + block.key_bytes.size());
  put(out, static_cast<std::uint32_t>(block.size()));
  put(out, static_cast<std::uint32_t>(block.action.size()));
  for (const auto* texts :
       {&block.computations, &block.groups, &block.workers, &block.types, &block.action_names}) {
    put_dictionary(out, *texts);
  }
  put_column(out, block.computation);
  put_column(out, block.group);
  put_column(out, block.worker);
  put_column(out, block.type);
  put_column(out, block.thread);
  put_column(out, block.nbytes);
  put_column(out, block.status);
  put_column(out, block.action_count);
  put_column(out, block.action);
  put_column(out, block.action_start);
  put_column(out, block.action_stop);
  put_column(out, block.key_length);
  out.append(block.key_bytes);
  return out;
}

base::Result<SpanBlock> decode_span_block(std::string_view payload) {
  Reader in(payload);
  const auto n = in.take<std::uint32_t>();
  const auto m = in.take<std::uint32_t>();
  if (!in.ok()) return error(Errc::kMalformed, "a span block ends within its counts");
  if (n > kMaxSpans || m > kMaxActions)
    return error(Errc::kTooLarge, "a span block has too many spans or actions");

  SpanBlock block;
  for (auto* texts : {&block.computations, &block.groups, &block.workers, &block.types}) {
    if (!take_dictionary(in, *texts, n))
      return error(Errc::kMalformed, "a span block's dictionary is broken");
  }
  if (!take_dictionary(in, block.action_names, 256)) {
    return error(Errc::kMalformed, "a span block's dictionary of actions is broken");
  }

  block.computation = in.take_column<std::uint32_t>(n);
  block.group = in.take_column<std::uint32_t>(n);
  block.worker = in.take_column<std::uint32_t>(n);
  block.type = in.take_column<std::uint32_t>(n);
  block.thread = in.take_column<std::uint64_t>(n);
  block.nbytes = in.take_column<std::int64_t>(n);
  block.status = in.take_column<std::uint8_t>(n);
  block.action_count = in.take_column<std::uint8_t>(n);
  block.action = in.take_column<std::uint8_t>(m);
  block.action_start = in.take_column<base::Micros>(m);
  block.action_stop = in.take_column<base::Micros>(m);
  block.key_length = in.take_column<std::uint32_t>(n);
  if (!in.ok()) return error(Errc::kMalformed, "a span block ends within its columns");

  std::size_t key_total = 0;
  for (const std::uint32_t length : block.key_length) key_total += length;
  block.key_bytes = in.take(key_total);
  if (!in.at_end()) return error(Errc::kMalformed, "a span block's keys do not end where its payload ends");

  const bool indices_fit =
      within(block.computation, block.computations.size(), true) &&
      within(block.group, block.groups.size(), false) && within(block.worker, block.workers.size(), true) &&
      within(block.type, block.types.size(), true) && within(block.action, block.action_names.size(), false);
  if (!indices_fit) return error(Errc::kMalformed, "a span block points outside a dictionary");

  std::size_t actions = 0;
  for (const std::uint8_t count : block.action_count) actions += count;
  if (actions != m) return error(Errc::kMalformed, "a span block's action counts do not add up");

  const auto negative = [](std::int64_t value) { return value < 0; };
  if (std::any_of(block.action_start.begin(), block.action_start.end(), negative) ||
      std::any_of(block.action_stop.begin(), block.action_stop.end(), negative)) {
    return error(Errc::kMalformed, "a span block has a time before 1970");
  }
  if (std::any_of(block.status.begin(), block.status.end(), [](std::uint8_t status) { return status > 1; })) {
    return error(Errc::kMalformed, "a span block has an unknown status");
  }
  if (!keys_fit(block)) return error(Errc::kMalformed, "a span block's key is not UTF-8");
  return block;
}

}  // namespace pilothouse::tape
