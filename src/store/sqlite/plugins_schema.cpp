#include "store/sqlite/plugins_schema.h"

namespace pilothouse::store::sqlite {
namespace {

// bundles.bytes and revocations.statement are as they were published: the hub offers them and cannot make
// them. bundles.rank orders the versions of a name: each number as four bytes. Nothing published is ever
// changed.
constexpr const char* kTables = R"sql(
CREATE TABLE bundles (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  name TEXT NOT NULL,
  skeleton TEXT NOT NULL,
  version TEXT NOT NULL,
  rank BLOB NOT NULL,
  kind TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  publisher TEXT NOT NULL,
  signers TEXT NOT NULL,
  expires_us INTEGER NOT NULL,
  published_us INTEGER NOT NULL,
  published_by TEXT NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (workspace, name, rank)
) STRICT;
CREATE INDEX bundles_by_time ON bundles (workspace, published_us, id);
CREATE INDEX bundles_by_skeleton ON bundles (workspace, skeleton, name);

CREATE TABLE revocations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  key TEXT NOT NULL,
  sha256 TEXT,
  reason TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  published_us INTEGER NOT NULL,
  published_by TEXT NOT NULL,
  statement BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX revocations_by_subject ON revocations (workspace, key, coalesce(sha256, ''));

CREATE TABLE cluster_plugins (
  cluster INTEGER NOT NULL REFERENCES clusters,
  name TEXT NOT NULL,
  version TEXT,
  kind TEXT,
  sha256 TEXT,
  signed_by TEXT NOT NULL,
  state TEXT NOT NULL,
  code TEXT,
  reason TEXT,
  time_us INTEGER NOT NULL,
  bytes INTEGER NOT NULL AS (200 + length(CAST(name AS BLOB)) + coalesce(length(CAST(version AS BLOB)), 0)
    + coalesce(length(CAST(sha256 AS BLOB)), 0) + length(CAST(signed_by AS BLOB))
    + coalesce(length(CAST(reason AS BLOB)), 0)),
  PRIMARY KEY (cluster, name)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER cluster_plugins_added AFTER INSERT ON cluster_plugins BEGIN
  UPDATE cluster_bytes SET records = records + new.bytes WHERE cluster = new.cluster;
END;
CREATE TRIGGER cluster_plugins_changed AFTER UPDATE ON cluster_plugins BEGIN
  UPDATE cluster_bytes SET records = records + new.bytes - old.bytes WHERE cluster = new.cluster;
END;
CREATE TRIGGER cluster_plugins_removed AFTER DELETE ON cluster_plugins BEGIN
  UPDATE cluster_bytes SET records = records - old.bytes WHERE cluster = old.cluster;
END;
)sql";

}  // namespace

std::string plugins_schema() { return kTables; }

}  // namespace pilothouse::store::sqlite
