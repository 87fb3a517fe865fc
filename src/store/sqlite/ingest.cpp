#include "store/sqlite/ingest.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/wrap.h"
#include "store/sqlite/history.h"
#include "store/sqlite/roll_ups.h"
#include "store/sqlite/task_columns.h"
#include "store/sqlite/worker_time.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;
using base::error;
using base::Micros;

void add(std::int64_t& sum, std::int64_t value) { sum = base::wrapping_add(sum, value); }

void subtract(std::int64_t& sum, std::int64_t value) { sum = base::wrapping_subtract(sum, value); }

// The sums a cluster's row keeps so that listings need not count.
struct Totals {
  std::int64_t workers_now = 0;
  std::int64_t workers_total = 0;
  std::int64_t workers_lost = 0;
  std::int64_t threads_now = 0;
  std::int64_t threads_peak = 0;
  std::int64_t memory_now = 0;
  std::int64_t memory_peak = 0;
  std::int64_t clients = 0;
  std::int64_t computations = 0;
  std::int64_t exceptions = 0;
  std::int64_t events = 0;
  std::int64_t spans = 0;
  std::int64_t lanes = 0;
  std::int64_t exception_groups = 0;
  std::int64_t compute_us = 0;
  model::TaskCounts tasks;
  WorkerTime worker_time;
};

struct TotalColumn {
  const char* name;
  std::int64_t& (*of)(Totals& totals);
};

constexpr std::array kTotals{TotalColumn{"workers_now", [](Totals& t) -> auto& {return t.workers_now;
}  // namespace
}  // namespace pilothouse::store::sqlite
, TotalColumn{"workers_total", [](Totals& t) -> auto& {return t.workers_total;
}
}
, TotalColumn{"workers_lost", [](Totals& t) -> auto& {return t.workers_lost;
}
}
, TotalColumn{"threads_now", [](Totals& t) -> auto& {return t.threads_now;
}
}
, TotalColumn{"threads_peak", [](Totals& t) -> auto& {return t.threads_peak;
}
}
, TotalColumn{"memory_now", [](Totals& t) -> auto& {return t.memory_now;
}
}
, TotalColumn{"memory_peak", [](Totals& t) -> auto& {return t.memory_peak;
}
}
, TotalColumn{"clients", [](Totals& t) -> auto& {return t.clients;
}
}
, TotalColumn{"computations", [](Totals& t) -> auto& {return t.computations;
}
}
, TotalColumn{"exceptions", [](Totals& t) -> auto& {return t.exceptions;
}
}
, TotalColumn{"events", [](Totals& t) -> auto& {return t.events;
}
}
, TotalColumn{"spans", [](Totals& t) -> auto& {return t.spans;
}
}
, TotalColumn{"lanes", [](Totals& t) -> auto& {return t.lanes;
}
}
, TotalColumn{"exception_groups", [](Totals& t) -> auto& {return t.exception_groups;
}
}
, TotalColumn{"compute_us", [](Totals& t) -> auto& {return t.compute_us;
}
}
, TotalColumn{"left_worker_us", [](Totals& t) -> auto& {return t.worker_time.left_worker_us;
}
}
, TotalColumn{"left_thread_us", [](Totals& t) -> auto& {return t.worker_time.left_thread_us;
}
}
, TotalColumn{"joined_worker_us", [](Totals& t) -> auto& {return t.worker_time.joined_worker_us;
}
}
, TotalColumn{"joined_thread_us", [](Totals& t) -> auto& {return t.worker_time.joined_thread_us;
}
}
,
}
;

// "workers_now, workers_total, ...", each followed by `after`.
std::string total_columns(const std::string& after = "") {
  std::string list;
  for (const TotalColumn& column : kTotals) list += column.name + after + ", ";
  return list;
}

constexpr std::int64_t kMaxPlugins = 64;  // of a cluster

