#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace pilothouse::store::sqlite {

// How long the workers of a cluster have been there, all together, kept such that no worker need be looked at
// again. Times wrap rather than overflow, so that what was added can always be taken back.
struct WorkerTime {
  std::int64_t left_worker_us = 0;    // of those that left
  std::int64_t left_thread_us = 0;    // the same, each times its threads
  std::int64_t joined_worker_us = 0;  // of those that are there: from the cluster's start to their joining
  std::int64_t joined_thread_us = 0;

  // One more worker (`sign` 1), or one less (-1).
  void count(std::int64_t sign, base::Micros start, base::Micros joined, std::optional<base::Micros> left,
             std::int64_t threads);

  // The cluster's start is not what was thought; so many workers and threads are there.
  void move_start(base::Micros from, base::Micros to, std::int64_t workers, std::int64_t threads);

  // Up to `end`.
  std::int64_t worker_us(base::Micros start, base::Micros end, std::int64_t workers) const;
  std::int64_t thread_us(base::Micros start, base::Micros end, std::int64_t threads) const;
};

}  // namespace pilothouse::store::sqlite
