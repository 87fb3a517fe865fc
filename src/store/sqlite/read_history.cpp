#include "store/sqlite/read_history.h"

#include <algorithm>
#include <string>

#include "store/sqlite/history_tiers.h"
#include "store/sqlite/listings.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Micros;

// A plan meets fewer rows than this, unless the times of a recording are nonsense.
constexpr std::int64_t kMostRows = 10'000;

Micros divide_up(Micros a, Micros b) { return (a + b - 1) / b; }

// Calls `add` with the bucket's number and each row in it, in order.
template <class Add>
void for_each_row(Connection& connection, std::int64_t cluster, const HistoryPlan& plan,
                  const std::string& columns, Add add) {
  const Micros width = history_width(plan.tier);
  Statement row = connection.query("SELECT bucket, " + columns +
                                       " FROM history WHERE cluster = ? AND tier = ? AND bucket >= ? AND "
                                       "bucket < ? ORDER BY bucket LIMIT ?",
                                   cluster, plan.tier, plan.from / width, plan.to() / width, kMostRows);
  while (row.step()) add((row.integer(0) * width - plan.from) / plan.bucket_us, row);
}

Micros end_of(const model::ClusterView& cluster) {
  return std::max(cluster.stop_us.value_or(cluster.last_seen_us), cluster.session.start_us + 1);
}

}  // namespace

HistoryPlan plan_history(Micros from, Micros to, std::int64_t most) {
  const Micros life = std::max<Micros>(1, to - from);
  // One bucket is for what the edges cut.
  const Micros wanted = most == 1 ? life : divide_up(life, most - 1);
  HistoryPlan plan;
  while (plan.tier + 1 < kHistoryTiers && history_width(plan.tier + 1) <= wanted) ++plan.tier;
  const Micros width = history_width(plan.tier);
  plan.bucket_us = divide_up(wanted, width) * width;
  if (most == 1) {
    plan.from = from / width * width;
    plan.bucket_us = divide_up(from + life - plan.from, width) * width;
  } else {
    plan.from = from / plan.bucket_us * plan.bucket_us;
  }
  plan.buckets = divide_up(from + life - plan.from, plan.bucket_us);
  return plan;
}

base::Result<model::HistoryView> read_history(Connection& connection, const HistoryQuery& query) {
  const auto found = find_cluster_row(connection, query.workspace, query.cluster, query.viewpoint);
  if (!found) return found.error();
  const Micros from = query.from.value_or(found->session.start_us);
  const HistoryPlan plan =
      plan_history(from, query.to.value_or(std::max(end_of(*found), from + 1)), query.width);
  model::HistoryView view{plan.from, plan.to(), plan.bucket_us, {}};
  for_each_row(connection, query.cluster, plan,
               "ticks, executing, workers, cpu, memory, managed, unmanaged, spilled, ready",
               [&](std::int64_t bucket, const Statement& row) {
                 const Micros time = plan.from + bucket * plan.bucket_us;
                 if (view.points.empty() || view.points.back().time_us != time) {
                   view.points.push_back({time, {}});
                 }
                 view.points.back().sums.add({row.integer(1), row.number(2), row.number(3), row.number(4),
                                              row.number(5), row.number(6), row.number(7), row.number(8),
                                              row.number(9)});
               });
  return view;
}

model::ActivityView read_activity(Connection& connection, const model::ClusterView& cluster,
                                  std::int64_t most) {
  const HistoryPlan plan = plan_history(cluster.session.start_us, end_of(cluster), most);
  std::vector<model::SampleSums> sums(static_cast<std::size_t>(plan.buckets));
  for_each_row(connection, cluster.id, plan, "ticks, executing",
               [&](std::int64_t bucket, const Statement& row) {
                 model::SampleSums& sum = sums[static_cast<std::size_t>(bucket)];
                 sum.ticks += row.integer(1);
                 sum.executing += row.number(2);
               });
  model::ActivityView view{plan.from, plan.bucket_us, {}};
  view.executing.reserve(sums.size());
  for (const model::SampleSums& sum : sums) {
    view.executing.push_back(sum.ticks > 0 ? std::optional(sum.mean(&model::SampleSums::executing))
                                           : std::nullopt);
  }
  return view;
}

}  // namespace pilothouse::store::sqlite
