#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tape/format.h"
#include "tape/span_block.h"

namespace pilothouse::recorder {

// What one kind has lost since the session began.
struct Drop {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};
using Drops = std::array<Drop, tape::kKindNames.size()>;

// Something on its way to the hub: a block of spans, or one record as JSON text.
struct Item {
  tape::Kind kind{};
  std::string json;
  std::unique_ptr<tape::SpanBlockBuilder> block;
  std::uint32_t records = 1;

  std::size_t bytes() const;
};

// First in, first out, from the hook's thread to the uploader's, never over `max_bytes`: what is too much
// goes, the oldest of the least precious kind first (spans, then samples, events, ...), and is counted.
// Session and end stay. Safe from any thread; the lock is held for a few instructions only.
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void push(Item item);

  // The oldest items, up to about `max_bytes` of them.
  std::vector<Item> take(std::size_t max_bytes);

  void count_drop(tape::Kind kind, std::uint64_t count, std::uint64_t bytes);
  Drops drops() const;
  std::size_t bytes() const;

  // A block to fill: one that came back, or a new one.
  std::unique_ptr<tape::SpanBlockBuilder> empty_block();
  void recycle(std::unique_ptr<tape::SpanBlockBuilder> block);

 private:
  void make_room();

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;  // guards everything below
  std::deque<Item> items_;
  std::size_t bytes_ = 0;
  Drops drops_{};
  std::vector<std::unique_ptr<tape::SpanBlockBuilder>> spare_;
};

}  // namespace pilothouse::recorder
