#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "tape/format.h"
#include "tape/key_texts.h"

namespace pilothouse::tape {

enum class SpanStatus : std::uint8_t { kMemory = 0, kErred = 1 };

// Columns of one block; times in microseconds since the epoch, bytes -1 when unknown. Index columns point
// into the dictionaries; kNone where the format allows it. `actions` columns are flat: span i owns the next
// action_count[i] of them.
template <class Text>
struct SpanColumns {
  std::vector<Text> computations, groups, workers, types, action_names;
  std::vector<std::uint32_t> computation, group, worker, type;
  std::vector<std::uint64_t> thread;
  std::vector<std::int64_t> nbytes;
  std::vector<std::uint8_t> status, action_count;
  std::vector<std::uint8_t> action;
  std::vector<base::Micros> action_start, action_stop;
  std::vector<std::uint32_t> key_length;

  std::size_t size() const { return group.size(); }
};

// A decoded block. Dictionary texts and keys are views into the payload given to decode_span_block or into
// what the block holds itself; they stay where they are when it moves.
struct SpanBlock : SpanColumns<std::string_view> {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> lanes;  // worker and thread
  std::vector<std::uint32_t> lane;                             // of each span
  std::string_view key_bytes;
  ShortKeys short_keys;  // of version 2; what the keys are made of
  std::vector<std::unique_ptr<const char[]>> unpacked;
  std::unique_ptr<const std::string> made_keys;
};

// A block to encode; owns its texts.
struct SpanBlockBuilder : SpanColumns<std::string> {
  std::string key_bytes;
};

// zstd's levels for the sections of a block; measured: docs/performance.md
struct PackingLevels {
  int columns = 1;
  int keys = 1;
  int dictionaries = 1;
};

// Version 2. `block` holds keys that make up key_bytes, at most kMaxSpans spans and kMaxActions actions, at
// most 255 of them in one span.
std::string encode_span_block(const SpanBlockBuilder& block, const PackingLevels& levels = {});

// kCheck: key_length and key_bytes of version 2 stay empty: SingleKeys makes those that are wanted. kSkip:
// the same, and the sections with the keys are not even looked at.
enum class Keys { kRead, kCheck, kSkip };

// Reads version 1 and 2. Checks every length, checksum, index, status, time and text (UTF-8) of what it
// reads; kMalformed or kTooLarge with the reason.
// `reuse`: a block that is not needed any longer; its memory is.
base::Result<SpanBlock> decode_span_block(std::string_view payload, Keys keys = Keys::kRead,
                                          SpanBlock reuse = {});

// The keys of single spans of a block that was read with its keys, or with them checked.
class SingleKeys {
 public:
  // `block` outlives this.
  explicit SingleKeys(const SpanBlock& block) : block_(block), maker_(block.short_keys) {}

  // `span` is above that of the last call.
  std::string at(std::size_t span);

 private:
  const SpanBlock& block_;
  KeyMaker maker_;
  std::size_t span_ = 0;
  std::size_t offset_ = 0;  // of its key
};

}  // namespace pilothouse::tape
