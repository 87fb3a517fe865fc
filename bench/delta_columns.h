#pragma once

#include <string>

#include "tape/span_block.h"

namespace pilothouse::bench {

// The peer of the span block: what a block tells, but for its keys and dictionaries, as plain columns of
// varints, each packed with zstd. Columns: start (less the span's before it), duration, worker, thread,
// group, type, nbytes, and of the actions before the last: number, start (less the span's), duration.
std::string encode_delta_columns(const tape::SpanBlockBuilder& block, int level);

}  // namespace pilothouse::bench
