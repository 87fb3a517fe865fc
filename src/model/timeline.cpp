#include "model/timeline.h"

#include <numeric>

#include "base/varint.h"

namespace pilothouse::model {
namespace {

std::int64_t sum_of(const std::array<std::int64_t, kTimelineActions.size()>& busy_us) {
  return std::accumulate(busy_us.begin(), busy_us.end(), std::int64_t{0}, base::saturating_add);
}

// Beside one bit for each action that has a time: what most cells have in common.
constexpr std::uint64_t kErred = 1U << kTimelineActions.size();
constexpr std::uint64_t kOneGroup = kErred << 1;  // group_us is the sum of all actions

// The numbers of the cells, bucket by bucket.
std::vector<std::uint32_t> by_bucket(const std::vector<TimelineCell>& cells) {
  std::vector<std::uint32_t> order(cells.size());
  if (cells.empty()) return order;
  const auto less = [](const TimelineCell& a, const TimelineCell& b) { return a.bucket < b.bucket; };
  const auto [low, high] = std::minmax_element(cells.begin(), cells.end(), less);
  const std::int64_t first = low->bucket;
  const auto range = static_cast<std::uint64_t>(high->bucket) - static_cast<std::uint64_t>(first);
  if (range > cells.size()) {
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return less(cells[a], cells[b]); });
    return order;
  }
  std::vector<std::uint32_t> next(range + 2);
  for (const TimelineCell& cell : cells) ++next[static_cast<std::size_t>(cell.bucket - first) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  for (std::uint32_t i = 0; i < cells.size(); ++i) {
    order[next[static_cast<std::size_t>(cells[i].bucket - first)]++] = i;
  }
  return order;
}

constexpr std::size_t kLeastBytes = 5;  // of a cell: place, group, flags, spans

}  // namespace

std::size_t timeline_action(std::string_view name) {
  const auto found = std::find(kTimelineActions.begin(), kTimelineActions.end() - 1, name);
  return static_cast<std::size_t>(found - kTimelineActions.begin());
}

std::string encode_cells(const std::vector<TimelineCell>& cells) {
  std::string out;
  out.reserve(8 + 16 * cells.size());
  base::put_varint(out, cells.size());
  TimelineCell before;
  for (const std::uint32_t number : by_bucket(cells)) {
    const TimelineCell& cell = cells[number];
    base::put_signed_varint(out, cell.bucket - before.bucket);
    base::put_signed_varint(out, cell.lane - before.lane);
    base::put_signed_varint(out, cell.group - before.group);
    std::uint64_t flags = cell.erred != 0 ? kErred : 0;
    if (cell.group_us == sum_of(cell.busy_us)) {
      flags |= kOneGroup;
    }
    for (std::size_t i = 0; i < cell.busy_us.size(); ++i) flags |= std::uint64_t{cell.busy_us[i] != 0} << i;
    base::put_varint(out, flags);
    base::put_signed_varint(out, cell.spans);
    if ((flags & kErred) != 0) base::put_signed_varint(out, cell.erred);
    if ((flags & kOneGroup) == 0) base::put_signed_varint(out, cell.group_us);
    for (const std::int64_t us : cell.busy_us) {
      if (us != 0) base::put_signed_varint(out, us);
    }
    before = cell;
  }
  return out;
}

base::Result<std::vector<TimelineCell>> decode_cells(std::string_view bytes) {
  const auto damaged = [] { return base::error(base::Errc::kMalformed, "a stored timeline is damaged"); };
  base::VarintReader in(bytes);
  const std::uint64_t count = in.take();
  if (!in.ok() || count > bytes.size() / kLeastBytes) return damaged();
  std::vector<TimelineCell> cells(count);
  TimelineCell before;
  for (TimelineCell& cell : cells) {
    cell.bucket = base::saturating_add(before.bucket, in.take_signed());
    cell.lane = base::saturating_add(before.lane, in.take_signed());
    cell.group = base::saturating_add(before.group, in.take_signed());
    const std::uint64_t flags = in.take();
    cell.spans = in.take_signed();
    if ((flags & kErred) != 0) cell.erred = in.take_signed();
    if ((flags & kOneGroup) == 0) cell.group_us = in.take_signed();
    for (std::size_t i = 0; i < cell.busy_us.size(); ++i) {
      if ((flags >> i & 1) != 0) cell.busy_us[i] = in.take_signed();
    }
    if ((flags & kOneGroup) != 0) {
      cell.group_us = sum_of(cell.busy_us);
    }
    if (!in.ok()) return damaged();
    before = cell;
  }
  if (!in.at_end()) return damaged();
  return cells;
}

}  // namespace pilothouse::model
