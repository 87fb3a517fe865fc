#pragma once

#include "base/error.h"
#include "store/record_store.h"
#include "store/sqlite/connection.h"

namespace pilothouse::store::sqlite {

// What is read of a cluster's history to answer for a span of time.
struct HistoryPlan {
  int tier = 0;
  base::Micros from = 0;       // a multiple of the width, but where there is only one bucket
  base::Micros bucket_us = 0;  // a multiple of the tier's width, less than five times as wide where it can be
  std::int64_t buckets = 0;

  base::Micros to() const { return from + buckets * bucket_us; }
};

// At most `most` buckets that hold everything from `from` to before `to`.
HistoryPlan plan_history(base::Micros from, base::Micros to, std::int64_t most);

base::Result<model::HistoryView> read_history(Connection& connection, const HistoryQuery& query);

// How many tasks ran over the whole life of a cluster, in `most` points.
model::ActivityView read_activity(Connection& connection, const model::ClusterView& cluster,
                                  std::int64_t most);

}  // namespace pilothouse::store::sqlite
