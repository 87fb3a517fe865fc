#include "store/sqlite/listings.h"

#include <algorithm>

#include "store/sqlite/filter.h"
#include "store/sqlite/read_history.h"
#include "store/sqlite/task_columns.h"
#include "store/sqlite/worker_time.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;
using base::error;

const std::string& cluster_columns() {
  static const std::string kColumns =
      ", c.id, w.name, c.scheduler_id, c.name, c.address, c.dashboard, c.host, c.user, c.os, c.python, "
      "c.dask, "
      "c.distributed, c.pilothouse, c.pid, c.start_us, c.flush_interval_us, c.stop_us, c.stop_reason, "
      "c.last_seen_us, "
      "c.workers_now, c.workers_total, c.workers_lost, c.threads_now, c.threads_peak, c.memory_now, "
      "c.memory_peak, "
      "c.clients, c.computations, c.exceptions, c.events, c.spans, c.spans_expired, c.missing_chunks, "
      "d.state, d.requested_us, "
      "d.acknowledged_us, "
      "d.observed_us, c.left_worker_us, c.left_thread_us, c.joined_worker_us, c.joined_thread_us, "
      "c.compute_us, " +
      task_columns("c.") +
      " FROM clusters c JOIN workspaces w ON w.id = c.workspace LEFT JOIN desired_states d ON d.cluster = "
      "c.id WHERE";
  return kColumns;
}

Filter select_clusters(const Viewpoint& viewpoint) {
  Filter filter("SELECT ");
  filter.add(kClusterStatus, lost_before(viewpoint)).add(cluster_columns());
  return filter;
}

model::ClusterView read_cluster(const Statement& row, const Viewpoint& viewpoint) {
  int column = 0;
  model::ClusterView cluster;
  cluster.status = row.string(column++);
  cluster.id = row.integer(column++);
  cluster.workspace = row.string(column++);
  model::SessionRecord& session = cluster.session;
  session.scheduler_id = row.string(column++);
  session.name = row.string(column++);
  session.address = row.string(column++);
  session.dashboard = row.optional_string(column++);
  session.host = row.string(column++);
  session.user = row.string(column++);
  session.os = row.string(column++);
  session.python = row.string(column++);
  session.dask = row.string(column++);
  session.distributed = row.string(column++);
  session.pilothouse = row.string(column++);
  session.pid = row.integer(column++);
  session.start_us = row.integer(column++);
  session.flush_interval_us = row.integer(column++);
  cluster.stop_us = row.optional_integer(column++);
  cluster.stop_reason = row.optional_string(column++);
  const base::Micros last_seen = row.integer(column++);
  cluster.last_seen_us = std::min(last_seen, viewpoint.now_us);
  const std::int64_t workers_now = row.integer(column++);
  cluster.workers_total = row.integer(column++);
  cluster.workers_lost = row.integer(column++);
  const std::int64_t threads_now = row.integer(column++);
  const std::int64_t threads_peak = row.integer(column++);
  const std::int64_t memory_now = row.integer(column++);
  const std::int64_t memory_peak = row.integer(column++);
  cluster.clients = row.integer(column++);
  cluster.computations = row.integer(column++);
  cluster.exceptions = row.integer(column++);
  cluster.events = row.integer(column++);
  cluster.spans = row.integer(column++);
  cluster.spans_expired = row.integer(column++);
  cluster.missing_chunks = row.integer(column++);
  cluster.workers_now = cluster.ended() ? 0 : workers_now;
  cluster.threads = cluster.ended() ? threads_peak : threads_now;
  cluster.memory_limit = cluster.ended() ? memory_peak : memory_now;
  if (!row.is_null(column)) {
    model::DesiredState desired;
    desired.state = row.string(column);
    desired.requested_us = row.integer(column + 1);
    desired.acknowledged_us = row.optional_integer(column + 2);
    desired.observed_us = row.optional_integer(column + 3);
    // Nothing reports that heartbeats ended: it is known from when they would have had to come.
    if (!desired.observed_us && cluster.status == "lost") {
      desired.observed_us = std::max(desired.requested_us, last_seen + viewpoint.lost_after_us);
    }
    cluster.desired_state = desired;
  }
  column += 4;
  WorkerTime time;
  for (std::int64_t* sum :
       {&time.left_worker_us, &time.left_thread_us, &time.joined_worker_us, &time.joined_thread_us}) {
    *sum = row.integer(column++);
  }
  const base::Micros end = cluster.stop_us.value_or(cluster.last_seen_us);
  cluster.worker_us = time.worker_us(session.start_us, end, workers_now);
  cluster.thread_us = time.thread_us(session.start_us, end, threads_now);
  cluster.compute_us = std::max<std::int64_t>(0, row.integer(column++));
  cluster.tasks = read_tasks(row, column);
  return cluster;
}

