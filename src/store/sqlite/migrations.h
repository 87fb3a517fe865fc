#pragma once

#include "store/sqlite/connection.h"

namespace pilothouse::store::sqlite {

// The schema this program knows; steps are numbered from 1 and never change once released.
int newest_schema();

// Brings a database to the newest schema, all steps in one transaction. Throws SqliteError, with what to do,
// when the database is newer than this program or is none of Pilothouse's.
void migrate(Connection& connection);

}  // namespace pilothouse::store::sqlite
