#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/session_id.h"
#include "model/records.h"
#include "model/views.h"
#include "store/retention.h"

namespace pilothouse::store {

// One checked chunk.
struct Chunk {
  std::uint64_t sequence = 0;
  std::variant<model::SessionRecord, std::vector<model::WorkerRecord>, std::vector<model::ComputationRecord>,
               std::vector<model::GroupRecord>, model::SpanBlockRecord, std::vector<model::EventRecord>,
               std::vector<model::ExceptionRecord>, std::vector<model::SampleRecord>,
               std::vector<model::DropRecord>, model::EndRecord, std::vector<model::ClientRecord>,
               std::vector<model::BlameRecord>, std::vector<model::ControlRecord>,
               std::vector<model::ProgressRecord>, std::vector<model::PluginRecord>>
      content;
};

// One upload: chunks of one session, sequences strictly increasing. None at all is a heartbeat.
struct Upload {
  base::SessionId session;
  std::int64_t workspace = 0;
  base::Micros received_us = 0;
  std::vector<Chunk> chunks;
  std::optional<std::int64_t> user = {};  // whose token sends it; kept of the first one
};

struct Receipt {
  std::int64_t mark = 0;           // every chunk up to this sequence is stored, or was never sent
  std::int64_t previous_mark = 0;  // what it was before the upload
  std::int64_t cluster = 0;
  std::optional<std::string> desired_state;
};

// A place between two items of a listing, by the first two columns it is ordered by.
struct Cursor {
  std::int64_t major = 0;
  std::int64_t minor = 0;

  bool operator==(const Cursor&) const = default;
};

template <class Item>
struct Page {
  std::vector<Item> items;
  std::optional<Cursor> next;  // none: nothing follows
};

// Silence after which a cluster counts as lost, where nobody says otherwise.
inline constexpr base::Micros kDefaultLostAfter = 30 * base::kMicrosPerSecond;

// From when a cluster's status is judged.
struct Viewpoint {
  base::Micros now_us = 0;
  base::Micros lost_after_us = 0;
};

// What a listing is asked for. A listing looks at the members that its REST route takes and ignores the
// others.
struct Query {
  std::int64_t workspace = 0;
  Viewpoint viewpoint;
  std::optional<base::Micros> since;  // at or after
  std::optional<base::Micros> until;  // before
  std::optional<std::string> user;
  std::optional<std::string> status;
  std::optional<std::string> text;
  std::optional<std::string> type;
  std::optional<std::string> topic;
  std::optional<std::string> key;
  std::optional<std::int64_t> cluster;
  std::optional<std::string> scheduler_id;
  std::optional<std::int64_t> computation;
  std::optional<std::int64_t> exception_group;
  std::optional<std::string> fingerprint;
  std::optional<std::int64_t> activity;  // points of each cluster, at most
  std::int64_t limit = 100;
  std::optional<Cursor> cursor;
};

struct TimelineQuery {
  std::int64_t workspace = 0;
  std::int64_t computation = 0;
  std::string dask_id;                // filled in by the store
  std::optional<base::Micros> from;   // none: from the first run on
  std::optional<base::Micros> to;     // none: to the last one
  std::int64_t width = 1024;          // buckets at most
  std::int64_t first_lane = 0;        // those before it are left out
  std::int64_t lanes = 256;           // at most
  std::optional<std::string> worker;  // only its threads
};

struct HistoryQuery {
  std::int64_t workspace = 0;
  std::int64_t cluster = 0;
  Viewpoint viewpoint;
  std::optional<base::Micros> from;  // none: from the cluster's start on
  std::optional<base::Micros> to;    // none: to its end, or to now
  std::int64_t width = 500;          // buckets at most
};

struct ClusterDetail {
  model::ClusterView cluster;
  std::vector<model::ClientRecord> clients;
};

// Everything recorded. Each object belongs to one thread at a time. Every answer is made from one snapshot; a
// page boundary stays where it was whatever is stored meanwhile. kStorage when the database refuses,
// kNotFound when the workspace has no such cluster or computation.
struct ClusterPlace {
  std::int64_t workspace;
  std::int64_t cluster;

