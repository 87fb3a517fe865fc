#pragma once

#include <vector>

#include "base/session_id.h"
#include "tape/spool.h"

namespace pilothouse::tape {

// Of records that are absolute, a later one says all that an earlier one of the same thing said: of groups,
// progress and drops the last of each stays, in one chunk that has the place of the last. `chunks` are
// neighbours by sequence, with no spans among them. What cannot be read stays as it is.
std::vector<EncodedChunk> merge_rollups(std::vector<EncodedChunk> chunks, const base::SessionId& session);

}  // namespace pilothouse::tape