void read_losses(Connection& connection, model::ClusterView& cluster) {
  Statement row =
      connection.query("SELECT kind, count FROM drops WHERE cluster = ? ORDER BY kind", cluster.id);
  while (row.step()) cluster.dropped.emplace_back(row.string(0), row.integer(1));
  Statement refusal =
      connection.query("SELECT reason, count FROM refusals WHERE cluster = ? ORDER BY reason", cluster.id);
  while (refusal.step()) cluster.refused.emplace_back(refusal.string(0), refusal.integer(1));
}

void read_plugins(Connection& connection, model::ClusterView& cluster) {
  Statement row = connection.query(
      "SELECT name, version, kind, sha256, signed_by, state, code, reason, time_us FROM cluster_plugins "
      "WHERE cluster = ? ORDER BY name",
      cluster.id);
  while (row.step()) {
    cluster.plugins.push_back({row.string(0), row.optional_string(1), row.optional_string(2),
                               row.optional_string(3), row.string(4), row.string(5), row.optional_string(6),
                               row.optional_string(7), row.integer(8)});
  }
}

const std::string& computation_columns() {
  static const std::string kColumns =
      ", k.id, k.cluster, c.scheduler_id, k.dask_id, k.start_us, k.stop_us, k.client, k.code, k.annotations, "
      "k.tags, "
      "k.spans, k.spans_expired, k.exceptions, k.last_stop_us, k.groups, " +
      task_columns("k.") + " FROM computations k JOIN clusters c ON c.id = k.cluster WHERE";
  return kColumns;
}

// The recorder said "running" last, and nobody is left to end it: then it is lost.
const std::string& computation_state() {
  static const std::string kState =
      "CASE WHEN k.state = 'running' AND (c.stop_us IS NOT NULL OR c.last_seen_us < ?#) THEN 'lost' ELSE "
      "k.state END";
  return kState;
}

Filter select_computations(const Viewpoint& viewpoint) {
  Filter filter("SELECT ");
  filter.add(computation_state(), lost_before(viewpoint)).add(computation_columns());
  return filter;
}

model::ComputationView read_computation(const Statement& row) {
  int column = 0;
  model::ComputationView view;
  model::ComputationRecord& computation = view.computation;
  computation.state = row.string(column++);
  view.id = row.integer(column++);
  view.cluster_id = row.integer(column++);
  view.scheduler_id = row.string(column++);
  computation.dask_id = row.string(column++);
  computation.start_us = row.integer(column++);
  computation.stop_us = row.optional_integer(column++);
  computation.client = row.optional_string(column++);
  computation.code_json = row.string(column++);
  computation.annotations_json = row.string(column++);
  computation.tags_json = row.string(column++);
  view.spans = row.integer(column++);
  view.spans_expired = row.integer(column++);
  view.exceptions = row.integer(column++);
  view.last_stop_us = row.optional_integer(column++);
  view.groups_left_out = row.integer(column++);  // until they are read
  computation.tasks = read_tasks(row, column);
  return view;
}

// What the groups of one answer may come to, roughly as JSON.
constexpr std::size_t kMaxGroupBytes = 16U << 20;

enum class Slowest { kNo, kYes };

