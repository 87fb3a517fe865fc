#include "store/sqlite/keeping_schema.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace pilothouse::store::sqlite {
namespace {

// A block's bytes are those of its payload and of its tiles of the timeline, which go with it; tiles that
// were folded stay, and are records. block_ages.time_us is the last moment of the block's spans, but never
// later than the hub heard of their cluster: a recorder whose clock is ahead does not make its spans stay
// longer. clusters.removed_us: the cluster is gone for everyone who asks; its rows go little by little.
constexpr const char* kTables = R"sql(
ALTER TABLE workspaces ADD COLUMN keep_spans_us INTEGER;
ALTER TABLE workspaces ADD COLUMN keep_records_us INTEGER;
ALTER TABLE workspaces ADD COLUMN max_bytes INTEGER;
ALTER TABLE clusters ADD COLUMN spans_expired INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clusters ADD COLUMN missing_chunks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clusters ADD COLUMN describe_again INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clusters ADD COLUMN removed_us INTEGER;
ALTER TABLE computations ADD COLUMN spans_expired INTEGER NOT NULL DEFAULT 0;
CREATE INDEX clusters_removed ON clusters (id) WHERE removed_us IS NOT NULL;
CREATE INDEX span_shares_by_block ON span_shares (block);
CREATE INDEX exceptions_by_computation ON exceptions (computation);

CREATE TABLE cluster_bytes (
  cluster INTEGER PRIMARY KEY REFERENCES clusters ON DELETE CASCADE,
  workspace INTEGER NOT NULL,
  spans INTEGER NOT NULL DEFAULT 0,
  records INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE block_ages (
  block INTEGER PRIMARY KEY REFERENCES span_blocks ON DELETE CASCADE,
  cluster INTEGER NOT NULL,
  workspace INTEGER NOT NULL,
  time_us INTEGER NOT NULL,
  spans INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
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
INSERT INTO cluster_bytes (cluster, workspace, records) SELECT id, workspace, 1000 FROM clusters;
INSERT INTO block_ages (block, cluster, workspace, time_us, spans, bytes)
  SELECT b.id, c.id, c.workspace, min(coalesce(b.last_us, c.last_seen_us), c.last_seen_us), b.spans,
    200 + length(b.payload) +
    (SELECT coalesce(sum(100 + length(t.dictionaries) + length(t.cells)), 0) FROM timeline_tiles t
     WHERE t.block = b.id)
  FROM span_blocks b JOIN clusters c ON c.id = b.cluster;
UPDATE cluster_bytes SET records = records +
  (SELECT coalesce(sum(100 + length(t.dictionaries) + length(t.cells)), 0) FROM computations k
   JOIN timeline_tiles t ON t.computation = k.id WHERE k.cluster = cluster_bytes.cluster AND t.block IS NULL);
)sql";

// Where a row says of which cluster it is.
enum class Owner : std::uint8_t { kCluster, kComputation, kGroup };

// A table whose rows count by their texts; without any, all the same. `row_bytes` is about what a row takes
// besides them, its entries in indexes included.
struct Counted {
  const char* table;
  Owner owner;
  int row_bytes;
  std::array<const char*, 6> names;  // of the texts; nullptr: no more

  std::span<const char* const> texts() const {
    return {names.begin(), std::find(names.begin(), names.end(), nullptr)};
  }
};

const std::array kCounted{
    Counted{"computations", Owner::kCluster, 350, {"code", "annotations", "tags"}},
    Counted{"groups", Owner::kComputation, 150, {"name", "prefix", "durations_us", "types", "dependencies"}},
    Counted{"latencies", Owner::kGroup, 600, {}},
    Counted{"slowest", Owner::kGroup, 20, {"spans"}},
    Counted{"lanes", Owner::kCluster, 100, {"worker"}},
    Counted{"workers", Owner::kCluster, 200, {"address", "name", "host", "processing_keys"}},
    Counted{"events", Owner::kCluster, 120, {"topic", "payload"}},
    Counted{
        "exceptions", Owner::kCluster, 150, {"key", "group_name", "type", "workers", "message", "traceback"}},
    Counted{"exception_groups", Owner::kCluster, 200, {"fingerprint", "type", "message", "traceback"}},
};

// The bytes of one row: "new.", "old." or nothing stands before each column.
std::string bytes_of(const Counted& counted, const std::string& row) {
  std::string sum = std::to_string(counted.row_bytes);
  for (const char* text : counted.texts()) {
    sum += " + length(CAST(" + row + text + " AS BLOB))";  // length() of a text counts characters
  }
  return sum;
}

std::string cluster_of(const Counted& counted, const std::string& row) {
  switch (counted.owner) {
    case Owner::kComputation:
      return "(SELECT cluster FROM computations WHERE id = " + row + "computation)";
    case Owner::kGroup:
      return "(SELECT k.cluster FROM groups g JOIN computations k ON k.id = g.computation WHERE g.id = " +
             row + "task_group)";
    case Owner::kCluster:
      break;
  }
  return row + "cluster";
}

std::string trigger(const Counted& counted, const std::string& event, const std::string& row,
                    const std::string& change) {
  std::string columns;
  if (event == "UPDATE") {
    for (const char* text : counted.texts()) columns += (columns.empty() ? " OF " : ", ") + std::string(text);
  }
  return "CREATE TRIGGER " + std::string(counted.table) + "_bytes_" + event + " AFTER " + event + columns +
         " ON " + counted.table + " WHEN " + change +
         " <> 0 BEGIN UPDATE cluster_bytes SET records = records + " + change +
         " WHERE cluster = " + cluster_of(counted, row) + "; END;\n";
}

// A sample that comes again replaces the first, for which SQLite fires no trigger.
constexpr const char* kSamples = R"sql(
CREATE TRIGGER samples_bytes_insert BEFORE INSERT ON samples BEGIN
  UPDATE cluster_bytes SET records = records + 120 WHERE cluster = new.cluster AND NOT EXISTS (
    SELECT 1 FROM samples WHERE cluster = new.cluster AND time_us = new.time_us AND address = new.address);
END;
CREATE TRIGGER samples_bytes_delete AFTER DELETE ON samples BEGIN
  UPDATE cluster_bytes SET records = records - 120 WHERE cluster = old.cluster;
END;
UPDATE cluster_bytes SET records = records +
  120 * (SELECT count(*) FROM samples s WHERE s.cluster = cluster_bytes.cluster);
)sql";

}  // namespace

std::string keeping_schema() {
  std::string sql = std::string(kTables) + kSamples;
  for (const Counted& counted : kCounted) {
    const std::string added = "(" + bytes_of(counted, "new.") + ")";
    const std::string removed = "(" + bytes_of(counted, "old.") + ")";
    sql += trigger(counted, "INSERT", "new.", added);
    if (!counted.texts().empty()) sql += trigger(counted, "UPDATE", "new.", added + " - " + removed);
    sql += trigger(counted, "DELETE", "old.", "-" + removed);
    sql += "UPDATE cluster_bytes SET records = records + t.bytes FROM (SELECT " + cluster_of(counted, "") +
           " AS of_cluster, sum(" + bytes_of(counted, "") + ") AS bytes FROM " + counted.table +
           " GROUP BY of_cluster) t WHERE t.of_cluster = cluster;\n";
  }
  return sql;
}

}  // namespace pilothouse::store::sqlite
