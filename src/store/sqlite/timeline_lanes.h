#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "model/views.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/recent_blocks.h"

namespace pilothouse::store::sqlite {

// All lanes of a computation in an order that depends on nothing else: by the worker's name (its address
// where the name is not known), by its address, by thread. Lanes of unknown workers come last.
class TimelineLanes {
 public:
  static constexpr std::int64_t kNone = -1;

  // `worker`: only its lanes. Throws SqliteError; kStorage when what is stored is damaged.
  static base::Result<TimelineLanes> read(Connection& connection, RecentBlocks& recent,
                                          std::int64_t computation, const std::optional<std::string>& worker);

  // False: there was too much to look at, so some may be missing.
  bool complete() const { return complete_; }

  const std::vector<model::TimelineLane>& lanes() const { return lanes_; }

  // A lane's place in lanes(), or kNone.
  std::int64_t find(std::string_view worker, std::uint64_t thread) const;
  std::int64_t find(std::int64_t row) const;

 private:
  class Reader;

  std::vector<model::TimelineLane> lanes_;
  std::map<std::string, std::map<std::uint64_t, std::int64_t>, std::less<>> places_;  // by worker and thread
  std::unordered_map<std::int64_t, std::int64_t> rows_;  // that tiles name, and their places
  bool complete_ = true;
};

}  // namespace pilothouse::store::sqlite
