#pragma once

#include <cstdint>

#include "base/clock.h"

// A cluster's history is kept at several widths of time, each four times that of the one before.
namespace pilothouse::store::sqlite {

inline constexpr int kHistoryTiers = 8;  // from a second to four and a half hours

constexpr base::Micros history_width(int tier) { return base::kMicrosPerSecond << (2 * tier); }

}  // namespace pilothouse::store::sqlite
