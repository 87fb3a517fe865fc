#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/records.h"
#include "model/sample_sums.h"
#include "model/timeline_grid.h"

// What a hub answers (docs: openapi.json, the schemas of the same names).
namespace pilothouse::model {

struct DesiredState {
  std::string state;
  base::Micros requested_us = 0;
  std::optional<base::Micros> acknowledged_us;
  std::optional<base::Micros> observed_us;
};

// How many tasks ran at once, from bucket to bucket; nothing where nobody looked.
struct ActivityView {
  base::Micros from_us = 0;
  std::int64_t bucket_us = 0;
  std::vector<std::optional<double>> executing;
};

struct ClusterView {
  std::int64_t id = 0;
  SessionRecord session;
  std::string status;  // running, stopped or lost, as of the question
  std::string workspace;
  std::optional<base::Micros> stop_us;
  std::optional<std::string> stop_reason;
  base::Micros last_seen_us = 0;
  std::int64_t workers_now = 0;
  std::int64_t workers_total = 0;
  std::int64_t workers_lost = 0;
  std::int64_t threads = 0;       // now, or the peak once it has ended
  std::int64_t memory_limit = 0;  // the same
  std::int64_t worker_us = 0;     // how long the workers have been there, all together
  std::int64_t thread_us = 0;     // the same of their threads
  std::int64_t compute_us = 0;    // in which these computed
  std::int64_t clients = 0;
  std::int64_t computations = 0;
  TaskCounts tasks;
  std::int64_t exceptions = 0;
  std::int64_t events = 0;
  std::int64_t spans = 0;
  std::int64_t spans_expired = 0;   // of these: no longer kept
  std::int64_t missing_chunks = 0;  // never received, or lost with a database that a backup replaced
  std::vector<std::pair<std::string, std::int64_t>> dropped;  // by kind
  std::vector<std::pair<std::string, std::int64_t>> refused;  // by the hub, by reason
  std::vector<PluginRecord> plugins;                          // by name
  std::optional<DesiredState> desired_state;
  std::optional<ActivityView> activity;  // only where it is asked for

  bool ended() const { return status != "running"; }
};

struct SampleView {
  std::int64_t id = 0;
  SampleRecord sample;
};

struct WorkerView {
  std::int64_t id = 0;
  WorkerRecord worker;
  std::optional<SampleRecord> last;
};

struct GroupView {
  GroupRecord group;
  std::optional<std::int64_t> p50_us, p90_us, p95_us, p99_us,
      max_us;                               // of compute actions, within 1 %; max exact
  std::optional<std::string> slowest_json;  // only where one computation is asked for
};

struct ComputationView {
  std::int64_t id = 0;
  std::int64_t cluster_id = 0;
  std::string scheduler_id;
  ComputationRecord computation;  // its state may also be "lost"
  std::int64_t spans = 0;
  std::int64_t spans_expired = 0;  // of these: no longer kept
  std::int64_t exceptions = 0;
  std::optional<base::Micros> last_stop_us;  // of the last run that was recorded
  std::vector<GroupView> groups;             // by name
  std::int64_t groups_left_out = 0;          // that were too much for one answer
};

struct ActionView {
  std::string action;
  base::Micros start_us = 0;
  base::Micros stop_us = 0;
};

struct SpanView {
  std::string key;
  std::string group;
  std::optional<std::string> worker;
  std::uint64_t thread = 0;
  bool erred = false;
  std::int64_t nbytes = -1;  // -1: unknown
  std::optional<std::string> type;
  std::vector<ActionView> actions;
};

struct FoundSpan {
  std::int64_t cluster_id = 0;
  std::int64_t computation_id = 0;
  SpanView span;
};

struct TimelineLane {
  std::optional<std::string> worker;
  std::optional<std::string> name;  // of the worker
  std::uint64_t thread = 0;
};

struct TimelineRun {
  struct Action {
    std::size_t action = 0;  // in TimelineView::actions
    base::Micros start_us = 0;
    base::Micros stop_us = 0;
  };

  std::string key;
  std::int64_t lane = 0;
  std::int64_t group = 0;
  bool erred = false;
  std::vector<Action> actions;
};

// A computation's runs between two moments: one by one where they are few, summed up by lane and bucket
// otherwise.
struct TimelineView {
  std::int64_t computation_id = 0;
  base::Micros from_us = 0;  // where the first bucket begins
  base::Micros to_us = 0;
  std::int64_t bucket_us = 0;
  std::int64_t buckets = 0;
  bool complete = true;  // false: there was too much to look at
  std::vector<TimelineLane> lanes;
  std::int64_t first_lane = 0;  // of `lanes`, among all of the computation
  std::int64_t lanes_total = 0;
  std::vector<std::string> groups;
  std::vector<std::string> actions;
  TimelineGrid cells;                            // of `lanes`
  std::optional<std::vector<TimelineRun>> runs;  // then there are no cells
};

struct HistoryPoint {
  base::Micros time_us = 0;  // where its bucket begins
  SampleSums sums;
};

struct HistoryView {
  base::Micros from_us = 0;
  base::Micros to_us = 0;
  std::int64_t bucket_us = 0;
  std::vector<HistoryPoint> points;  // oldest first; none of a bucket without samples
};

struct TopicView {
  std::string topic;
  std::int64_t events = 0;
};

struct EventView {
  std::int64_t id = 0;
  std::int64_t cluster_id = 0;
  EventRecord event;
};

// The exceptions of one cluster that have the same fingerprint.
struct ExceptionGroupView {
  std::int64_t id = 0;
  std::int64_t cluster_id = 0;
  SessionRecord cluster;  // only what names it, and its versions
  std::string fingerprint;
  std::string type;
  std::string message;  // of the first one that was recorded, like the traceback
  std::string traceback;
  std::int64_t count = 0;
  base::Micros first_us = 0;
  base::Micros last_us = 0;
  std::int64_t blamed = 0;
};

// The exceptions that have the same fingerprint, in all clusters of a workspace that were asked for.
struct FingerprintView {
  std::string fingerprint;
  std::string type;
  std::string message;  // of the cluster that had it last, like the traceback
  std::string traceback;
  std::int64_t count = 0;
  std::int64_t blamed = 0;
  base::Micros first_us = 0;
  base::Micros last_us = 0;
  std::int64_t clusters = 0;
  std::int64_t computations = 0;
  std::vector<std::string> users, pythons, dasks, distributeds;  // of the clusters; the first twenty of each
};

struct ExceptionView {
  std::int64_t id = 0;
  std::int64_t cluster_id = 0;
  std::string scheduler_id;
  std::optional<std::int64_t> computation_id;
  std::optional<std::int64_t> group_id;  // of the ExceptionGroupView; none when its cluster has too many
  ExceptionRecord exception;
  std::int64_t blamed = 0;
};

}  // namespace pilothouse::model
