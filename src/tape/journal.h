#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "tape/format.h"

// The newest part of a recording, as hooks write it: a ring of frames in memory that a file backs.
//
//   +---- frame, a multiple of 8 bytes ------------------------------------------------------+
//   | size 4 | type 2 | detail 2 | ...                                                      |
//   +-----------------------------------------------------------------------------------------+
//   define  detail: table. u32 computation (groups only), u32 length, text: the table's next entry
//   span    detail: status | actions << 8. SpanFrame, ActionField for each action, key
//   record  detail: kind. u32 length, u32 0, JSON
//   seal    closes a block: tables are empty again
//
// What is before `head` is complete: a process that is killed between two frames leaves whole ones.
namespace pilothouse::tape {

enum class FrameType : std::uint16_t { kDefine = 1, kSpan = 2, kRecord = 3, kSeal = 4 };
enum class Table : std::uint16_t { kComputation = 0, kGroup = 1, kWorker = 2, kType = 3, kAction = 4 };

struct FrameHeader {
  std::uint32_t size;
  FrameType type;
  std::uint16_t detail;
};

struct DefineFrame {
  FrameHeader header;
  std::uint32_t computation;
  std::uint32_t length;
};

struct RecordFrame {
  FrameHeader header;
  std::uint32_t length;
  std::uint32_t zero;
};

struct SpanFrame {
  FrameHeader header;
  std::uint32_t group, worker, type, key_length;
  std::uint64_t thread;
  std::int64_t nbytes;
};

struct ActionField {
  base::Micros start;
  std::int64_t duration_and_action;  // (stop - start) << 8 | action
};

inline constexpr std::size_t frame_size(std::size_t bytes) { return (bytes + 7) & ~std::size_t{7}; }

// What one kind has lost since the session began.
struct Drop {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;

  bool operator==(const Drop&) const = default;
};
using Drops = std::array<Drop, kKindNames.size()>;

// One page, at the head of the ring.
struct JournalHeader {
  using Counters = std::array<std::array<std::atomic<std::uint64_t>, 2>, 32>;  // [kind]: count, bytes

  alignas(64) std::atomic<std::uint64_t> head;  // bytes ever written; the writer's
  alignas(64) std::atomic<std::uint64_t> tail;  // bytes ever taken; the reader's
  alignas(64) std::atomic<base::Micros> alive;  // when the writer last flushed
  alignas(64) Counters writer_drops;
  Counters reader_drops;
};
static_assert(sizeof(JournalHeader) <= 4096 && kKindNames.size() <= 32);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

inline void count_drop(JournalHeader::Counters& counters, Kind kind, std::uint64_t count,
                       std::uint64_t bytes) {
  auto& [counted, sized] = counters[static_cast<std::size_t>(kind)];
  counted.fetch_add(count, std::memory_order_relaxed);
  sized.fetch_add(bytes, std::memory_order_relaxed);
}

inline Drops all_drops(const JournalHeader& header) {
  Drops drops{};
  for (const auto* counters : {&header.writer_drops, &header.reader_drops}) {
    for (std::size_t kind = 1; kind < drops.size(); ++kind) {
      drops[kind].count += (*counters)[kind][0].load(std::memory_order_relaxed);
      drops[kind].bytes += (*counters)[kind][1].load(std::memory_order_relaxed);
    }
  }
  return drops;
}

// The ring as its one writer sees it. Never waits: when there is no room, it says so.
class JournalWriter {
 public:
  // `ring` is `size` bytes, a power of two, and mapped a second time right behind itself, so that every frame
  // lies in one piece. Both outlive the writer.
  JournalWriter(JournalHeader& header, char* ring, std::size_t size)
      : header_(header), ring_(ring), size_(size), head_(header.head), tail_(header.tail) {}

  std::size_t size() const { return size_; }

  // Where the next frame goes, of `bytes` (a multiple of 8); nullptr when it would leave less than `spare`.
  char* reserve(std::size_t bytes, std::size_t spare = 0) {
    if (head_ - tail_ + bytes + spare > size_) {
      tail_ = header_.tail.load(std::memory_order_acquire);
      if (head_ - tail_ + bytes + spare > size_) return nullptr;
    }
    return ring_ + (head_ & (size_ - 1));
  }

  // From here on the frame survives this process.
  void commit(std::size_t bytes) {
    head_ += bytes;
    header_.head.store(head_, std::memory_order_release);
    // The ring goes round long before it stays in a cache: the next frame's lines are fetched meanwhile.
    const char* next = ring_ + (head_ & (size_ - 1));
    __builtin_prefetch(next + 64, 1);
    __builtin_prefetch(next + 128, 1);
  }

  std::size_t free() {
    tail_ = header_.tail.load(std::memory_order_acquire);
    return size_ - (head_ - tail_);
  }

  bool put_definition(Table table, std::uint32_t computation, std::string_view text, std::size_t spare);
  bool put_record(Kind kind, std::string_view json);
  bool put_seal();

 private:
  JournalHeader& header_;
  char* const ring_;
  const std::size_t size_;
  std::uint64_t head_;
  std::uint64_t tail_;  // at least; read again only when the ring seems full
};

}  // namespace pilothouse::tape
