#include "store/sqlite/migrations.h"

#include <array>
#include <string>

#include "store/sqlite/doors_schema.h"
#include "store/sqlite/grouping_schema.h"
#include "store/sqlite/keeping_schema.h"
#include "store/sqlite/pages_schema.h"
#include "store/sqlite/plugins_schema.h"
#include "store/sqlite/reports_schema.h"
#include "store/sqlite/roll_ups_schema.h"

namespace pilothouse::store::sqlite {
namespace {

// "PhHu": tells a hub's database from any other SQLite file.
constexpr std::int64_t kApplicationId = 0x50684875;

// Names ending in _us are microseconds since the epoch. Texts that hold JSON are handed on as they came.
constexpr const char* kFirstSchema = R"sql(
CREATE TABLE workspaces (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_us INTEGER NOT NULL
) STRICT;

CREATE TABLE tokens (
  hash BLOB PRIMARY KEY,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  created_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE clusters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  session BLOB NOT NULL UNIQUE,
  mark INTEGER NOT NULL DEFAULT 0,
  scheduler_id TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  dashboard TEXT,
  host TEXT NOT NULL,
  user TEXT NOT NULL,
  os TEXT NOT NULL,
  python TEXT NOT NULL,
  dask TEXT NOT NULL,
  distributed TEXT NOT NULL,
  pilothouse TEXT NOT NULL,
  pid INTEGER NOT NULL,
  start_us INTEGER NOT NULL,
  flush_interval_us INTEGER NOT NULL,
  stop_us INTEGER,
  stop_reason TEXT,
  last_seen_us INTEGER NOT NULL,
  workers_now INTEGER NOT NULL DEFAULT 0,
  workers_total INTEGER NOT NULL DEFAULT 0,
  workers_lost INTEGER NOT NULL DEFAULT 0,
  threads_now INTEGER NOT NULL DEFAULT 0,
  threads_peak INTEGER NOT NULL DEFAULT 0,
  memory_now INTEGER NOT NULL DEFAULT 0,
  memory_peak INTEGER NOT NULL DEFAULT 0,
  clients INTEGER NOT NULL DEFAULT 0,
  computations INTEGER NOT NULL DEFAULT 0,
  exceptions INTEGER NOT NULL DEFAULT 0,
  events INTEGER NOT NULL DEFAULT 0,
  spans INTEGER NOT NULL DEFAULT 0,
  total_tasks INTEGER NOT NULL DEFAULT 0,
  waiting_tasks INTEGER NOT NULL DEFAULT 0,
  queued_tasks INTEGER NOT NULL DEFAULT 0,
  processing_tasks INTEGER NOT NULL DEFAULT 0,
  no_worker_tasks INTEGER NOT NULL DEFAULT 0,
  memory_tasks INTEGER NOT NULL DEFAULT 0,
  erred_tasks INTEGER NOT NULL DEFAULT 0,
  blamed_tasks INTEGER NOT NULL DEFAULT 0,
  released_tasks INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX clusters_by_start ON clusters (workspace, start_us, id);
CREATE INDEX clusters_by_scheduler ON clusters (workspace, scheduler_id);

CREATE TABLE desired_states (
  cluster INTEGER PRIMARY KEY REFERENCES clusters,
  state TEXT NOT NULL,
  requested_us INTEGER NOT NULL,
  acknowledged_us INTEGER,
  observed_us INTEGER
) STRICT;

CREATE TABLE drops (
  cluster INTEGER NOT NULL REFERENCES clusters,
  kind TEXT NOT NULL,
  count INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (cluster, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE clients (
  cluster INTEGER NOT NULL REFERENCES clusters,
  client TEXT NOT NULL,
  joined_us INTEGER NOT NULL,
  left_us INTEGER,
  PRIMARY KEY (cluster, client)
) STRICT, WITHOUT ROWID;

CREATE TABLE workers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cluster INTEGER NOT NULL REFERENCES clusters,
  address TEXT NOT NULL,
  joined_us INTEGER NOT NULL,
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  nthreads INTEGER NOT NULL,
  memory_limit INTEGER NOT NULL,
  left_us INTEGER,
  expected INTEGER,
  reason TEXT,
  processing INTEGER NOT NULL,
  lost_results INTEGER NOT NULL,
  lost_scattered INTEGER NOT NULL,
  processing_keys TEXT NOT NULL,
  UNIQUE (cluster, address, joined_us)
) STRICT;
CREATE INDEX workers_by_joined ON workers (cluster, joined_us, id);

CREATE TABLE addresses (
  id INTEGER PRIMARY KEY,
  cluster INTEGER NOT NULL REFERENCES clusters,
  address TEXT NOT NULL,
  UNIQUE (cluster, address)
) STRICT;

CREATE TABLE samples (
  cluster INTEGER NOT NULL REFERENCES clusters,
  time_us INTEGER NOT NULL,
  address INTEGER NOT NULL REFERENCES addresses,
  cpu REAL NOT NULL,
  memory INTEGER NOT NULL,
  managed INTEGER NOT NULL,
  unmanaged INTEGER NOT NULL,
  spilled INTEGER NOT NULL,
  executing INTEGER NOT NULL,
  ready INTEGER NOT NULL,
  PRIMARY KEY (cluster, time_us, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX samples_by_address ON samples (address, time_us);

CREATE TABLE computations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cluster INTEGER NOT NULL REFERENCES clusters,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  dask_id TEXT NOT NULL,
  start_us INTEGER NOT NULL,
  stop_us INTEGER,
  state TEXT NOT NULL,
  client TEXT,
  spans INTEGER NOT NULL DEFAULT 0,
  exceptions INTEGER NOT NULL DEFAULT 0,
  total_tasks INTEGER NOT NULL DEFAULT 0,
  waiting_tasks INTEGER NOT NULL DEFAULT 0,
  queued_tasks INTEGER NOT NULL DEFAULT 0,
  processing_tasks INTEGER NOT NULL DEFAULT 0,
  no_worker_tasks INTEGER NOT NULL DEFAULT 0,
  memory_tasks INTEGER NOT NULL DEFAULT 0,
  erred_tasks INTEGER NOT NULL DEFAULT 0,
  blamed_tasks INTEGER NOT NULL DEFAULT 0,
  released_tasks INTEGER NOT NULL DEFAULT 0,
  code TEXT NOT NULL,
  annotations TEXT NOT NULL,
  tags TEXT NOT NULL,
  UNIQUE (cluster, dask_id)
) STRICT;
CREATE INDEX computations_by_start ON computations (workspace, start_us, id);
CREATE INDEX computations_by_cluster ON computations (cluster, start_us, id);

CREATE TABLE groups (
  computation INTEGER NOT NULL REFERENCES computations,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  runs INTEGER NOT NULL,
  nbytes INTEGER NOT NULL,
  first_start_us INTEGER,
  last_stop_us INTEGER,
  total_tasks INTEGER NOT NULL DEFAULT 0,
  waiting_tasks INTEGER NOT NULL DEFAULT 0,
  queued_tasks INTEGER NOT NULL DEFAULT 0,
  processing_tasks INTEGER NOT NULL DEFAULT 0,
  no_worker_tasks INTEGER NOT NULL DEFAULT 0,
  memory_tasks INTEGER NOT NULL DEFAULT 0,
  erred_tasks INTEGER NOT NULL DEFAULT 0,
  blamed_tasks INTEGER NOT NULL DEFAULT 0,
  released_tasks INTEGER NOT NULL DEFAULT 0,
  durations_us TEXT NOT NULL,
  types TEXT NOT NULL,
  dependencies TEXT NOT NULL,
  PRIMARY KEY (computation, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE span_blocks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cluster INTEGER NOT NULL REFERENCES clusters,
  sequence INTEGER NOT NULL,
  spans INTEGER NOT NULL,
  first_us INTEGER,
  last_us INTEGER,
  compressed INTEGER NOT NULL,
  raw_length INTEGER NOT NULL,
  payload BLOB NOT NULL,
  UNIQUE (cluster, sequence)
) STRICT;

CREATE TABLE span_shares (
  computation INTEGER NOT NULL REFERENCES computations,
  block INTEGER NOT NULL REFERENCES span_blocks,
  spans INTEGER NOT NULL,
  erred INTEGER NOT NULL,
  PRIMARY KEY (computation, block)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cluster INTEGER NOT NULL REFERENCES clusters,
  topic TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  truncated INTEGER NOT NULL,
  payload TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_time ON events (cluster, time_us, id);
CREATE INDEX events_by_topic ON events (cluster, topic, time_us, id);

CREATE TABLE exceptions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cluster INTEGER NOT NULL REFERENCES clusters,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  recorder_id INTEGER NOT NULL,
  computation INTEGER REFERENCES computations,
  key TEXT NOT NULL,
  group_name TEXT NOT NULL,
  type TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  blamed INTEGER NOT NULL DEFAULT 0,
  truncated INTEGER NOT NULL,
  workers TEXT NOT NULL,
  message TEXT NOT NULL,
  traceback TEXT NOT NULL,
  UNIQUE (cluster, recorder_id)
) STRICT;
CREATE INDEX exceptions_by_time ON exceptions (workspace, time_us, id);
CREATE INDEX exceptions_by_cluster ON exceptions (cluster, time_us, id);
)sql";

const auto& steps() {
  static const std::array<std::string, 8> kSteps{kFirstSchema,   roll_ups_schema(), keeping_schema(),
                                                 doors_schema(), plugins_schema(),  reports_schema(),
                                                 pages_schema(), grouping_schema()};
  return kSteps;
}

}  // namespace

int newest_schema() { return static_cast<int>(steps().size()); }

int check_schema(Connection& connection) {
  const std::int64_t schema = connection.pragma("user_version");
  const bool fresh = schema == 0 && connection.pragma("schema_version") == 0;
  if (!fresh && connection.pragma("application_id") != kApplicationId) {
    throw SqliteError("this is not a database of a Pilothouse hub");
  }
  if (schema > newest_schema()) {
    throw SqliteError("this database was written by a newer Pilothouse (schema " + std::to_string(schema) +
                      ", this program knows " + std::to_string(newest_schema()) + "); use that version");
  }
  return static_cast<int>(schema);
}

void migrate(Connection& connection) {
  Transaction transaction(connection, Transaction::Mode::kWrite);
  for (int step = check_schema(connection); step < newest_schema(); ++step) {
    connection.script(steps()[static_cast<std::size_t>(step)]);
  }
  connection.script("PRAGMA application_id = " + std::to_string(kApplicationId));
  connection.script("PRAGMA user_version = " + std::to_string(newest_schema()));
  transaction.commit();
}

}  // namespace pilothouse::store::sqlite
