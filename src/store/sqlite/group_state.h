#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/latency_sketch.h"
#include "model/records.h"
#include "store/sqlite/connection.h"

namespace pilothouse::store::sqlite {

using Counts = std::vector<std::pair<std::string, std::int64_t>>;

inline constexpr std::size_t kMaxNamesInGroup = 64;  // of actions or types; the rest is one, "(other)"

// Adds up by name; of more than kMaxNamesInGroup names the further ones are put together.
void add_counts(Counts& sums, const Counts& more);

// What a group's row and those that go with it say, so that spans can be added without reading it again.
struct GroupState {
  std::int64_t row = 0;
  model::TaskCounts tasks;
  std::int64_t runs = 0;
  std::int64_t nbytes = 0;
  std::optional<base::Micros> first_start_us;
  std::optional<base::Micros> last_stop_us;
  Counts durations_us, types;
  model::LatencySketch latency;
  std::vector<model::SpanBlockRecord::SlowSpan> slowest;

  // The state of a row that is there.
  static GroupState load(Connection& connection, std::int64_t row);

  // What an absolute record of the group says instead.
  void set_counts(const model::GroupRecord& record);

  // Adds the share, and writes what changed.
  void add(Connection& connection, const model::SpanBlockRecord::GroupShare& share);

  // Of all compute actions together.
  std::int64_t compute_us() const;

  // About what this takes in memory.
  std::size_t bytes() const;
};

// What a text of durations by action says of compute actions.
std::int64_t compute_us_of(std::string_view durations_us_json);

// Takes what is among the longest in both; whether `slowest` is another list then.
bool merge_slowest(std::vector<model::SpanBlockRecord::SlowSpan>& slowest,
                   const std::vector<model::SpanBlockRecord::SlowSpan>& more);

// Tasks never count less than those that ended.
void raise_total(model::TaskCounts& tasks);

// The earlier, or the later, of two times of which either may be missing.
std::optional<base::Micros> earlier(std::optional<base::Micros> a, std::optional<base::Micros> b);
std::optional<base::Micros> later(std::optional<base::Micros> a, std::optional<base::Micros> b);

}  // namespace pilothouse::store::sqlite
