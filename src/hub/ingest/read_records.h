#pragma once

#include <boost/json/array.hpp>
#include <string>

#include "hub/ingest/fields.h"
#include "store/record_store.h"
#include "tape/format.h"

namespace pilothouse::hub {

// The content of a chunk of JSON records, field by field as docs/formats/tape.md says. What is wrong goes to
// `finding`, and then the answer is worth nothing.
decltype(store::Chunk::content) read_records(tape::Kind kind, const boost::json::array& records,
                                             Finding& finding);

}  // namespace pilothouse::hub
