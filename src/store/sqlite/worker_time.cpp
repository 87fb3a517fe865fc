#include "store/sqlite/worker_time.h"

#include <algorithm>

#include "base/wrap.h"

namespace pilothouse::store::sqlite {

using base::wrapping_add;
using base::wrapping_multiply;
using base::wrapping_subtract;

void WorkerTime::count(std::int64_t sign, base::Micros start, base::Micros joined,
                       std::optional<base::Micros> left, std::int64_t threads) {
  const std::int64_t time =
      left ? std::max<std::int64_t>(0, wrapping_subtract(*left, joined)) : wrapping_subtract(joined, start);
  std::int64_t& workers_sum = left ? left_worker_us : joined_worker_us;
  std::int64_t& threads_sum = left ? left_thread_us : joined_thread_us;
  workers_sum = wrapping_add(workers_sum, wrapping_multiply(sign, time));
  threads_sum = wrapping_add(threads_sum, wrapping_multiply(wrapping_multiply(sign, time), threads));
}

void WorkerTime::move_start(base::Micros from, base::Micros to, std::int64_t workers, std::int64_t threads) {
  const std::int64_t moved = wrapping_subtract(from, to);
  joined_worker_us = wrapping_add(joined_worker_us, wrapping_multiply(moved, workers));
  joined_thread_us = wrapping_add(joined_thread_us, wrapping_multiply(moved, threads));
}

namespace {

std::int64_t up_to(base::Micros life, std::int64_t there, std::int64_t joined, std::int64_t left) {
  const std::int64_t present = wrapping_subtract(wrapping_multiply(life, there), joined);
  return std::max<std::int64_t>(0, wrapping_add(left, present));
}

}  // namespace

std::int64_t WorkerTime::worker_us(base::Micros start, base::Micros end, std::int64_t workers) const {
  return up_to(wrapping_subtract(end, start), workers, joined_worker_us, left_worker_us);
}

std::int64_t WorkerTime::thread_us(base::Micros start, base::Micros end, std::int64_t threads) const {
  return up_to(wrapping_subtract(end, start), threads, joined_thread_us, left_thread_us);
}

}  // namespace pilothouse::store::sqlite
