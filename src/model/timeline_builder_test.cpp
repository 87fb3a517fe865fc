#include "model/timeline_builder.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <random>

namespace pilothouse::model {
namespace {

constexpr base::Micros kNow = 1'769'904'000'000'000;
using Action = TimelineBuilder::Action;

struct MadeRun {
  std::int64_t lane, group;
  bool erred;
  std::vector<Action> actions;
};

std::vector<MadeRun> random_runs(std::uint64_t seed, std::size_t count, base::Micros range,
                                 base::Micros longest) {
  std::mt19937_64 random(seed);
  std::vector<MadeRun> runs;
  for (std::size_t i = 0; i < count; ++i) {
    const base::Micros start = kNow + static_cast<base::Micros>(random()) % range;
    const auto first = static_cast<base::Micros>(random() % longest >> random() % 20);
    const auto second = static_cast<base::Micros>(random() % longest >> random() % 20);
    runs.push_back({static_cast<std::int64_t>(random() % 9),
                    static_cast<std::int64_t>(random() % 4),
                    random() % 7 == 0,
                    {{kCompute, start, start + first}, {3, start + first, start + first + second}}});
  }
  return runs;
}

// By bucket and lane: spans, erred, and the busy time of the two actions, in buckets of 2^shift us.
using Sums = std::map<std::pair<std::int64_t, std::int64_t>, std::array<std::int64_t, 4>>;

void add_to(Sums& sums, int shift, std::int64_t lane, bool erred, std::span<const Action> actions) {
  const base::Micros start = std::min(actions.front().start, actions.back().start);
  auto& first = sums[{start >> shift, lane}];
  ++first[0];
  first[1] += erred ? 1 : 0;
  for (const Action& action : actions) {
    spread(action.start, action.stop, shift, [&](std::int64_t bucket, std::int64_t us) {
      sums[{bucket, lane}][action.kind == kCompute ? 2 : 3] += us;
    });
  }
}

Sums sums_of(const TimelineTile& tile, const std::vector<std::uint64_t>& lanes, int shift) {
  Sums sums;
  std::vector<std::uint64_t> bucket_of;
  for (std::size_t row = 0; row < tile.rows(); ++row) {
    bucket_of.insert(bucket_of.end(), tile.row_cells[row], tile.row_bucket[row]);
  }
  for (std::size_t i = 0; i < tile.cells(); ++i) {
    auto& sum = sums[{static_cast<std::int64_t>(bucket_of[i]) >> (shift - tile.shift),
                      static_cast<std::int64_t>(lanes[tile.lane[i]])}];
    const auto value = [&](const TimelineColumn& column) {
      return column.empty() ? 0 : static_cast<std::int64_t>(column[i]);
    };
    sum[0] += value(tile.spans);
    sum[1] += value(tile.erred);
    sum[2] += value(tile.busy_us[kCompute]);
    sum[3] += value(tile.busy_us[3]);
  }
  std::size_t k = 0;
  for (std::size_t i = 0; i < tile.runs(); ++i) {
    std::vector<Action> actions;
    for (std::uint64_t n = 0; n < tile.run_actions[i]; ++n, ++k) {
      const auto start = static_cast<base::Micros>(tile.action_start[k]);
      actions.push_back({tile.action[k], start, start + static_cast<base::Micros>(tile.action_us[k])});
    }
    add_to(sums, shift, static_cast<std::int64_t>(lanes[tile.run_lane[i]]), tile.run_erred[i] != 0, actions);
  }
  return sums;
}

TEST(TimelineBuilder, NothingIsLostAtAnyWidth) {
  for (const base::Micros longest : {100'000LL, 60'000'000LL, 90'000'000'000'000LL}) {
    for (const std::size_t limit : {10, 300, 1'000'000}) {
      const auto runs = random_runs(limit, 2000, 50'000'000, longest);
      TimelineBuilder builder(kFinestShift, {kNow, kNow + longest, 9, limit}, limit);
      for (const MadeRun& run : runs) builder.add_run(run.lane, run.group, run.erred, run.actions);
      EXPECT_TRUE(builder.weight() <= limit || builder.shift() == kCoarsestShift);
      std::vector<std::uint64_t> lanes;
      std::vector<std::uint64_t> groups;
      const std::size_t weight = builder.weight();
      const TimelineTile tile = builder.take(lanes, groups);
      EXPECT_EQ(weight, tile.cells() + tile.runs() + tile.action.size());
      int shift = tile.shift;
      while (longest >> shift > 100) ++shift;
      for (; shift <= kCoarsestShift; shift += 3) {
        Sums expected;
        for (const MadeRun& run : runs) add_to(expected, shift, run.lane, run.erred, run.actions);
        EXPECT_EQ(sums_of(tile, lanes, shift), expected) << longest << ' ' << limit << ' ' << shift;
      }
    }
  }
}

TEST(TimelineBuilder, LongRunsBecomeCellsWhereTheyFit) {
  const base::Micros hour = 3600LL * base::kMicrosPerSecond;
  const MadeRun run{0, 0, false, {{kCompute, kNow, kNow + hour}}};
  for (const int shift : {20, 27, 28, 30}) {
    TimelineBuilder builder(shift, {kNow, kNow + hour, 1, 100}, 100);
    builder.add_run(run.lane, run.group, run.erred, run.actions);
    std::vector<std::uint64_t> lanes;
    std::vector<std::uint64_t> groups;
    const TimelineTile tile = builder.take(lanes, groups);
    EXPECT_EQ(tile.runs(), shift < 28 ? 1U : 0U) << shift;
    EXPECT_EQ(std::accumulate(tile.spans.begin(), tile.spans.end(), std::uint64_t{0}), shift < 28 ? 0U : 1U);
  }
}

TEST(TimelineBuilder, OnlyLanesAndGroupsThatOccurAreNamed) {
  TimelineBuilder builder(kFinestShift, {kNow, kNow + 100, 1000, 10}, 100);
  const std::vector<Action> actions{{kCompute, kNow, kNow + 90}};
  builder.add_run(700, 60'000, false, actions);
  builder.add_run(4, 9, true, actions);
  builder.add_run(700, 60'000, false, actions);
  std::vector<std::uint64_t> lanes;
  std::vector<std::uint64_t> groups;
  const TimelineTile tile = builder.take(lanes, groups);
  EXPECT_EQ(lanes, (std::vector<std::uint64_t>{4, 700}));
  EXPECT_EQ(groups, (std::vector<std::uint64_t>{9, 60'000}));
  EXPECT_EQ(tile.lane, (TimelineColumn{0, 1}));
  EXPECT_EQ(tile.group, (TimelineColumn{0, 1}));
  EXPECT_EQ(tile.spans, (TimelineColumn{1, 2}));
  EXPECT_EQ(tile.erred, (TimelineColumn{1, 0}));
}

}  // namespace
}  // namespace pilothouse::model
