#pragma once

#include <cstdint>
#include <map>

#include "model/sample_sums.h"
#include "store/sqlite/connection.h"

namespace pilothouse::store::sqlite {

// What the samples of one upload add to the history of their cluster. Belongs to one upload and its
// transaction.
class History {
 public:
  History(Connection& connection, std::int64_t cluster) : connection_(connection), cluster_(cluster) {}

  // Before the sample is stored: whether its moment has been counted is seen from those that are.
  void add(const model::SampleRecord& sample, std::int64_t address);

  void flush();

 private:
  void flush_tier(int tier, const std::map<std::int64_t, model::SampleSums>& buckets);

  Connection& connection_;
  const std::int64_t cluster_;
  std::map<base::Micros, model::SampleSums> moments_;
};

}  // namespace pilothouse::store::sqlite
