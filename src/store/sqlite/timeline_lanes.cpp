#include "store/sqlite/timeline_lanes.h"

#include <algorithm>

#include "base/natural_order.h"
#include "model/timeline.h"
#include "store/sqlite/stored_tile.h"

namespace pilothouse::store::sqlite {
namespace {

constexpr std::int64_t kMaxSpans = 4'194'304;  // read from blocks without tiles

}  // namespace

class TimelineLanes::Reader {
 public:
  Reader(Connection& connection, RecentBlocks& recent, std::int64_t computation,
         const std::optional<std::string>& worker)
      : connection_(connection), recent_(recent), computation_(computation), worker_(worker) {}

  base::Result<TimelineLanes> run() {
    {
      Statement row =
          connection_.query("SELECT cluster, dask_id FROM computations WHERE id = ?", computation_);
      row.step();
      cluster_ = row.integer(0);
      dask_id_ = row.string(1);
    }
    if (const auto read = read_tiles(); !read) return read.error();
    if (const auto read = read_blocks(); !read) return read.error();
    put_in_order();
    return std::move(out_);
  }

 private:
  // Every tile is in one of those without a parent, and so are its lanes.
  base::Result<void> read_tiles() {
    std::vector<std::int64_t> ids;
    Statement tile = connection_.query(
        "SELECT dictionaries FROM timeline_tiles WHERE computation = ? AND parent IN (?, ?)", computation_,
        kWaiting, kNeverFolded);
    while (tile.step()) {
      if (const auto read = read_tile_lanes(tile.text(0), ids); !read) return read.error();
      for (const std::int64_t id : ids) {
        if (out_.rows_.try_emplace(id, kNone).second) add_row(id);
      }
    }
    return {};
  }

  void add_row(std::int64_t id) {
    Statement row =
        connection_.query("SELECT worker, thread FROM lanes WHERE id = ? AND cluster = ?", id, cluster_);
    if (row.step()) add(row.string(0), static_cast<std::uint64_t>(row.integer(1)), id);
  }

  base::Result<void> read_blocks() {
    Statement row = connection_.query(
        "SELECT b.id, b.spans FROM span_shares s JOIN span_blocks b ON b.id = s.block "
        "WHERE s.computation = ? AND s.tiled = 0 AND s.last_us >= 0 ORDER BY s.block",
        computation_);
    std::int64_t spans = 0;
    while (row.step()) {
      spans += row.integer(1);
      if (spans > kMaxSpans) {
        out_.complete_ = false;
        break;
      }
      const auto runs = read_block_runs(connection_, recent_, row.integer(0));
      if (!runs) return runs.error();
      if (*runs) add_block(**runs);
    }
    return {};
  }

  void add_block(const BlockRuns& block) {
    const std::uint32_t computation = block.find_computation(dask_id_);
    if (computation == tape::kNone) return;
    std::vector<bool> seen(block.lanes.size());
    std::size_t action = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const std::size_t first = std::exchange(action, action + block.action_count[i]);
      if (block.computation[i] != computation || seen[block.lane[i]] || !is_shown(block, first, action))
        continue;
      seen[block.lane[i]] = true;
      add(std::string(block.worker_of(block.lane[i])), block.lanes[block.lane[i]].second);
    }
  }

  static bool is_shown(const BlockRuns& block, std::size_t first, std::size_t last) {
    for (std::size_t k = first; k < last; ++k) {
      if (model::possible_times(block.action_start[k], block.action_stop[k])) return true;
    }
    return false;
  }

  void add(std::string worker, std::uint64_t thread, std::int64_t row = kNone) {
    if (worker_ && *worker_ != worker) return;
    const auto place = out_.places_[std::move(worker)].try_emplace(thread, kNone).first;
    if (row != kNone) rows_.emplace_back(row, &place->second);
  }

  void put_in_order() {
    struct Worker {
      std::optional<std::string> name;
      const std::string* address;
      std::map<std::uint64_t, std::int64_t>* threads;

      std::string_view label() const { return name ? *name : *address; }
    };
    std::vector<Worker> workers;
    workers.reserve(out_.places_.size());
    for (auto& [address, threads] : out_.places_) workers.push_back({name_of(address), &address, &threads});
    std::sort(workers.begin(), workers.end(), [](const Worker& a, const Worker& b) {
      if (a.address->empty() != b.address->empty()) return b.address->empty();
      const int order = base::natural_compare(a.label(), b.label());
      return order < 0 || (order == 0 && base::natural_compare(*a.address, *b.address) < 0);
    });
    for (const Worker& worker : workers) {
      const auto address = worker.address->empty() ? std::nullopt : std::optional(*worker.address);
      for (auto& [thread, place] : *worker.threads) {
        place = static_cast<std::int64_t>(out_.lanes_.size());
        out_.lanes_.push_back({address, worker.name, thread});
      }
    }
    for (const auto& [row, place] : rows_) out_.rows_[row] = *place;
  }

  // Of the first one that had the address, so that a later one does not change the order.
  std::optional<std::string> name_of(const std::string& address) {
    if (address.empty()) return std::nullopt;
    Statement row = connection_.query(
        "SELECT name FROM workers WHERE cluster = ? AND address = ? ORDER BY joined_us LIMIT 1", cluster_,
        address);
    return row.step() ? std::optional(row.string(0)) : std::nullopt;
  }

  Connection& connection_;
  RecentBlocks& recent_;
  const std::int64_t computation_;
  const std::optional<std::string>& worker_;
  std::int64_t cluster_ = 0;
  std::string dask_id_;
  std::vector<std::pair<std::int64_t, const std::int64_t*>> rows_;  // and the places of their lanes
  TimelineLanes out_;
};

base::Result<TimelineLanes> TimelineLanes::read(Connection& connection, RecentBlocks& recent,
                                                std::int64_t computation,
                                                const std::optional<std::string>& worker) {
  return Reader(connection, recent, computation, worker).run();
}

std::int64_t TimelineLanes::find(std::string_view worker, std::uint64_t thread) const {
  const auto threads = places_.find(worker);
  if (threads == places_.end()) return kNone;
  const auto found = threads->second.find(thread);
  return found == threads->second.end() ? kNone : found->second;
}

std::int64_t TimelineLanes::find(std::int64_t row) const {
  const auto found = rows_.find(row);
  return found == rows_.end() ? kNone : found->second;
}

}  // namespace pilothouse::store::sqlite
