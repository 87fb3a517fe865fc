#pragma once

#include <cstdint>

#include "model/records.h"

namespace pilothouse::model {

// What samples say of all workers together, summed up over moments.
struct SampleSums {
  std::int64_t ticks = 0;  // moments
  double executing = 0;
  double workers = 0;
  double cpu = 0;
  double memory = 0;
  double managed = 0;
  double unmanaged = 0;
  double spilled = 0;
  double ready = 0;

  void add(const SampleSums& other);

  // One worker's, or what is to be taken back of it (`sign` -1).
  void add(const SampleRecord& sample, double sign = 1);

  // Over the moments.
  double mean(double SampleSums::*sum) const;
};

}  // namespace pilothouse::model
