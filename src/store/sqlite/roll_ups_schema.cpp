#include "store/sqlite/roll_ups_schema.h"

namespace pilothouse::store::sqlite {
namespace {

constexpr const char* kSchema = R"sql(
CREATE TABLE new_groups (
  id INTEGER PRIMARY KEY,
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
  p50_us INTEGER,
  p90_us INTEGER,
  p99_us INTEGER,
  max_us INTEGER,
  durations_us TEXT NOT NULL,
  types TEXT NOT NULL,
  dependencies TEXT NOT NULL,
  UNIQUE (computation, name)
) STRICT;
INSERT INTO new_groups
SELECT NULL, computation, name, prefix, runs, nbytes, first_start_us, last_stop_us, total_tasks, waiting_tasks,
       queued_tasks, processing_tasks, no_worker_tasks, memory_tasks, erred_tasks, blamed_tasks, released_tasks,
       NULL, NULL, NULL, NULL, durations_us, types, dependencies
FROM groups;
DROP TABLE groups;
ALTER TABLE new_groups RENAME TO groups;
CREATE INDEX groups_by_name ON groups (name, computation);

CREATE TABLE latencies (
  task_group INTEGER PRIMARY KEY REFERENCES groups ON DELETE CASCADE,
  sketch BLOB NOT NULL
) STRICT;

CREATE TABLE slowest ( -- apart from the sketches, which change with every upload
  task_group INTEGER PRIMARY KEY REFERENCES groups ON DELETE CASCADE,
  spans TEXT NOT NULL
) STRICT;

ALTER TABLE computations ADD COLUMN last_stop_us INTEGER;
ALTER TABLE computations ADD COLUMN groups INTEGER NOT NULL DEFAULT 0;
UPDATE computations SET groups = (SELECT count(*) FROM groups g WHERE g.computation = computations.id);

ALTER TABLE clusters ADD COLUMN lanes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clusters ADD COLUMN exception_groups INTEGER NOT NULL DEFAULT 0;
CREATE TABLE lanes (
  id INTEGER PRIMARY KEY,
  cluster INTEGER NOT NULL REFERENCES clusters ON DELETE CASCADE,
  worker TEXT NOT NULL, -- empty: not known
  thread INTEGER NOT NULL,
  UNIQUE (cluster, worker, thread)
) STRICT;

ALTER TABLE span_shares ADD COLUMN first_us INTEGER;
ALTER TABLE span_shares ADD COLUMN last_us INTEGER;
ALTER TABLE span_shares ADD COLUMN tiled INTEGER NOT NULL DEFAULT 0; -- 1: the timeline has a tile of it
UPDATE span_shares SET (first_us, last_us) =
  (SELECT first_us, last_us FROM span_blocks b WHERE b.id = span_shares.block);
CREATE INDEX span_shares_untiled ON span_shares (computation, last_us, first_us, spans, block) WHERE tiled = 0;

CREATE TABLE timeline_tiles ( -- store/sqlite/fold_tiles.h
  id INTEGER PRIMARY KEY,
  computation INTEGER NOT NULL REFERENCES computations ON DELETE CASCADE,
  block INTEGER REFERENCES span_blocks ON DELETE CASCADE, -- of tier 0
  parent INTEGER NOT NULL, -- a tile of the next tier; 0: none yet, -1: never one
  tier INTEGER NOT NULL,
  shift INTEGER NOT NULL,
  weight INTEGER NOT NULL,
  spans INTEGER NOT NULL,
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  expired_us INTEGER, -- the last moment of its parts that are gone
  dictionaries BLOB NOT NULL, -- the rows of its lanes and groups
  cells BLOB NOT NULL -- model/timeline_tile.h
) STRICT;
CREATE INDEX timeline_tiles_by_parent ON timeline_tiles (computation, parent, tier);
CREATE INDEX timeline_tiles_by_block ON timeline_tiles (block) WHERE block IS NOT NULL;

CREATE TABLE refusals ( -- what was left out, and why
  cluster INTEGER NOT NULL REFERENCES clusters ON DELETE CASCADE,
  reason TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (cluster, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE exception_groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cluster INTEGER NOT NULL REFERENCES clusters ON DELETE CASCADE,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  fingerprint TEXT NOT NULL,
  type TEXT NOT NULL,
  message TEXT NOT NULL, -- of the first one
  traceback TEXT NOT NULL,
  count INTEGER NOT NULL,
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  UNIQUE (cluster, fingerprint)
) STRICT;
CREATE INDEX exception_groups_by_workspace ON exception_groups (workspace, id);
CREATE INDEX exception_groups_by_cluster ON exception_groups (cluster, id);
ALTER TABLE exceptions ADD COLUMN exception_group INTEGER REFERENCES exception_groups ON DELETE SET NULL;
INSERT INTO exception_groups (cluster, workspace, fingerprint, type, message, traceback, count, first_us, last_us)
SELECT cluster, workspace, exception_fingerprint(type, message, traceback) AS f, type, message, traceback,
       count(*), min(time_us), max(time_us)
FROM exceptions GROUP BY cluster, f ORDER BY min(id);
UPDATE exceptions SET exception_group =
  (SELECT g.id FROM exception_groups g
   WHERE g.cluster = exceptions.cluster AND
         g.fingerprint = exception_fingerprint(exceptions.type, exceptions.message, exceptions.traceback));
UPDATE clusters SET exception_groups = (SELECT count(*) FROM exception_groups g WHERE g.cluster = clusters.id);
CREATE INDEX exceptions_by_group ON exceptions (exception_group, time_us, id);
)sql";

}  // namespace

const char* roll_ups_schema() { return kSchema; }

}  // namespace pilothouse::store::sqlite
