#pragma once

namespace pilothouse::store::sqlite {

// The tables of what the hub adds up itself from the spans as they come. What hangs on a cluster, a
// computation, a group or a block goes with it.
const char* roll_ups_schema();

}  // namespace pilothouse::store::sqlite
