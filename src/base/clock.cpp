#include "base/clock.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace pilothouse::base {

Micros wall_now() {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string to_iso8601(Micros time) {
  Micros seconds = time / kMicrosPerSecond;
  Micros rest = time % kMicrosPerSecond;
  if (rest < 0) {
    rest += kMicrosPerSecond;
    --seconds;
  }
  const std::time_t when = seconds;
  std::tm utc{};
  gmtime_r(&when, &utc);
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", utc.tm_year + 1900,
                utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, static_cast<int>(rest));
  return text.data();
}

}  // namespace pilothouse::base
