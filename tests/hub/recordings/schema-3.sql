BEGIN TRANSACTION;
CREATE TABLE addresses (
  id INTEGER PRIMARY KEY,
  cluster INTEGER NOT NULL REFERENCES clusters,
  address TEXT NOT NULL,
  UNIQUE (cluster, address)
) STRICT;
CREATE TABLE block_ages (
  block INTEGER PRIMARY KEY REFERENCES span_blocks ON DELETE CASCADE,
  cluster INTEGER NOT NULL,
  workspace INTEGER NOT NULL,
  time_us INTEGER NOT NULL,
  spans INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
CREATE TABLE clients (
  cluster INTEGER NOT NULL REFERENCES clusters,
  client TEXT NOT NULL,
  joined_us INTEGER NOT NULL,
  left_us INTEGER,
  PRIMARY KEY (cluster, client)
) STRICT, WITHOUT ROWID;
CREATE TABLE cluster_bytes (
  cluster INTEGER PRIMARY KEY REFERENCES clusters ON DELETE CASCADE,
  workspace INTEGER NOT NULL,
  spans INTEGER NOT NULL DEFAULT 0,
  records INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO "cluster_bytes" VALUES(1,1,0,1000);
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
, lanes INTEGER NOT NULL DEFAULT 0, exception_groups INTEGER NOT NULL DEFAULT 0, spans_expired INTEGER NOT NULL DEFAULT 0, missing_chunks INTEGER NOT NULL DEFAULT 0, describe_again INTEGER NOT NULL DEFAULT 0, removed_us INTEGER) STRICT;
INSERT INTO "clusters" VALUES(1,1,X'B72BC44E440083E0737AF561823E2F63',1,'Scheduler-1','wild-otter','tcp://10.0.0.9:8786',NULL,'node-9','ada','Linux 6.1','3.11.2','2026.1.0','2026.1.0','0.1.0',4711,1769904000000000,500000,NULL,NULL,1795555745815875,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,NULL);
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
  tags TEXT NOT NULL, last_stop_us INTEGER, groups INTEGER NOT NULL DEFAULT 0, spans_expired INTEGER NOT NULL DEFAULT 0,
  UNIQUE (cluster, dask_id)
) STRICT;
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
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cluster INTEGER NOT NULL REFERENCES clusters,
  topic TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  truncated INTEGER NOT NULL,
  payload TEXT NOT NULL
) STRICT;
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
  traceback TEXT NOT NULL, exception_group INTEGER REFERENCES exception_groups ON DELETE SET NULL,
  UNIQUE (cluster, recorder_id)
) STRICT;
CREATE TABLE "groups" (
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
CREATE TABLE lanes (
  id INTEGER PRIMARY KEY,
  cluster INTEGER NOT NULL REFERENCES clusters ON DELETE CASCADE,
  worker TEXT NOT NULL, -- empty: not known
  thread INTEGER NOT NULL,
  UNIQUE (cluster, worker, thread)
) STRICT;
CREATE TABLE latencies (
  task_group INTEGER PRIMARY KEY REFERENCES groups ON DELETE CASCADE,
  sketch BLOB NOT NULL
) STRICT;
CREATE TABLE refusals ( -- what was left out, and why
  cluster INTEGER NOT NULL REFERENCES clusters ON DELETE CASCADE,
  reason TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (cluster, reason)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE slowest ( -- apart from the sketches, which change with every upload
  task_group INTEGER PRIMARY KEY REFERENCES groups ON DELETE CASCADE,
  spans TEXT NOT NULL
) STRICT;
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
  erred INTEGER NOT NULL, first_us INTEGER, last_us INTEGER, tiled INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (computation, block)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE tokens (
  hash BLOB PRIMARY KEY,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  created_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "tokens" VALUES(X'BD61B6A5A4AD5BB5EE17EEBEA2553D8B410156F4778F47F1168151D9274B74DA',2,1795555745811391);
INSERT INTO "tokens" VALUES(X'500813B5D2C7455FFF4F7B94FD0B9FA0AE650494FB82196B92F20A4F3DF35B2D',1,1795555745790578);
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
CREATE TABLE workspaces (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_us INTEGER NOT NULL
, keep_spans_us INTEGER, keep_records_us INTEGER, max_bytes INTEGER) STRICT;
INSERT INTO "workspaces" VALUES(1,'default',1795555745790578,NULL,NULL,NULL);
INSERT INTO "workspaces" VALUES(2,'research',1795555745811391,NULL,NULL,NULL);
CREATE INDEX clusters_by_start ON clusters (workspace, start_us, id);
CREATE INDEX clusters_by_scheduler ON clusters (workspace, scheduler_id);
CREATE INDEX workers_by_joined ON workers (cluster, joined_us, id);
CREATE INDEX samples_by_address ON samples (address, time_us);
CREATE INDEX computations_by_start ON computations (workspace, start_us, id);
CREATE INDEX computations_by_cluster ON computations (cluster, start_us, id);
CREATE INDEX events_by_time ON events (cluster, time_us, id);
CREATE INDEX events_by_topic ON events (cluster, topic, time_us, id);
CREATE INDEX exceptions_by_time ON exceptions (workspace, time_us, id);
CREATE INDEX exceptions_by_cluster ON exceptions (cluster, time_us, id);
CREATE INDEX groups_by_name ON groups (name, computation);
CREATE INDEX span_shares_untiled ON span_shares (computation, last_us, first_us, spans, block) WHERE tiled = 0;
CREATE INDEX timeline_tiles_by_parent ON timeline_tiles (computation, parent, tier);
CREATE INDEX timeline_tiles_by_block ON timeline_tiles (block) WHERE block IS NOT NULL;
CREATE INDEX exception_groups_by_workspace ON exception_groups (workspace, id);
CREATE INDEX exception_groups_by_cluster ON exception_groups (cluster, id);
CREATE INDEX exceptions_by_group ON exceptions (exception_group, time_us, id);
CREATE INDEX clusters_removed ON clusters (id) WHERE removed_us IS NOT NULL;
CREATE INDEX span_shares_by_block ON span_shares (block);
CREATE INDEX exceptions_by_computation ON exceptions (computation);
CREATE INDEX block_ages_by_time ON block_ages (workspace, time_us, block, cluster, spans, bytes);
CREATE TRIGGER clusters_counted AFTER INSERT ON clusters BEGIN
  INSERT INTO cluster_bytes (cluster, workspace, records) VALUES (new.id, new.workspace, 1000);
END;
CREATE TRIGGER blocks_added AFTER INSERT ON block_ages BEGIN
  UPDATE cluster_bytes SET spans = spans + new.bytes WHERE cluster = new.cluster;
END;
CREATE TRIGGER blocks_removed AFTER DELETE ON block_ages BEGIN
  UPDATE cluster_bytes SET spans = spans - old.bytes WHERE cluster = old.cluster;
END;
CREATE TRIGGER span_blocks_added AFTER INSERT ON span_blocks BEGIN
  INSERT INTO block_ages (block, cluster, workspace, time_us, spans, bytes)
  SELECT new.id, c.id, c.workspace, min(coalesce(new.last_us, c.last_seen_us), c.last_seen_us), new.spans,
    200 + length(new.payload) FROM clusters c WHERE c.id = new.cluster;
END;
CREATE TRIGGER blocks_changed AFTER UPDATE OF bytes ON block_ages BEGIN
  UPDATE cluster_bytes SET spans = spans + new.bytes - old.bytes WHERE cluster = new.cluster;
END;
CREATE TRIGGER timeline_tiles_added AFTER INSERT ON timeline_tiles WHEN new.block IS NOT NULL BEGIN
  UPDATE block_ages SET bytes = bytes + 100 + length(new.dictionaries) + length(new.cells)
  WHERE block = new.block;
END;
CREATE TRIGGER timeline_tiles_removed AFTER DELETE ON timeline_tiles WHEN old.block IS NOT NULL BEGIN
  UPDATE block_ages SET bytes = bytes - 100 - length(old.dictionaries) - length(old.cells)
  WHERE block = old.block;
END;
CREATE TRIGGER folded_tiles_added AFTER INSERT ON timeline_tiles WHEN new.block IS NULL BEGIN
  UPDATE cluster_bytes SET records = records + 100 + length(new.dictionaries) + length(new.cells)
  WHERE cluster = (SELECT cluster FROM computations WHERE id = new.computation);
END;
CREATE TRIGGER folded_tiles_removed AFTER DELETE ON timeline_tiles WHEN old.block IS NULL BEGIN
  UPDATE cluster_bytes SET records = records - 100 - length(old.dictionaries) - length(old.cells)
  WHERE cluster = (SELECT cluster FROM computations WHERE id = old.computation);
END;
CREATE TRIGGER samples_bytes_insert BEFORE INSERT ON samples BEGIN
  UPDATE cluster_bytes SET records = records + 120 WHERE cluster = new.cluster AND NOT EXISTS (
    SELECT 1 FROM samples WHERE cluster = new.cluster AND time_us = new.time_us AND address = new.address);
END;
CREATE TRIGGER samples_bytes_delete AFTER DELETE ON samples BEGIN
  UPDATE cluster_bytes SET records = records - 120 WHERE cluster = old.cluster;
END;
CREATE TRIGGER computations_bytes_INSERT AFTER INSERT ON computations WHEN (350 + length(CAST(new.code AS BLOB)) + length(CAST(new.annotations AS BLOB)) + length(CAST(new.tags AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (350 + length(CAST(new.code AS BLOB)) + length(CAST(new.annotations AS BLOB)) + length(CAST(new.tags AS BLOB))) WHERE cluster = new.cluster; END;
CREATE TRIGGER computations_bytes_UPDATE AFTER UPDATE OF code, annotations, tags ON computations WHEN (350 + length(CAST(new.code AS BLOB)) + length(CAST(new.annotations AS BLOB)) + length(CAST(new.tags AS BLOB))) - (350 + length(CAST(old.code AS BLOB)) + length(CAST(old.annotations AS BLOB)) + length(CAST(old.tags AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (350 + length(CAST(new.code AS BLOB)) + length(CAST(new.annotations AS BLOB)) + length(CAST(new.tags AS BLOB))) - (350 + length(CAST(old.code AS BLOB)) + length(CAST(old.annotations AS BLOB)) + length(CAST(old.tags AS BLOB))) WHERE cluster = new.cluster; END;
CREATE TRIGGER computations_bytes_DELETE AFTER DELETE ON computations WHEN -(350 + length(CAST(old.code AS BLOB)) + length(CAST(old.annotations AS BLOB)) + length(CAST(old.tags AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + -(350 + length(CAST(old.code AS BLOB)) + length(CAST(old.annotations AS BLOB)) + length(CAST(old.tags AS BLOB))) WHERE cluster = old.cluster; END;
CREATE TRIGGER groups_bytes_INSERT AFTER INSERT ON groups WHEN (150 + length(CAST(new.name AS BLOB)) + length(CAST(new.prefix AS BLOB)) + length(CAST(new.durations_us AS BLOB)) + length(CAST(new.types AS BLOB)) + length(CAST(new.dependencies AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (150 + length(CAST(new.name AS BLOB)) + length(CAST(new.prefix AS BLOB)) + length(CAST(new.durations_us AS BLOB)) + length(CAST(new.types AS BLOB)) + length(CAST(new.dependencies AS BLOB))) WHERE cluster = (SELECT cluster FROM computations WHERE id = new.computation); END;
CREATE TRIGGER groups_bytes_UPDATE AFTER UPDATE OF name, prefix, durations_us, types, dependencies ON groups WHEN (150 + length(CAST(new.name AS BLOB)) + length(CAST(new.prefix AS BLOB)) + length(CAST(new.durations_us AS BLOB)) + length(CAST(new.types AS BLOB)) + length(CAST(new.dependencies AS BLOB))) - (150 + length(CAST(old.name AS BLOB)) + length(CAST(old.prefix AS BLOB)) + length(CAST(old.durations_us AS BLOB)) + length(CAST(old.types AS BLOB)) + length(CAST(old.dependencies AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (150 + length(CAST(new.name AS BLOB)) + length(CAST(new.prefix AS BLOB)) + length(CAST(new.durations_us AS BLOB)) + length(CAST(new.types AS BLOB)) + length(CAST(new.dependencies AS BLOB))) - (150 + length(CAST(old.name AS BLOB)) + length(CAST(old.prefix AS BLOB)) + length(CAST(old.durations_us AS BLOB)) + length(CAST(old.types AS BLOB)) + length(CAST(old.dependencies AS BLOB))) WHERE cluster = (SELECT cluster FROM computations WHERE id = new.computation); END;
CREATE TRIGGER groups_bytes_DELETE AFTER DELETE ON groups WHEN -(150 + length(CAST(old.name AS BLOB)) + length(CAST(old.prefix AS BLOB)) + length(CAST(old.durations_us AS BLOB)) + length(CAST(old.types AS BLOB)) + length(CAST(old.dependencies AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + -(150 + length(CAST(old.name AS BLOB)) + length(CAST(old.prefix AS BLOB)) + length(CAST(old.durations_us AS BLOB)) + length(CAST(old.types AS BLOB)) + length(CAST(old.dependencies AS BLOB))) WHERE cluster = (SELECT cluster FROM computations WHERE id = old.computation); END;
CREATE TRIGGER latencies_bytes_INSERT AFTER INSERT ON latencies WHEN (600) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (600) WHERE cluster = (SELECT k.cluster FROM groups g JOIN computations k ON k.id = g.computation WHERE g.id = new.task_group); END;
CREATE TRIGGER latencies_bytes_DELETE AFTER DELETE ON latencies WHEN -(600) <> 0 BEGIN UPDATE cluster_bytes SET records = records + -(600) WHERE cluster = (SELECT k.cluster FROM groups g JOIN computations k ON k.id = g.computation WHERE g.id = old.task_group); END;
CREATE TRIGGER slowest_bytes_INSERT AFTER INSERT ON slowest WHEN (20 + length(CAST(new.spans AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (20 + length(CAST(new.spans AS BLOB))) WHERE cluster = (SELECT k.cluster FROM groups g JOIN computations k ON k.id = g.computation WHERE g.id = new.task_group); END;
CREATE TRIGGER slowest_bytes_UPDATE AFTER UPDATE OF spans ON slowest WHEN (20 + length(CAST(new.spans AS BLOB))) - (20 + length(CAST(old.spans AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (20 + length(CAST(new.spans AS BLOB))) - (20 + length(CAST(old.spans AS BLOB))) WHERE cluster = (SELECT k.cluster FROM groups g JOIN computations k ON k.id = g.computation WHERE g.id = new.task_group); END;
CREATE TRIGGER slowest_bytes_DELETE AFTER DELETE ON slowest WHEN -(20 + length(CAST(old.spans AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + -(20 + length(CAST(old.spans AS BLOB))) WHERE cluster = (SELECT k.cluster FROM groups g JOIN computations k ON k.id = g.computation WHERE g.id = old.task_group); END;
CREATE TRIGGER lanes_bytes_INSERT AFTER INSERT ON lanes WHEN (100 + length(CAST(new.worker AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (100 + length(CAST(new.worker AS BLOB))) WHERE cluster = new.cluster; END;
CREATE TRIGGER lanes_bytes_UPDATE AFTER UPDATE OF worker ON lanes WHEN (100 + length(CAST(new.worker AS BLOB))) - (100 + length(CAST(old.worker AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (100 + length(CAST(new.worker AS BLOB))) - (100 + length(CAST(old.worker AS BLOB))) WHERE cluster = new.cluster; END;
CREATE TRIGGER lanes_bytes_DELETE AFTER DELETE ON lanes WHEN -(100 + length(CAST(old.worker AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + -(100 + length(CAST(old.worker AS BLOB))) WHERE cluster = old.cluster; END;
CREATE TRIGGER workers_bytes_INSERT AFTER INSERT ON workers WHEN (200 + length(CAST(new.address AS BLOB)) + length(CAST(new.name AS BLOB)) + length(CAST(new.host AS BLOB)) + length(CAST(new.processing_keys AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (200 + length(CAST(new.address AS BLOB)) + length(CAST(new.name AS BLOB)) + length(CAST(new.host AS BLOB)) + length(CAST(new.processing_keys AS BLOB))) WHERE cluster = new.cluster; END;
CREATE TRIGGER workers_bytes_UPDATE AFTER UPDATE OF address, name, host, processing_keys ON workers WHEN (200 + length(CAST(new.address AS BLOB)) + length(CAST(new.name AS BLOB)) + length(CAST(new.host AS BLOB)) + length(CAST(new.processing_keys AS BLOB))) - (200 + length(CAST(old.address AS BLOB)) + length(CAST(old.name AS BLOB)) + length(CAST(old.host AS BLOB)) + length(CAST(old.processing_keys AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (200 + length(CAST(new.address AS BLOB)) + length(CAST(new.name AS BLOB)) + length(CAST(new.host AS BLOB)) + length(CAST(new.processing_keys AS BLOB))) - (200 + length(CAST(old.address AS BLOB)) + length(CAST(old.name AS BLOB)) + length(CAST(old.host AS BLOB)) + length(CAST(old.processing_keys AS BLOB))) WHERE cluster = new.cluster; END;
CREATE TRIGGER workers_bytes_DELETE AFTER DELETE ON workers WHEN -(200 + length(CAST(old.address AS BLOB)) + length(CAST(old.name AS BLOB)) + length(CAST(old.host AS BLOB)) + length(CAST(old.processing_keys AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + -(200 + length(CAST(old.address AS BLOB)) + length(CAST(old.name AS BLOB)) + length(CAST(old.host AS BLOB)) + length(CAST(old.processing_keys AS BLOB))) WHERE cluster = old.cluster; END;
CREATE TRIGGER events_bytes_INSERT AFTER INSERT ON events WHEN (120 + length(CAST(new.topic AS BLOB)) + length(CAST(new.payload AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (120 + length(CAST(new.topic AS BLOB)) + length(CAST(new.payload AS BLOB))) WHERE cluster = new.cluster; END;
CREATE TRIGGER events_bytes_UPDATE AFTER UPDATE OF topic, payload ON events WHEN (120 + length(CAST(new.topic AS BLOB)) + length(CAST(new.payload AS BLOB))) - (120 + length(CAST(old.topic AS BLOB)) + length(CAST(old.payload AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (120 + length(CAST(new.topic AS BLOB)) + length(CAST(new.payload AS BLOB))) - (120 + length(CAST(old.topic AS BLOB)) + length(CAST(old.payload AS BLOB))) WHERE cluster = new.cluster; END;
CREATE TRIGGER events_bytes_DELETE AFTER DELETE ON events WHEN -(120 + length(CAST(old.topic AS BLOB)) + length(CAST(old.payload AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + -(120 + length(CAST(old.topic AS BLOB)) + length(CAST(old.payload AS BLOB))) WHERE cluster = old.cluster; END;
CREATE TRIGGER exceptions_bytes_INSERT AFTER INSERT ON exceptions WHEN (150 + length(CAST(new.key AS BLOB)) + length(CAST(new.group_name AS BLOB)) + length(CAST(new.type AS BLOB)) + length(CAST(new.workers AS BLOB)) + length(CAST(new.message AS BLOB)) + length(CAST(new.traceback AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (150 + length(CAST(new.key AS BLOB)) + length(CAST(new.group_name AS BLOB)) + length(CAST(new.type AS BLOB)) + length(CAST(new.workers AS BLOB)) + length(CAST(new.message AS BLOB)) + length(CAST(new.traceback AS BLOB))) WHERE cluster = new.cluster; END;
CREATE TRIGGER exceptions_bytes_UPDATE AFTER UPDATE OF key, group_name, type, workers, message, traceback ON exceptions WHEN (150 + length(CAST(new.key AS BLOB)) + length(CAST(new.group_name AS BLOB)) + length(CAST(new.type AS BLOB)) + length(CAST(new.workers AS BLOB)) + length(CAST(new.message AS BLOB)) + length(CAST(new.traceback AS BLOB))) - (150 + length(CAST(old.key AS BLOB)) + length(CAST(old.group_name AS BLOB)) + length(CAST(old.type AS BLOB)) + length(CAST(old.workers AS BLOB)) + length(CAST(old.message AS BLOB)) + length(CAST(old.traceback AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (150 + length(CAST(new.key AS BLOB)) + length(CAST(new.group_name AS BLOB)) + length(CAST(new.type AS BLOB)) + length(CAST(new.workers AS BLOB)) + length(CAST(new.message AS BLOB)) + length(CAST(new.traceback AS BLOB))) - (150 + length(CAST(old.key AS BLOB)) + length(CAST(old.group_name AS BLOB)) + length(CAST(old.type AS BLOB)) + length(CAST(old.workers AS BLOB)) + length(CAST(old.message AS BLOB)) + length(CAST(old.traceback AS BLOB))) WHERE cluster = new.cluster; END;
CREATE TRIGGER exceptions_bytes_DELETE AFTER DELETE ON exceptions WHEN -(150 + length(CAST(old.key AS BLOB)) + length(CAST(old.group_name AS BLOB)) + length(CAST(old.type AS BLOB)) + length(CAST(old.workers AS BLOB)) + length(CAST(old.message AS BLOB)) + length(CAST(old.traceback AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + -(150 + length(CAST(old.key AS BLOB)) + length(CAST(old.group_name AS BLOB)) + length(CAST(old.type AS BLOB)) + length(CAST(old.workers AS BLOB)) + length(CAST(old.message AS BLOB)) + length(CAST(old.traceback AS BLOB))) WHERE cluster = old.cluster; END;
CREATE TRIGGER exception_groups_bytes_INSERT AFTER INSERT ON exception_groups WHEN (200 + length(CAST(new.fingerprint AS BLOB)) + length(CAST(new.type AS BLOB)) + length(CAST(new.message AS BLOB)) + length(CAST(new.traceback AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (200 + length(CAST(new.fingerprint AS BLOB)) + length(CAST(new.type AS BLOB)) + length(CAST(new.message AS BLOB)) + length(CAST(new.traceback AS BLOB))) WHERE cluster = new.cluster; END;
CREATE TRIGGER exception_groups_bytes_UPDATE AFTER UPDATE OF fingerprint, type, message, traceback ON exception_groups WHEN (200 + length(CAST(new.fingerprint AS BLOB)) + length(CAST(new.type AS BLOB)) + length(CAST(new.message AS BLOB)) + length(CAST(new.traceback AS BLOB))) - (200 + length(CAST(old.fingerprint AS BLOB)) + length(CAST(old.type AS BLOB)) + length(CAST(old.message AS BLOB)) + length(CAST(old.traceback AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + (200 + length(CAST(new.fingerprint AS BLOB)) + length(CAST(new.type AS BLOB)) + length(CAST(new.message AS BLOB)) + length(CAST(new.traceback AS BLOB))) - (200 + length(CAST(old.fingerprint AS BLOB)) + length(CAST(old.type AS BLOB)) + length(CAST(old.message AS BLOB)) + length(CAST(old.traceback AS BLOB))) WHERE cluster = new.cluster; END;
CREATE TRIGGER exception_groups_bytes_DELETE AFTER DELETE ON exception_groups WHEN -(200 + length(CAST(old.fingerprint AS BLOB)) + length(CAST(old.type AS BLOB)) + length(CAST(old.message AS BLOB)) + length(CAST(old.traceback AS BLOB))) <> 0 BEGIN UPDATE cluster_bytes SET records = records + -(200 + length(CAST(old.fingerprint AS BLOB)) + length(CAST(old.type AS BLOB)) + length(CAST(old.message AS BLOB)) + length(CAST(old.traceback AS BLOB))) WHERE cluster = old.cluster; END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('exception_groups',0);
INSERT INTO "sqlite_sequence" VALUES('clusters',1);
COMMIT;
PRAGMA application_id = 1349011573;
PRAGMA user_version = 3;
