#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "base/clock.h"

namespace pilothouse::store {

// What a workspace keeps; where there is no value, it keeps for ever and without limit.
struct Retention {
  std::optional<base::Micros> keep_spans_us = {};    // since a span block's last moment
  std::optional<base::Micros> keep_records_us = {};  // since a cluster was heard of last
  std::optional<std::int64_t> max_bytes = {};

  bool operator==(const Retention&) const = default;
};

// A change of some of it: an outer value where something is to be set.
struct RetentionChange {
  std::optional<std::optional<base::Micros>> keep_spans_us = {};
  std::optional<std::optional<base::Micros>> keep_records_us = {};
  std::optional<std::optional<std::int64_t>> max_bytes = {};
};

// About what a workspace takes of the disk. Known without looking at what is stored.
struct StoredBytes {
  std::int64_t spans = 0;
  std::int64_t records = 0;  // everything else

  std::int64_t total() const { return spans + records; }
  bool operator==(const StoredBytes&) const = default;
};

struct Removed {
  std::int64_t blocks = 0;
  std::int64_t spans = 0;
  std::int64_t clusters = 0;
  std::int64_t bytes = 0;
  bool more = false;  // it was not all
  std::set<std::pair<std::int64_t, std::int64_t>> touched =
      {};  // workspaces and clusters; of one slice, not of sums

  bool anything() const { return blocks + clusters > 0; }
  Removed& operator+=(const Removed& other) {
    blocks += other.blocks;
    spans += other.spans;
    clusters += other.clusters;
    bytes += other.bytes;
    more = other.more;
    return *this;
  }
};

}  // namespace pilothouse::store
