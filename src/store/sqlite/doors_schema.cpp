#include "store/sqlite/doors_schema.h"

namespace pilothouse::store::sqlite {

// tokens.scopes is a mask of store::Scope; 31 are all of them. clusters.recorder_user: whose token opened the
// session; NULL in what was recorded before.
const char* doors_schema() {
  return R"sql(
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'member')),
  created_us INTEGER NOT NULL,
  disabled_us INTEGER,
  UNIQUE (workspace, name)
) STRICT;

ALTER TABLE tokens RENAME TO tokens_of_workspaces;
CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE,
  user INTEGER NOT NULL REFERENCES users,
  name TEXT NOT NULL,
  scopes INTEGER NOT NULL,
  created_us INTEGER NOT NULL,
  expires_us INTEGER,
  last_used_us INTEGER,
  revoked_us INTEGER,
  replaced_by INTEGER REFERENCES tokens
) STRICT;
INSERT INTO users (workspace, name, role, created_us)
  SELECT id, 'owner', 'owner', created_us FROM workspaces ORDER BY id;
INSERT INTO tokens (hash, user, name, scopes, created_us)
  SELECT t.hash, u.id, 'owner', 31, t.created_us
  FROM tokens_of_workspaces t JOIN users u ON u.workspace = t.workspace ORDER BY t.created_us, t.hash;
DROP TABLE tokens_of_workspaces;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time_us INTEGER NOT NULL,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  actor TEXT NOT NULL,
  token INTEGER,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_time ON audit (workspace, time_us, id);

ALTER TABLE clusters ADD COLUMN recorder_user INTEGER REFERENCES users;
)sql";
}

}  // namespace pilothouse::store::sqlite
