#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "tape/chunk.h"
#include "tape/spool.h"

namespace pilothouse::cli {

// A tape in a file: a recorder's spool, or chunks one after the other. Reads a copy, so the recorder may run.
class TapeFile {
 public:
  // kNotFound when there is no such file, kMalformed when it is neither of the two.
  static base::Result<TapeFile> open(const std::filesystem::path& path);

  // The chunks by sequence, the session's record first. Stops at the first that cannot be read, or when
  // `take` fails. `bytes` is the chunk as it lies in the file.
  using Take = std::function<base::Result<void>(const tape::ChunkView& chunk, std::string_view bytes)>;
  base::Result<void> each_chunk(const Take& take) const;

  const tape::Spool* spool() const { return spool_.get(); }  // nullptr: plain chunks
  // Frames that were in the journal only when the file was opened, as bytes.
  std::size_t journal_bytes() const { return journal_bytes_; }

 private:
  TapeFile() = default;
  base::Result<void> read_spool(const std::filesystem::path& path);

  std::unique_ptr<tape::Spool> spool_;
  std::size_t journal_bytes_ = 0;
  std::string bytes_;  // of plain chunks
};

}  // namespace pilothouse::cli
