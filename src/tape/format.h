#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

// The tape, version 2 (docs/formats/tape.md). All integers little-endian.
//
//   +--------- chunk ------------------------------------------------------------------+
//   | magic 8 | version 2 | kind 2 | flags 4 | session 16 | sequence 8 |               |
//   | stored length 4 | raw length 4 | records 4 | 0 4 | XXH3-64 8 | payload (stored)  |
//   +----------------------------------------------------------------------------------+
//   one request body = chunks of one session, one after the other
namespace pilothouse::tape {

inline constexpr std::string_view kMagic{"PHCHUNK\0", 8};
inline constexpr std::uint16_t kVersion = 2;        // what this program writes
inline constexpr std::uint16_t kOldestVersion = 1;  // what it still reads
inline constexpr std::size_t kHeaderSize = 64;
inline constexpr std::size_t kChecksumOffset = 56;
inline constexpr std::uint32_t kFlagZstd = 1;

inline constexpr std::size_t kMaxPayload = 8U << 20;     // stored or raw, bytes
inline constexpr std::size_t kMaxRequest = 16U << 20;    // bytes of one request body
inline constexpr std::uint32_t kMaxSpans = 65'536;       // in one block
inline constexpr std::uint32_t kMaxActions = 1'048'576;  // in one block
inline constexpr std::size_t kMaxActionNames = 256;      // different ones in one block
inline constexpr std::uint32_t kNone = 0xffffffff;       // "no dictionary entry"

// Permanent numbers.
enum class Kind : std::uint16_t {
  kSession = 1,
  kWorkers = 2,
  kComputations = 3,
  kGroups = 4,
  kSpans = 5,
  kEvents = 6,
  kExceptions = 7,
  kSamples = 8,
  kDrops = 9,
  kEnd = 10,
  kClients = 11,
  kBlames = 12,
  kControl = 13,
  kProgress = 14,
  kPlugins = 15,
};

inline constexpr std::array<std::string_view, 16> kKindNames{
    "",        "session", "workers", "computations", "groups", "spans",   "events",   "exceptions",
    "samples", "drops",   "end",     "clients",      "blames", "control", "progress", "plugins"};

inline constexpr std::string_view kind_name(Kind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

}  // namespace pilothouse::tape
