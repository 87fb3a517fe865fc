#pragma once

#include <chrono>

#include "base/clock.h"

namespace pilothouse::hub {

// Notices when somebody sets the machine's wall clock, and tells the time as if nobody had until it does. One
// thread.
class ClockWatch {
 public:
  // By how much the clock was set since the last call, in microseconds; 0 for less than a second, which is
  // how a clock is kept right.
  base::Micros step() {
    const base::Micros ahead = wall_ahead();
    const base::Micros step = ahead - ahead_;
    ahead_ = ahead;
    if (step > -base::kMicrosPerSecond && step < base::kMicrosPerSecond) return 0;
    steps_ += step;
    return step;
  }

  // All steps together.
  base::Micros steps() const { return steps_; }

  base::Micros now() const { return steady_now() + ahead_; }

 private:
  static base::Micros steady_now() {
    const auto steady = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(steady).count();
  }
  static base::Micros wall_ahead() { return base::wall_now() - steady_now(); }

  base::Micros ahead_ = wall_ahead();
  base::Micros steps_ = 0;
};

}  // namespace pilothouse::hub
