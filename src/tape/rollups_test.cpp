#include "tape/rollups.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tape/chunk.h"

namespace pilothouse::tape {
namespace {

EncodedChunk make(Kind kind, std::uint64_t sequence, std::uint32_t records, std::string_view json) {
  EncodedChunk chunk{kind, sequence, records, {}};
  EXPECT_TRUE(append_chunk(chunk.bytes, kind, {}, sequence, records, json));
  return chunk;
}

std::string payload(const EncodedChunk& chunk) {
  std::string_view bytes = chunk.bytes;
  const auto view = take_chunk(bytes);
  EXPECT_TRUE(view);
  EXPECT_EQ(view->sequence, chunk.sequence);
  EXPECT_EQ(view->records, chunk.records);
  return *raw_payload(*view);
}

TEST(MergeRollups, KeepsTheLastOfEachAndEverythingElse) {
  const auto merged = merge_rollups(
      {
          make(Kind::kGroups, 2, 2,
               R"([{"computation":"c","name":"a","runs":1},{"computation":"c","name":"b","runs":1}])"),
          make(Kind::kEvents, 3, 1, R"([{"topic":"x"}])"),
          make(Kind::kProgress, 4, 1, R"([{"id":"c","state":"running"}])"),
          make(Kind::kDrops, 5, 1, R"([{"kind":"spans","count":1}])"),
          make(Kind::kGroups, 6, 2,
               R"([{"computation":"c","name":"a","runs":2},{"computation":"d","name":"a","runs":7}])"),
          make(Kind::kProgress, 7, 1, R"([{"id":"c","state":"done"}])"),
          make(Kind::kEvents, 8, 1, R"([{"topic":"y"}])"),
          make(Kind::kDrops, 9, 2, R"([{"kind":"spans","count":3},{"kind":"samples","count":1}])"),
      },
      {});
  std::map<Kind, std::vector<std::string>> payloads;
  for (const EncodedChunk& chunk : merged) payloads[chunk.kind].push_back(payload(chunk));
  EXPECT_EQ(payloads[Kind::kEvents], (std::vector<std::string>{R"([{"topic":"x"}])", R"([{"topic":"y"}])"}));
  EXPECT_EQ(payloads[Kind::kProgress], std::vector<std::string>{R"([{"id":"c","state":"done"}])"});
  EXPECT_EQ(payloads[Kind::kGroups],
            std::vector<std::string>{
                R"([{"computation":"c","name":"a","runs":2},{"computation":"c","name":"b","runs":1},)"
                R"({"computation":"d","name":"a","runs":7}])"});
  EXPECT_EQ(payloads[Kind::kDrops],
            std::vector<std::string>{R"([{"kind":"samples","count":1},{"kind":"spans","count":3}])"});
}

TEST(MergeRollups, WhatCannotBeReadStays) {
  auto broken = make(Kind::kGroups, 3, 1, R"({"no":"array"})");
  const auto merged = merge_rollups({make(Kind::kGroups, 2, 1, "[{}]"), broken}, {});
  EXPECT_EQ(merged.size(), 2U);
}

}  // namespace
}  // namespace pilothouse::tape
