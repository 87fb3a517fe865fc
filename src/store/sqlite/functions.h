#pragma once

#include <sqlite3.h>

namespace pilothouse::store::sqlite {

// Gives a connection the SQL functions
//   contains(haystack, needle): 1 when the needle is in the haystack, whatever the case of the letters of
//     either (by character, in all scripts); NULL contains nothing.
//   exception_fingerprint(type, message, traceback): see store/exception_fingerprint.h.
void register_functions(sqlite3* database);

}  // namespace pilothouse::store::sqlite