// Applies the chunks of one upload, in order, to one cluster.
class Ingest {
 public:
  Ingest(Connection& connection, RowCache& cache, const Upload& upload, std::int64_t cluster)
      : connection_(connection),
        cache_(cache),
        upload_(upload),
        cluster_(cluster),
        roll_ups_(connection, cache, cluster),
        history_(connection, cluster) {
    load_totals();
  }

  void apply(const Chunk& chunk) {
    sequence_ = static_cast<std::int64_t>(chunk.sequence);
    std::visit([this](const auto& content) { put(content); }, chunk.content);
  }

  void finish(std::int64_t mark) {
    roll_ups_.flush(totals_.tasks, totals_.lanes, totals_.compute_us);
    history_.flush();
    write_topics();
    static const std::string kSql = "UPDATE clusters SET " + total_columns(" = ?") +
                                    task_columns("", " = ?") + ", mark = ?, last_seen_us = ? WHERE id = ?";
    Statement update = connection_.query(kSql);
    int position = 1;
    for (const TotalColumn& column : kTotals) update.bind(position++, column.of(totals_));
    bind_tasks(update, position, totals_.tasks);
    position += static_cast<int>(kTaskColumns.size());
    update.bind(position++, mark);
    update.bind(position++, upload_.received_us);
    update.bind(position, cluster_);
    update.step();
  }

 private:
  void load_totals() {
    static const std::string kSql =
        "SELECT " + total_columns() + task_columns() + ", start_us FROM clusters WHERE id = ?";
    Statement row = connection_.query(kSql, cluster_);
    row.step();
    int column = 0;
    for (const TotalColumn& total : kTotals) total.of(totals_) = row.integer(column++);
    totals_.tasks = read_tasks(row, column);
    start_us_ = row.integer(column + static_cast<int>(kTaskColumns.size()));
  }

  template <class Record>
  void put(const std::vector<Record>& records) {
    for (const Record& record : records) put(record);
  }

  void put(const model::SessionRecord& session) {
    totals_.worker_time.move_start(start_us_, session.start_us, totals_.workers_now, totals_.threads_now);
    start_us_ = session.start_us;
    connection_.run(
        "UPDATE clusters SET scheduler_id = ?, name = ?, address = ?, dashboard = ?, host = ?, user = ?, os "
        "= ?, "
        "python = ?, dask = ?, distributed = ?, pilothouse = ?, pid = ?, start_us = ?, flush_interval_us = ? "
        "WHERE id = ?",
        session.scheduler_id, session.name, session.address, session.dashboard, session.host, session.user,
        session.os, session.python, session.dask, session.distributed, session.pilothouse, session.pid,
        session.start_us, session.flush_interval_us, cluster_);
  }

  void put(const model::WorkerRecord& worker) {
    {
      Statement old = connection_.query(
          "SELECT nthreads, memory_limit, left_us, coalesce(expected = 0 AND left_us IS NOT NULL, 0) "
          "FROM workers WHERE cluster = ? AND address = ? AND joined_us = ?",
          cluster_, worker.address, worker.joined_us);
      if (!old.step()) {
        if (totals_.workers_total >= kMaxWorkers) {
          count_refusal(connection_, cluster_, "workers", 1);
          return;
        }
        add(totals_.workers_total, 1);
      } else {
        const auto left_us = old.optional_integer(2);
        totals_.worker_time.count(-1, start_us_, worker.joined_us, left_us, old.integer(0));
        if (!left_us) {
          subtract(totals_.workers_now, 1);
          subtract(totals_.threads_now, old.integer(0));
          subtract(totals_.memory_now, old.integer(1));
        }
        subtract(totals_.workers_lost, old.integer(3));
      }
    }
    totals_.worker_time.count(1, start_us_, worker.joined_us, worker.left_us, worker.nthreads);
    if (!worker.left_us) {
      add(totals_.workers_now, 1);
      add(totals_.threads_now, worker.nthreads);
      add(totals_.memory_now, worker.memory_limit);
      totals_.threads_peak = std::max(totals_.threads_peak, totals_.threads_now);
      totals_.memory_peak = std::max(totals_.memory_peak, totals_.memory_now);
    } else if (worker.expected == false) {
      add(totals_.workers_lost, 1);
    }
    connection_.run(
        "INSERT INTO workers (cluster, address, joined_us, name, host, nthreads, memory_limit, left_us, "
        "expected, "
        "reason, processing, lost_results, lost_scattered, processing_keys) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (cluster, address, joined_us) DO "
        "UPDATE SET "
        "name = excluded.name, host = excluded.host, nthreads = excluded.nthreads, "
        "memory_limit = excluded.memory_limit, left_us = excluded.left_us, expected = excluded.expected, "
        "reason = excluded.reason, processing = excluded.processing, lost_results = excluded.lost_results, "
        "lost_scattered = excluded.lost_scattered, processing_keys = excluded.processing_keys",
        cluster_, worker.address, worker.joined_us, worker.name, worker.host, worker.nthreads,
        worker.memory_limit, worker.left_us, worker.expected, worker.reason, worker.processing,
        worker.lost_results, worker.lost_scattered, worker.processing_keys_json);
  }

