#include "hub/api/write_views.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pilothouse::hub {
namespace {

void write_tasks(JsonWriter& out, const model::TaskCounts& tasks) {
  out.key("tasks");
  out.begin_object();
  out.field("total", tasks.total);
  out.field("waiting", tasks.waiting);
  out.field("queued", tasks.queued);
  out.field("processing", tasks.processing);
  out.field("no_worker", tasks.no_worker);
  out.field("memory", tasks.memory);
  out.field("erred", tasks.erred);
  out.field("blamed", tasks.blamed);
  out.field("released", tasks.released);
  out.end_object();
}

void write_versions(JsonWriter& out, const model::SessionRecord& session) {
  out.key("versions");
  out.begin_object();
  out.field("python", session.python);
  out.field("dask", session.dask);
  out.field("distributed", session.distributed);
  out.field("pilothouse", session.pilothouse);
  out.end_object();
}

void write_texts(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name);
  out.begin_array();
  for (const std::string& text : texts) out.value(text);
  out.end_array();
}

void write_desired_state(JsonWriter& out, const std::optional<model::DesiredState>& desired) {
  out.key("desired_state");
  if (!desired) {
    out.null();
    return;
  }
  out.begin_object();
  out.field("state", desired->state);
  out.field("requested_us", desired->requested_us);
  out.field("acknowledged_us", desired->acknowledged_us);
  out.field("observed_us", desired->observed_us);
  out.end_object();
}

// Averages are read by people: three digits after the point are enough.
double rounded(double number) { return std::round(number * 1000) / 1000; }

void write_activity(JsonWriter& out, const model::ActivityView& activity) {
  out.key("activity");
  out.begin_object();
  out.field("from_us", activity.from_us);
  out.field("bucket_us", activity.bucket_us);
  out.key("executing");
  out.begin_array();
  for (const std::optional<double>& executing : activity.executing) {
    if (executing) {
      out.value(rounded(*executing));
    } else {
      out.null();
    }
  }
  out.end_array();
  out.end_object();
}

void write_measures(JsonWriter& out, const model::SampleRecord& sample) {
  out.field("cpu", sample.cpu);
  out.field("memory", sample.memory);
  out.field("managed", sample.managed);
  out.field("unmanaged", sample.unmanaged);
  out.field("spilled", sample.spilled);
  out.field("executing", sample.executing);
  out.field("ready", sample.ready);
}

void write_group(JsonWriter& out, const model::GroupView& view) {
  const model::GroupRecord& group = view.group;
  out.begin_object();
  out.field("name", group.name);
  out.field("prefix", group.prefix);
  write_tasks(out, group.tasks);
  out.field("runs", group.runs);
  out.raw_field("durations_us", group.durations_us_json);
  out.field("nbytes", group.nbytes);
  out.raw_field("types", group.types_json);
  out.field("first_start_us", group.first_start_us);
  out.field("last_stop_us", group.last_stop_us);
  out.raw_field("dependencies", group.dependencies_json);
  out.field("p50_us", view.p50_us);
  out.field("p90_us", view.p90_us);
  out.field("p95_us", view.p95_us);
  out.field("p99_us", view.p99_us);
  out.field("max_us", view.max_us);
  if (view.slowest_json) out.raw_field("slowest", *view.slowest_json);
  out.end_object();
}

}  // namespace

void write_cluster_fields(JsonWriter& out, const model::ClusterView& cluster) {
  const model::SessionRecord& session = cluster.session;
  out.field("id", cluster.id);
  out.field("scheduler_id", session.scheduler_id);
  out.field("name", session.name);
  out.field("status", cluster.status);
  out.field("workspace", cluster.workspace);
  out.field("address", session.address);
  out.field("dashboard", session.dashboard);
  out.field("host", session.host);
  out.field("user", session.user);
  out.field("os", session.os);
  write_versions(out, session);
  out.field("pid", session.pid);
  out.field("start_us", session.start_us);
  out.field("stop_us", cluster.stop_us);
  out.field("stop_reason", cluster.stop_reason);
  out.field("last_seen_us", cluster.last_seen_us);
  out.key("workers");
  out.begin_object();
  out.field("now", cluster.workers_now);
  out.field("total", cluster.workers_total);
  out.field("lost", cluster.workers_lost);
  out.end_object();
  out.field("threads", cluster.threads);
  out.field("memory_limit", cluster.memory_limit);
  out.field("worker_us", cluster.worker_us);
  out.field("thread_us", cluster.thread_us);
  out.field("compute_us", cluster.compute_us);
  out.field("clients", cluster.clients);
  out.field("computations", cluster.computations);
  write_tasks(out, cluster.tasks);
  out.field("exceptions", cluster.exceptions);
  out.field("events", cluster.events);
  out.field("spans", cluster.spans);
  out.field("spans_expired", cluster.spans_expired);
  out.field("missing_chunks", cluster.missing_chunks);
  out.key("dropped");
  out.begin_object();
  std::int64_t dropped_spans = 0;
  for (const auto& [kind, count] : cluster.dropped) {
    out.field(kind, count);
    if (kind == "spans") dropped_spans = count;
  }
  out.end_object();
  out.field("dropped_spans", dropped_spans);
  out.key("refused");
  out.begin_object();
  for (const auto& [reason, count] : cluster.refused) out.field(reason, count);
  out.end_object();
  out.key("plugins");
  out.begin_array();
  for (const model::PluginRecord& plugin : cluster.plugins) {
    out.begin_object();
    out.field("name", plugin.name);
    out.field("version", plugin.version);
    out.field("kind", plugin.kind);
    out.field("sha256", plugin.sha256);
    out.raw_field("signed_by", plugin.signed_by_json);
    out.field("state", plugin.state);
    out.field("code", plugin.code);
    out.field("reason", plugin.reason);
    out.field("time_us", plugin.time_us);
    out.end_object();
  }
  out.end_array();
  write_desired_state(out, cluster.desired_state);
  if (cluster.activity) write_activity(out, *cluster.activity);
}

