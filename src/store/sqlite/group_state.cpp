#include "store/sqlite/group_state.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/saturate.h"
#include "store/sqlite/task_columns.h"

namespace pilothouse::store::sqlite {
namespace {

namespace json = boost::json;
using base::saturating_add;
using model::SpanBlockRecord;
using SlowSpan = SpanBlockRecord::SlowSpan;

constexpr std::string_view kOther = "(other)";
constexpr std::string_view kCompute = "compute";

std::int64_t compute_in(const Counts& durations_us) {
  for (const auto& [action, duration] : durations_us) {
    if (action == kCompute) return duration;
  }
  return 0;
}

// The stored texts were written here or checked when they came.
Counts read_counts(std::string_view text) {
  json::monotonic_resource memory;
  Counts counts;
  const json::value value = json::parse(text, &memory);
  for (const auto& [name, count] : value.as_object()) {
    counts.emplace_back(name, count.is_int64() ? count.get_int64() : 0);
  }
  return counts;
}

std::string counts_json(const Counts& counts) {
  json::monotonic_resource memory;
  json::object object(&memory);
  object.reserve(counts.size());
  for (const auto& [name, count] : counts) object.emplace(name, count);
  return json::serialize(object);
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

void write_row(Connection& connection, const GroupState& group) {
  const std::string durations = counts_json(group.durations_us);
  const std::string types = counts_json(group.types);
  connection.run(
      "UPDATE groups SET runs = ?, nbytes = ?, first_start_us = ?, last_stop_us = ?, durations_us = ?, types "
      "= ?, total_tasks = ?, memory_tasks = ?, erred_tasks = ?, p50_us = ?, p90_us = ?, p95_us = ?, "
      "p99_us = ?, max_us = ? WHERE id = ?",
      group.runs, group.nbytes, group.first_start_us, group.last_stop_us, durations, types, group.tasks.total,
      group.tasks.memory, group.tasks.erred, group.latency.quantile(0.5), group.latency.quantile(0.9),
      group.latency.quantile(0.95), group.latency.quantile(0.99),
      group.latency.count() > 0 ? std::optional(group.latency.highest()) : std::nullopt, group.row);
}

void write_latency(Connection& connection, const GroupState& group) {
  const std::string bytes = group.latency.encode();
  connection.run(
      "INSERT INTO latencies (task_group, sketch) VALUES (?, ?) ON CONFLICT (task_group) DO UPDATE SET "
      "sketch "
      "= excluded.sketch",
      group.row, Blob{bytes});
}

void write_slowest(Connection& connection, const GroupState& group) {
  const std::string text = slowest_json(group.slowest);
  connection.run(
      "INSERT INTO slowest (task_group, spans) VALUES (?, ?) ON CONFLICT (task_group) DO UPDATE SET spans = "
      "excluded.spans",
      group.row, text);
}

}  // namespace

void add_counts(Counts& sums, const Counts& more) {
  for (const auto& [name, count] : more) {
    const auto find = [&](std::string_view wanted) {
      return std::find_if(sums.begin(), sums.end(), [&](const auto& sum) { return sum.first == wanted; });
    };
    auto known = find(name);
    const bool full = known == sums.end() && sums.size() >= kMaxNamesInGroup;
    if (full) known = find(kOther);
    if (known == sums.end()) {
      sums.emplace_back(full ? kOther : std::string_view(name), count);
    } else {
      known->second = saturating_add(known->second, count);
    }
  }
}

std::int64_t compute_us_of(std::string_view durations_us_json) {
  return compute_in(read_counts(durations_us_json));
}

bool merge_slowest(std::vector<SlowSpan>& slowest, const std::vector<SlowSpan>& more) {
  bool changed = false;
  for (const SlowSpan& span : more) {
    const bool full = slowest.size() == SpanBlockRecord::kSlowest;
    if (full && span.duration_us <= slowest.back().duration_us) break;
    if (full) slowest.pop_back();
    const auto place =
        std::upper_bound(slowest.begin(), slowest.end(), span,
                         [](const SlowSpan& a, const SlowSpan& b) { return a.duration_us > b.duration_us; });
    slowest.insert(place, span);
    changed = true;
  }
  return changed;
}

void raise_total(model::TaskCounts& tasks) {
  const std::int64_t ended = saturating_add(saturating_add(tasks.memory, tasks.erred), tasks.blamed);
  tasks.total = std::max(tasks.total, ended);
}

std::optional<base::Micros> earlier(std::optional<base::Micros> a, std::optional<base::Micros> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}
std::optional<base::Micros> later(std::optional<base::Micros> a, std::optional<base::Micros> b) {
  return std::max(a, b);
}

GroupState GroupState::load(Connection& connection, std::int64_t row) {
  static const std::string kSql =
      "SELECT g.runs, g.nbytes, g.first_start_us, g.last_stop_us, g.durations_us, g.types, l.sketch, "
      "s.spans, " +
      task_columns("g.") +
      " FROM groups g LEFT JOIN latencies l ON l.task_group = g.id LEFT JOIN slowest s ON s.task_group = "
      "g.id "
      "WHERE g.id = ?";
  Statement stored = connection.query(kSql, row);
  stored.step();
  GroupState state;
  state.row = row;
  state.runs = stored.integer(0);
  state.nbytes = stored.integer(1);
  state.first_start_us = stored.optional_integer(2);
  state.last_stop_us = stored.optional_integer(3);
  state.durations_us = read_counts(stored.text(4));
  state.types = read_counts(stored.text(5));
  if (!stored.is_null(6)) state.latency = model::LatencySketch::decode(stored.text(6));
  if (!stored.is_null(7)) state.slowest = read_slowest(stored.text(7));
  state.tasks = read_tasks(stored, 8);
  return state;
}

void GroupState::set_counts(const model::GroupRecord& record) {
  tasks = record.tasks;
  runs = record.runs;
  nbytes = record.nbytes;
  first_start_us = record.first_start_us;
  last_stop_us = record.last_stop_us;
  durations_us = read_counts(record.durations_us_json);
  types = read_counts(record.types_json);
}

void GroupState::add(Connection& connection, const SpanBlockRecord::GroupShare& share) {
  tasks.memory = saturating_add(tasks.memory, share.memory);
  tasks.erred = saturating_add(tasks.erred, share.erred);
  if (share.memory > 0 || share.erred > 0) raise_total(tasks);
  runs = saturating_add(runs, saturating_add(share.memory, share.erred));
  nbytes = saturating_add(nbytes, share.nbytes);
  first_start_us = earlier(first_start_us, share.first_start_us);
  last_stop_us = later(last_stop_us, share.last_stop_us);
  add_counts(durations_us, share.durations_us);
  add_counts(types, share.types);
  if (share.latency.count() > 0) {
    latency.merge(share.latency);
    write_latency(connection, *this);
  }
  if (merge_slowest(slowest, share.slowest)) write_slowest(connection, *this);
  write_row(connection, *this);
}

std::int64_t GroupState::compute_us() const { return compute_in(durations_us); }

std::size_t GroupState::bytes() const {
  std::size_t sum = sizeof *this + latency.bytes() + slowest.size() * sizeof(SlowSpan);
  for (const SlowSpan& span : slowest) sum += span.key.size() + (span.worker ? span.worker->size() : 0);
  for (const Counts* counts : {&durations_us, &types}) {
    for (const auto& [name, count] : *counts) sum += sizeof(Counts::value_type) + name.size();
  }
  return sum;
}

}  // namespace pilothouse::store::sqlite
