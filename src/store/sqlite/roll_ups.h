#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/records.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/row_cache.h"
#include "store/sqlite/timeline_tiles.h"

namespace pilothouse::store::sqlite {

// How many rows peers can make; what goes beyond is counted in `refusals`.
inline constexpr std::int64_t kMaxGroups =
    100'000;  // of a computation; the rest is one row, "(other groups)"
inline constexpr std::int64_t kMaxWorkers = 100'000;         // of a cluster, those that left included
inline constexpr std::int64_t kMaxLanes = 100'000;           // of a cluster; the rest has no timeline
inline constexpr std::int64_t kMaxExceptionGroups = 10'000;  // of a cluster; the rest is in no group
inline constexpr std::size_t kMaxGroupName = 1024;  // bytes; a group of a longer name goes to the rest

void count_refusal(Connection& connection, std::int64_t cluster, std::string_view reason, std::int64_t count);

// What the spans of one upload add to the roll-ups of their cluster. Gathers them so that each row is written
// once for each upload. Belongs to one upload and its transaction.
class RollUps {
 public:
  RollUps(Connection& connection, RowCache& cache, std::int64_t cluster)
      : connection_(connection), cache_(cache), cluster_(cluster), tiles_(connection) {}

  // `computation` and `block` are ids of rows.
  void add(std::int64_t computation, std::int64_t block, const model::SpanBlockRecord& record,
           const model::SpanBlockRecord::Share& share);

  // An absolute record of the computation, or of one of its groups, has come: what was added before is in it.
  void forget_tasks(std::int64_t computation) { computations_[computation].tasks = {}; }
  void forget_group(std::int64_t computation, std::string_view name);

  // The id of a group's row, made if need be and allowed; nothing when the computation has too many.
  std::optional<std::int64_t> group_row(std::int64_t computation, std::string_view name);

  // Writes everything. What the tasks of the cluster's computations have grown by is added to `cluster`, and
  // the lanes that are new to `lanes`, and the time of compute actions to `compute_us`.
  void flush(model::TaskCounts& cluster, std::int64_t& lanes, std::int64_t& compute_us);

 private:
  struct Computation {
    model::TaskCounts tasks;  // memory and erred
    std::int64_t spans = 0;
    std::optional<base::Micros> last_stop_us;
  };

  struct Group {
    std::int64_t computation = 0;
    model::SpanBlockRecord::GroupShare share;
    std::int64_t row = 0;
  };

  std::uint32_t pending_group(std::int64_t computation, const std::string& name);
  std::uint32_t pending_lane(const model::SpanBlockRecord::Lane& lane);
  void write_group(Group& group, std::int64_t& compute_us);
  GroupState& group_state(const Group& group);
  void write_lanes(std::int64_t& lanes);
  void write_computation(std::int64_t id, Computation& computation, model::TaskCounts& cluster);

  Connection& connection_;
  RowCache& cache_;
  const std::int64_t cluster_;
  std::map<std::int64_t, Computation> computations_;
  std::vector<Group> groups_;
  std::map<std::pair<std::int64_t, std::string>, std::uint32_t, std::less<>> group_numbers_;
  std::map<std::pair<std::string, std::uint64_t>, std::uint32_t> lane_numbers_;
  std::vector<std::int64_t> lane_rows_;  // 0: there are too many
  TimelineTiles tiles_;                  // of groups_ and lanes_
};

}  // namespace pilothouse::store::sqlite
