#include "store/sqlite/roll_ups.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/saturate.h"
#include "store/sqlite/task_columns.h"

namespace pilothouse::store::sqlite {
namespace {

namespace json = boost::json;
using base::saturating_add;
using model::SpanBlockRecord;
using Counts = std::vector<std::pair<std::string, std::int64_t>>;
using SlowSpan = SpanBlockRecord::SlowSpan;

constexpr std::string_view kOther = "(other)";

void add_counts(Counts& sums, const Counts& more) {
  for (const auto& [name, count] : more) {
    auto known = std::find_if(sums.begin(), sums.end(), [&](const auto& sum) { return sum.first == name; });
    if (known == sums.end()) {
      sums.emplace_back(name, count);
    } else {
      known->second = saturating_add(known->second, count);
    }
  }
}

// The stored texts were written here or checked when they came.
std::string added(std::string_view stored, const Counts& more) {
  json::monotonic_resource memory;
  json::value value = json::parse(stored, &memory);
  json::object& sums = value.as_object();
  for (const auto& [name, count] : more) {
    const bool full = sums.size() >= kMaxNamesInGroup && !sums.contains(name);
    json::value& sum = sums[full ? kOther : std::string_view(name)];
    sum = sum.is_int64() ? saturating_add(sum.get_int64(), count) : count;
  }
  return json::serialize(sums);
}

void merge_slowest(std::vector<SlowSpan>& slowest, const std::vector<SlowSpan>& more) {
  for (const SlowSpan& span : more) {
    const bool full = slowest.size() == SpanBlockRecord::kSlowest;
    if (full && span.duration_us <= slowest.back().duration_us) return;
    if (full) slowest.pop_back();
    const auto place =
        std::upper_bound(slowest.begin(), slowest.end(), span,
                         [](const SlowSpan& a, const SlowSpan& b) { return a.duration_us > b.duration_us; });
    slowest.insert(place, span);
  }
}

std::string slowest_json(const std::vector<SlowSpan>& slowest) {
  json::monotonic_resource memory;
  json::array items(&memory);
  for (const SlowSpan& span : slowest) {
    json::object item({{"key", span.key}, {"worker", nullptr}, {"thread", span.thread}}, &memory);
    if (span.worker) item["worker"] = *span.worker;
    item["start_us"] = span.start_us;
    item["duration_us"] = span.duration_us;
    items.push_back(std::move(item));
  }
  return json::serialize(items);
}

std::vector<SlowSpan> read_slowest(std::string_view text) {
  std::vector<SlowSpan> slowest;
  json::monotonic_resource memory;
  const json::value stored = json::parse(text, &memory);
  for (const json::value& value : stored.as_array()) {
    const json::object& item = value.as_object();
    SlowSpan span;
    span.key = item.at("key").as_string();
    if (!item.at("worker").is_null()) span.worker = item.at("worker").as_string();
    span.thread = item.at("thread").to_number<std::uint64_t>();
    span.start_us = item.at("start_us").as_int64();
    span.duration_us = item.at("duration_us").as_int64();
    slowest.push_back(std::move(span));
  }
  return slowest;
}

void raise_total(model::TaskCounts& tasks) {
  const std::int64_t ended = saturating_add(saturating_add(tasks.memory, tasks.erred), tasks.blamed);
  tasks.total = std::max(tasks.total, ended);
}

// The earlier, or the later, of two times of which either may be missing.
std::optional<base::Micros> earlier(std::optional<base::Micros> a, std::optional<base::Micros> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}
std::optional<base::Micros> later(std::optional<base::Micros> a, std::optional<base::Micros> b) {
  return std::max(a, b);
}

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

void RollUps::flush(model::TaskCounts& cluster, std::int64_t& lanes) {
  for (Group& group : groups_) write_group(group);
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

void RollUps::write_group(Group& group) {
  auto row = group_row(group.computation, group.share.name);
  if (!row) {
    count_refusal(connection_, cluster_, "groups", 1);
    row = group_row(group.computation, model::kOtherGroups);
  }
  group.row = *row;
  write_counts(group);
  write_latency(group);
}

void RollUps::write_counts(const Group& group) {
  const SpanBlockRecord::GroupShare& share = group.share;
  if (share.memory == 0 && share.erred == 0) return;
  static const std::string kSelect =
      "SELECT runs, nbytes, first_start_us, last_stop_us, durations_us, types, " + task_columns() +
      " FROM groups WHERE id = ?";
  Statement old = connection_.query(kSelect, group.row);
  old.step();
  model::TaskCounts tasks = read_tasks(old, 6);
  tasks.memory = saturating_add(tasks.memory, share.memory);
  tasks.erred = saturating_add(tasks.erred, share.erred);
  raise_total(tasks);
  const std::int64_t runs = saturating_add(old.integer(0), saturating_add(share.memory, share.erred));
  const std::int64_t nbytes = saturating_add(old.integer(1), share.nbytes);
  const auto first = earlier(old.optional_integer(2), share.first_start_us);
  const auto last = later(old.optional_integer(3), share.last_stop_us);
  const std::string durations = added(old.text(4), share.durations_us);
  const std::string types = added(old.text(5), share.types);
  connection_.run(
      "UPDATE groups SET runs = ?, nbytes = ?, first_start_us = ?, last_stop_us = ?, durations_us = ?, types "
      "= "
      "?, total_tasks = ?, memory_tasks = ?, erred_tasks = ? WHERE id = ?",
      runs, nbytes, first, last, durations, types, tasks.total, tasks.memory, tasks.erred, group.row);
}

void RollUps::write_latency(const Group& group) {
  if (group.share.latency.count() == 0) return;
  model::LatencySketch sketch = group.share.latency;
  std::vector<SlowSpan> slowest = group.share.slowest;
  std::optional<std::string> same_slowest;
  std::int64_t slowest_from = -1;
  {
    Statement old = connection_.query(
        "SELECT sketch, slowest_from_us, slowest FROM latencies WHERE task_group = ?", group.row);
    if (old.step()) {
      sketch.merge(model::LatencySketch::decode(old.text(0)));
      slowest_from = old.integer(1);
      if (slowest.front().duration_us <= slowest_from) {
        same_slowest = old.string(2);
      } else {
        std::vector<SlowSpan> merged = read_slowest(old.text(2));
        merge_slowest(merged, slowest);
        slowest = std::move(merged);
      }
    }
  }
  if (!same_slowest && slowest.size() == SpanBlockRecord::kSlowest) slowest_from = slowest.back().duration_us;
  const std::string text = same_slowest ? std::move(*same_slowest) : slowest_json(slowest);
  const std::string bytes = sketch.encode();
  connection_.run(
      "INSERT INTO latencies (task_group, sketch, slowest_from_us, slowest) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (task_group) DO UPDATE SET sketch = excluded.sketch, slowest_from_us = "
      "excluded.slowest_from_us, slowest = excluded.slowest",
      group.row, Blob{bytes}, slowest_from, text);
  connection_.run("UPDATE groups SET p50_us = ?, p90_us = ?, p99_us = ?, max_us = ? WHERE id = ?",
                  sketch.quantile(0.5), sketch.quantile(0.9), sketch.quantile(0.99), sketch.highest(),
                  group.row);
}

void RollUps::write_lanes(std::int64_t& lanes) {
  lane_rows_.resize(lane_numbers_.size());
  std::int64_t refused = 0;
  for (const auto& [lane, number] : lane_numbers_) {
    const auto thread = static_cast<std::int64_t>(lane.second);
    {
      Statement row =
          connection_.query("SELECT id FROM lanes WHERE cluster = ? AND worker = ? AND thread = ?", cluster_,
                            lane.first, thread);
      if (row.step()) {
        lane_rows_[number] = row.integer(0);
        continue;
      }
    }
    if (lanes >= kMaxLanes) {
      ++refused;
      continue;
    }
    connection_.run("INSERT INTO lanes (cluster, worker, thread) VALUES (?, ?, ?)", cluster_, lane.first,
                    thread);
    lane_rows_[number] = connection_.last_insert_id();
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
