#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace pilothouse::base {

// Bytes: a number and a unit as Dask's parse_bytes() knows them, in either case: "20GiB", "1.5 TB", "500M",
// "64ki", "4096". Units with an "i" are powers of 1024, those without powers of 1000. kInvalidArgument, with
// the text quoted, for anything else and for what does not fit 63 bits.
Result<std::int64_t> parse_size(std::string_view text);

}  // namespace pilothouse::base