void write(JsonWriter& out, const model::ClusterView& cluster) {
  out.begin_object();
  write_cluster_fields(out, cluster);
  out.end_object();
}

void write(JsonWriter& out, const store::ClusterDetail& detail) {
  out.begin_object();
  write_cluster_fields(out, detail.cluster);
  out.key("client_list");
  out.begin_array();
  for (const model::ClientRecord& client : detail.clients) {
    out.begin_object();
    out.field("client", client.client);
    out.field("joined_us", client.joined_us);
    out.field("left_us", client.left_us);
    out.end_object();
  }
  out.end_array();
  out.end_object();
}

void write(JsonWriter& out, const model::WorkerView& view) {
  const model::WorkerRecord& worker = view.worker;
  out.begin_object();
  out.field("id", view.id);
  out.field("address", worker.address);
  out.field("name", worker.name);
  out.field("host", worker.host);
  out.field("nthreads", worker.nthreads);
  out.field("memory_limit", worker.memory_limit);
  out.field("joined_us", worker.joined_us);
  out.field("left_us", worker.left_us);
  out.field("expected", worker.expected);
  out.field("reason", worker.reason);
  out.field("processing", worker.processing);
  out.raw_field("processing_keys", worker.processing_keys_json);
  out.field("lost_results", worker.lost_results);
  out.field("lost_scattered", worker.lost_scattered);
  out.key("last");
  if (view.last) {
    out.begin_object();
    out.field("time_us", view.last->time_us);
    write_measures(out, *view.last);
    out.end_object();
  } else {
    out.null();
  }
  out.end_object();
}

void write(JsonWriter& out, const model::SampleView& view) {
  out.begin_object();
  out.field("time_us", view.sample.time_us);
  out.field("worker", view.sample.address);
  write_measures(out, view.sample);
  out.end_object();
}

void write(JsonWriter& out, const model::ComputationView& view) {
  const model::ComputationRecord& computation = view.computation;
  std::optional<std::int64_t> duration;
  if (computation.stop_us) duration = *computation.stop_us - computation.start_us;
  out.begin_object();
  out.field("id", view.id);
  out.field("dask_id", computation.dask_id);
  out.field("cluster_id", view.cluster_id);
  out.field("scheduler_id", view.scheduler_id);
  out.field("start_us", computation.start_us);
  out.field("stop_us", computation.stop_us);
  out.field("duration_us", duration);
  out.field("state", computation.state);
  out.field("client", computation.client);
  out.raw_field("code", computation.code_json);
  out.raw_field("annotations", computation.annotations_json);
  out.raw_field("tags", computation.tags_json);
  write_tasks(out, computation.tasks);
  out.field("spans", view.spans);
  out.field("spans_expired", view.spans_expired);
  out.field("exceptions", view.exceptions);
  out.field("last_stop_us", view.last_stop_us);
  out.field("groups_left_out", view.groups_left_out);
  out.key("groups");
  out.begin_array();
  for (const model::GroupView& group : view.groups) write_group(out, group);
  out.end_array();
  out.end_object();
}

namespace {

void write_span_fields(JsonWriter& out, const model::SpanView& span) {
  // A run without any action has no times.
  std::optional<base::Micros> start;
  std::optional<base::Micros> stop;
  for (const model::ActionView& action : span.actions) {
    start = std::min(start.value_or(action.start_us), action.start_us);
    stop = std::max(stop.value_or(action.stop_us), action.stop_us);
  }
  out.field("key", span.key);
  out.field("group", span.group);
  out.field("worker", span.worker);
  out.field("thread", span.thread);
  out.field("status", span.erred ? "erred" : "memory");
  out.field("nbytes", span.nbytes);
  out.field("type", span.type);
  out.field("start_us", start);
  out.field("stop_us", stop);
  out.key("actions");
  out.begin_array();
  for (const model::ActionView& action : span.actions) {
    out.begin_object();
    out.field("action", action.action);
    out.field("start_us", action.start_us);
    out.field("stop_us", action.stop_us);
    out.end_object();
  }
  out.end_array();
}

}  // namespace

