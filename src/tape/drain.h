#pragma once

#include <cstddef>

#include "base/error.h"
#include "tape/spool.h"

namespace pilothouse::tape {

enum class Extent {
  kSealed,      // up to the last seal: what the writer goes on filling stays
  kEverything,  // the writer is gone
};

// Makes chunks of what the journal holds and appends them to the spool's segments, and the drops too when
// they are others than `reported`. Returns how many chunks it wrote. kStorage: the file system refused, and
// the journal still holds what could not be written. What no chunk can be made of is counted as a drop.
base::Result<std::size_t> drain(Spool& spool, Extent extent, Drops& reported);

}  // namespace pilothouse::tape
