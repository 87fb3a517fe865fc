#include "store/sqlite/pages_schema.h"

#include "store/sqlite/history_tiers.h"

namespace pilothouse::store::sqlite {
namespace {

// left_worker_us: how long the workers that left were there, all together; left_thread_us: each times its
// threads. joined_worker_us, joined_thread_us: the same of how long after the cluster's start those joined
// that are there. So a listing need not look at workers. Times of damaged or hostile records may be anything:
// total() goes on where sum() would fail.
constexpr const char* kClusters = R"sql(
ALTER TABLE clusters ADD COLUMN left_worker_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clusters ADD COLUMN left_thread_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clusters ADD COLUMN joined_worker_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clusters ADD COLUMN joined_thread_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clusters ADD COLUMN compute_us INTEGER NOT NULL DEFAULT 0;
UPDATE clusters SET (left_worker_us, left_thread_us, joined_worker_us, joined_thread_us) = (
  SELECT CAST(total(max(left_us - joined_us, 0)) AS INTEGER),
         CAST(total(max(left_us - joined_us, 0) * nthreads) AS INTEGER),
         CAST(total(iif(left_us IS NULL, joined_us - start_us, 0)) AS INTEGER),
         CAST(total(iif(left_us IS NULL, (joined_us - start_us) * nthreads, 0)) AS INTEGER)
  FROM workers k WHERE k.cluster = clusters.id);
UPDATE clusters SET compute_us = (
  SELECT CAST(total(g.durations_us ->> '$.compute') AS INTEGER)
  FROM computations k JOIN groups g ON g.computation = k.id WHERE k.cluster = clusters.id);
)sql";

constexpr const char* kGroups = R"sql(
ALTER TABLE groups ADD COLUMN p95_us INTEGER;
UPDATE groups SET p95_us =
  (SELECT latency_quantile(l.sketch, 0.95) FROM latencies l WHERE l.task_group = groups.id);
)sql";

constexpr const char* kTopics = R"sql(
CREATE TABLE topics (
  cluster INTEGER NOT NULL REFERENCES clusters ON DELETE CASCADE,
  topic TEXT NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (cluster, topic)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER topics_added AFTER INSERT ON topics BEGIN
  UPDATE cluster_bytes SET records = records + 20 + length(CAST(new.topic AS BLOB)) WHERE cluster = new.cluster;
END;
CREATE TRIGGER topics_removed AFTER DELETE ON topics BEGIN
  UPDATE cluster_bytes SET records = records - 20 - length(CAST(old.topic AS BLOB)) WHERE cluster = old.cluster;
END;
INSERT INTO topics SELECT cluster, topic, count(*) FROM events GROUP BY cluster, topic;
)sql";

// ticks: moments at which samples were taken. All others are sums over these moments and the workers.
constexpr const char* kHistory = R"sql(
CREATE TABLE history (
  cluster INTEGER NOT NULL REFERENCES clusters ON DELETE CASCADE,
  tier INTEGER NOT NULL,
  bucket INTEGER NOT NULL, -- its start, in widths of the tier
  ticks INTEGER NOT NULL,
  executing REAL NOT NULL,
  workers REAL NOT NULL,
  cpu REAL NOT NULL,
  memory REAL NOT NULL,
  managed REAL NOT NULL,
  unmanaged REAL NOT NULL,
  spilled REAL NOT NULL,
  ready REAL NOT NULL,
  PRIMARY KEY (cluster, tier, bucket)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER history_added AFTER INSERT ON history BEGIN
  UPDATE cluster_bytes SET records = records + 70 WHERE cluster = new.cluster;
END;
CREATE TRIGGER history_removed AFTER DELETE ON history BEGIN
  UPDATE cluster_bytes SET records = records - 70 WHERE cluster = old.cluster;
END;
)sql";

std::string fill_history() {
  std::string sql = "INSERT INTO history SELECT cluster, 0, time_us / " + std::to_string(history_width(0)) +
                    " AS bucket, count(DISTINCT time_us), total(executing), count(*), total(cpu), "
                    "total(memory), total(managed), total(unmanaged), total(spilled), total(ready) "
                    "FROM samples GROUP BY cluster, bucket;\n";
  for (int tier = 1; tier < kHistoryTiers; ++tier) {
    sql += "INSERT INTO history SELECT cluster, " + std::to_string(tier) + ", bucket / " +
           std::to_string(history_width(tier) / history_width(tier - 1)) +
           " AS wider, sum(ticks), total(executing), total(workers), total(cpu), total(memory), "
           "total(managed), total(unmanaged), total(spilled), total(ready) FROM history WHERE tier = " +
           std::to_string(tier - 1) + " GROUP BY cluster, wider;\n";
  }
  return sql;
}

// The first index answers for exceptions across clusters without a look at the rows, which hold tracebacks.
constexpr const char* kExceptions = R"sql(
ALTER TABLE exception_groups ADD COLUMN blamed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exception_groups ADD COLUMN computations INTEGER NOT NULL DEFAULT 0;
CREATE INDEX exceptions_by_place ON exceptions (exception_group, computation);
UPDATE exception_groups SET (blamed, computations) = (
  SELECT CAST(total(x.blamed) AS INTEGER), count(DISTINCT x.computation)
  FROM exceptions x WHERE x.exception_group = exception_groups.id);
CREATE INDEX exception_groups_by_fingerprint ON exception_groups
  (workspace, fingerprint, id, cluster, type, count, blamed, computations, first_us, last_us);
)sql";

}  // namespace

std::string pages_schema() {
  return std::string(kClusters) + kGroups + kTopics + kHistory + fill_history() + kExceptions;
}

}  // namespace pilothouse::store::sqlite
