#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"

namespace pilothouse::cli {

// What a timeline's binary answer (docs/formats/timeline.md) says of itself.
struct TimelinePiece {
  base::Micros from_us = 0;
  base::Micros to_us = 0;
  std::int64_t bucket_us = 0;
  std::int64_t lanes = 0;  // of this answer
  std::int64_t lanes_total = 0;
  bool runs = false;       // one by one; otherwise there are cells
  std::int64_t begun = 0;  // runs that begin in what was asked for; of cells: in all of them
};

// `end`: up to where was asked, if anything was said of it. kMalformed when it is no such answer.
base::Result<TimelinePiece> read_piece(std::string_view bytes, std::optional<base::Micros> end = {});

}  // namespace pilothouse::cli