  void put(const model::ClientRecord& client) {
    const bool known =
        connection_.query("SELECT 1 FROM clients WHERE cluster = ? AND client = ?", cluster_, client.client)
            .step();
    if (!known) add(totals_.clients, 1);
    connection_.run(
        "INSERT INTO clients (cluster, client, joined_us, left_us) VALUES (?, ?, ?, ?) ON CONFLICT (cluster, "
        "client) "
        "DO UPDATE SET joined_us = excluded.joined_us, left_us = excluded.left_us",
        cluster_, client.client, client.joined_us, client.left_us);
  }

  void put(const model::ComputationRecord& computation) {
    const std::int64_t id = computation_id(computation.dask_id, computation.start_us);
    connection_.run(
        "UPDATE computations SET start_us = ?, client = ?, code = ?, annotations = ?, tags = ? WHERE id = ?",
        computation.start_us, computation.client, computation.code_json, computation.annotations_json,
        computation.tags_json, id);
    put_progress(id, computation.stop_us, computation.state, computation.tasks);
  }

  void put(const model::ProgressRecord& progress) {
    const std::int64_t id = computation_id(progress.dask_id, upload_.received_us);
    put_progress(id, progress.stop_us, progress.state, progress.tasks);
  }

  void put(const model::GroupRecord& group) {
    const std::int64_t computation =
        computation_id(group.computation, group.first_start_us.value_or(upload_.received_us));
    roll_ups_.forget_group(computation, group.name);
    const auto id = roll_ups_.group_row(computation, group.name);
    if (!id) {
      count_refusal(connection_, cluster_, "groups", 1);
      return;
    }
    subtract(totals_.compute_us, compute_us_of_group(computation, group.name, *id));
    add(totals_.compute_us, compute_us_of(group.durations_us_json));
    static const std::string kSql =
        "UPDATE groups SET prefix = ?, runs = ?, nbytes = ?, first_start_us = ?, last_stop_us = ?, "
        "durations_us = ?, types = ?, dependencies = ?, " +
        task_columns("", " = ?") + " WHERE id = ?";
    Statement update = connection_.query(kSql, group.prefix, group.runs, group.nbytes, group.first_start_us,
                                         group.last_stop_us, group.durations_us_json, group.types_json,
                                         group.dependencies_json);
    bind_tasks(update, 9, group.tasks);
    update.bind(9 + static_cast<int>(kTaskColumns.size()), *id);
    update.step();
    if (GroupState* known = cache_.group(computation, group.name)) known->set_counts(group);
  }

