#include "recorder/core/recorder.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tape/chunk.h"
#include "tape/drain.h"

namespace pilothouse::recorder {
namespace {

namespace json = boost::json;
using tape::Kind;

constexpr std::string_view kDetails = R"({"client":null,"code":[],"annotations":{},"tags":[]})";

// What came out: a record of JSON, or a chunk of spans.
struct Item {
  Kind kind{};
  std::string json;
  std::unique_ptr<tape::SpanBlock> block;
};

std::shared_ptr<tape::Spool> make_spool(std::size_t bytes) {
  tape::SpoolOptions options;
  options.bytes = bytes;
  options.session_json = "{}";
  auto spool = tape::Spool::create_in_memory(options);
  return std::move(*spool);
}

// Everything sealed since the last time.
std::vector<Item> take(tape::Spool& spool) {
  tape::Drops reported{};
  EXPECT_TRUE(tape::drain(spool, tape::Extent::kSealed, reported));
  std::vector<Item> items;
  static std::vector<std::unique_ptr<std::string>> payloads;  // blocks are views into them
  std::uint64_t last = 0;
  for (const tape::Spool::Segment& segment : spool.segments()) {
    const auto bytes = spool.read(segment);
    EXPECT_TRUE(bytes);
    for (std::string_view rest = *bytes; !rest.empty();) {
      const auto chunk = tape::take_chunk(rest);
      EXPECT_TRUE(chunk);
      last = chunk->sequence;
      payloads.push_back(std::make_unique<std::string>(*tape::raw_payload(*chunk)));
      if (chunk->kind == Kind::kSpans) {
        auto block = tape::decode_span_block(*payloads.back());
        EXPECT_TRUE(block);
        EXPECT_EQ(block->size(), chunk->records);
        items.push_back({chunk->kind, {}, std::make_unique<tape::SpanBlock>(std::move(*block))});
        continue;
      }
      const json::value records = json::parse(*payloads.back());
      for (const json::value& record : records.as_array()) {
        items.push_back({chunk->kind, json::serialize(record), nullptr});
      }
    }
  }
  EXPECT_TRUE(spool.acknowledge(last));
  return items;
}

class RecorderTest : public testing::Test {
 protected:
  RecorderTest() { recorder_.open_computation("c1", 1'000'000, std::string(kDetails)); }

  void enter(const std::string& key, const std::string& group = "inc") {
    recorder_.task_entered(key, group, false);
  }

  void finish(const std::string& key, const std::string& group = "inc") {
    const Action compute{recorder_.action_number("compute"), 2'000'000, 2'000'500};
    Span span;
    span.key = key;
    span.group = group;
    span.worker = recorder_.worker_number("tcp://w:1");
    span.type = recorder_.type_number("int");
    span.nbytes = 28;
    span.actions = &compute;
    span.action_count = 1;
    recorder_.task_finished(span);
  }

  void fail(const std::string& key, const std::string& group = "inc") {
    Span span;
    span.key = key;
    span.group = group;
    Failure failure;
    failure.workers = {"tcp://w:1"};
    failure.type = "ValueError";
    recorder_.task_failed(span, failure);
  }

  // What a flush hands over, with `gauges` for every group that is due.
  std::vector<Item> flush(Gauges gauges = {}) {
    for (const GroupToRefresh& group : recorder_.groups_to_refresh())
      recorder_.set_gauges(group.slot, gauges);
    recorder_.flush();
    return take(*spool_);
  }

  // The last record of `kind` whose `field` is `value`.
  static json::object find(const std::vector<Item>& items, Kind kind, std::string_view field,
                           std::string_view value) {
    json::object found;
    for (const Item& item : items) {
      if (item.kind != kind) continue;
      const json::object record = json::parse(item.json).as_object();
      if (record.at(field).as_string() == value) found = record;
    }
    return found;
  }

  static std::int64_t count(const json::object& record, std::string_view state) {
    return record.at("tasks").as_object().at(state).to_number<std::int64_t>();
  }