// Takes from `budget` what it reads, and stops when nothing is left.
void read_groups(Connection& connection, model::ComputationView& view, Slowest slowest, std::size_t& budget) {
  static const std::string kColumns =
      "SELECT g.name, g.prefix, g.runs, g.nbytes, g.first_start_us, g.last_stop_us, g.durations_us, g.types, "
      "g.dependencies, g.p50_us, g.p90_us, g.p95_us, g.p99_us, g.max_us, " +
      task_columns("g.");
  static const std::string kWhere = " WHERE g.computation = ? ORDER BY g.name";
  static const std::string kSql = kColumns + " FROM groups g" + kWhere;
  static const std::string kSqlSlowest =
      kColumns + ", s.spans FROM groups g LEFT JOIN slowest s ON s.task_group = g.id" + kWhere;
  constexpr std::size_t kFixedBytes = 600;  // numbers and names of fields
  Statement row = connection.query(slowest == Slowest::kYes ? kSqlSlowest : kSql, view.id);
  while (budget > 0 && row.step()) {
    model::GroupView& item = view.groups.emplace_back();
    model::GroupRecord& group = item.group;
    group.computation = view.computation.dask_id;
    group.name = row.string(0);
    group.prefix = row.string(1);
    group.runs = row.integer(2);
    group.nbytes = row.integer(3);
    group.first_start_us = row.optional_integer(4);
    group.last_stop_us = row.optional_integer(5);
    group.durations_us_json = row.string(6);
    group.types_json = row.string(7);
    group.dependencies_json = row.string(8);
    item.p50_us = row.optional_integer(9);
    item.p90_us = row.optional_integer(10);
    item.p95_us = row.optional_integer(11);
    item.p99_us = row.optional_integer(12);
    item.max_us = row.optional_integer(13);
    group.tasks = read_tasks(row, 14);
    std::size_t bytes = kFixedBytes + group.name.size() + group.prefix.size() +
                        group.durations_us_json.size() + group.types_json.size() +
                        group.dependencies_json.size();
    if (slowest == Slowest::kYes) {
      item.slowest_json = row.optional_string(14 + static_cast<int>(kTaskColumns.size())).value_or("[]");
      bytes += item.slowest_json->size();
    }
    budget -= std::min(budget, bytes);
    --view.groups_left_out;
  }
}

// Which rows of `table`: of one cluster, of one scheduler, or of the workspace. The first condition of all.
void add_scope(Filter& filter, const std::string& table, const Query& query) {
  if (query.cluster) {
    filter.add(" " + table + ".cluster = ?#", *query.cluster);
  } else if (query.scheduler_id) {
    filter.add(" " + table + ".cluster IN (SELECT id FROM clusters WHERE workspace = ?#", query.workspace);
    filter.add(" AND scheduler_id = ?#)", *query.scheduler_id);
  } else {
    filter.add(" " + table + ".workspace = ?#", query.workspace);
  }
}

// Only rows behind the cursor and between the times, newest first. `time` and `id` are an index's last
// columns.
void add_range(Filter& filter, const std::string& time, const std::string& id, const Query& query) {
  filter.add_if(" AND " + time + " >= ?#", query.since);
  filter.add_if(" AND " + time + " < ?#", query.until);
  if (query.cursor) {
    filter.add(" AND (" + time + ", " + id + ") < (?#", query.cursor->major)
        .add(", ?#)", query.cursor->minor);
  }
}

void add_order(Filter& filter, const std::string& time, const std::string& id) {
  filter.add(" ORDER BY " + time + " DESC, " + id + " DESC");
}

void add_cluster_status(Filter& filter, const Query& query) {
  if (!query.status) return;
  filter.add(" AND ").add(kClusterStatus, lost_before(query.viewpoint)).add(" = ?#", *query.status);
}

}  // namespace

