#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/error.h"

// Texts are UTF-8; failures are kInvalidArgument and quote them.
namespace pilothouse::base {

// What dask.utils.parse_timedelta takes ("7 days", "500ms", "2h", "1.5e3 us", "h", "30" = seconds), in
// microseconds, never negative. It reads texts exactly as Dask does, ".5s" being 1.5 seconds included.
Result<Micros> parse_duration(std::string_view text);

// "2026-02-01", "2026-02-01T13:45", "2026-02-01 13:45:10.5+02:00", "...Z"; UTC where no offset is given.
// Extended format only; digits after the sixth of a second are cut.
Result<Micros> parse_iso8601(std::string_view text);

// A point in time: a duration before `now`, else an ISO 8601 time. Never before the epoch.
Result<Micros> parse_time(std::string_view text, Micros now);

}  // namespace pilothouse::base
