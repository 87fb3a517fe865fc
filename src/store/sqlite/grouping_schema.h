#pragma once

namespace pilothouse::store::sqlite {

// Brings the groups of exceptions to the newest fingerprint: groups of a cluster that have the same one now
// become one, the oldest of them.
const char* grouping_schema();

}  // namespace pilothouse::store::sqlite
