#include <algorithm>
#include <numeric>

#include "base/dense_index.h"
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

// The error when an index points outside its dictionary, a time is before 1970, a status is unknown, or a key
// is not UTF-8.
base::Result<void> check(const SpanBlock& block) {
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

}  // namespace

base::Result<SpanBlock> decode_span_block_v1(std::string_view payload) {
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
  if (!take_dictionary(in, block.action_names, kMaxActionNames)) {
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

  base::DenseIndex lanes;
  block.lane.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t lane = lanes.find_or_add(block.worker[i], block.thread[i]);
    if (lane == block.lanes.size()) block.lanes.emplace_back(block.worker[i], block.thread[i]);
    block.lane.push_back(lane);
  }

  std::size_t key_total = 0;
  for (const std::uint32_t length : block.key_length) key_total += length;
  block.key_bytes = in.take(key_total);
  if (!in.at_end()) return error(Errc::kMalformed, "a span block's keys do not end where its payload ends");

  std::size_t actions = 0;
  for (const std::uint8_t count : block.action_count) actions += count;
  if (actions != m) return error(Errc::kMalformed, "a span block's action counts do not add up");
  if (const auto sound = check(block); !sound) return sound.error();
  return block;
}

}  // namespace pilothouse::tape
