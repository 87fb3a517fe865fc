#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/records.h"

// What a hub answers (docs: openapi.json, the schemas of the same names).
namespace pilothouse::model {

struct DesiredState {
  std::string state;
  base::Micros requested_us = 0;
  std::optional<base::Micros> acknowledged_us;
  std::optional<base::Micros> observed_us;
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
  std::int64_t clients = 0;
  std::int64_t computations = 0;
  TaskCounts tasks;
  std::int64_t exceptions = 0;
  std::int64_t events = 0;
  std::int64_t spans = 0;
  std::int64_t spans_expired = 0;   // of these: no longer kept
  std::int64_t missing_chunks = 0;  // never received, or lost with a database that a backup replaced
  std::vector<std::pair<std::string, std::int64_t>> dropped;  // by kind
  std::optional<DesiredState> desired_state;

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

struct ComputationView {
  std::int64_t id = 0;
  std::int64_t cluster_id = 0;
  std::string scheduler_id;
  ComputationRecord computation;  // its state may also be "lost"
  std::int64_t spans = 0;
  std::int64_t spans_expired = 0;  // of these: no longer kept
  std::int64_t exceptions = 0;
  std::vector<GroupRecord> groups;
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

struct EventView {
  std::int64_t id = 0;
  std::int64_t cluster_id = 0;
  EventRecord event;
};

struct ExceptionView {
  std::int64_t id = 0;
  std::int64_t cluster_id = 0;
  std::string scheduler_id;
  std::optional<std::int64_t> computation_id;
  ExceptionRecord exception;
  std::int64_t blamed = 0;
};

}  // namespace pilothouse::model
