#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

// Version 1 of the spool file as it lies on the disk (docs/formats/spool.md). Checksums are XXH3-64 of all
// fields before them.
namespace pilothouse::tape::layout {

inline constexpr std::array<char, 8> kMagic{'P', 'H', 'S', 'P', 'O', 'O', 'L', '\0'};
inline constexpr std::array<char, 8> kSegmentMagic{'P', 'H', 'S', 'E', 'G', 'M', 'T', '\0'};
inline constexpr std::uint32_t kVersion = 1;

inline constexpr std::size_t kPage = 4096;
inline constexpr std::size_t kUnit = 512;  // segments begin at multiples of it: what a disk writes whole
inline constexpr std::size_t kLedger = kPage;
inline constexpr std::size_t kJournalHeader = 2 * kPage;
inline constexpr std::size_t kSession = 3 * kPage;
inline constexpr std::size_t kSessionBytes = 4 * kPage;
inline constexpr std::size_t kJournal = kSession + kSessionBytes;

inline constexpr std::size_t kMinBytes = 1U << 20;
inline constexpr std::size_t kMaxBytes = 1U << 30;
inline constexpr std::size_t kMinJournal = 256U << 10;
inline constexpr std::size_t kMaxJournal = 4U << 20;

struct Superblock {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t pid;
  std::uint64_t file_bytes;
  std::uint64_t journal_bytes;  // a power of two
  std::array<std::uint8_t, 16> session;
  std::array<char, 40> boot;  // the kernel's boot id, text
  std::int64_t created_us;
  std::uint64_t hub_print;
  std::array<char, 64> host;
  std::array<char, 512> hub;
  std::uint64_t checksum;
};

struct SessionHead {
  std::uint64_t length;
  std::uint64_t checksum;  // of the text
};

// Two of them, one in each of two units, written in turn: one is always whole.
struct Ledger {
  std::uint64_t serial;
  std::uint64_t mark;           // acknowledged by the hub
  std::uint64_t journal_end;    // the journal up to here is in segments, or was
  std::uint64_t last_sequence;  // ever given to a chunk
  std::uint64_t ended;          // 1: the end of the session was written
  std::uint64_t checksum;
};

struct SegmentHeader {
  std::array<char, 8> magic;
  std::uint64_t journal_end;
  std::uint64_t last_sequence;  // it held when it was written
  std::uint32_t length;         // of the chunks that follow, the most precious kinds first
  std::uint32_t chunks;
  std::array<std::uint8_t, 16> session;
  std::uint64_t zero;
  std::uint64_t checksum;
};
static_assert(sizeof(SegmentHeader) == 64 && sizeof(Superblock) <= kPage);

}  // namespace pilothouse::tape::layout
