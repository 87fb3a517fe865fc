#include "base/dense_index.h"
#include "tape/span_block_parts.h"

namespace pilothouse::tape {

using base::Errc;
using base::error;

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
  return block;
}

}  // namespace pilothouse::tape
