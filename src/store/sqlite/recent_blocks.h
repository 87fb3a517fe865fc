#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "store/sqlite/connection.h"
#include "tape/span_block.h"

namespace pilothouse::store::sqlite {

// What the timeline needs of a block's runs, which is less than half of it. Columns as in tape::SpanColumns.
struct BlockRuns {
  explicit BlockRuns(tape::SpanBlock&& block);

  std::vector<std::string> computations, groups, workers, action_names;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> lanes;  // worker (tape::kNone: unknown) and thread
  std::vector<std::uint32_t> computation, group, lane;         // of each run
  std::vector<std::uint8_t> status, action_count, action;
  std::vector<base::Micros> action_start, action_stop;

  std::size_t size() const { return group.size(); }
  std::size_t bytes() const;  // that its columns take

  // The index of a computation; tape::kNone when none of its runs are here.
  std::uint32_t find_computation(std::string_view dask_id) const;

  // The address of a lane's worker; empty when it is unknown.
  std::string_view worker_of(std::uint32_t lane_index) const;
};

// The blocks that were read last, for who reads them next: a page asks for the same ones several times, other
// lanes of them each time. A stored block never changes, and the number of its row is never used again. Any
// number of threads may use it.
class RecentBlocks {
 public:
  explicit RecentBlocks(std::size_t most_bytes = kMostBytes) : most_bytes_(most_bytes) {}

  // nullptr when it is not here.
  std::shared_ptr<const BlockRuns> find(std::int64_t row);

  // Forgets those that were not asked for the longest. What alone would take much of the room is not kept.
  void keep(std::int64_t row, std::shared_ptr<const BlockRuns> runs);

 private:
  static constexpr std::size_t kMostBytes = 32U << 20;

  struct Kept {
    std::int64_t row;
    std::shared_ptr<const BlockRuns> runs;
  };

  const std::size_t most_bytes_;
  std::mutex mutex_;
  std::list<Kept>
      kept_;  // the one that was asked for last comes first; guarded by mutex_, as is what follows
  std::unordered_map<std::int64_t, std::list<Kept>::iterator> places_;
  std::size_t bytes_ = 0;
};

// From `recent`, or from the store and then kept there. nullptr when there is no such block; kStorage when it
// is damaged. Throws SqliteError.
base::Result<std::shared_ptr<const BlockRuns>> read_block_runs(Connection& connection, RecentBlocks& recent,
                                                               std::int64_t row_id);

}  // namespace pilothouse::store::sqlite
