#include "recorder/core/recorder.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/session_id.h"

namespace pilothouse::recorder {
namespace {

namespace json = boost::json;
using tape::Kind;

constexpr std::string_view kDetails = R"({"client":null,"code":[],"annotations":{},"tags":[]})";

class RecorderTest : public testing::Test {
 protected:
  RecorderTest() { recorder_.open_computation("c1", 1'000'000, std::string(kDetails)); }

  void enter(const std::string& key, const std::string& group = "inc") {
    recorder_.task_entered(key, group, false);
  }

  void finish(const std::string& key, const std::string& group = "inc") {
    const Action compute{"compute", 2'000'000, 2'000'500};
    Span span;
    span.key = key;
    span.group = group;
    span.worker = "tcp://w:1";
    span.type = "int";
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
    return queue_->take(64U << 20);
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

  std::shared_ptr<BoundedQueue> queue_ = std::make_shared<BoundedQueue>(8U << 20);
  Recorder recorder_{queue_};
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
  EXPECT_EQ(find(items, Kind::kComputations, "id", "c1").at("state"), "running");

  finish("c");
  items = flush();
  EXPECT_EQ(count(find(items, Kind::kGroups, "name", "inc"), "memory"), 3);
  const json::object computation = find(items, Kind::kComputations, "id", "c1");
  EXPECT_EQ(computation.at("state"), "done");
  EXPECT_EQ(computation.at("stop_us"), 2'000'500);
  EXPECT_TRUE(computation.contains("code"));
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
  EXPECT_EQ(find(items, Kind::kComputations, "id", "c1").at("state"), "erred");
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
  EXPECT_EQ(find(items, Kind::kComputations, "id", "c1").at("state"), "cancelled");
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
  EXPECT_EQ(find(items, Kind::kComputations, "id", "c1").at("state"), "done");

  // The first is over and forgotten: nothing is written of it again.
  finish("c");
  EXPECT_TRUE(find(flush(), Kind::kComputations, "id", "c1").empty());
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
    EXPECT_EQ(item.block->computations, std::vector<std::string>{"c1"});
    EXPECT_EQ(item.block->groups, std::vector<std::string>{"inc"});
    EXPECT_EQ(item.block->workers, std::vector<std::string>{"tcp://w:1"});
    EXPECT_TRUE(tape::decode_span_block(tape::encode_span_block(*item.block)));
  }
  EXPECT_EQ(spans, 5000U);
  EXPECT_EQ(blocks, 2U);
}

TEST(RecorderLimits, TooManyGroupsAreCountedAsDropsAndTheirSpansKept) {
  const auto queue = std::make_shared<BoundedQueue>(256U << 20);
  Recorder recorder(queue);
  recorder.open_computation("c1", 1'000'000, std::string(kDetails));
  for (std::size_t i = 0; i < kMaxSlots + 10; ++i)
    recorder.task_entered("k", "group-" + std::to_string(i), false);
  Span span;
  span.key = "k";
  span.group = "one-group-too-many";
  recorder.task_finished(span);
  recorder.flush();
  EXPECT_EQ(queue->drops()[static_cast<std::size_t>(Kind::kGroups)].count, 11U);
  bool kept = false;
  for (const Item& item : queue->take(256U << 20)) kept = kept || (item.block && item.block->size() == 1);
  EXPECT_TRUE(kept);
}

TEST_F(RecorderTest, TheEndComesLast) {
  enter("a");
  finish("a");
  recorder_.end(9'000'000, "scheduler closed");
  const auto items = queue_->take(64U << 20);
  ASSERT_FALSE(items.empty());
  EXPECT_EQ(items.back().kind, Kind::kEnd);
}

}  // namespace
}  // namespace pilothouse::recorder