  void put(const model::SpanBlockRecord& block) {
    connection_.run(
        "INSERT INTO span_blocks (cluster, sequence, spans, first_us, last_us, compressed, raw_length, "
        "payload) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        cluster_, sequence_, block.spans, block.first_us, block.last_us, block.compressed, block.raw_length,
        Blob{block.payload});
    const std::int64_t id = connection_.last_insert_id();
    add(totals_.spans, block.spans);
    for (const model::SpanBlockRecord::Share& share : block.shares) {
      const std::int64_t computation =
          computation_id(share.computation, block.first_us.value_or(upload_.received_us));
      connection_.run(
          "INSERT INTO span_shares (computation, block, spans, erred, first_us, last_us, tiled) "
          "VALUES (?, ?, ?, ?, ?, ?, ?)",
          computation, id, share.spans, share.erred, share.first_us, share.last_us, share.tile.has_value());
      roll_ups_.add(computation, id, block, share);
    }
    count_refusal(connection_, cluster_, "impossible_times", block.impossible_runs);
  }

  void put(const model::EventRecord& event) {
    connection_.run("INSERT INTO events (cluster, topic, time_us, truncated, payload) VALUES (?, ?, ?, ?, ?)",
                    cluster_, event.topic, event.time_us, event.truncated, event.payload_json);
    add(totals_.events, 1);
    add(topics_[event.topic], 1);
  }

  void put(const model::ExceptionRecord& exception) {
    std::optional<std::int64_t> computation;
    if (exception.computation) computation = computation_id(*exception.computation, exception.time_us);
    const std::optional<StoredException> old = stored_exception(exception.id);
    if (old && old->group) {
      connection_.run("UPDATE exception_groups SET count = count - 1 WHERE id = ?", *old->group);
      add_blamed(*old->group, -old->blamed);
    }
    const std::optional<std::int64_t> group = add_to_exception_group(exception);
    if (old && group) add_blamed(*group, old->blamed);
    if (group && computation && !is_place_of_exception(*group, *computation)) {
      connection_.run("UPDATE exception_groups SET computations = computations + 1 WHERE id = ?", *group);
    }
    connection_.run(
        "INSERT INTO exceptions (cluster, workspace, recorder_id, computation, exception_group, key, "
        "group_name, type, time_us, attempt, truncated, workers, message, traceback) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (cluster, recorder_id) DO UPDATE SET "
        "computation = excluded.computation, exception_group = excluded.exception_group, key = excluded.key, "
        "group_name = excluded.group_name, type = excluded.type, time_us = excluded.time_us, "
        "attempt = excluded.attempt, truncated = excluded.truncated, workers = excluded.workers, "
        "message = excluded.message, traceback = excluded.traceback",
        cluster_, upload_.workspace, exception.id, computation, group, exception.key, exception.group,
        exception.type, exception.time_us, exception.attempt, exception.truncated, exception.workers_json,
        exception.message, exception.traceback);
    if (old) {
      if (old->group && old->computation && !is_place_of_exception(*old->group, *old->computation)) {
        connection_.run("UPDATE exception_groups SET computations = computations - 1 WHERE id = ?",
                        *old->group);
      }
      return;
    }
    add(totals_.exceptions, 1);
    if (computation) {
      connection_.run("UPDATE computations SET exceptions = exceptions + 1 WHERE id = ?", *computation);
    }
  }

  // An exception that was dropped on the way has nothing to count its dependents on.
  void put(const model::BlameRecord& blame) {
    const std::optional<StoredException> old = stored_exception(blame.exception);
    if (!old) return;
    if (old->group) add_blamed(*old->group, base::wrapping_subtract(blame.blamed, old->blamed));
    connection_.run("UPDATE exceptions SET blamed = ? WHERE cluster = ? AND recorder_id = ?", blame.blamed,
                    cluster_, blame.exception);
  }

  void put(const model::SampleRecord& sample) {
    const std::int64_t address = address_id(sample.address);
    history_.add(sample, address);
    connection_.run(
        "INSERT OR REPLACE INTO samples (cluster, time_us, address, cpu, memory, managed, unmanaged, "
        "spilled, "
        "executing, ready) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        cluster_, sample.time_us, address, sample.cpu, sample.memory, sample.managed, sample.unmanaged,
        sample.spilled, sample.executing, sample.ready);
  }

