#include "hub/rate_limit.h"

#include <algorithm>

namespace pilothouse::hub {

RateLimit::RateLimit(Clock::duration every, std::int64_t burst) : every_(every), burst_(burst) {
  if (every_ > Clock::duration::zero()) buckets_.resize(kSets * kWays);
}

RateLimit RateLimit::per_second(unsigned rate) {
  if (rate == 0) return {Clock::duration::zero(), 0};
  constexpr Clock::duration kSecond = std::chrono::seconds(1);
  return {std::max(kSecond / rate, Clock::duration(1)), 2 * static_cast<std::int64_t>(rate)};
}

// Neighbouring keys must not share a set: 2^64 / phi spreads them.
std::size_t RateLimit::set_of(std::uint64_t key) const {
  return (key * 0x9E3779B97F4A7C15U >> 40U) % kSets * kWays;
}

std::optional<RateLimit::Clock::duration> RateLimit::wait(Clock::time_point full_at,
                                                          Clock::time_point now) const {
  const Clock::duration over = std::max(full_at, now) + every_ - (now + every_ * burst_);
  if (over <= Clock::duration::zero()) return std::nullopt;
  return over;
}

std::optional<RateLimit::Clock::duration> RateLimit::take(std::uint64_t key, Clock::time_point now) {
  if (buckets_.empty()) return std::nullopt;
  const auto begin = buckets_.begin() + static_cast<std::ptrdiff_t>(set_of(key));
  const auto end = begin + kWays;
  auto bucket = std::find_if(begin, end, [&](const Bucket& one) { return one.key == key; });
  if (bucket == end) {
    bucket = std::min_element(
        begin, end, [](const Bucket& left, const Bucket& right) { return left.full_at < right.full_at; });
    bucket->key = key;
  }
  if (const auto longer = wait(bucket->full_at, now)) return longer;
  bucket->full_at = std::max(bucket->full_at, now) + every_;
  return std::nullopt;
}

std::optional<RateLimit::Clock::duration> RateLimit::look(std::uint64_t key, Clock::time_point now) const {
  if (buckets_.empty()) return std::nullopt;
  const auto begin = buckets_.begin() + static_cast<std::ptrdiff_t>(set_of(key));
  const auto end = begin + kWays;
  const auto bucket = std::find_if(begin, end, [&](const Bucket& one) { return one.key == key; });
  return bucket == end ? std::nullopt : wait(bucket->full_at, now);
}

}  // namespace pilothouse::hub
