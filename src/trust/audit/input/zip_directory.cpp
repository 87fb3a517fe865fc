#include "trust/audit/input/zip_directory.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace pilothouse::audit {
namespace {

// APPNOTE.TXT, sections 4.3.7 to 4.3.16.
constexpr std::string_view kLocalMagic = "PK\x03\x04";
constexpr std::string_view kEntryMagic = "PK\x01\x02";
constexpr std::string_view kEndMagic = "PK\x05\x06";
constexpr std::string_view kEnd64Magic = "PK\x06\x06";
constexpr std::string_view kLocator64Magic = "PK\x06\x07";
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::size_t kLocator64Bytes = 20;
constexpr std::size_t kMaxComment = 65535;
constexpr std::uint64_t kIn64 = 0xffffffff;  // the number stands in the extra field
constexpr std::uint64_t kEncrypted = 0x1;
constexpr std::uint64_t kLzma = 14;
constexpr std::array<std::uint64_t, 5> kMethods{0, 8, 12, kLzma,
                                                93};  // those that some Python's zipfile knows
constexpr std::uint64_t kMaxLzmaDictionary = 64U << 20;
// Enough for 100,000 members with long names. libarchive makes three times as much of it in memory.
constexpr std::uint64_t kMaxDirectory = 32ULL << 20;

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

base::Error refuse(const std::string& what) {
  return base::error(base::Errc::kMalformed,
                     "is a zip that " + what + "; pack it again with an ordinary tool");
}

struct Extent {
  std::uint64_t start = 0;
  std::uint64_t size = 0;
  std::uint64_t shift = 0;  // bytes before the zip, which its offsets do not count
};

base::Result<Extent> check(std::uint64_t end, std::uint64_t size, std::uint64_t offset) {
  if (size > end || offset > end - size) return refuse("is cut off at its beginning");
  if (size > kMaxDirectory) return refuse("has a directory over 32 MiB");
  return Extent{end - size, size, end - size - offset};
}

// `at` is where the end record stands.
base::Result<Extent> extent(const ByteSource& source, std::uint64_t at, std::string_view record) {
  if (at >= kLocator64Bytes) {
    const auto locator = source.read(at - kLocator64Bytes, kLocator64Bytes);
    if (!locator) return locator.error();
    if (locator->starts_with(kLocator64Magic)) {
      if (at < kLocator64Bytes + kEnd64Bytes) return refuse("is cut off at its beginning");
      const std::uint64_t at64 = at - kLocator64Bytes - kEnd64Bytes;
      const auto record64 = source.read(at64, kEnd64Bytes);
      if (!record64) return record64.error();
      if (!record64->starts_with(kEnd64Magic) || number(*locator, 8, 8) != at64) {
        return refuse("has no directory where it says");
      }
      if (number(*record64, 16, 8) != 0 || number(*record64, 24, 8) != number(*record64, 32, 8)) {
        return refuse("is a part of several");
      }
      auto found = check(at64, number(*record64, 40, 8), number(*record64, 48, 8));
      if (found && found->shift != 0) return refuse("has no directory where it says");
      return found;
    }
  }
  if (number(record, 4, 4) != 0 || number(record, 8, 2) != number(record, 10, 2)) {
    return refuse("is a part of several");
  }
  return check(at, number(record, 12, 4), number(record, 16, 4));
}

// The offset of an entry's member when 32 bits are too few for it.
std::optional<std::uint64_t> offset_in_64(std::string_view entry, std::string_view extra) {
  while (extra.size() >= 4) {
    const std::uint64_t id = number(extra, 0, 2);
    const std::uint64_t size = number(extra, 2, 2);
    if (size > extra.size() - 4) break;
    if (id == 1) {
      const std::size_t before =
          (number(entry, 24, 4) == kIn64 ? 8U : 0U) + (number(entry, 20, 4) == kIn64 ? 8U : 0U);
      if (size < before + 8) break;
      return number(extra, 4 + before, 8);
    }
    extra.remove_prefix(4 + static_cast<std::size_t>(size));
  }
  return std::nullopt;
}

// What an LZMA member asks for stands in front of its data.
base::Result<bool> wants_little_memory(const ByteSource& source, std::uint64_t data) {
  const auto properties = source.read(data, 9);
  if (!properties) return properties.error();
  return properties->size() == 9 && number(*properties, 5, 4) <= kMaxLzmaDictionary;
}

// A program that reads from the front on would see the member's own header, which may say something else.
base::Result<std::string> problem_of(const ByteSource& source, const ZipMember& member,
                                     std::string_view entry) {
  const auto local = source.read(member.offset, kLocalBytes + member.name.size());
  if (!local) return local.error();
  if (local->size() < kLocalBytes || !local->starts_with(kLocalMagic)) {
    return std::string("is not where the archive's directory says");
  }
  if (number(*local, 26, 2) != member.name.size() ||
      std::string_view(*local).substr(kLocalBytes) != member.name) {
    return std::string("has two names: one in the archive's directory, another in its own header");
  }
  const std::uint64_t method = number(entry, 10, 2);
  if (number(*local, 8, 2) != method || ((number(*local, 6, 2) ^ number(entry, 8, 2)) & kEncrypted) != 0) {
    return std::string("is packed in another way than the archive's directory says");
  }
  if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
    return std::string("is packed in a way that Python does not know");
  }
  if (method == kLzma) {
    const auto fine = wants_little_memory(source, member.offset + local->size() + number(*local, 28, 2));
    if (!fine) return fine.error();
    if (!*fine) return std::string("needs more than 64 MiB of memory to be unpacked");
  }
  return std::string();
}

}  // namespace