  void put(const model::DropRecord& drop) {
    connection_.run(
        "INSERT INTO drops (cluster, kind, count, bytes) VALUES (?, ?, ?, ?) ON CONFLICT (cluster, kind) DO "
        "UPDATE "
        "SET count = excluded.count, bytes = excluded.bytes",
        cluster_, drop.kind, drop.count, drop.bytes);
  }

  void put(const model::ControlRecord& control) {
    connection_.run(
        "UPDATE desired_states SET acknowledged_us = coalesce(acknowledged_us, ?) WHERE cluster = ? AND "
        "state = ?",
        control.acknowledged_us, cluster_, control.state);
  }

  void put(const model::PluginRecord& plugin) {
    const bool fits =
        connection_
            .query("SELECT 1 FROM cluster_plugins WHERE cluster = ? AND name = ?", cluster_, plugin.name)
            .step() ||
        count_of_plugins() < kMaxPlugins;
    if (!fits) {
      count_refusal(connection_, cluster_, "plugins", 1);
      return;
    }
    connection_.run(
        "INSERT INTO cluster_plugins (cluster, name, version, kind, sha256, signed_by, state, code, "
        "reason, time_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (cluster, name) DO UPDATE SET "
        "version = excluded.version, kind = excluded.kind, sha256 = excluded.sha256, signed_by = "
        "excluded.signed_by, "
        "state = excluded.state, code = excluded.code, reason = excluded.reason, time_us = excluded.time_us",
        cluster_, plugin.name, plugin.version, plugin.kind, plugin.sha256, plugin.signed_by_json,
        plugin.state, plugin.code, plugin.reason, plugin.time_us);
  }

  void put(const model::EndRecord& end) {
    connection_.run("UPDATE clusters SET stop_us = ?, stop_reason = ? WHERE id = ?", end.stop_us, end.reason,
                    cluster_);
    connection_.run("UPDATE desired_states SET observed_us = coalesce(observed_us, ?) WHERE cluster = ?",
                    upload_.received_us, cluster_);
  }

  std::int64_t compute_us_of_group(std::int64_t computation, const std::string& name, std::int64_t id) {
    if (const GroupState* known = cache_.group(computation, name)) return known->compute_us();
    Statement row = connection_.query("SELECT durations_us FROM groups WHERE id = ?", id);
    row.step();
    return compute_us_of(row.text(0));
  }

  void write_topics() {
    for (const auto& [topic, events] : topics_) {
      connection_.run(
          "INSERT INTO topics (cluster, topic, events) VALUES (?, ?, ?) ON CONFLICT (cluster, topic) DO "
          "UPDATE SET events = events + excluded.events",
          cluster_, topic, events);
    }
  }

  std::int64_t count_of_plugins() {
    Statement row = connection_.query("SELECT count(*) FROM cluster_plugins WHERE cluster = ?", cluster_);
    row.step();
    return row.integer(0);
  }

  struct StoredException {
    std::optional<std::int64_t> group;
    std::optional<std::int64_t> computation;
    std::int64_t blamed = 0;
  };

  std::optional<StoredException> stored_exception(std::int64_t recorder_id) {
    Statement row = connection_.query(
        "SELECT exception_group, computation, blamed FROM exceptions WHERE cluster = ? AND recorder_id = ?",
        cluster_, recorder_id);
    if (!row.step()) return std::nullopt;
    return StoredException{row.optional_integer(0), row.optional_integer(1), row.integer(2)};
  }

  void add_blamed(std::int64_t group, std::int64_t more) {
    if (more == 0) return;
    constexpr std::int64_t kMostBlamed = std::int64_t{1} << 62;  // so that adding cannot overflow
    connection_.run("UPDATE exception_groups SET blamed = max(0, min(blamed + ?, ?)) WHERE id = ?", more,
                    kMostBlamed, group);
  }

  bool is_place_of_exception(std::int64_t group, std::int64_t computation) {
    return connection_
        .query("SELECT 1 FROM exceptions WHERE exception_group = ? AND computation = ?", group, computation)
        .step();
  }

