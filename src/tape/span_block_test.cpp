#include "tape/span_block.h"

#include <gtest/gtest.h>

namespace pilothouse::tape {
namespace {

SpanBlockBuilder two_spans() {
  SpanBlockBuilder block;
  block.computations = {"c-1"};
  block.groups = {"inc", "sum-1a2b"};
  block.workers = {"tcp://127.0.0.1:1"};
  block.types = {"int"};
  block.action_names = {"compute", "transfer"};
  block.computation = {0, kNone};
  block.group = {1, 0};
  block.worker = {0, kNone};
  block.type = {0, kNone};
  block.thread = {140'000'000'000'001, 0};
  block.nbytes = {28, -1};
  block.status = {0, 1};
  block.action_count = {2, 0};
  block.action = {1, 0};
  block.action_start = {1'000'000, 1'000'500};
  block.action_stop = {1'000'400, 1'000'900};
  block.key_length = {8, 5};
  block.key_bytes = "('a', 0)inc-\x7a";
  return block;
}

TEST(SpanBlock, ComesBackAsItWent) {
  const SpanBlockBuilder sent = two_spans();
  const std::string payload = encode_span_block(sent);
  const auto got = decode_span_block(payload);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->size(), 2U);
  EXPECT_EQ(got->groups[1], "sum-1a2b");
  EXPECT_EQ(got->computation, sent.computation);
  EXPECT_EQ(got->group, sent.group);
  EXPECT_EQ(got->thread, sent.thread);
  EXPECT_EQ(got->nbytes, sent.nbytes);
  EXPECT_EQ(got->action, sent.action);
  EXPECT_EQ(got->action_stop, sent.action_stop);
  EXPECT_EQ(got->key_bytes, sent.key_bytes);
}

TEST(SpanBlock, EveryTruncationIsRefused) {
  const std::string payload = encode_span_block(two_spans());
  for (std::size_t size = 0; size < payload.size(); ++size) {
    EXPECT_FALSE(decode_span_block(std::string_view(payload).substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_span_block(payload + "x"));
}

// Nothing here may read out of bounds or ask for unbounded memory; asan and ubsan builds run the same test.
TEST(SpanBlock, EveryChangedByteIsRefusedOrHarmless) {
  const std::string payload = encode_span_block(two_spans());
  for (std::size_t i = 0; i < payload.size(); ++i) {
    for (const int change : {0x01, 0x80, 0xff}) {
      std::string broken = payload;
      broken[i] = static_cast<char>(broken[i] ^ change);
      const auto got = decode_span_block(broken);
      if (!got) continue;
      for (const std::uint32_t group : got->group) EXPECT_LT(group, got->groups.size());
      for (const std::uint8_t action : got->action) EXPECT_LT(action, got->action_names.size());
      EXPECT_EQ(got->key_length.size(), got->size());
    }
  }
}

TEST(SpanBlock, RefusesWhatCannotBe) {
  const auto refused = [](auto change) {
    SpanBlockBuilder block = two_spans();
    change(block);
    return !decode_span_block(encode_span_block(block)).has_value();
  };
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.group[0] = 2; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.group[0] = kNone; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.action[0] = 2; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.action_count[1] = 1; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.status[0] = 2; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.action_start[0] = -1; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.groups[0] = "\xff"; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.key_bytes[0] = '\xff'; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.key_length[0] = 7; }));
  EXPECT_FALSE(refused([](SpanBlockBuilder&) {}));
}

}  // namespace
}  // namespace pilothouse::tape
