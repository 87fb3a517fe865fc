#pragma once

#include "store/sqlite/connection.h"

namespace pilothouse::store::sqlite {

// The schema this program knows; steps are numbered from 1 and never change once released.
int newest_schema();

// The schema of a database, 0 when there is nothing in it yet. Throws SqliteError when it is newer than this
// program or is none of Pilothouse's.
int check_schema(Connection& connection);

// Brings a database to the newest schema, all steps in one transaction. Throws as check_schema() does.
void migrate(Connection& connection);

}  // namespace pilothouse::store::sqlite
