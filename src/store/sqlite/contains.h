#pragma once

#include <sqlite3.h>

namespace pilothouse::store::sqlite {

// Gives a connection the SQL function contains(haystack, needle): 1 when the needle is in the haystack,
// whatever the case of the letters of either (by character, in all scripts). NULL contains nothing.
void register_contains(sqlite3* database);

}  // namespace pilothouse::store::sqlite
