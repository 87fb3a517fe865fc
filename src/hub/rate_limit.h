#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace pilothouse::hub {

// Buckets of permits, one for each key: a full one holds `burst`, and one comes back `every` so often. The
// table has a fixed size. Where a set of it is taken, a new key goes on with the emptied part of the fullest
// bucket in it: so nobody gets more by changing keys, and at worst a few wait who would not have had to.
// Belongs to one thread.
class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;

  // `every` zero: no limit, and no table.
  RateLimit(Clock::duration every, std::int64_t burst);

  // `rate` permits a second, twice as many at once; 0: no limit.
  static RateLimit per_second(unsigned rate);

  // Takes a permit; when there is none, takes none and says how long until there is one.
  std::optional<Clock::duration> take(std::uint64_t key, Clock::time_point now);

  // What take() would say.
  std::optional<Clock::duration> look(std::uint64_t key, Clock::time_point now) const;

  static constexpr std::size_t kSets = 1024;
  static constexpr std::size_t kWays = 4;

 private:
  struct Bucket {
    std::uint64_t key = 0;
    Clock::time_point full_at;  // when all permits will be back
  };

  std::size_t set_of(std::uint64_t key) const;
  std::optional<Clock::duration> wait(Clock::time_point full_at, Clock::time_point now) const;

  Clock::duration every_;
  std::int64_t burst_;
  std::vector<Bucket> buckets_;
};

}  // namespace pilothouse::hub
