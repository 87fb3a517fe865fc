#include "store/sqlite/recent_blocks.h"

#include <algorithm>

#include "store/sqlite/stored_block.h"

namespace pilothouse::store::sqlite {
namespace {

std::vector<std::string> owned(const std::vector<std::string_view>& texts) {
  return {texts.begin(), texts.end()};
}

template <class... Columns>
std::size_t bytes_of(const Columns&... columns) {
  return ((columns.capacity() * sizeof(columns.front())) + ...);
}

std::size_t text_bytes_of(const std::vector<std::string>& texts) {
  std::size_t bytes = 0;
  for (const std::string& text : texts) bytes += sizeof text + text.capacity();
  return bytes;
}

}  // namespace

BlockRuns::BlockRuns(tape::SpanBlock&& block)
    : computations(owned(block.computations)),
      groups(owned(block.groups)),
      workers(owned(block.workers)),
      action_names(owned(block.action_names)),
      lanes(std::move(block.lanes)),
      computation(std::move(block.computation)),
      group(std::move(block.group)),
      lane(std::move(block.lane)),
      status(std::move(block.status)),
      action_count(std::move(block.action_count)),
      action(std::move(block.action)),
      action_start(std::move(block.action_start)),
      action_stop(std::move(block.action_stop)) {}

std::size_t BlockRuns::bytes() const {
  return bytes_of(lanes, computation, group, lane, status, action_count, action, action_start, action_stop) +
         text_bytes_of(computations) + text_bytes_of(groups) + text_bytes_of(workers) +
         text_bytes_of(action_names);
}

std::uint32_t BlockRuns::find_computation(std::string_view dask_id) const {
  const auto found = std::find(computations.begin(), computations.end(), dask_id);
  return found == computations.end() ? tape::kNone : static_cast<std::uint32_t>(found - computations.begin());
}

std::string_view BlockRuns::worker_of(std::uint32_t lane_index) const {
  const std::uint32_t worker = lanes[lane_index].first;
  return worker == tape::kNone ? std::string_view() : workers[worker];
}

std::shared_ptr<const BlockRuns> RecentBlocks::find(std::int64_t row) {
  const std::lock_guard lock(mutex_);
  const auto place = places_.find(row);
  if (place == places_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, place->second);
  return place->second->runs;
}

void RecentBlocks::keep(std::int64_t row, std::shared_ptr<const BlockRuns> runs) {
  const std::size_t bytes = runs->bytes();
  if (bytes > most_bytes_ / 8) return;
  const std::lock_guard lock(mutex_);
  if (places_.contains(row)) return;
  kept_.push_front({row, std::move(runs)});
  places_.emplace(row, kept_.begin());
  bytes_ += bytes;
  while (bytes_ > most_bytes_) {
    bytes_ -= kept_.back().runs->bytes();
    places_.erase(kept_.back().row);
    kept_.pop_back();
  }
}

base::Result<std::shared_ptr<const BlockRuns>> read_block_runs(Connection& connection, RecentBlocks& recent,
                                                               std::int64_t row_id) {
  std::shared_ptr<const BlockRuns> runs = recent.find(row_id);
  if (runs) return runs;
  Statement row =
      connection.query("SELECT compressed, raw_length, payload FROM span_blocks WHERE id = ?", row_id);
  if (!row.step()) return runs;
  auto stored = read_stored_block(row, 0, tape::Keys::kSkip);
  if (!stored) return stored.error();
  runs = std::make_shared<const BlockRuns>(std::move(stored->block));
  recent.keep(row_id, runs);
  return runs;
}

}  // namespace pilothouse::store::sqlite
