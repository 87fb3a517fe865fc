#include "model/sample_sums.h"

#include <algorithm>

namespace pilothouse::model {

void SampleSums::add(const SampleSums& other) {
  ticks += other.ticks;
  executing += other.executing;
  workers += other.workers;
  cpu += other.cpu;
  memory += other.memory;
  managed += other.managed;
  unmanaged += other.unmanaged;
  spilled += other.spilled;
  ready += other.ready;
}

void SampleSums::add(const SampleRecord& sample, double sign) {
  executing += sign * static_cast<double>(sample.executing);
  workers += sign;
  cpu += sign * sample.cpu;
  memory += sign * static_cast<double>(sample.memory);
  managed += sign * static_cast<double>(sample.managed);
  unmanaged += sign * static_cast<double>(sample.unmanaged);
  spilled += sign * static_cast<double>(sample.spilled);
  ready += sign * static_cast<double>(sample.ready);
}

double SampleSums::mean(double SampleSums::*sum) const {
  return this->*sum / static_cast<double>(std::max<std::int64_t>(ticks, 1));
}

}  // namespace pilothouse::model
