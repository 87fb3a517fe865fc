#include "store/sqlite/history.h"

#include "store/sqlite/history_tiers.h"

namespace pilothouse::store::sqlite {

void History::add(const model::SampleRecord& sample, std::int64_t address) {
  const auto [moment, first] = moments_.try_emplace(sample.time_us);
  if (first) {
    const bool counted =
        connection_.query("SELECT 1 FROM samples WHERE cluster = ? AND time_us = ?", cluster_, sample.time_us)
            .step();
    moment->second.ticks = counted ? 0 : 1;
  }
  Statement old = connection_.query(
      "SELECT cpu, memory, managed, unmanaged, spilled, executing, ready FROM samples WHERE cluster = ? AND "
      "time_us = ? AND address = ?",
      cluster_, sample.time_us, address);
  if (old.step()) {
    moment->second.add({0, "", old.number(0), old.integer(1), old.integer(2), old.integer(3), old.integer(4),
                        old.integer(5), old.integer(6)},
                       -1);
  }
  moment->second.add(sample);
}

void History::flush() {
  std::map<std::int64_t, model::SampleSums> buckets;
  for (const auto& [time, sums] : moments_) buckets[time / history_width(0)].add(sums);
  for (int tier = 0; tier < kHistoryTiers; ++tier) {
    flush_tier(tier, buckets);
    std::map<std::int64_t, model::SampleSums> wider;
    for (const auto& [bucket, sums] : buckets) {
      wider[bucket * history_width(tier) / history_width(tier + 1)].add(sums);
    }
    buckets = std::move(wider);
  }
}

void History::flush_tier(int tier, const std::map<std::int64_t, model::SampleSums>& buckets) {
  for (const auto& [bucket, sums] : buckets) {
    connection_.run(
        "INSERT INTO history (cluster, tier, bucket, ticks, executing, workers, cpu, memory, managed, "
        "unmanaged, spilled, ready) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (cluster, tier, "
        "bucket) DO UPDATE SET ticks = ticks + excluded.ticks, executing = executing + excluded.executing, "
        "workers = workers + excluded.workers, cpu = cpu + excluded.cpu, memory = memory + excluded.memory, "
        "managed = managed + excluded.managed, unmanaged = unmanaged + excluded.unmanaged, "
        "spilled = spilled + excluded.spilled, ready = ready + excluded.ready",
        cluster_, tier, bucket, sums.ticks, sums.executing, sums.workers, sums.cpu, sums.memory, sums.managed,
        sums.unmanaged, sums.spilled, sums.ready);
  }
}

}  // namespace pilothouse::store::sqlite
