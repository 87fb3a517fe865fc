#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/session_id.h"
#include "tape/format.h"
#include "tape/journal.h"

// A tape on the scheduler's disk: one file of fixed size for each session (docs/formats/spool.md).
//
//   | superblock 4K | ledger 4K | journal's head 4K | session's record 16K | journal | segments ... |
//
// The journal is what hooks write, in memory that the file backs: it survives the process. A segment is what
// the recorder's thread made of a stretch of the journal: chunks, written and synced as one: it survives the
// machine. Only when a segment is on the disk is its stretch of the journal free again.
namespace pilothouse::tape {

struct SpoolOptions {
  std::size_t bytes = 32U << 20;  // the whole file, 1 MiB to 1 GiB
  base::SessionId session;
  std::string session_json;  // its record
  std::string hub;           // address, for people
  std::uint64_t hub_print = 0;
  base::Micros created_us = 0;
};

// What chunks of one session are meant for the same hub and workspace: a digest of address and token.
std::uint64_t hub_print(std::string_view address, std::string_view token);

// An encoded chunk, with its header.
struct EncodedChunk {
  Kind kind{};
  std::uint64_t sequence = 0;
  std::uint32_t records = 0;
  std::string bytes;
};

// One thread at a time, but for the journal's writer, which may be another. Methods that write return only
// after the data is on the disk; kStorage when the file system refuses.
class Spool {
 public:
  static constexpr std::string_view kExtension = ".tape";

  // In `directory`, which must exist; mode 0600, locked as long as this object lives.
  static base::Result<std::unique_ptr<Spool>> create(const std::filesystem::path& directory,
                                                     const SpoolOptions& options);
  // The same without a file: it ends with the process.
  static base::Result<std::unique_ptr<Spool>> create_in_memory(const SpoolOptions& options);
  // One that its process left behind. kConflict when that process still runs, kNotFound when it is gone,
  // kMalformed when it is no spool.
  static base::Result<std::unique_ptr<Spool>> open(const std::filesystem::path& file);
  // A copy in memory, of a file that may be in use; the file is not changed.
  static base::Result<std::unique_ptr<Spool>> open_copy(const std::filesystem::path& file);
  static bool is_spool(std::string_view first_bytes);

  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  const SpoolOptions& identity() const;
  const std::filesystem::path& file() const;  // empty: in memory
  std::string host() const;
  std::uint32_t pid() const;
  // Whether the machine still runs that wrote the journal: after a power cut only segments can be trusted.
  bool journal_survived() const;

  JournalHeader& journal() const;
  JournalWriter writer() const;
  std::size_t journal_size() const;
  // What was written and not yet taken; empty if it did not survive. At most journal_size() bytes.
  std::string_view journal_content() const;

  // --- segments
  // ----------------------------------------------------------------------------------------------
  struct ChunkPlace {
    Kind kind{};
    std::uint64_t sequence = 0;
    std::uint32_t records = 0;
    std::uint32_t offset = 0;  // in the segment
    std::uint32_t length = 0;
  };
  struct Segment {
    std::uint64_t position = 0;  // in the file
    std::uint64_t journal_end = 0;
    std::uint32_t length = 0;  // of the chunks
    std::vector<ChunkPlace> chunks;
    std::uint64_t last_sequence = 0;  // it ever held
  };

  std::uint64_t next_sequence() const;
  // Oldest first: what the hub has not acknowledged.
  std::span<const Segment> segments() const;

  // Writes the chunks as one segment and frees the journal up to `journal_end`. When there is no room, the
  // oldest of the least precious kind go first (spans, samples, ...), and are counted as drops.
  base::Result<void> append(std::vector<EncodedChunk> chunks, std::uint64_t journal_end);
  // The segment's chunks by sequence.
  base::Result<std::string> read(const Segment& segment) const;
  // Frees every segment up to this sequence for good.
  base::Result<void> acknowledge(std::uint64_t mark);
  std::uint64_t mark() const;
  // Segments up to this sequence are on their way: not to be dropped just now. 0: none.
  void pin(std::uint64_t sequence);
  // Leaves one chunk out of its segment, and counts it as a drop.
  base::Result<void> drop(std::uint64_t sequence);
  // Whether the end of the session was written, be it acknowledged or not.
  bool ended() const;

  // From here on the file itself survives a power cut, empty as it may be.
  base::Result<void> sync() const;
  // Removes the file.
  void remove();
  // After fork(), in the child: the file stays the parent's.
  void close_after_fork();

 private:
  struct Impl;
  explicit Spool(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pilothouse::tape