void write(JsonWriter& out, const model::SpanView& span) {
  out.begin_object();
  write_span_fields(out, span);
  out.end_object();
}

void write(JsonWriter& out, const model::FoundSpan& found) {
  out.begin_object();
  out.field("cluster_id", found.cluster_id);
  out.field("computation_id", found.computation_id);
  write_span_fields(out, found.span);
  out.end_object();
}

void write(JsonWriter& out, const model::EventView& view) {
  out.begin_object();
  out.field("id", view.id);
  out.field("cluster_id", view.cluster_id);
  out.field("topic", view.event.topic);
  out.field("time_us", view.event.time_us);
  out.raw_field("payload", view.event.payload_json);
  out.field("truncated", view.event.truncated);
  out.end_object();
}

void write(JsonWriter& out, const model::HistoryView& history) {
  const auto column = [&](std::string_view name, auto value_of) {
    out.key(name);
    out.begin_array();
    for (const model::HistoryPoint& point : history.points) out.value(value_of(point));
    out.end_array();
  };
  const auto numbers = [&](std::string_view name, double model::SampleSums::*sum) {
    column(name, [&](const model::HistoryPoint& point) { return rounded(point.sums.mean(sum)); });
  };
  const auto bytes = [&](std::string_view name, double model::SampleSums::*sum) {
    column(name, [&](const model::HistoryPoint& point) { return std::llround(point.sums.mean(sum)); });
  };
  out.begin_object();
  out.field("from_us", history.from_us);
  out.field("to_us", history.to_us);
  out.field("bucket_us", history.bucket_us);
  column("times_us", [](const model::HistoryPoint& point) { return point.time_us; });
  numbers("workers", &model::SampleSums::workers);
  numbers("cpu", &model::SampleSums::cpu);
  bytes("memory", &model::SampleSums::memory);
  bytes("managed", &model::SampleSums::managed);
  bytes("unmanaged", &model::SampleSums::unmanaged);
  bytes("spilled", &model::SampleSums::spilled);
  numbers("executing", &model::SampleSums::executing);
  numbers("ready", &model::SampleSums::ready);
  out.end_object();
}

void write(JsonWriter& out, const model::TopicView& view) {
  out.begin_object();
  out.field("topic", view.topic);
  out.field("events", view.events);
  out.end_object();
}

void write(JsonWriter& out, const model::ExceptionView& view) {
  const model::ExceptionRecord& exception = view.exception;
  out.begin_object();
  out.field("id", view.id);
  out.field("cluster_id", view.cluster_id);
  out.field("scheduler_id", view.scheduler_id);
  out.field("computation_id", view.computation_id);
  out.field("group_id", view.group_id);
  out.field("key", exception.key);
  out.field("group", exception.group);
  out.raw_field("workers", exception.workers_json);
  out.field("type", exception.type);
  out.field("message", exception.message);
  out.field("traceback", exception.traceback);
  out.field("time_us", exception.time_us);
  out.field("attempt", exception.attempt);
  out.field("blamed", view.blamed);
  out.field("truncated", exception.truncated);
  out.end_object();
}

void write(JsonWriter& out, const model::ExceptionGroupView& group) {
  out.begin_object();
  out.field("id", group.id);
  out.field("cluster_id", group.cluster_id);
  out.field("scheduler_id", group.cluster.scheduler_id);
  out.field("cluster_name", group.cluster.name);
  out.field("user", group.cluster.user);
  write_versions(out, group.cluster);
  out.field("fingerprint", group.fingerprint);
  out.field("type", group.type);
  out.field("message", group.message);
  out.field("traceback", group.traceback);
  out.field("count", group.count);
  out.field("blamed", group.blamed);
  out.field("first_us", group.first_us);
  out.field("last_us", group.last_us);
  out.end_object();
}

void write(JsonWriter& out, const model::FingerprintView& view) {
  out.begin_object();
  out.field("fingerprint", view.fingerprint);
  out.field("type", view.type);
  out.field("message", view.message);
  out.field("traceback", view.traceback);
  out.field("count", view.count);
  out.field("blamed", view.blamed);
  out.field("first_us", view.first_us);
  out.field("last_us", view.last_us);
  out.field("clusters", view.clusters);
  out.field("computations", view.computations);
  write_texts(out, "users", view.users);
  write_texts(out, "pythons", view.pythons);
  write_texts(out, "dasks", view.dasks);
  write_texts(out, "distributeds", view.distributeds);
  out.end_object();
}

}  // namespace pilothouse::hub