base::Result<void> require_cluster(Connection& connection, const Query& query) {
  if (query.cluster) {
    const bool known =
        connection
            .query("SELECT 1 FROM clusters WHERE id = ? AND workspace = ? AND removed_us IS NULL",
                   *query.cluster, query.workspace)
            .step();
    if (!known) return error(Errc::kNotFound, "there is no cluster " + std::to_string(*query.cluster));
  }
  if (query.scheduler_id) {
    const bool known =
        connection
            .query("SELECT 1 FROM clusters WHERE workspace = ? AND scheduler_id = ? AND removed_us IS NULL",
                   query.workspace, *query.scheduler_id)
            .step();
    if (!known)
      return error(Errc::kNotFound, "there is no cluster whose scheduler is \"" + *query.scheduler_id + "\"");
  }
  return {};
}

base::Result<Page<model::ClusterView>> list_clusters(Connection& connection, const Query& query) {
  Filter filter = select_clusters(query.viewpoint);
  filter.add(" c.workspace = ?#", query.workspace).add(kNotRemoved);
  add_range(filter, "c.start_us", "c.id", query);
  filter.add_if(" AND c.user = ?#", query.user);
  add_cluster_status(filter, query);
  filter.add_if(
      " AND (contains(c.name, ?#) OR contains(c.scheduler_id, ?#) OR contains(c.address, ?#) OR "
      "contains(c.host, ?#))",
      query.text);
  add_order(filter, "c.start_us", "c.id");
  auto page = read_page<model::ClusterView>(
      connection, filter, query.limit,
      [&](const Statement& row) { return read_cluster(row, query.viewpoint); },
      [](const model::ClusterView& last) {
        return Cursor{last.session.start_us, last.id};
      });
  for (model::ClusterView& cluster : page.items) {
    read_losses(connection, cluster);
    read_plugins(connection, cluster);
    if (query.activity) cluster.activity = read_activity(connection, cluster, *query.activity);
  }
  return page;
}

base::Result<Page<model::ComputationView>> list_computations(Connection& connection, const Query& query) {
  if (const auto known = require_cluster(connection, query); !known) return known.error();
  Filter filter = select_computations(query.viewpoint);
  add_scope(filter, "k", query);
  filter.add(kNotRemoved);
  add_range(filter, "k.start_us", "k.id", query);
  filter.add_if(" AND c.user = ?#", query.user);
  if (query.status) {
    filter.add(" AND ").add(computation_state(), lost_before(query.viewpoint)).add(" = ?#", *query.status);
  }
  filter.add_if(
      " AND (EXISTS (SELECT 1 FROM json_each(k.code) line WHERE contains(line.value ->> 'text', ?#)) OR "
      "EXISTS (SELECT 1 FROM groups g WHERE g.computation = k.id AND contains(g.name, ?#)))",
      query.text);
  add_order(filter, "k.start_us", "k.id");
  auto page = read_page<model::ComputationView>(
      connection, filter, query.limit, [](const Statement& row) { return read_computation(row); },
      [](const model::ComputationView& last) {
        return Cursor{last.computation.start_us, last.id};
      });
  // A page ends early rather than with groups left out, unless its first computation is too much by itself.
  std::size_t budget = kMaxGroupBytes;
  for (std::size_t i = 0; i < page.items.size(); ++i) {
    read_groups(connection, page.items[i], Slowest::kNo, budget);
    if (budget > 0 || page.items[i].groups_left_out == 0) continue;
    if (i == 0) i = 1;
    if (i < page.items.size()) {
      page.items.resize(i);
      page.next = Cursor{page.items.back().computation.start_us, page.items.back().id};
    }
  }
  return page;
}

base::Result<Page<model::EventView>> list_events(Connection& connection, const Query& query) {
  if (const auto known = require_cluster(connection, query); !known) return known.error();
  Filter filter(
      "SELECT e.id, e.cluster, e.topic, e.time_us, e.payload, e.truncated FROM events e "
      "JOIN clusters c ON c.id = e.cluster WHERE");
  filter.add(" e.cluster = ?#", query.cluster.value());
  filter.add_if(" AND e.topic = ?#", query.topic);
  add_range(filter, "e.time_us", "e.id", query);
  filter.add_if(" AND c.user = ?#", query.user);
  add_cluster_status(filter, query);
  filter.add_if(" AND (contains(e.topic, ?#) OR contains(e.payload, ?#))", query.text);
  add_order(filter, "e.time_us", "e.id");
  return read_page<model::EventView>(
      connection, filter, query.limit,
      [](const Statement& row) {
        return model::EventView{row.integer(0),
                                row.integer(1),
                                {row.string(2), row.integer(3), row.string(4), row.integer(5) != 0}};
      },
      [](const model::EventView& last) {
        return Cursor{last.event.time_us, last.id};
      });
}