  // Nothing when the cluster has too many.
  std::optional<std::int64_t> add_to_exception_group(const model::ExceptionRecord& exception) {
    {
      Statement row =
          connection_.query("SELECT id FROM exception_groups WHERE cluster = ? AND fingerprint = ?", cluster_,
                            exception.fingerprint);
      if (row.step()) {
        const std::int64_t id = row.integer(0);
        connection_.run(
            "UPDATE exception_groups SET count = count + 1, first_us = min(first_us, ?), last_us = "
            "max(last_us, "
            "?) WHERE id = ?",
            exception.time_us, exception.time_us, id);
        return id;
      }
    }
    if (totals_.exception_groups >= kMaxExceptionGroups) {
      count_refusal(connection_, cluster_, "exception_groups", 1);
      return std::nullopt;
    }
    add(totals_.exception_groups, 1);
    connection_.run(
        "INSERT INTO exception_groups (cluster, workspace, fingerprint, type, message, traceback, count, "
        "first_us, last_us) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)",
        cluster_, upload_.workspace, exception.fingerprint, exception.type, exception.message,
        exception.traceback, exception.time_us, exception.time_us);
    return connection_.last_insert_id();
  }

  void put_progress(std::int64_t computation, std::optional<Micros> stop_us, const std::string& state,
                    const model::TaskCounts& tasks) {
    roll_ups_.forget_tasks(computation);
    {
      static const std::string kSql = "SELECT " + task_columns() + " FROM computations WHERE id = ?";
      Statement old = connection_.query(kSql, computation);
      old.step();
      const model::TaskCounts before = read_tasks(old, 0);
      for (const TaskColumn& column : kTaskColumns) {
        subtract(totals_.tasks.*column.member, before.*column.member);
        add(totals_.tasks.*column.member, tasks.*column.member);
      }
    }
    static const std::string kSql =
        "UPDATE computations SET stop_us = ?, state = ?, " + task_columns("", " = ?") + " WHERE id = ?";
    Statement update = connection_.query(kSql, stop_us, state);
    bind_tasks(update, 3, tasks);
    update.bind(3 + static_cast<int>(kTaskColumns.size()), computation);
    update.step();
  }

  // The row of a computation; made, with what is known of it, when its own record has not come yet.
  std::int64_t computation_id(const std::string& dask_id, Micros start_us) {
    if (const auto found = computations_.find(dask_id); found != computations_.end()) return found->second;
    std::int64_t id = 0;
    {
      Statement row = connection_.query("SELECT id FROM computations WHERE cluster = ? AND dask_id = ?",
                                        cluster_, dask_id);
      if (row.step()) id = row.integer(0);
    }
    if (id == 0) {
      connection_.run(
          "INSERT INTO computations (cluster, workspace, dask_id, start_us, state, code, annotations, tags) "
          "VALUES (?, ?, ?, ?, 'running', '[]', '{}', '[]')",
          cluster_, upload_.workspace, dask_id, start_us);
      id = connection_.last_insert_id();
      add(totals_.computations, 1);
    }
    computations_.emplace(dask_id, id);
    return id;
  }

  std::int64_t address_id(const std::string& address) {
    if (const auto found = addresses_.find(address); found != addresses_.end()) return found->second;
    connection_.run("INSERT INTO addresses (cluster, address) VALUES (?, ?) ON CONFLICT DO NOTHING", cluster_,
                    address);
    Statement row =
        connection_.query("SELECT id FROM addresses WHERE cluster = ? AND address = ?", cluster_, address);
    row.step();
    return addresses_.emplace(address, row.integer(0)).first->second;
  }

  Connection& connection_;
  RowCache& cache_;
  const Upload& upload_;
  const std::int64_t cluster_;
  std::int64_t sequence_ = 0;
  Totals totals_;
  Micros start_us_ = 0;
  RollUps roll_ups_;
  History history_;
  std::unordered_map<std::string, std::int64_t> computations_;
  std::unordered_map<std::string, std::int64_t> addresses_;
  std::unordered_map<std::string, std::int64_t> topics_;  // how many events
};

