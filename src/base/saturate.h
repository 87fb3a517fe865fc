#pragma once

#include <cstdint>

namespace pilothouse::base {

// Sums of what peers send stop at the ends of the range instead of being undefined.
inline std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? INT64_MIN : INT64_MAX;
}

}  // namespace pilothouse::base
