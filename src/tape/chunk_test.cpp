#include "tape/chunk.h"

#include <gtest/gtest.h>

#include <random>

namespace pilothouse::tape {
namespace {

const base::SessionId kSession = base::SessionId::random();

std::string one_chunk(std::string_view payload, std::uint64_t sequence = 7) {
  std::string bytes;
  EXPECT_TRUE(append_chunk(bytes, Kind::kEvents, kSession, sequence, 3, payload));
  return bytes;
}

TEST(Chunk, ComesBackAsItWent) {
  for (const std::string& payload : {std::string("[]"), std::string(100'000, 'x'), std::string()}) {
    const std::string bytes = one_chunk(payload);
    std::string_view rest = bytes;
    const auto chunk = take_chunk(rest);
    ASSERT_TRUE(chunk) << chunk.error().message;
    EXPECT_TRUE(rest.empty());
    EXPECT_EQ(chunk->kind, Kind::kEvents);
    EXPECT_EQ(chunk->session, kSession);
    EXPECT_EQ(chunk->sequence, 7U);
    EXPECT_EQ(chunk->records, 3U);
    EXPECT_EQ(raw_payload(*chunk).value(), payload);
  }
}

TEST(Chunk, SeveralFollowOneAnother) {
  std::string bytes = one_chunk("[1]", 1) + one_chunk("[2]", 2);
  std::string_view rest = bytes;
  EXPECT_EQ(take_chunk(rest)->sequence, 1U);
  EXPECT_EQ(take_chunk(rest)->sequence, 2U);
  EXPECT_TRUE(rest.empty());
}

TEST(Chunk, EveryTruncationIsRefused) {
  const std::string bytes = one_chunk("[{\"topic\":\"all\"}]");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view rest = std::string_view(bytes).substr(0, size);
    EXPECT_FALSE(take_chunk(rest)) << size;
  }
}

TEST(Chunk, EveryFlippedBitIsRefused) {
  const std::string bytes = one_chunk("[{\"topic\":\"all\"}]");
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string broken = bytes;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << (bit % 8)));
    std::string_view rest = broken;
    EXPECT_FALSE(take_chunk(rest)) << "bit " << bit;
  }
}

TEST(Chunk, TooLargeAPayloadIsRefused) {
  std::string bytes;
  const auto result = append_chunk(bytes, Kind::kEvents, kSession, 1, 1, std::string(kMaxPayload + 1, 'x'));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::Errc::kTooLarge);
  EXPECT_TRUE(bytes.empty());
}

TEST(Chunk, APayloadThatDecompressesToAnotherLengthIsRefused) {
  const std::string bytes = one_chunk(std::string(1000, 'x'));
  std::string_view rest = bytes;
  ChunkView chunk = take_chunk(rest).value();
  ASSERT_TRUE(chunk.compressed);
  chunk.raw_length = 999;
  EXPECT_FALSE(raw_payload(chunk));
  chunk.raw_length = 1001;
  EXPECT_FALSE(raw_payload(chunk));
}

}  // namespace
}  // namespace pilothouse::tape