base::Result<Page<model::TopicView>> list_topics(Connection& connection, const Query& query) {
  if (const auto known = require_cluster(connection, query); !known) return known.error();
  constexpr std::int64_t kMostTopics = 10'000;
  Page<model::TopicView> page;
  Statement row =
      connection.query("SELECT topic, events FROM topics WHERE cluster = ? ORDER BY topic LIMIT ?",
                       *query.cluster, kMostTopics);
  while (row.step()) page.items.push_back({row.string(0), row.integer(1)});
  return page;
}

namespace {

bool is_rare_fingerprint(Connection& connection, const Query& query) {
  if (!query.fingerprint) return false;
  constexpr double kFew = 5000;
  Statement row =
      connection.query("SELECT total(count) FROM exception_groups WHERE workspace = ? AND fingerprint = ?",
                       query.workspace, *query.fingerprint);
  row.step();
  return row.number(0) <= kFew;
}

}  // namespace

base::Result<Page<model::ExceptionView>> list_exceptions(Connection& connection, const Query& query) {
  if (const auto known = require_cluster(connection, query); !known) return known.error();
  Filter filter(
      "SELECT x.id, x.cluster, c.scheduler_id, x.computation, x.blamed, x.recorder_id, x.key, x.group_name, "
      "x.workers, x.type, x.message, x.traceback, x.time_us, x.attempt, x.truncated, x.exception_group "
      "FROM exceptions x "
      "JOIN clusters c ON c.id = x.cluster WHERE");
  // Few are found by their groups and put in order; of many, the newest are soon met in the order of time.
  add_scope(filter, is_rare_fingerprint(connection, query) ? "+x" : "x", query);
  filter.add(kNotRemoved);
  add_range(filter, "x.time_us", "x.id", query);
  filter.add_if(" AND x.type = ?#", query.type);
  filter.add_if(" AND x.exception_group = ?#", query.exception_group);
  if (query.fingerprint) {
    filter.add(" AND x.exception_group IN (SELECT id FROM exception_groups WHERE workspace = ?#",
               query.workspace);
    filter.add_if(" AND cluster = ?#", query.cluster).add(" AND fingerprint = ?#)", *query.fingerprint);
  }
  filter.add_if(" AND c.user = ?#", query.user);
  add_cluster_status(filter, query);
  filter.add_if(
      " AND (contains(x.type, ?#) OR contains(x.message, ?#) OR contains(x.key, ?#) OR contains(x.traceback, "
      "?#))",
      query.text);
  add_order(filter, "x.time_us", "x.id");
  return read_page<model::ExceptionView>(
      connection, filter, query.limit,
      [](const Statement& row) {
        model::ExceptionView view;
        view.id = row.integer(0);
        view.cluster_id = row.integer(1);
        view.scheduler_id = row.string(2);
        view.computation_id = row.optional_integer(3);
        view.blamed = row.integer(4);
        view.exception.id = row.integer(5);
        view.exception.key = row.string(6);
        view.exception.group = row.string(7);
        view.exception.workers_json = row.string(8);
        view.exception.type = row.string(9);
        view.exception.message = row.string(10);
        view.exception.traceback = row.string(11);
        view.exception.time_us = row.integer(12);
        view.exception.attempt = row.integer(13);
        view.exception.truncated = row.integer(14) != 0;
        view.group_id = row.optional_integer(15);
        return view;
      },
      [](const model::ExceptionView& last) {
        return Cursor{last.exception.time_us, last.id};
      });
}

