#include "hub/ingest/summarize_block.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "model/timeline_tile.h"

namespace pilothouse::hub {
namespace {

using model::SpanBlockRecord;
constexpr base::Micros kNow = 1'769'904'000'000'000;

struct Made {
  std::uint32_t computation = 0;
  std::uint32_t group = 0;
  std::uint32_t worker = 0;
  std::uint64_t thread = 1;
  base::Micros start = kNow;
  std::int64_t compute_us = 1000;
  std::int64_t transfer_us = 0;  // before it
  bool erred = false;
  std::int64_t nbytes = 8;
  std::uint32_t type = 0;
};

// With spans of no computation at the end, if need be: a block has at least as many spans as groups.
tape::SpanBlockBuilder build(std::vector<Made> runs) {
  while (runs.size() < 3) runs.push_back({.computation = tape::kNone});
  tape::SpanBlockBuilder block;
  block.computations = {"a", "b"};
  block.groups = {"inc", "sum", "inc"};
  block.workers = {"tcp://1", "tcp://2"};
  block.types = {"int", "float"};
  block.action_names = {"transfer", "compute"};
  for (const Made& run : runs) {
    block.computation.push_back(run.computation);
    block.group.push_back(run.group);
    block.worker.push_back(run.worker);
    block.type.push_back(run.type);
    block.thread.push_back(run.thread);
    block.nbytes.push_back(run.nbytes);
    block.status.push_back(run.erred ? 1 : 0);
    const auto add = [&](std::uint8_t action, base::Micros start, base::Micros stop) {
      block.action.push_back(action);
      block.action_start.push_back(start);
      block.action_stop.push_back(stop);
    };
    if (run.transfer_us != 0) add(0, run.start - run.transfer_us, run.start);
    if (run.compute_us != 0) add(1, run.start, run.start + run.compute_us);
    block.action_count.push_back(
        static_cast<std::uint8_t>((run.transfer_us != 0 ? 1 : 0) + (run.compute_us != 0 ? 1 : 0)));
    const std::string key = "k" + std::to_string(block.key_length.size());
    block.key_length.push_back(static_cast<std::uint32_t>(key.size()));
    block.key_bytes += key;
  }
  return block;
}

SpanBlockRecord summary(const tape::SpanBlockBuilder& built, RollUpBudget budget = {}) {
  const std::string payload = tape::encode_span_block(built);
  const auto block = tape::decode_span_block(payload);
  EXPECT_TRUE(block) << block.error().message;
  SpanBlockRecord record;
  const auto done = summarize_block(*block, budget, record);
  EXPECT_TRUE(done) << done.error().message;
  return record;
}

TEST(SummarizeBlock, AddsUpEachGroupOfEachComputation) {
  const auto record = summary(build({
      {.compute_us = 1000, .transfer_us = 50},
      {.worker = 1, .start = kNow + 5000, .compute_us = 3000, .nbytes = -1, .type = 1},
      {.erred = true, .nbytes = -1, .type = tape::kNone},
      {.group = 1, .compute_us = 7},
      {.computation = 1, .group = 2, .compute_us = 9},
      {.computation = tape::kNone, .group = 0, .compute_us = 99},
  }));
  ASSERT_EQ(record.shares.size(), 2U);
  const SpanBlockRecord::Share& a = record.shares[0];
  EXPECT_EQ(a.spans, 4);
  EXPECT_EQ(a.erred, 1);
  EXPECT_EQ(a.first_us, kNow - 50);
  EXPECT_EQ(a.last_us, kNow + 8000);
  ASSERT_EQ(a.groups.size(), 2U);
  const SpanBlockRecord::GroupShare& inc = a.groups[0];
  EXPECT_EQ(inc.name, "inc");
  EXPECT_EQ(inc.memory, 2);
  EXPECT_EQ(inc.erred, 1);
  EXPECT_EQ(inc.nbytes, 8);
  using Counts = std::vector<std::pair<std::string, std::int64_t>>;
  EXPECT_EQ(inc.durations_us, (Counts{{"transfer", 50}, {"compute", 5000}}));
  EXPECT_EQ(inc.types, (Counts{{"int", 1}, {"float", 1}}));
  EXPECT_EQ(inc.first_start_us, kNow - 50);
  EXPECT_EQ(inc.last_stop_us, kNow + 8000);
  EXPECT_EQ(inc.latency.count(), 3);
  EXPECT_EQ(inc.latency.highest(), 3000);
  ASSERT_EQ(inc.slowest.size(), 3U);
  EXPECT_EQ(inc.slowest[0].key, "k1");
  EXPECT_EQ(inc.slowest[0].duration_us, 3000);
  EXPECT_EQ(inc.slowest[0].start_us, kNow + 5000);
  EXPECT_EQ(inc.slowest[0].worker, "tcp://2");
  ASSERT_EQ(record.shares[1].groups.size(), 1U);
  EXPECT_EQ(record.shares[1].groups[0].name, "inc");
  EXPECT_EQ(record.shares[1].groups[0].durations_us, (Counts{{"compute", 9}}));
}

TEST(SummarizeBlock, KeepsTheTenSlowestLongestFirst) {
  std::vector<Made> runs;
  for (int i = 0; i < 500; ++i) runs.push_back({.compute_us = 1 + i * 37 % 500});
  const auto record = summary(build(runs));
  const auto& slowest = record.shares[0].groups[0].slowest;
  ASSERT_EQ(slowest.size(), SpanBlockRecord::kSlowest);
  for (std::size_t i = 0; i < slowest.size(); ++i) {
    EXPECT_EQ(slowest[i].duration_us, 500 - static_cast<std::int64_t>(i));
    const auto span = static_cast<std::size_t>(std::stoul(slowest[i].key.substr(1)));
    EXPECT_EQ(runs[span].compute_us, slowest[i].duration_us);
  }
}

model::TimelineTile tile_of(const SpanBlockRecord::Share& share) {
  model::TimelineTile tile;
  EXPECT_TRUE(share.tile && model::decode_tile(share.tile->bytes, tile));
  return tile;
}

std::uint64_t sum_of(const model::TimelineColumn& column) {
  return std::accumulate(column.begin(), column.end(), std::uint64_t{0});
}

TEST(SummarizeBlock, TheTileHasTheSumsOfTheSpans) {
  std::vector<Made> runs;
  std::uint64_t busy = 0;
  for (int i = 0; i < 4000; ++i) {
    runs.push_back({.thread = static_cast<std::uint64_t>(i % 4),
                    .start = kNow + i / 4 * 1000,
                    .compute_us = 990,
                    .erred = i % 100 == 0});
    busy += 990;
  }
  const auto record = summary(build(runs));
  const SpanBlockRecord::Share& share = record.shares[0];
  const model::TimelineTile tile = tile_of(share);
  EXPECT_EQ(tile.shift, model::kFinestShift);
  EXPECT_EQ(share.tile->shift, tile.shift);
  EXPECT_EQ(share.tile->weight, tile.cells());
  EXPECT_EQ(record.lanes.size(), 4U);
  EXPECT_EQ(share.tile->lanes, (std::vector<std::uint64_t>{0, 1, 2, 3}));
  EXPECT_EQ(share.tile->groups, (std::vector<std::uint64_t>{0}));
  EXPECT_EQ(sum_of(tile.spans), 4000U);
  EXPECT_EQ(sum_of(tile.erred), 40U);
  EXPECT_EQ(sum_of(tile.busy_us[model::kCompute]), busy);
  EXPECT_EQ(sum_of(tile.group), 0U);
  EXPECT_LE(tile.cells(), 4U * 5);
  EXPECT_EQ(tile.runs(), 0U);
}

TEST(SummarizeBlock, LongRunsStayRunsInTheTile) {
  std::vector<Made> runs(8, Made{.compute_us = 1000});
  const std::int64_t hour = 3600LL * base::kMicrosPerSecond;
  runs.push_back({.group = 1, .compute_us = hour, .transfer_us = 5, .erred = true});
  const model::TimelineTile tile = tile_of(summary(build(runs)).shares[0]);
  EXPECT_EQ(tile.shift, model::kFinestShift);
  EXPECT_EQ(sum_of(tile.spans), 8U);
  ASSERT_EQ(tile.runs(), 1U);
  EXPECT_EQ(tile.run_erred, (model::TimelineColumn{1}));
  EXPECT_EQ(tile.run_group, (model::TimelineColumn{1}));
  EXPECT_EQ(tile.action_us, (model::TimelineColumn{5, static_cast<std::uint64_t>(hour)}));
}

TEST(SummarizeBlock, ATileIsAsFineAsItMayBeLarge) {
  std::vector<Made> runs;
  for (int i = 0; i < 4096; ++i) {
    runs.push_back({.thread = static_cast<std::uint64_t>(i % 64),
                    .start = kNow + i / 64 * 1'000'000,
                    .compute_us = 400'000});
  }
  const SpanBlockRecord::Share share = summary(build(runs)).shares[0];
  EXPECT_EQ(share.tile->shift, 22);  // of 64 s in 16 buckets or 17, with at most 1024 cells
  EXPECT_EQ(sum_of(tile_of(share).spans), 4096U);
}

TEST(SummarizeBlock, WhereThereAreMoreLanesThanItMayHaveCellsATileIsLarger) {
  std::vector<Made> runs;
  for (int i = 0; i < 4000; ++i) runs.push_back({.thread = static_cast<std::uint64_t>(i % 2000)});
  const model::TimelineTile tile = tile_of(summary(build(runs)).shares[0]);
  EXPECT_EQ(tile.shift, model::kFinestShift);
  EXPECT_EQ(tile.cells(), 2000U);
}

TEST(SummarizeBlock, ImpossibleTimesHaveNoDuration) {
  auto built =
      build({{.compute_us = -5}, {.compute_us = 10}, {.compute_us = INT64_MAX - kNow}, {.compute_us = 0}});
  const auto record = summary(built);
  EXPECT_EQ(record.impossible_runs, 2);
  const SpanBlockRecord::Share& share = record.shares[0];
  EXPECT_EQ(share.spans, 4);
  EXPECT_EQ(sum_of(tile_of(share).busy_us[model::kCompute]), 10U);
  EXPECT_EQ(share.last_us, kNow + 10);
  EXPECT_EQ(share.groups[0].latency.count(), 1);
  EXPECT_EQ(share.groups[0].durations_us.at(0).second, 10);
}

TEST(SummarizeBlock, SpansThatTouchEveryBucketMakeFewCells) {
  std::vector<Made> runs;
  for (int i = 0; i < 2000; ++i) {
    runs.push_back({.thread = static_cast<std::uint64_t>(i),
                    .start = kNow + i * 1'000'000'000LL,
                    .compute_us = 30LL * 86'400 * base::kMicrosPerSecond});
  }
  const SpanBlockRecord::Share share = summary(build(runs)).shares[0];
  ASSERT_TRUE(share.tile);
  EXPECT_LE(share.tile->weight, runs.size());
  EXPECT_LE(share.tile->bytes.size(), 8 * runs.size());
}

TEST(SummarizeBlock, GroupsBeyondTheBudgetArePutTogether) {
  RollUpBudget budget;
  budget.groups = 1;
  const auto record =
      summary(build({{.group = 0}, {.group = 1}, {.group = 2}, {.group = 0}, {.computation = 1, .group = 1}}),
              budget);
  const auto& groups = record.shares[0].groups;
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].memory, 2);
  EXPECT_EQ(groups[1].name, model::kOtherGroups);
  EXPECT_EQ(groups[1].memory, 2);
  EXPECT_EQ(record.shares[1].groups[0].name, model::kOtherGroups);
}

TEST(SummarizeBlock, WithoutBudgetForCellsNothingIsSummedUp) {
  for (RollUpBudget budget : {RollUpBudget{.cells = 0}, RollUpBudget{.lanes = 0}}) {
    const auto record = summary(build({{}, {}}), budget);
    EXPECT_FALSE(record.shares[0].tile);
    EXPECT_EQ(record.shares[0].groups[0].memory, 2);
  }
}

TEST(SummarizeBlock, TooManyTypesAndActionsArePutTogether) {
  auto built = build(std::vector<Made>(20));
  built.types.clear();
  built.action_names.clear();
  for (std::uint32_t i = 0; i < 20; ++i) {
    built.types.push_back("t" + std::to_string(i));
    built.action_names.push_back("a" + std::to_string(i));
    built.type[i] = i;
    built.action[i] = static_cast<std::uint8_t>(i);
  }
  const auto& group = summary(built).shares[0].groups[0];
  ASSERT_EQ(group.types.size(), 9U);
  EXPECT_EQ(group.types.back(), (std::pair<std::string, std::int64_t>("(other)", 12)));
  ASSERT_EQ(group.durations_us.size(), 16U);
  EXPECT_EQ(group.durations_us.back(), (std::pair<std::string, std::int64_t>("(other)", 5000)));
}

TEST(SummarizeBlock, ABlockOfTooManyComputationsIsRefused) {
  const std::string payload = tape::encode_span_block(build({{}}));
  RollUpBudget budget;
  budget.shares = 3;
  SpanBlockRecord record;
  EXPECT_TRUE(summarize_block(*tape::decode_span_block(payload), budget, record));
  const auto refused = summarize_block(*tape::decode_span_block(payload), budget, record);
  EXPECT_EQ(refused.error().code, base::Errc::kTooLarge);
}

}  // namespace
}  // namespace pilothouse::hub