base::Result<std::optional<ZipDirectory>> read_zip_directory(const ByteSource& source,
                                                             std::uint32_t max_members) {
  const std::uint64_t size = source.size();
  const std::uint64_t tail_start = size - std::min<std::uint64_t>(size, kEndBytes + kMaxComment);
  const auto tail = source.read(tail_start, kEndBytes + kMaxComment);
  if (!tail) return tail.error();
  const std::size_t found = tail->rfind(kEndMagic);
  if (found == std::string::npos || tail->size() - found < kEndBytes) return std::optional<ZipDirectory>();

  const std::string_view record = std::string_view(*tail).substr(found, kEndBytes);
  const auto where = extent(source, tail_start + found, record);
  if (!where) return where.error();
  const auto bytes = source.read(where->start, static_cast<std::size_t>(where->size));
  if (!bytes) return bytes.error();

  ZipDirectory directory;
  directory.end = tail_start + found + kEndBytes;
  for (std::string_view rest = *bytes; !rest.empty();) {
    if (rest.size() < kEntryBytes || !rest.starts_with(kEntryMagic)) return refuse("has a damaged directory");
    const auto name = static_cast<std::size_t>(number(rest, 28, 2));
    const auto extra = static_cast<std::size_t>(number(rest, 30, 2));
    const auto comment = static_cast<std::size_t>(number(rest, 32, 2));
    if (name + extra + comment > rest.size() - kEntryBytes) return refuse("has a damaged directory");
    if (directory.members.size() == max_members) {
      directory.cut = true;
      break;
    }
    const std::string_view entry = rest.substr(0, kEntryBytes);
    ZipMember member;
    member.name = rest.substr(kEntryBytes, name);
    member.offset = number(entry, 42, 4);
    if (member.offset == kIn64) {
      const auto offset = offset_in_64(entry, rest.substr(kEntryBytes + name, extra));
      if (!offset) return refuse("has a damaged directory");
      member.offset = *offset;
    }
    member.offset += where->shift;
    auto problem = problem_of(source, member, entry);
    if (!problem) return problem.error();
    member.problem = std::move(*problem);
    directory.members.push_back(std::move(member));
    rest.remove_prefix(kEntryBytes + name + extra + comment);
  }
  return std::optional(std::move(directory));
}

}  // namespace pilothouse::audit
