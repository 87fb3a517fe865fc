#pragma once

#include <string>

#include "store/sqlite/connection.h"
#include "tape/span_block.h"

namespace pilothouse::store::sqlite {

// A block as it was stored, decoded. `block` points into `payload`; both move together.
struct StoredBlock {
  std::unique_ptr<const std::string> payload;
  tape::SpanBlock block;
};

// From the columns compressed, raw_length and payload of span_blocks, the first of which is `column`.
// kStorage when it is damaged.
base::Result<StoredBlock> read_stored_block(const Statement& row, int column,
                                            tape::Keys keys = tape::Keys::kRead);

}  // namespace pilothouse::store::sqlite
