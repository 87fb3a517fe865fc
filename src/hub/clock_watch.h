#pragma once

#include <chrono>

#include "base/clock.h"

namespace pilothouse::hub {

// Notices when somebody sets the machine's wall clock. One thread.
class ClockWatch {
 public:
  // By how much the clock was set since the last call, in microseconds; 0 for less than a second, which is
  // how a clock is kept right.
  base::Micros step() {
    const base::Micros ahead = wall_ahead();
    const base::Micros step = ahead - ahead_;
    ahead_ = ahead;
    return step > -base::kMicrosPerSecond && step < base::kMicrosPerSecond ? 0 : step;
  }

 private:
  static base::Micros wall_ahead() {
    const auto steady = std::chrono::steady_clock::now().time_since_epoch();
    return base::wall_now() - std::chrono::duration_cast<std::chrono::microseconds>(steady).count();
  }

  base::Micros ahead_ = wall_ahead();
};

}  // namespace pilothouse::hub
