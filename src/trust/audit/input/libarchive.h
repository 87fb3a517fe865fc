#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "trust/audit/input/byte_source.h"
#include "trust/audit/input/input.h"

namespace pilothouse::audit {

// Counts what is unpacked. All of it passes here before anybody uses it, members that are skipped too.
class Budget {
 public:
  Budget(const InputLimits& limits, std::uint64_t packed);

  // False when it is too much; it stays too much.
  bool spend(std::uint64_t bytes);
  const std::string& exceeded() const { return exceeded_; }  // a reason, or empty

 private:
  std::uint64_t max_unpacked_;
  std::uint64_t max_by_ratio_;
  std::uint64_t max_ratio_;
  std::uint64_t spent_ = 0;
  std::string exceeded_;
};

struct ArchiveDeleter {
  void operator()(::archive* reader) const { ::archive_read_free(reader); }
};
using ArchiveHandle = std::unique_ptr<::archive, ArchiveDeleter>;

// libarchive on the first `end` bytes of a source, with nothing but what was asked for: one format and at
// most one compression, so that no layer unpacks another unseen.
class Unpacker {
 public:
  // By the directory at the zip's end, in the order of offsets; or by what stands before each member, when
  // there is no directory.
  static base::Result<std::unique_ptr<Unpacker>> zip(const ByteSource& source, std::uint64_t end);
  static base::Result<std::unique_ptr<Unpacker>> zip_without_directory(const ByteSource& source);
  // `filter` is ARCHIVE_FILTER_NONE, GZIP, BZIP2, XZ or ZSTD. Every byte of the tar is spent from `budget`.
  static base::Result<std::unique_ptr<Unpacker>> tar(const ByteSource& source, int filter, Budget& budget);
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  // ARCHIVE_OK, WARN, EOF, or a failure; after ARCHIVE_FATAL nothing more comes. Headers of tars are kept in
  // memory by libarchive, so what one may have is bounded.
  int next();
  ::archive* handle() const { return outer_.get(); }
  ::archive_entry* entry() const { return entry_; }
  // The next bytes of the entry, and where in it they belong; zeros lie between. They live until the next
  // call. ARCHIVE_WARN comes with bytes, too.
  int read(std::string_view& bytes, std::uint64_t& offset);
  std::string error() const;  // what libarchive says of the last failure, in UTF-8

 private:
  explicit Unpacker(const ByteSource& source, std::uint64_t end) : source_(source), end_(end) {}
  static base::Result<std::unique_ptr<Unpacker>> zip_by(int (*format)(::archive*), const ByteSource& source,
                                                        std::uint64_t end);
  base::Result<void> open(::archive* reader);
  int fail(::archive* reader, std::string why);
  static la_ssize_t read_source(::archive* reader, void* self, const void** bytes);
  static la_int64_t seek_source(::archive* reader, void* self, la_int64_t offset, int whence);
  static la_ssize_t read_inner(::archive* reader, void* self, const void** bytes);

  const ByteSource& source_;
  std::uint64_t end_;
  std::uint64_t at_ = 0;
  Budget* budget_ = nullptr;
  bool in_header_ = false;
  std::uint64_t header_bytes_ = 0;
  std::array<char, 64UL * 1024> packed_{};
  ArchiveHandle inner_;  // undoes the compression of a tar; outlives outer_, which reads from it
  ArchiveHandle outer_;
  ::archive_entry* entry_ = nullptr;
  std::string failed_;  // why a callback has failed: libarchive may say something vaguer after it
};

}  // namespace pilothouse::audit
