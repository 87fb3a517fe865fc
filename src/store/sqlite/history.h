#pragma once

#include <cstdint>
#include <map>

#include "model/records.h"
#include "store/sqlite/connection.h"

namespace pilothouse::store::sqlite {

// What samples say of all workers together. Of several moments these are sums over them.
struct Measures {
  std::int64_t ticks = 0;  // moments
  double executing = 0;
  double workers = 0;
  double cpu = 0;
  double memory = 0;
  double managed = 0;
  double unmanaged = 0;
  double spilled = 0;
  double ready = 0;

  void add(const Measures& other);

  // One worker's, or what is to be taken back of it (`sign` -1).
  void add(const model::SampleRecord& sample, double sign = 1);
};

// What the samples of one upload add to the history of their cluster. Belongs to one upload and its
// transaction.
class History {
 public:
  History(Connection& connection, std::int64_t cluster) : connection_(connection), cluster_(cluster) {}

  // Before the sample is stored: whether its moment has been counted is seen from those that are.
  void add(const model::SampleRecord& sample, std::int64_t address);

  void flush();

 private:
  void flush_tier(int tier, const std::map<std::int64_t, Measures>& buckets);

  Connection& connection_;
  const std::int64_t cluster_;
  std::map<base::Micros, Measures> moments_;
};

}  // namespace pilothouse::store::sqlite
