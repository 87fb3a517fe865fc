#include "tape/span_block.h"

#include <gtest/gtest.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>
#include <random>

#include "tape/bytes.h"

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
  EXPECT_EQ(got->groups[got->group[0]], "sum-1a2b");
  EXPECT_EQ(got->computation, sent.computation);
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

// Changes one byte of a section and makes its checksum right again, so that what is behind the checksum is
// met.
void change_behind_the_checksum(std::string& payload, std::size_t at, int change) {
  constexpr std::size_t kHeader = 16;
  constexpr std::size_t kEntry = 24;
  const auto sections = get<std::uint32_t>(payload, 12);
  std::size_t start = kHeader + sections * kEntry;
  for (std::uint32_t i = 0; i < sections; ++i) {
    const std::size_t entry = kHeader + i * kEntry;
    const auto length = get<std::uint32_t>(payload, entry + 4);
    if (at >= start && at < start + length) {
      payload[at] = static_cast<char>(payload[at] ^ change);
      const std::uint64_t checksum = XXH3_64bits(payload.data() + start, length);
      std::memcpy(payload.data() + entry + 16, &checksum, sizeof checksum);
    }
    start += length;
  }
}

TEST(SpanBlock, WhatAChecksumVouchesForIsCheckedAllTheSame) {
  const std::string payload = encode_span_block(two_spans());
  std::size_t refused = 0;
  for (std::size_t i = 16; i < payload.size(); ++i) {
    for (const int change : {0x01, 0x02, 0x80, 0xff}) {
      std::string broken = payload;
      change_behind_the_checksum(broken, i, change);
      const auto got = decode_span_block(broken);
      if (!got) {
        ++refused;
        continue;
      }
      for (const std::uint32_t group : got->group) EXPECT_LT(group, got->groups.size());
      for (const std::uint8_t action : got->action) EXPECT_LT(action, got->action_names.size());
      EXPECT_EQ(got->key_length.size(), got->size());
    }
  }
  EXPECT_GT(refused, payload.size());
}

TEST(SpanBlock, KeysCanBeSkipped) {
  std::string payload = encode_span_block(two_spans());
  payload.back() = '\x7f';  // in the keys: their checksum no longer matches
  EXPECT_FALSE(decode_span_block(payload));
  const auto got = decode_span_block(payload, Keys::kSkip);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->size(), 2U);
  EXPECT_TRUE(got->key_bytes.empty());
}

TEST(SpanBlock, ASectionOfALaterVersionIsSkipped) {
  std::string payload = encode_span_block(two_spans());
  std::string entry;
  put(entry, std::uint16_t{9});
  put(entry, std::uint16_t{0});
  put(entry, std::uint32_t{5});
  put(entry, std::uint32_t{5});
  put(entry, std::uint32_t{0});
  put(entry, std::uint64_t{0});
  const auto sections = get<std::uint32_t>(payload, 12) + 1;
  std::memcpy(payload.data() + 12, &sections, sizeof sections);
  payload.insert(16 + 3 * 24, entry);
  payload += "later";
  const auto got = decode_span_block(payload);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->size(), 2U);
}

// Lanes, shapes with more actions than fit a table's entry, several computations with a group of one name.
TEST(SpanBlock, ALargeBlockComesBackAsItWent) {
  std::mt19937_64 random(1);
  SpanBlockBuilder sent;
  sent.computations = {"c-1", "c-2"};
  sent.groups = {"inc", "inc", "dec"};
  sent.workers = {"tcp://a", "tcp://b"};
  sent.types = {"int", "float"};
  sent.action_names = {"compute", "transfer"};
  base::Micros now = 1'769'904'000'000'000;
  for (int i = 0; i < 5000; ++i) {
    now += static_cast<base::Micros>(random() % 1000);
    sent.computation.push_back(random() % 5 == 0 ? kNone : static_cast<std::uint32_t>(random() % 2));
    sent.group.push_back(static_cast<std::uint32_t>(random() % 3));
    sent.worker.push_back(random() % 7 == 0 ? kNone : static_cast<std::uint32_t>(random() % 2));
    sent.type.push_back(random() % 7 == 0 ? kNone : static_cast<std::uint32_t>(random() % 2));
    sent.thread.push_back(random() % 4);
    sent.nbytes.push_back(static_cast<std::int64_t>(random() % 1000) - 1);
    sent.status.push_back(random() % 10 == 0 ? 1 : 0);
    const auto actions = static_cast<std::uint8_t>(random() % 20);
    sent.action_count.push_back(actions);
    for (int action = 0; action < actions; ++action) {
      sent.action.push_back(random() % 2);
      sent.action_start.push_back(now + static_cast<base::Micros>(random() % 100));
      sent.action_stop.push_back(now + static_cast<base::Micros>(random() % 5000));  // also before its start
    }
    const std::string key = "inc-" + std::to_string(random());
    sent.key_length.push_back(static_cast<std::uint32_t>(key.size()));
    sent.key_bytes += key;
  }
  const std::string payload = encode_span_block(sent);
  const auto got = decode_span_block(payload);
  ASSERT_TRUE(got) << got.error().message;
  for (std::size_t i = 0; i < sent.size(); ++i)
    EXPECT_EQ(got->groups[got->group[i]], sent.groups[sent.group[i]]);
  for (std::size_t i = 0; i < sent.size(); ++i)
    EXPECT_EQ(got->lanes.at(got->lane[i]), std::pair(sent.worker[i], sent.thread[i]));
  EXPECT_EQ(got->computation, sent.computation);
  EXPECT_EQ(got->worker, sent.worker);
  EXPECT_EQ(got->type, sent.type);
  EXPECT_EQ(got->thread, sent.thread);
  EXPECT_EQ(got->nbytes, sent.nbytes);
  EXPECT_EQ(got->status, sent.status);
  EXPECT_EQ(got->action_count, sent.action_count);
  EXPECT_EQ(got->action, sent.action);
  EXPECT_EQ(got->action_start, sent.action_start);
  EXPECT_EQ(got->action_stop, sent.action_stop);
  EXPECT_EQ(got->key_length, sent.key_length);
  EXPECT_EQ(got->key_bytes, sent.key_bytes);
}

TEST(SpanBlock, RefusesWhatCannotBe) {
  const auto refused = [](auto change) {
    SpanBlockBuilder block = two_spans();
    change(block);
    return !decode_span_block(encode_span_block(block)).has_value();
  };
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.computation[0] = 7; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.worker[0] = 1; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.type[0] = 1; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.action[0] = 2; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.status[0] = 2; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.action_start[0] = -1; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.groups[0] = block.groups[1] = "\xff"; }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.key_bytes[0] = '\xff'; }));
  // The two bytes of one letter are in two keys, then in one.
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) { block.key_bytes.replace(7, 2, "\xc3\xa9"); }));
  EXPECT_FALSE(refused([](SpanBlockBuilder& block) { block.key_bytes.replace(6, 2, "\xc3\xa9"); }));
  EXPECT_TRUE(refused([](SpanBlockBuilder& block) {
    block.key_bytes = "\xc3\xa9";
    block.key_length = {1, 1};
  }));
  EXPECT_FALSE(refused([](SpanBlockBuilder&) {}));
}

}  // namespace
}  // namespace pilothouse::tape
