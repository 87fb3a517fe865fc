#include "hub/ingest/check_body.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tape/chunk.h"
#include "tape/span_block.h"

namespace pilothouse::hub {
namespace {

using tape::Kind;

const base::SessionId kSession = base::SessionId::random();

constexpr const char* kTasks =
    R"({"total":1,"waiting":0,"queued":0,"processing":0,"no_worker":0,"memory":1,"erred":0,"blamed":0,"released":0})";

// One good record of every kind.
const std::map<Kind, std::string>& good_records() {
  static const std::map<Kind, std::string> kRecords{
      {Kind::kSession,
       R"({"scheduler_id":"S","name":"n","address":"a","dashboard":null,"host":"h","user":"u","os":"o","python":"3",)"
       R"("dask":"1","distributed":"1","pilothouse":"0","pid":1,"start_us":1,"flush_interval_us":5})"},
      {Kind::kWorkers,
       R"({"address":"a","name":"n","host":"h","nthreads":1,"memory_limit":1,"joined_us":1,"left_us":null,)"
       R"("expected":null,"reason":null,"processing":0,"lost_results":0,"lost_scattered":0,"processing_keys":["k"]})"},
      {Kind::kComputations,
       R"({"id":"c","start_us":1,"stop_us":2,"state":"done","client":null,)"
       R"("code":[{"text":"t","filename":null,"line":3}],"annotations":{"a":[1]},"tags":[["x"],[]],"tasks":)" +
           std::string(kTasks) + "}"},
      {Kind::kGroups,
       R"({"computation":"c","name":"g","prefix":"p","runs":1,"durations_us":{"compute":5},"nbytes":1,)"
       R"("types":{"int":1},"first_start_us":null,"last_stop_us":null,"dependencies":["d"],"tasks":)" +
           std::string(kTasks) + "}"},
      {Kind::kEvents, R"({"topic":"t","time_us":1,"payload":[{"any":null}],"truncated":false})"},
      {Kind::kExceptions,
       R"({"id":1,"computation":null,"key":"k","group":"g","workers":[],"type":"E","message":"m","traceback":"t",)"
       R"("time_us":1,"attempt":1,"truncated":true})"},
      {Kind::kSamples,
       R"({"time_us":1,"address":"a","cpu":0.5,"memory":1,"managed":1,"unmanaged":-1,"spilled":0,"executing":0,)"
       R"("ready":0})"},
      {Kind::kDrops, R"({"kind":"spans","count":1,"bytes":2})"},
      {Kind::kEnd, R"({"stop_us":1,"reason":"r"})"},
      {Kind::kClients, R"({"client":"c","joined_us":1,"left_us":2})"},
      {Kind::kBlames, R"({"exception":1,"blamed":2})"},
      {Kind::kControl, R"({"state":"stopped","acknowledged_us":1})"},
      {Kind::kPlugins,
       R"({"name":"p","version":null,"kind":null,"sha256":null,"signed_by":["k"],"state":"refused","code":"expired",)"
       R"("reason":"r","time_us":1})"},
      {Kind::kProgress,
       R"({"id":"c","stop_us":null,"state":"running","tasks":)" + std::string(kTasks) + "}"}};
  return kRecords;
}

std::string chunk(Kind kind, std::string_view payload, std::uint32_t records = 1, std::uint64_t sequence = 1,
                  base::SessionId session = kSession) {
  std::string out;
  EXPECT_TRUE(tape::append_chunk(out, kind, session, sequence, records, payload));
  return out;
}

// Why a body of this one record is refused; empty when it is not.
std::string refusal(Kind kind, const std::string& record) {
  const auto checked = check_body(chunk(kind, "[" + record + "]"), kSession);
  return checked ? "" : checked.error().message;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(CheckBody, TakesEveryKind) {
  std::string body;
  std::uint64_t sequence = 0;
  for (const auto& [kind, record] : good_records()) body += chunk(kind, "[" + record + "]", 1, ++sequence);
  const auto checked = check_body(body, kSession);
  ASSERT_TRUE(checked) << checked.error().message;
  ASSERT_EQ(checked->size(), good_records().size());
  const auto& workers = std::get<std::vector<model::WorkerRecord>>((*checked)[1].content);
  EXPECT_EQ(workers[0].processing_keys_json, R"(["k"])");
  const auto& computations = std::get<std::vector<model::ComputationRecord>>((*checked)[2].content);
  EXPECT_EQ(computations[0].tasks.memory, 1);
  EXPECT_EQ(computations[0].tags_json, R"([["x"],[]])");
  EXPECT_TRUE(check_body("", kSession)->empty());
}

struct Refused {
  Kind kind;
  const char* from;
  const char* to;
  const char* place;
};

class CheckBodyField : public testing::TestWithParam<Refused> {};

TEST_P(CheckBodyField, IsRefusedByName) {
  const Refused& refused = GetParam();
  const std::string message =
      refusal(refused.kind, replaced(good_records().at(refused.kind), refused.from, refused.to));
  EXPECT_NE(message.find(refused.place), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    Table, CheckBodyField,
    testing::Values(
        Refused{Kind::kSession, R"("pid":1,)", "", "$[0].pid is missing"},
        Refused{Kind::kSession, R"("pid":1)", R"("pid":"1")", "$[0].pid is not an integer"},
        Refused{Kind::kSession, R"("pid":1)", R"("pid":1.0)", "$[0].pid is not an integer"},
        Refused{Kind::kSession, R"("pid":1)", R"("pid":1,"rank":2)", "$[0].rank is not a field"},
        Refused{Kind::kSession, R"("scheduler_id":"S")", R"("scheduler_id":"")",
                "$[0].scheduler_id is empty"},
        Refused{Kind::kSession, R"("start_us":1)", R"("start_us":-1)", "$[0].start_us"},
        Refused{Kind::kSession, R"("start_us":1)", R"("start_us":9223372036854775807)", "$[0].start_us"},
        Refused{Kind::kSession, R"("start_us":1)", R"("start_us":18446744073709551615)", "$[0].start_us"},
        Refused{Kind::kSession, R"("dashboard":null)", R"("dashboard":1)", "neither a text nor null"},
        Refused{Kind::kWorkers, R"(["k"])", R"("k")", "$[0].processing_keys is not an array of texts"},
        Refused{Kind::kWorkers, R"(["k"])", "[1]", "$[0].processing_keys is not an array of texts"},
        Refused{Kind::kWorkers, R"(["k"])",
                R"(["","","","","","","","","","","","","","","","","","","","",""])", "more than 20"},
        Refused{Kind::kWorkers, R"("expected":null)", R"("expected":0)", "$[0].expected"},
        Refused{Kind::kWorkers, R"("nthreads":1)", R"("nthreads":-1)", "$[0].nthreads is not a count"},
        Refused{Kind::kWorkers, R"("left_us":null)", R"("left_us":-5)", "$[0].left_us"},
        Refused{Kind::kComputations, R"("done")", R"("finished")", "$[0].state"},
        Refused{Kind::kComputations, R"("line":3)", R"("line":"3")", "$[0].code[0].line"},
        Refused{Kind::kComputations, R"("line":3)", R"("line":3,"column":1)", "$[0].code[0].column"},
        Refused{Kind::kComputations, R"([{"text")", R"([1,{"text")", "$[0].code[0] is not an object"},
        Refused{Kind::kComputations, R"({"a":[1]})", "[]", "$[0].annotations is not an object"},
        Refused{Kind::kComputations, R"([["x"],[]])", R"(["x"])", "$[0].tags"},
        Refused{Kind::kComputations, R"("queued":0,)", "", "$[0].tasks.queued is missing"},
        Refused{Kind::kComputations, R"("queued":0)", R"("queued":-1)", "$[0].tasks.queued is not a count"},
        Refused{Kind::kComputations, R"("queued":0)", R"("queued":0,"idle":0)", "$[0].tasks.idle"},
        Refused{Kind::kGroups, R"({"compute":5})", R"({"compute":5.5})", "$[0].durations_us"},
        Refused{Kind::kGroups, R"({"int":1})", R"([1])", "$[0].types"},
        Refused{Kind::kEvents, R"("payload":[{"any":null}],)", "", "$[0].payload is missing"},
        Refused{Kind::kEvents, "false", "0", "$[0].truncated"},
        Refused{Kind::kExceptions, R"("attempt":1)", R"("attempt":0)", "$[0].attempt"},
        Refused{Kind::kSamples, "0.5", R"("0.5")", "$[0].cpu"}, Refused{Kind::kSamples, "0.5", "1e999", ""},
        Refused{Kind::kDrops, R"("spans")", R"("span")", "$[0].kind"},
        Refused{Kind::kControl, R"("stopped")", R"("running")", "$[0].state"},
        Refused{Kind::kPlugins, R"("name":"p")", R"("name":"")", "$[0].name is empty"},
        Refused{Kind::kPlugins, R"("refused")", R"("running")", "$[0].state"},
        Refused{Kind::kPlugins, R"(["k"])", R"([1])", "$[0].signed_by"},
        Refused{Kind::kPlugins, R"("code":"expired",)", "", "$[0].code is missing"},
        Refused{Kind::kProgress, R"("id":"c")", R"("id":"")", "$[0].id is empty"},
        Refused{Kind::kProgress, R"("running")", R"("lost")", "$[0].state"},
        Refused{Kind::kProgress, R"("stop_us":null,)", "", "$[0].stop_us is missing"},
        Refused{Kind::kProgress, R"("memory":1)", R"("memory":-1)", "$[0].tasks.memory is not a count"},
        Refused{Kind::kBlames, R"("blamed":2)", R"("blamed":2,"blamed":2)", "twice"}));

TEST(CheckBody, InfiniteNumbersAreRefused) {
  EXPECT_NE(refusal(Kind::kSamples, replaced(good_records().at(Kind::kSamples), "0.5", "1e999")), "");
}

TEST(CheckBody, RecordsMustBeCountedRight) {
  EXPECT_FALSE(check_body(chunk(Kind::kEvents, "[]", 1), kSession));
  EXPECT_TRUE(check_body(chunk(Kind::kEvents, "[]", 0), kSession));
  EXPECT_FALSE(check_body(chunk(Kind::kEvents, "{}", 0), kSession));
  EXPECT_FALSE(check_body(chunk(Kind::kEnd, "[]", 0), kSession));
}

TEST(CheckBody, TheChunkIsNamed) {
  const std::string good = chunk(Kind::kEvents, "[]", 0, 7);
  auto checked = check_body(good + chunk(Kind::kEvents, "[1]", 1, 9), kSession);
  EXPECT_EQ(checked.error().sequence, 9U);
  std::string broken = chunk(Kind::kEvents, "[]", 0, 9);
  broken.back() = 'x';
  checked = check_body(good + broken, kSession);
  EXPECT_EQ(checked.error().sequence, 9U);
  checked = check_body(good + "PHCHUNK", kSession);
  EXPECT_EQ(checked.error().sequence, std::nullopt);
}

TEST(CheckBody, SessionAndOrderMustFit) {
  EXPECT_FALSE(check_body(chunk(Kind::kEvents, "[]", 0, 1, base::SessionId::random()), kSession));
  const std::string seventh = chunk(Kind::kEvents, "[]", 0, 7);
  EXPECT_FALSE(check_body(seventh + seventh, kSession));
  EXPECT_FALSE(check_body(seventh + chunk(Kind::kEvents, "[]", 0, 6), kSession));
}

TEST(CheckBody, WhatIsStoredAlreadyIsNotReadAgain) {
  const std::string session = chunk(Kind::kSession, "[" + good_records().at(Kind::kSession) + "]", 1, 1);
  const std::string unread = chunk(Kind::kEvents, "not even JSON", 1, 2);
  const std::string fresh = chunk(Kind::kEvents, "[]", 0, 3);
  EXPECT_FALSE(check_body(session + unread + fresh, kSession, 1));
  const auto checked = check_body(session + unread + fresh, kSession, 2);
  ASSERT_TRUE(checked) << checked.error().message;
  ASSERT_EQ(checked->size(), 2U);
  EXPECT_EQ(checked->front().sequence, 1U);
  EXPECT_EQ(checked->back().sequence, 3U);
  EXPECT_FALSE(check_body(fresh + unread, kSession, 9));
  std::string torn = unread;
  torn.back() ^= 1;
  EXPECT_FALSE(check_body(torn, kSession, 9));
}

TEST(CheckBody, WhatDecompressesToTooMuchIsRefused) {
  const std::string payload = "[" + std::string(tape::kMaxPayload - 2, ' ') + "]";
  std::string body;
  for (std::uint64_t sequence = 1; sequence <= 33; ++sequence)
    body += chunk(Kind::kEvents, payload, 0, sequence);
  EXPECT_LT(body.size(), 100'000U);
  const auto checked = check_body(body, kSession);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().sequence, 33U);
}

tape::SpanBlockBuilder three_spans() {
  tape::SpanBlockBuilder block;
  block.computations = {"a", "b"};
  block.groups = {"g"};
  block.action_names = {"compute"};
  block.computation = {1, tape::kNone, 1};
  block.group = {0, 0, 0};
  block.worker = block.type = {tape::kNone, tape::kNone, tape::kNone};
  block.thread = {1, 1, 1};
  block.nbytes = {1, 1, 1};
  block.status = {0, 0, 1};
  block.action_count = {1, 1, 0};
  block.action = {0, 0};
  block.action_start = {50, 10};
  block.action_stop = {60, 20};
  block.key_length = {1, 1, 1};
  block.key_bytes = "xyz";
  return block;
}

TEST(CheckBody, SpanBlocksAreCountedByComputation) {
  const auto checked = check_body(chunk(Kind::kSpans, tape::encode_span_block(three_spans()), 3), kSession);
  ASSERT_TRUE(checked) << checked.error().message;
  const auto& block = std::get<model::SpanBlockRecord>(checked->front().content);
  EXPECT_EQ(block.spans, 3);
  EXPECT_EQ(block.first_us, 10);
  EXPECT_EQ(block.last_us, 60);
  ASSERT_EQ(block.shares.size(), 1U);
  EXPECT_EQ(block.shares[0].computation, "b");
  EXPECT_EQ(block.shares[0].spans, 2);
  EXPECT_EQ(block.shares[0].erred, 1);
}

TEST(CheckBody, SpanBlocksMustNameAComputationOnce) {
  EXPECT_FALSE(check_body(chunk(Kind::kSpans, tape::encode_span_block(three_spans()), 2), kSession));
  auto twice = three_spans();
  twice.computations = {"b", "b"};
  twice.computation = {0, 1, 1};
  EXPECT_FALSE(check_body(chunk(Kind::kSpans, tape::encode_span_block(twice), 3), kSession));
  auto unnamed = three_spans();
  unnamed.computations = {"a", ""};
  EXPECT_FALSE(check_body(chunk(Kind::kSpans, tape::encode_span_block(unnamed), 3), kSession));
}

// Nothing a peer sends may crash the hub or be half taken; sanitizer builds run the same test.
TEST(CheckBody, EveryTruncationIsRefused) {
  std::string body;
  std::uint64_t sequence = 0;
  for (const auto& [kind, record] : good_records()) body += chunk(kind, "[" + record + "]", 1, ++sequence);
  std::size_t whole = 0;
  for (std::size_t size = 1; size < body.size(); ++size) {
    if (check_body(std::string_view(body).substr(0, size), kSession)) ++whole;
  }
  EXPECT_EQ(whole, good_records().size() - 1);  // those that end between two chunks
}

}  // namespace
}  // namespace pilothouse::hub