  auto operator<=>(const ClusterPlace&) const = default;
};

class RecordStore {
 public:
  virtual ~RecordStore() = default;

  // Stores all uploads in one transaction, one result each, in order. An upload is stored whole or not at
  // all, and returns only after it is on the disk. Chunks up to the session's mark are skipped.
  // kUnknownSession: the session is not known and the upload does not begin with its record. kForbidden: it
  // belongs to another workspace.
  virtual std::vector<base::Result<Receipt>> store(std::span<const Upload> uploads) = 0;

  // Up to where a session's chunks are stored; 0 when the session is not known. It never goes back.
  virtual base::Result<std::uint64_t> mark(const base::SessionId& session) = 0;

  // What store() answers to an upload that has nothing new: when the session is of this workspace, is stored
  // up to `last` and was heard of a moment before `now`, so that not even that is news. Nothing when store()
  // is needed.
  virtual base::Result<std::optional<Receipt>> repeated(const base::SessionId& session,
                                                        std::int64_t workspace, std::uint64_t last,
                                                        base::Micros now) = 0;

  // The machine's clock was set by `step` and shows `now` since: clusters that were heard of within
  // `lost_after` still are, and no other becomes so. A step of 0 is for a start: the clock may have been set
  // before it.
  virtual base::Result<void> follow_clock(base::Micros now, base::Micros step, base::Micros lost_after) = 0;

  // Those that have not stopped and were heard of at that time or later.
  virtual base::Result<std::vector<ClusterPlace>> heard_since(base::Micros time) = 0;

  // Newest first.
  virtual base::Result<Page<model::ClusterView>> clusters(const Query& query) = 0;
  virtual base::Result<Page<model::ComputationView>> computations(const Query& query) = 0;
  virtual base::Result<Page<model::EventView>> events(const Query& query) = 0;
  virtual base::Result<Page<model::ExceptionView>> exceptions(const Query& query) = 0;
  virtual base::Result<Page<model::ExceptionGroupView>> exception_groups(const Query& query) = 0;
  virtual base::Result<Page<model::FingerprintView>> fingerprints(const Query& query) = 0;
  virtual base::Result<Page<model::WorkerView>> workers(const Query& query) = 0;

  // Of one cluster, by topic; the first ten thousand.
  virtual base::Result<Page<model::TopicView>> topics(const Query& query) = 0;

  // Oldest first.
  virtual base::Result<Page<model::SampleView>> samples(const Query& query) = 0;

  // Of one computation, as they arrived. A page may be short, or even empty, although more follow.
  virtual base::Result<Page<model::SpanView>> spans(const Query& query) = 0;

  // The runs of all tasks with the key, oldest block first. Like spans() as to pages.
  virtual base::Result<Page<model::FoundSpan>> find_spans(const Query& query) = 0;

  virtual base::Result<ClusterDetail> cluster(std::int64_t workspace, std::int64_t id,
                                              const Viewpoint& viewpoint) = 0;
  virtual base::Result<model::ComputationView> computation(std::int64_t workspace, std::int64_t id,
                                                           const Viewpoint& viewpoint) = 0;

  // Of one computation, in a time that does not depend on how many spans there are, only on how many buckets.
  virtual base::Result<model::TimelineView> timeline(const TimelineQuery& query) = 0;

  // Of one cluster, in a time that depends on the width alone.
  virtual base::Result<model::HistoryView> history(const HistoryQuery& query) = 0;

  // Removes what no workspace keeps any longer, in one transaction of about `budget`; at least one thing when
  // there is any. First span blocks that are too old, then clusters that are over and too old; where that is
  // still too much, the oldest span blocks, and when none is left the oldest clusters that are over. Spans
  // that went are counted in `spans_expired` of their computation and cluster.
  virtual base::Result<Removed> remove_expired(const Viewpoint& viewpoint,
                                               std::chrono::milliseconds budget) = 0;

  // What remove_expired() would remove by and by, without removing it; but for the bytes of the timeline that
  // stay, summed up, when spans go.
  virtual base::Result<Removed> find_expired(const Viewpoint& viewpoint) = 0;

  // Succeeds when the store can answer.
  virtual base::Result<void> ping() = 0;
};

}  // namespace pilothouse::store