base::Result<Page<model::ExceptionGroupView>> list_exception_groups(Connection& connection,
                                                                    const Query& query) {
  if (const auto known = require_cluster(connection, query); !known) return known.error();
  Filter filter(
      "SELECT x.id, x.cluster, c.scheduler_id, c.name, c.user, c.python, c.dask, c.distributed, "
      "c.pilothouse, "
      "x.fingerprint, x.type, x.message, x.traceback, x.count, x.first_us, x.last_us, x.blamed FROM "
      "exception_groups x JOIN clusters c ON c.id = x.cluster WHERE");
  add_scope(filter, "x", query);
  filter.add(kNotRemoved).add(" AND x.count > 0");
  filter.add_if(" AND x.fingerprint = ?#", query.fingerprint);
  filter.add_if(" AND x.last_us >= ?#", query.since);
  filter.add_if(" AND x.first_us < ?#", query.until);
  filter.add_if(" AND x.type = ?#", query.type);
  filter.add_if(" AND c.user = ?#", query.user);
  add_cluster_status(filter, query);
  filter.add_if(" AND (contains(x.type, ?#) OR contains(x.message, ?#) OR contains(x.traceback, ?#))",
                query.text);
  // By id, which does not change while more of the same are counted.
  if (query.cursor) filter.add(" AND x.id < ?#", query.cursor->major);
  filter.add(" ORDER BY x.id DESC");
  return read_page<model::ExceptionGroupView>(
      connection, filter, query.limit,
      [](const Statement& row) {
        model::ExceptionGroupView view;
        view.id = row.integer(0);
        view.cluster_id = row.integer(1);
        view.cluster.scheduler_id = row.string(2);
        view.cluster.name = row.string(3);
        view.cluster.user = row.string(4);
        view.cluster.python = row.string(5);
        view.cluster.dask = row.string(6);
        view.cluster.distributed = row.string(7);
        view.cluster.pilothouse = row.string(8);
        view.fingerprint = row.string(9);
        view.type = row.string(10);
        view.message = row.string(11);
        view.traceback = row.string(12);
        view.count = row.integer(13);
        view.first_us = row.integer(14);
        view.last_us = row.integer(15);
        view.blamed = row.integer(16);
        return view;
      },
      [](const model::ExceptionGroupView& last) {
        return Cursor{last.id, 0};
      });
}

base::Result<model::ClusterView> find_cluster_row(Connection& connection, std::int64_t workspace,
                                                  std::int64_t id, const Viewpoint& viewpoint) {
  Filter filter = select_clusters(viewpoint);
  filter.add(" c.id = ?#", id).add(" AND c.workspace = ?#", workspace).add(kNotRemoved);
  Statement row = filter.run(connection);
  if (!row.step()) return error(Errc::kNotFound, "there is no cluster " + std::to_string(id));
  return read_cluster(row, viewpoint);
}

base::Result<ClusterDetail> find_cluster(Connection& connection, std::int64_t workspace, std::int64_t id,
                                         const Viewpoint& viewpoint) {
  const auto found = find_cluster_row(connection, workspace, id, viewpoint);
  if (!found) return found.error();
  ClusterDetail detail;
  detail.cluster = *found;
  read_losses(connection, detail.cluster);
  read_plugins(connection, detail.cluster);
  Statement row = connection.query(
      "SELECT client, joined_us, left_us FROM clients WHERE cluster = ? ORDER BY joined_us, client", id);
  while (row.step()) detail.clients.push_back({row.string(0), row.integer(1), row.optional_integer(2)});
  return detail;
}

base::Result<model::ComputationView> find_computation(Connection& connection, std::int64_t workspace,
                                                      std::int64_t id, const Viewpoint& viewpoint) {
  Filter filter = select_computations(viewpoint);
  filter.add(" k.id = ?#", id).add(" AND k.workspace = ?#", workspace).add(kNotRemoved);
  model::ComputationView view;
  {
    Statement row = filter.run(connection);
    if (!row.step()) return error(Errc::kNotFound, "there is no computation " + std::to_string(id));
    view = read_computation(row);
  }
  std::size_t budget = kMaxGroupBytes;
  read_groups(connection, view, Slowest::kYes, budget);
  return view;
}

