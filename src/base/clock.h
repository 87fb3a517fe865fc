#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace pilothouse::base {

// Microseconds since the Unix epoch, UTC.
using Micros = std::int64_t;

inline constexpr Micros kMicrosPerSecond = 1'000'000;

// Wall time: for the start and stop of things, never for timeouts.
Micros wall_now();

// Injected where a test must drive time.
using WallClock = std::function<Micros()>;

// "2026-02-01T13:45:10.123456Z"
std::string to_iso8601(Micros time);

}  // namespace pilothouse::base