struct KnownSession {
  std::int64_t cluster = 0;
  std::int64_t mark = 0;
  bool describe_again = false;
};

base::Result<std::optional<KnownSession>> find_session(Connection& connection, const Upload& upload,
                                                       std::string_view session) {
  const Blob key{session};
  Statement row =
      connection.query("SELECT id, mark, workspace, describe_again FROM clusters WHERE session = ?", key);
  if (!row.step()) return std::nullopt;
  if (row.integer(2) != upload.workspace)
    return error(Errc::kForbidden, "the session belongs to another workspace");
  return KnownSession{row.integer(0), row.integer(1), row.integer(3) != 0};
}

// The record itself is stored when its chunk is applied.
KnownSession open_session(Connection& connection, const Upload& upload, std::string_view session) {
  connection.run(
      "INSERT INTO clusters (workspace, session, scheduler_id, name, address, host, user, os, python, dask, "
      "distributed, pilothouse, pid, start_us, flush_interval_us, last_seen_us, recorder_user) "
      "VALUES (?, ?, '', '', '', '', '', '', '', '', '', '', 0, 0, 0, ?, ?)",
      upload.workspace, Blob{session}, upload.received_us, upload.user);
  return {connection.last_insert_id(), 0};
}

// Sequence numbers after the mark that the upload leaves out: what they stood for will not come any more. A
// session record that was asked for again stands for nothing, it has the number of a chunk that is missing.
std::int64_t missing_chunks(const Upload& upload, const KnownSession& known) {
  const auto stored = std::count_if(upload.chunks.begin(), upload.chunks.end(), [&](const Chunk& chunk) {
    const bool again = known.describe_again && std::holds_alternative<model::SessionRecord>(chunk.content);
    return static_cast<std::int64_t>(chunk.sequence) > known.mark && !again;
  });
  return static_cast<std::int64_t>(upload.chunks.back().sequence) - known.mark - stored;
}

}  // namespace

base::Result<Receipt> store_upload(Connection& connection, RowCache& cache, const Upload& upload) {
  const std::string_view session(reinterpret_cast<const char*>(upload.session.bytes.data()),
                                 upload.session.bytes.size());
  const auto found = find_session(connection, upload, session);
  if (!found) return found.error();
  std::optional<KnownSession> known = *found;
  if (!known || known->describe_again) {
    if (upload.chunks.empty() ||
        !std::holds_alternative<model::SessionRecord>(upload.chunks.front().content)) {
      return error(Errc::kUnknownSession,
                   "this hub does not know the session; begin with its session record");
    }
    if (!known) known = open_session(connection, upload, session);
  }

  Receipt receipt;
  receipt.cluster = known->cluster;
  receipt.mark = receipt.previous_mark = known->mark;
  const bool has_news =
      !upload.chunks.empty() && static_cast<std::int64_t>(upload.chunks.back().sequence) > known->mark;
  if (has_news) {
    Ingest ingest(connection, cache, upload, known->cluster);
    for (const Chunk& chunk : upload.chunks) {
      if (static_cast<std::int64_t>(chunk.sequence) > known->mark) ingest.apply(chunk);
    }
    receipt.mark = static_cast<std::int64_t>(upload.chunks.back().sequence);
    ingest.finish(receipt.mark);
    if (const std::int64_t missing = missing_chunks(upload, *known); missing > 0) {
      connection.run("UPDATE clusters SET missing_chunks = missing_chunks + ? WHERE id = ?", missing,
                     known->cluster);
    }
  } else {
    connection.run("UPDATE clusters SET last_seen_us = ? WHERE id = ?", upload.received_us, known->cluster);
  }
  if (known->describe_again) {
    connection.run("UPDATE clusters SET describe_again = 0 WHERE id = ?", known->cluster);
  }
  Statement desired = connection.query("SELECT state FROM desired_states WHERE cluster = ?", known->cluster);
  if (desired.step()) receipt.desired_state = desired.string(0);
  return receipt;
}

}  // namespace pilothouse::store::sqlite
