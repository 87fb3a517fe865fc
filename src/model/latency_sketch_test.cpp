#include "model/latency_sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace pilothouse::model {
namespace {

LatencySketch sketch_of(const std::vector<std::int64_t>& durations) {
  std::vector<std::uint16_t> indices;
  for (const std::int64_t duration : durations) {
    indices.push_back(static_cast<std::uint16_t>(LatencySketch::index_of(duration)));
  }
  return LatencySketch::of(indices,
                           durations.empty() ? 0 : *std::max_element(durations.begin(), durations.end()));
}

void expect_within_one_percent(const LatencySketch& sketch, std::vector<std::int64_t> durations) {
  std::sort(durations.begin(), durations.end());
  for (const double q : {0.0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(q * static_cast<double>(durations.size() - 1));
    const auto truth = static_cast<double>(durations[rank]);
    EXPECT_LE(std::abs(static_cast<double>(*sketch.quantile(q)) - truth), 0.01 * truth) << q;
  }
}

TEST(LatencySketch, HasNothingToSayOfNothing) {
  EXPECT_EQ(LatencySketch().quantile(0.5), std::nullopt);
  EXPECT_EQ(LatencySketch::decode(LatencySketch().encode()).count(), 0);
}

TEST(LatencySketch, IsWithinOnePercent) {
  std::mt19937_64 random(5);
  std::lognormal_distribution<double> spread(9, 3);
  std::vector<std::int64_t> all;
  LatencySketch merged;
  for (const int size : {1, 2, 127, 128, 5000, 20'000}) {
    std::vector<std::int64_t> some;
    for (int i = 0; i < size; ++i) some.push_back(static_cast<std::int64_t>(spread(random)));
    expect_within_one_percent(sketch_of(some), some);
    merged.merge(LatencySketch::decode(sketch_of(some).encode()));
    all.insert(all.end(), some.begin(), some.end());
  }
  expect_within_one_percent(merged, all);
  EXPECT_EQ(merged.count(), static_cast<std::int64_t>(all.size()));
  EXPECT_EQ(merged.highest(), *std::max_element(all.begin(), all.end()));
}

TEST(LatencySketch, MergingIsTheSameInAnyOrder) {
  LatencySketch left = sketch_of({1, 50, 50, 7000, 1 << 30});
  LatencySketch right = sketch_of({0, 49, 7000, 99});
  const LatencySketch before = left;
  left.merge(right);
  right.merge(before);
  EXPECT_EQ(left.encode(), right.encode());
}

TEST(LatencySketch, EveryDurationHasAnIndexInOrder) {
  std::uint32_t before = 0;
  std::int64_t before_duration = 0;
  for (int bit = 0; bit < 63; ++bit) {
    for (const std::int64_t around : {-1, 0, 1}) {
      const std::int64_t duration = (std::int64_t{1} << bit) + around;
      EXPECT_EQ(LatencySketch::index_of(duration) >= before, duration >= before_duration);
      before = LatencySketch::index_of(duration);
      before_duration = duration;
    }
  }
  EXPECT_LT(LatencySketch::index_of(INT64_MAX), LatencySketch::kIndices);
}

TEST(LatencySketch, IsBoundedWhateverComes) {
  std::vector<std::uint16_t> every;
  for (std::uint32_t index = 0; index < LatencySketch::kIndices; ++index) {
    every.push_back(static_cast<std::uint16_t>(index));
  }
  const LatencySketch sketch = LatencySketch::of(every, INT64_MAX);
  EXPECT_EQ(sketch.count(), static_cast<std::int64_t>(LatencySketch::kIndices));
  EXPECT_LE(sketch.encode().size(), 16 + 4 * LatencySketch::kMaxBuckets);
  EXPECT_GT(*sketch.quantile(0.99), std::int64_t{1} << 55);
}

TEST(LatencySketch, DamagedBytesAreNoSketch) {
  const std::string good = sketch_of({5, 1000, 1'000'000}).encode();
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_LE(LatencySketch::decode(good.substr(0, size)).count(), 3);
  }
  EXPECT_EQ(LatencySketch::decode(std::string(40, '\xff')).count(), 0);
}

}  // namespace
}  // namespace pilothouse::model
