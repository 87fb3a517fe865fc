#include "store/sqlite/roll_ups.h"

#include "base/saturate.h"
#include "base/wrap.h"
#include "store/sqlite/task_columns.h"

namespace pilothouse::store::sqlite {
namespace {

using base::saturating_add;
using model::SpanBlockRecord;

}  // namespace

void count_refusal(Connection& connection, std::int64_t cluster, std::string_view reason,
                   std::int64_t count) {
  if (count == 0) return;
  connection.run(
      "INSERT INTO refusals (cluster, reason, count) VALUES (?, ?, ?) ON CONFLICT (cluster, reason) DO "
      "UPDATE "
      "SET count = count + excluded.count",
      cluster, reason, count);
}

void RollUps::add(std::int64_t computation, std::int64_t block, const SpanBlockRecord& record,
                  const SpanBlockRecord::Share& share) {
  Computation& sums = computations_[computation];
  sums.spans = saturating_add(sums.spans, share.spans);
  sums.last_stop_us = later(sums.last_stop_us, share.last_us);
  std::vector<std::uint32_t> numbers;
  for (const SpanBlockRecord::GroupShare& group : share.groups) {
    sums.tasks.memory = saturating_add(sums.tasks.memory, group.memory);
    sums.tasks.erred = saturating_add(sums.tasks.erred, group.erred);
    numbers.push_back(pending_group(computation, group.name));
    SpanBlockRecord::GroupShare& sum = groups_[numbers.back()].share;
    sum.memory = saturating_add(sum.memory, group.memory);
    sum.erred = saturating_add(sum.erred, group.erred);
    sum.nbytes = saturating_add(sum.nbytes, group.nbytes);
    add_counts(sum.durations_us, group.durations_us);
    add_counts(sum.types, group.types);
    sum.first_start_us = earlier(sum.first_start_us, group.first_start_us);
    sum.last_stop_us = later(sum.last_stop_us, group.last_stop_us);
    sum.latency.merge(group.latency);
    merge_slowest(sum.slowest, group.slowest);
  }

  if (!share.tile) return;
  std::vector<std::uint32_t> lanes;
  lanes.reserve(record.lanes.size());
  for (const SpanBlockRecord::Lane& lane : record.lanes) lanes.push_back(pending_lane(lane));
  tiles_.add(computation, block, share, lanes, numbers);
}

void RollUps::forget_group(std::int64_t computation, std::string_view name) {
  const auto found = group_numbers_.find(std::pair(computation, std::string(name)));
  if (found == group_numbers_.end()) return;
  SpanBlockRecord::GroupShare& share = groups_[found->second].share;
  SpanBlockRecord::GroupShare kept;
  kept.name = std::move(share.name);
  kept.latency = std::move(share.latency);
  kept.slowest = std::move(share.slowest);
  share = std::move(kept);
}

std::optional<std::int64_t> RollUps::group_row(std::int64_t computation, std::string_view name) {
  {
    Statement row =
        connection_.query("SELECT id FROM groups WHERE computation = ? AND name = ?", computation, name);
    if (row.step()) return row.integer(0);
  }
  {
    Statement row = connection_.query("SELECT groups FROM computations WHERE id = ?", computation);
    row.step();
    if (name.size() > kMaxGroupName || (row.integer(0) >= kMaxGroups && name != model::kOtherGroups)) {
      return std::nullopt;
    }
  }
  connection_.run(
      "INSERT INTO groups (computation, name, prefix, runs, nbytes, durations_us, types, dependencies) "
      "VALUES (?, ?, ?, 0, 0, '{}', '{}', '[]')",
      computation, name, name);
  const std::int64_t id = connection_.last_insert_id();
  connection_.run("UPDATE computations SET groups = groups + 1 WHERE id = ?", computation);
  return id;
}

void RollUps::flush(model::TaskCounts& cluster, std::int64_t& lanes, std::int64_t& compute_us) {
  for (Group& group : groups_) write_group(group, compute_us);
  write_lanes(lanes);
  std::vector<std::int64_t> group_rows;
  group_rows.reserve(groups_.size());
  for (const Group& group : groups_) group_rows.push_back(group.row);
  tiles_.write(lane_rows_, group_rows);
  for (auto& [id, computation] : computations_) write_computation(id, computation, cluster);
}

std::uint32_t RollUps::pending_group(std::int64_t computation, const std::string& name) {
  const auto [entry, fresh] =
      group_numbers_.try_emplace({computation, name}, static_cast<std::uint32_t>(groups_.size()));
  if (fresh) {
    Group& group = groups_.emplace_back();
    group.computation = computation;
    group.share.name = name;
  }
  return entry->second;
}

std::uint32_t RollUps::pending_lane(const SpanBlockRecord::Lane& lane) {
  const auto number = static_cast<std::uint32_t>(lane_numbers_.size());
  return lane_numbers_.try_emplace({lane.worker.value_or(""), lane.thread}, number).first->second;
}

void RollUps::write_group(Group& group, std::int64_t& compute_us) {
  GroupState& state = group_state(group);
  group.row = state.row;
  const std::size_t bytes = state.bytes();
  const std::int64_t computed = state.compute_us();
  state.add(connection_, group.share);
  cache_.grew(state.bytes() - bytes);
  compute_us = base::wrapping_add(compute_us, base::wrapping_subtract(state.compute_us(), computed));
}

// Of the group, or of that in which the groups are put for which there is no room.
GroupState& RollUps::group_state(const Group& group) {
  if (GroupState* known = cache_.group(group.computation, group.share.name)) return *known;
  std::string_view name = group.share.name;
  auto row = group_row(group.computation, name);
  if (!row) {
    count_refusal(connection_, cluster_, "groups", 1);
    name = model::kOtherGroups;
    if (GroupState* known = cache_.group(group.computation, name)) return *known;
    row = group_row(group.computation, name);
  }
  return cache_.put(group.computation, name, GroupState::load(connection_, *row));
}

void RollUps::write_lanes(std::int64_t& lanes) {
  lane_rows_.resize(lane_numbers_.size());
  std::int64_t refused = 0;
  for (const auto& [lane, number] : lane_numbers_) {
    std::int64_t& found = lane_rows_[number];
    found = cache_.lane(cluster_, lane.first, lane.second);
    if (found != 0) continue;
    const auto thread = static_cast<std::int64_t>(lane.second);
    {
      Statement row =
          connection_.query("SELECT id FROM lanes WHERE cluster = ? AND worker = ? AND thread = ?", cluster_,
                            lane.first, thread);
      if (row.step()) {
        found = row.integer(0);
        cache_.put_lane(cluster_, lane.first, lane.second, found);
        continue;
      }
    }
    if (lanes >= kMaxLanes) {
      ++refused;
      continue;
    }
    connection_.run("INSERT INTO lanes (cluster, worker, thread) VALUES (?, ?, ?)", cluster_, lane.first,
                    thread);
    found = connection_.last_insert_id();
    cache_.put_lane(cluster_, lane.first, lane.second, found);
    ++lanes;
  }
  count_refusal(connection_, cluster_, "lanes", refused);
}

void RollUps::write_computation(std::int64_t id, Computation& computation, model::TaskCounts& cluster) {
  if (computation.spans == 0) return;
  static const std::string kSelect =
      "SELECT last_stop_us, " + task_columns() + " FROM computations WHERE id = ?";
  Statement old = connection_.query(kSelect, id);
  old.step();
  const auto last = later(old.optional_integer(0), computation.last_stop_us);
  const model::TaskCounts before = read_tasks(old, 1);
  model::TaskCounts tasks = before;
  tasks.memory = saturating_add(tasks.memory, computation.tasks.memory);
  tasks.erred = saturating_add(tasks.erred, computation.tasks.erred);
  raise_total(tasks);
  connection_.run(
      "UPDATE computations SET spans = spans + ?, last_stop_us = ?, total_tasks = ?, memory_tasks = ?, "
      "erred_tasks = ? WHERE id = ?",
      computation.spans, last, tasks.total, tasks.memory, tasks.erred, id);
  cluster.total = saturating_add(cluster.total, tasks.total - before.total);
  cluster.memory = saturating_add(cluster.memory, tasks.memory - before.memory);
  cluster.erred = saturating_add(cluster.erred, tasks.erred - before.erred);
}

}  // namespace pilothouse::store::sqlite
