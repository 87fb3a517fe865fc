#include "trust/audit/input/libarchive.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <utility>

#include "trust/audit/input/names.h"

namespace pilothouse::audit {
namespace {

constexpr std::uint64_t kRatioMatters = 1ULL << 20;
constexpr std::uint64_t kMaxHeader = 4ULL << 20;  // of a tar's member, with all its extensions

std::string error_of(::archive* reader) {
  const char* text = ::archive_error_string(reader);
  return text == nullptr ? "it is damaged" : readable(text);
}

}  // namespace

Budget::Budget(const InputLimits& limits, std::uint64_t packed)
    : max_unpacked_(limits.max_unpacked), max_ratio_(limits.max_ratio) {
  const bool fits = max_ratio_ == 0 || packed <= std::numeric_limits<std::uint64_t>::max() / max_ratio_;
  max_by_ratio_ =
      fits ? std::max(kRatioMatters, packed * max_ratio_) : std::numeric_limits<std::uint64_t>::max();
}

bool Budget::spend(std::uint64_t bytes) {
  if (!exceeded_.empty()) return false;
  if (bytes > max_unpacked_ - spent_) {
    exceeded_ = "unpacks to more than " + std::to_string(max_unpacked_) + " bytes";
  } else if (spent_ + bytes > max_by_ratio_) {
    exceeded_ = "unpacks to more than " + std::to_string(max_ratio_) + " times its size";
  }
  if (!exceeded_.empty()) return false;
  spent_ += bytes;
  return true;
}

base::Result<void> Unpacker::open(::archive* reader) {
  ::archive_read_set_callback_data(reader, this);
  ::archive_read_set_read_callback(reader, read_source);
  ::archive_read_set_seek_callback(reader, seek_source);
  if (::archive_read_open1(reader) >= ARCHIVE_WARN) return {};
  return base::error(base::Errc::kMalformed, error_of(reader));
}

base::Result<std::unique_ptr<Unpacker>> Unpacker::zip_by(int (*format)(::archive*), const ByteSource& source,
                                                         std::uint64_t end) {
  std::unique_ptr<Unpacker> unpacker(new Unpacker(source, end));
  unpacker->outer_.reset(::archive_read_new());
  ::archive* reader = unpacker->outer_.get();
  if (reader == nullptr || format(reader) < ARCHIVE_WARN) {
    return base::error(base::Errc::kInternal, "libarchive does not read zips");
  }
  if (const auto opened = unpacker->open(reader); !opened) return opened.error();
  return unpacker;
}

base::Result<std::unique_ptr<Unpacker>> Unpacker::zip(const ByteSource& source, std::uint64_t end) {
  return zip_by(::archive_read_support_format_zip_seekable, source, end);
}

base::Result<std::unique_ptr<Unpacker>> Unpacker::zip_without_directory(const ByteSource& source) {
  return zip_by(::archive_read_support_format_zip_streamable, source, source.size());
}

base::Result<std::unique_ptr<Unpacker>> Unpacker::tar(const ByteSource& source, int filter, Budget& budget) {
  std::unique_ptr<Unpacker> unpacker(new Unpacker(source, source.size()));
  unpacker->budget_ = &budget;
  unpacker->inner_.reset(::archive_read_new());
  unpacker->outer_.reset(::archive_read_new());
  ::archive* inner = unpacker->inner_.get();
  ::archive* outer = unpacker->outer_.get();
  if (inner == nullptr || outer == nullptr || ::archive_read_support_format_raw(inner) < ARCHIVE_WARN ||
      ::archive_read_append_filter(inner, filter) < ARCHIVE_WARN ||
      ::archive_read_support_format_tar(outer) < ARCHIVE_WARN) {
    return base::error(base::Errc::kInternal, "libarchive does not read tars of this compression");
  }
  if (const auto opened = unpacker->open(inner); !opened) return opened.error();
  ::archive_entry* whole = nullptr;
  if (::archive_read_next_header(inner, &whole) < ARCHIVE_WARN) {
    return base::error(base::Errc::kMalformed, error_of(inner));
  }
  ::archive_read_set_callback_data(outer, unpacker.get());
  ::archive_read_set_read_callback(outer, read_inner);
  if (::archive_read_open1(outer) < ARCHIVE_WARN) {
    return base::error(base::Errc::kMalformed, unpacker->error());
  }
  return unpacker;
}

int Unpacker::next() {
  // What is left of the last entry is no part of the next one's header.
  if (entry_ != nullptr && ::archive_read_data_skip(outer_.get()) == ARCHIVE_FATAL) return ARCHIVE_FATAL;
  in_header_ = true;
  header_bytes_ = 0;
  const int status = ::archive_read_next_header(outer_.get(), &entry_);
  in_header_ = false;
  return status;
}

int Unpacker::read(std::string_view& bytes, std::uint64_t& offset) {
  const void* start = nullptr;
  std::size_t size = 0;
  la_int64_t at = 0;
  const int status = ::archive_read_data_block(outer_.get(), &start, &size, &at);
  bytes = start == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(start), size);
  offset = static_cast<std::uint64_t>(at);
  return status;
}

std::string Unpacker::error() const { return failed_.empty() ? error_of(outer_.get()) : failed_; }

// What a callback returns when it cannot go on.
int Unpacker::fail(::archive* reader, std::string why) {
  failed_ = std::move(why);
  ::archive_set_error(reader, EIO, "%s", failed_.c_str());
  return ARCHIVE_FATAL;
}

la_ssize_t Unpacker::read_source(::archive* reader, void* self, const void** bytes) {
  auto& unpacker = *static_cast<Unpacker*>(self);
  const std::uint64_t room = unpacker.end_ - std::min(unpacker.at_, unpacker.end_);
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(room, unpacker.packed_.size()));
  const auto got = unpacker.source_.read_at(unpacker.at_, unpacker.packed_.data(), wanted);
  if (!got) return unpacker.fail(reader, got.error().message);
  unpacker.at_ += *got;
  *bytes = unpacker.packed_.data();
  return static_cast<la_ssize_t>(*got);
}

la_int64_t Unpacker::seek_source(::archive*, void* self, la_int64_t offset, int whence) {
  auto& unpacker = *static_cast<Unpacker*>(self);
  const auto end = static_cast<la_int64_t>(unpacker.end_);
  const la_int64_t from = whence == SEEK_SET   ? 0
                          : whence == SEEK_CUR ? static_cast<la_int64_t>(unpacker.at_)
                                               : end;
  if (offset < -from || offset > end - from) return ARCHIVE_FATAL;
  unpacker.at_ = static_cast<std::uint64_t>(from + offset);
  return from + offset;
}

la_ssize_t Unpacker::read_inner(::archive* reader, void* self, const void** bytes) {
  auto& unpacker = *static_cast<Unpacker*>(self);
  ::archive* inner = unpacker.inner_.get();
  std::size_t size = 0;
  la_int64_t offset = 0;
  const int status = ::archive_read_data_block(inner, bytes, &size, &offset);
  if (status == ARCHIVE_EOF) return 0;
  if (status < ARCHIVE_WARN) return unpacker.fail(reader, error_of(inner));
  if (!unpacker.budget_->spend(size)) return unpacker.fail(reader, unpacker.budget_->exceeded());
  if (unpacker.in_header_) unpacker.header_bytes_ += size;
  if (unpacker.header_bytes_ > kMaxHeader) {
    return unpacker.fail(reader, "a member has a header over 4 MiB");
  }
  return static_cast<la_ssize_t>(size);
}

}  // namespace pilothouse::audit