base::Result<Page<model::WorkerView>> list_workers(Connection& connection, const Query& query) {
  if (const auto known = require_cluster(connection, query); !known) return known.error();
  Filter filter(
      "SELECT k.id, k.address, k.name, k.host, k.nthreads, k.memory_limit, k.joined_us, k.left_us, "
      "k.expected, "
      "k.reason, k.processing, k.lost_results, k.lost_scattered, k.processing_keys FROM workers k WHERE");
  filter.add(" k.cluster = ?#", query.cluster.value());
  add_range(filter, "k.joined_us", "k.id", query);
  add_order(filter, "k.joined_us", "k.id");
  auto page = read_page<model::WorkerView>(
      connection, filter, query.limit,
      [](const Statement& row) {
        model::WorkerView view;
        view.id = row.integer(0);
        view.worker.address = row.string(1);
        view.worker.name = row.string(2);
        view.worker.host = row.string(3);
        view.worker.nthreads = row.integer(4);
        view.worker.memory_limit = row.integer(5);
        view.worker.joined_us = row.integer(6);
        view.worker.left_us = row.optional_integer(7);
        if (!row.is_null(8)) view.worker.expected = row.integer(8) != 0;
        view.worker.reason = row.optional_string(9);
        view.worker.processing = row.integer(10);
        view.worker.lost_results = row.integer(11);
        view.worker.lost_scattered = row.integer(12);
        view.worker.processing_keys_json = row.string(13);
        return view;
      },
      [](const model::WorkerView& last) {
        return Cursor{last.worker.joined_us, last.id};
      });

  // An address may be used again: a worker's own samples are those of the time it was there.
  constexpr base::Micros kForEver = INT64_MAX;
  for (model::WorkerView& view : page.items) {
    Statement row = connection.query(
        "SELECT s.time_us, s.cpu, s.memory, s.managed, s.unmanaged, s.spilled, s.executing, s.ready "
        "FROM addresses a JOIN samples s ON s.address = a.id AND s.cluster = a.cluster WHERE a.cluster = ? "
        "AND a.address = ? AND s.time_us >= ? AND s.time_us <= ? ORDER BY s.time_us DESC LIMIT 1",
        *query.cluster, view.worker.address, view.worker.joined_us, view.worker.left_us.value_or(kForEver));
    if (!row.step()) continue;
    view.last = model::SampleRecord{row.integer(0), view.worker.address, row.number(1),
                                    row.integer(2), row.integer(3),      row.integer(4),
                                    row.integer(5), row.integer(6),      row.integer(7)};
  }
  return page;
}

base::Result<Page<model::SampleView>> list_samples(Connection& connection, const Query& query) {
  if (const auto known = require_cluster(connection, query); !known) return known.error();
  Filter filter(
      "SELECT s.address, s.time_us, a.address, s.cpu, s.memory, s.managed, s.unmanaged, s.spilled, "
      "s.executing, "
      "s.ready FROM samples s JOIN addresses a ON a.id = s.address WHERE");
  filter.add(" s.cluster = ?#", query.cluster.value());
  filter.add_if(" AND s.time_us >= ?#", query.since);
  filter.add_if(" AND s.time_us < ?#", query.until);
  if (query.cursor) {
    filter.add(" AND (s.time_us, s.address) > (?#", query.cursor->major).add(", ?#)", query.cursor->minor);
  }
  filter.add(" ORDER BY s.time_us, s.address");
  return read_page<model::SampleView>(
      connection, filter, query.limit,
      [](const Statement& row) {
        return model::SampleView{
            row.integer(0),
            {row.integer(1), row.string(2), row.number(3), row.integer(4), row.integer(5), row.integer(6),
             row.integer(7), row.integer(8), row.integer(9)}};
      },
      [](const model::SampleView& last) {
        return Cursor{last.sample.time_us, last.id};
      });
}

}  // namespace pilothouse::store::sqlite