  std::shared_ptr<tape::Spool> spool_ = make_spool(32U << 20);
  int full_blocks_ = 0;
  Recorder recorder_{spool_, [this] { ++full_blocks_; }};
};

TEST_F(RecorderTest, CountsTasksAndSumsTheirTimes) {
  for (const char* key : {"a", "b", "c"}) enter(key);
  for (const char* key : {"a", "b"}) finish(key);
  Gauges one_left;
  one_left.processing = 1;
  auto items = flush(one_left);
  json::object group = find(items, Kind::kGroups, "name", "inc");
  EXPECT_EQ(count(group, "total"), 3);
  EXPECT_EQ(count(group, "memory"), 2);
  EXPECT_EQ(count(group, "processing"), 1);
  EXPECT_EQ(group.at("durations_us").as_object().at("compute"), 1000);
  EXPECT_EQ(group.at("nbytes"), 56);
  EXPECT_EQ(group.at("types").as_object().at("int"), 2);
  EXPECT_EQ(find(items, Kind::kProgress, "id", "c1").at("state"), "running");
  EXPECT_TRUE(find(items, Kind::kComputations, "id", "c1").contains("code"));

  finish("c");
  items = flush();
  EXPECT_EQ(count(find(items, Kind::kGroups, "name", "inc"), "memory"), 3);
  const json::object progress = find(items, Kind::kProgress, "id", "c1");
  EXPECT_EQ(progress.at("state"), "done");
  EXPECT_EQ(progress.at("stop_us"), 2'000'500);
  EXPECT_TRUE(find(items, Kind::kComputations, "id", "c1").empty());  // said once

  recorder_.describe_computation("c1", R"({"client":"me","code":[],"annotations":{},"tags":[]})");
  const json::object again = find(flush(), Kind::kComputations, "id", "c1");
  EXPECT_EQ(again.at("client"), "me");
  EXPECT_EQ(count(again, "memory"), 3);
}

TEST_F(RecorderTest, ARecomputedTaskIsOneTaskAndTwoRuns) {
  enter("a");
  finish("a");
  recorder_.task_entered("a", "inc", true);
  finish("a");
  const json::object group = find(flush(), Kind::kGroups, "name", "inc");
  EXPECT_EQ(count(group, "total"), 1);
  EXPECT_EQ(count(group, "memory"), 1);
  EXPECT_EQ(group.at("runs"), 2);
}

TEST_F(RecorderTest, ATaskThatLostItsWorkerEntersOnceAndFailsOnItsSecondAttempt) {
  enter("a");
  recorder_.task_withdrawn("a", Withdrawal::kRunning);
  enter("a");
  fail("a");
  const auto items = flush();
  const json::object group = find(items, Kind::kGroups, "name", "inc");
  EXPECT_EQ(count(group, "total"), 1);
  EXPECT_EQ(count(group, "erred"), 1);
  EXPECT_EQ(find(items, Kind::kExceptions, "key", "a").at("attempt"), 2);
}

TEST_F(RecorderTest, BlamedDependentsAreCountedNotListed) {
  enter("a");
  enter("b", "sum");
  fail("a");
  recorder_.task_withdrawn("b", Withdrawal::kNotStarted);
  recorder_.task_blamed("b", "sum", "a", true);
  recorder_.task_blamed("c", "sum", "a", true);  // submitted after the failure: it never entered
  const auto items = flush();
  const json::object sum = find(items, Kind::kGroups, "name", "sum");
  EXPECT_EQ(count(sum, "total"), 2);
  EXPECT_EQ(count(sum, "blamed"), 2);
  EXPECT_EQ(count(sum, "erred"), 0);
  EXPECT_TRUE(find(items, Kind::kExceptions, "key", "b").empty());
  for (const Item& item : items) {
    if (item.kind == Kind::kBlames) {
      EXPECT_EQ(json::parse(item.json), (json::value{{"exception", 1}, {"blamed", 2}}));
    }
  }
  EXPECT_EQ(find(items, Kind::kProgress, "id", "c1").at("state"), "erred");
}

TEST_F(RecorderTest, ARetriedFailureIsNoLongerErred) {
  enter("a");
  fail("a");
  recorder_.task_withdrawn("a", Withdrawal::kErred);
  enter("a");
  finish("a");
  const json::object group = find(flush(), Kind::kGroups, "name", "inc");
  EXPECT_EQ(count(group, "total"), 1);
  EXPECT_EQ(count(group, "erred"), 0);
  EXPECT_EQ(count(group, "memory"), 1);
}

TEST_F(RecorderTest, WhatNeverRanIsReleasedAndTheComputationCancelled) {
  enter("a");
  enter("b");
  finish("a");
  recorder_.task_withdrawn("b", Withdrawal::kNotStarted);
  recorder_.task_forgotten("b");
  const auto items = flush();
  EXPECT_EQ(count(find(items, Kind::kGroups, "name", "inc"), "released"), 1);
  EXPECT_EQ(find(items, Kind::kProgress, "id", "c1").at("state"), "cancelled");
}

TEST_F(RecorderTest, OneGroupNameInTwoComputationsIsTwoGroups) {
  enter("a");
  finish("a");
  recorder_.open_computation("c2", 3'000'000, std::string(kDetails));
  enter("b");
  enter("c");
  finish("b");
  finish("c");
  const auto items = flush();
  EXPECT_EQ(count(find(items, Kind::kGroups, "computation", "c1"), "memory"), 1);
  EXPECT_EQ(count(find(items, Kind::kGroups, "computation", "c2"), "memory"), 2);
  EXPECT_EQ(find(items, Kind::kProgress, "id", "c1").at("state"), "done");

  // The first is over and forgotten: nothing is written of it again.
  finish("c");
  EXPECT_TRUE(find(flush(), Kind::kProgress, "id", "c1").empty());
}

TEST_F(RecorderTest, SpansCarryTheirComputationInBlocksOfTheirOwn) {
  for (int i = 0; i < 5000; ++i) {
    const std::string key = "k" + std::to_string(i);
    enter(key);
    finish(key);
  }
  std::size_t spans = 0;
  std::size_t blocks = 0;
  for (const Item& item : flush()) {
    if (!item.block) continue;
    ++blocks;
    spans += item.block->size();
    EXPECT_EQ(item.block->computations, std::vector<std::string_view>{"c1"});
    EXPECT_EQ(item.block->groups, std::vector<std::string_view>{"inc"});
    EXPECT_EQ(item.block->workers, std::vector<std::string_view>{"tcp://w:1"});
  }
  EXPECT_EQ(spans, 5000U);
  EXPECT_EQ(blocks, 2U);
  EXPECT_EQ(full_blocks_, 1);
}

TEST(RecorderLimits, TooManyGroupsAreCountedAsDropsAndTheirSpansKept) {
  const auto spool = make_spool(32U << 20);
  Recorder recorder(spool, [] {});
  recorder.open_computation("c1", 1'000'000, std::string(kDetails));
  for (std::size_t i = 0; i < kMaxSlots + 10; ++i)
    recorder.task_entered("k", "group-" + std::to_string(i), false);
  Span span;
  span.key = "k";
  span.group = "one-group-too-many";
  recorder.task_finished(span);

  // As many roll-ups as find room go with each flush; in the end all have gone.
  std::size_t groups = 0;
  bool kept = false;
  for (int flushes = 0; flushes < 100 && groups < kMaxSlots; ++flushes) {
    recorder.flush();
    for (const Item& item : take(*spool)) {
      kept = kept || (item.block && item.block->size() == 1);
      groups += item.kind == Kind::kGroups ? 1 : 0;
    }
  }
  EXPECT_EQ(groups, kMaxSlots);
  EXPECT_TRUE(kept);
  const tape::Drops drops = tape::all_drops(spool->journal());
  EXPECT_EQ(drops[static_cast<std::size_t>(Kind::kGroups)].count, 11U);
  EXPECT_EQ(drops[static_cast<std::size_t>(Kind::kSpans)].count, 0U);
}

// Nobody encodes: the journal fills. Spans stop first, records still find room, and everything is counted.
TEST(RecorderLimits, AFullJournalDropsSpansBeforeRecords) {
  const auto spool = make_spool(1U << 20);
  Recorder recorder(spool, [] {});
  recorder.open_computation("c1", 1'000'000, std::string(kDetails));
  std::uint64_t finished = 0;
  const auto dropped = [&](Kind kind) {
    return tape::all_drops(spool->journal())[static_cast<std::size_t>(kind)].count;
  };
  while (dropped(Kind::kSpans) < 10) {
    ASSERT_LT(finished, 100'000U);
    const std::string key = "k" + std::to_string(finished++);
    recorder.task_entered(key, "inc", false);
    Span span;
    span.key = key;
    span.group = "inc";
    recorder.task_finished(span);
  }
  recorder.put_record(Kind::kEvents, R"({"topic":"all"})");
  EXPECT_EQ(dropped(Kind::kEvents), 0U);
  recorder.put_record(Kind::kEvents, "\"" + std::string(1U << 20, 'x') + "\"");
  EXPECT_EQ(dropped(Kind::kEvents), 1U);

  recorder.flush();
  std::uint64_t spans = 0;
  bool event = false;
  for (const Item& item : take(*spool)) {
    spans += item.block ? item.block->size() : 0;
    event = event || item.kind == Kind::kEvents;
  }
  EXPECT_EQ(spans + dropped(Kind::kSpans), finished);
  EXPECT_TRUE(event);

  // The roll-up waited for room.
  recorder.flush();
  json::object group;
  for (const Item& item : take(*spool)) {
    if (item.kind == Kind::kGroups) group = json::parse(item.json).as_object();
  }
  EXPECT_EQ(group.at("tasks").as_object().at("memory"), finished);
}

TEST_F(RecorderTest, TheEndComesLast) {
  enter("a");
  finish("a");
  recorder_.end(9'000'000, "scheduler closed");
  const auto items = take(*spool_);
  ASSERT_FALSE(items.empty());
  EXPECT_EQ(items.back().kind, Kind::kEnd);
}

}  // namespace
}  // namespace pilothouse::recorder
