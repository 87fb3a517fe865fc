#include "cli/tape_file.h"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "tape/drain.h"

namespace pilothouse::cli {
namespace {

using base::Errc;
using base::error;

constexpr std::uintmax_t kMaxBytes = 1U << 30;

base::Result<void> each_in(std::string_view bytes, const TapeFile::Take& take) {
  const std::size_t size = bytes.size();
  while (!bytes.empty()) {
    const std::string_view before = bytes;
    const auto chunk = tape::take_chunk(bytes);
    if (!chunk) {
      return error(chunk.error().code,
                   "at byte " + std::to_string(size - before.size()) + ": " + chunk.error().message);
    }
    if (auto taken = take(*chunk, before.substr(0, before.size() - bytes.size())); !taken) return taken;
  }
  return {};
}

}  // namespace

base::Result<TapeFile> TapeFile::open(const std::filesystem::path& path) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  if (failed) {
    return error(Errc::kNotFound, "cannot read " + path.string() + ": " + failed.message() +
                                      "\nRecorders keep theirs in ~/.local/state/pilothouse/spool.");
  }
  if (size > kMaxBytes) return error(Errc::kTooLarge, path.string() + " is over 1 GiB");
  std::ifstream file(path, std::ios::binary);
  std::string head(8, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  TapeFile tape;
  if (tape::Spool::is_spool(head)) {
    if (auto read = tape.read_spool(path); !read) return read.error();
    return tape;
  }
  if (head != tape::kMagic) {
    return error(Errc::kMalformed,
                 path.string() + " is not a tape: it begins with neither a spool nor a chunk");
  }
  tape.bytes_.resize(size);
  file.seekg(0);
  file.read(tape.bytes_.data(), static_cast<std::streamsize>(size));
  if (!file) return error(Errc::kStorage, "cannot read " + path.string());
  return tape;
}

base::Result<void> TapeFile::read_spool(const std::filesystem::path& path) {
  auto copy = tape::Spool::open_copy(path);
  if (!copy) return copy.error();
  spool_ = std::move(*copy);
  journal_bytes_ = spool_->journal_content().size();
  tape::Drops reported{};
  const auto drained = tape::drain(*spool_, tape::Extent::kEverything, reported);
  if (!drained) return drained.error();
  return {};
}

base::Result<void> TapeFile::each_chunk(const Take& take) const {
  if (!spool_) return each_in(bytes_, take);
  std::uint64_t first = spool_->next_sequence();
  for (const auto& segment : spool_->segments()) {
    for (const auto& chunk : segment.chunks) first = std::min(first, chunk.sequence);
  }
  std::string session;
  auto written = tape::append_chunk(session, tape::Kind::kSession, spool_->identity().session, first - 1, 1,
                                    "[" + spool_->identity().session_json + "]");
  if (written) written = each_in(session, take);
  for (const auto& segment : spool_->segments()) {
    if (!written) break;
    const auto bytes = spool_->read(segment);
    written = bytes ? each_in(*bytes, take) : bytes.error();
  }
  return written;
}

}  // namespace pilothouse::cli
