#include "trust/audit/input/archive.h"

#include <locale.h>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include "trust/audit/input/libarchive.h"
#include "trust/audit/input/members.h"
#include "trust/audit/input/names.h"
#include "trust/audit/input/zip_directory.h"

namespace pilothouse::audit {
namespace {

// libarchive turns names into the thread's character set; this makes it UTF-8 whatever the user's is.
class Utf8Names {
 public:
  Utf8Names() : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (utf8_ != nullptr) before_ = ::uselocale(utf8_);
  }
  ~Utf8Names() {
    if (utf8_ == nullptr) return;
    ::uselocale(before_);
    ::freelocale(utf8_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  ::locale_t utf8_;
  ::locale_t before_ = nullptr;
};

base::Error damaged(const std::string& why) {
  return base::error(base::Errc::kMalformed,
                     "cannot be unpacked: " + why + "; check that it is whole, or fetch it again");
}

std::string too_many(std::uint32_t limit) { return "has more than " + std::to_string(limit) + " members"; }

std::string name_of(::archive_entry* entry) {
  const char* name = ::archive_entry_pathname(entry);
  if (name == nullptr) name = ::archive_entry_pathname_utf8(entry);
  return name == nullptr ? std::string() : name;
}

int filter_of(Packing packing) {
  switch (packing) {
    case Packing::kGzip:
      return ARCHIVE_FILTER_GZIP;
    case Packing::kBzip2:
      return ARCHIVE_FILTER_BZIP2;
    case Packing::kXz:
      return ARCHIVE_FILTER_XZ;
    case Packing::kZstd:
      return ARCHIVE_FILTER_ZSTD;
    default:
      return ARCHIVE_FILTER_NONE;
  }
}

// Whether a member of a zip without directory can be passed in bounded time and memory. libarchive may have
// to unpack it to find its end, and does so by itself unless all of it is read before.
bool can_be_passed(const Unpacker& unpacker) {
  const std::string_view format = ::archive_format_name(unpacker.handle());
  const bool regular = ::archive_entry_filetype(unpacker.entry()) == AE_IFREG;
  return format.ends_with("(uncompressed)") || (regular && format.ends_with("(deflation)"));
}

void pass(Unpacker& unpacker, Budget& budget) {
  std::string_view bytes;
  std::uint64_t offset = 0;
  while (unpacker.read(bytes, offset) == ARCHIVE_OK && budget.spend(bytes.size())) {
  }
}

// Adds what is wrong with the archive as a whole.
void note_whole(Input& input, std::string why, std::string_view last) {
  if (!last.empty()) why += "; what comes after " + std::string(last) + " was not read";
  input.unread.push_back({input.name, 0, std::move(why)});
}

// Members one after the other, as they stand in the archive.
base::Result<void> read_stream(Unpacker& unpacker, Budget& budget, bool is_zip, const InputLimits& limits,
                               Input& input) {
  Members members(limits, input);
  std::string last;
  for (std::uint64_t number = 0;; ++number) {
    const int status = unpacker.next();
    if (status == ARCHIVE_EOF) break;
    if (budget.exceeded().empty() && status < ARCHIVE_WARN) {
      if (number == 0) return damaged(unpacker.error());
      note_whole(input, "cannot be unpacked whole: " + unpacker.error(), last);
      break;
    }
    if (number == limits.max_members) {
      note_whole(input, too_many(limits.max_members), last);
      break;
    }
    if (budget.exceeded().empty()) {
      if (is_zip && !can_be_passed(unpacker)) {
        note_whole(input, "has a member that is only unpacked with the directory at the end", last);
        break;
      }
      const std::string name = name_of(unpacker.entry());
      if (::archive_entry_filetype(unpacker.entry()) != AE_IFDIR) {
        members.take(name, number, unpacker, is_zip ? &budget : nullptr);
      }
      if (is_zip) pass(unpacker, budget);
      last = member_name(name).path;
    }
    if (!budget.exceeded().empty()) {
      note_whole(input, budget.exceeded(), last);
      break;
    }
  }
  members.finish();
  return {};
}

base::Result<void> read_tar(const ByteSource& source, Packing packing, const InputLimits& limits,
                            Input& input) {
  Budget budget(limits, source.size());
  const auto unpacker = Unpacker::tar(source, filter_of(packing), budget);
  if (!unpacker) return damaged(unpacker.error().message);
  return read_stream(**unpacker, budget, false, limits, input);
}

// What a zip without its directory still shows. No installer takes it.
base::Result<void> read_cut_zip(const ByteSource& source, const InputLimits& limits, Input& input) {
  const auto unpacker = Unpacker::zip_without_directory(source);
  if (!unpacker) return damaged(unpacker.error().message);
  Budget budget(limits, source.size());
  note_whole(input, "is cut off: it has no directory at its end; fetch it again", "");
  return read_stream(**unpacker, budget, true, limits, input);
}

base::Result<void> read_whole_zip(const ByteSource& source, const ZipDirectory& directory,
                                  const InputLimits& limits, Input& input) {
  if (directory.cut) note_whole(input, too_many(limits.max_members), "");
  if (directory.members.empty()) return {};
  const auto unpacker = Unpacker::zip(source, directory.end);
  if (!unpacker) return damaged(unpacker.error().message);

  // libarchive goes by offset, and knows each once.
  std::vector<std::size_t> order(directory.members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Where several claim a place, the one that its own header is for comes first.
  const auto offset = [&](std::size_t index) { return directory.members[index].offset; };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
    const bool bad_a = !directory.members[a].problem.empty();
    const bool bad_b = !directory.members[b].problem.empty();
    return std::pair(offset(a), bad_a) < std::pair(offset(b), bad_b);
  });

  Members members(limits, input);
  Budget budget(limits, source.size());
  std::string last;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const ZipMember& member = directory.members[order[i]];
    if (i > 0 && offset(order[i - 1]) == member.offset) {
      members.note(member.name,
                   member.problem.empty() ? "is in one place with another member" : member.problem);
      continue;
    }
    const int status = (*unpacker)->next();
    if (status == ARCHIVE_EOF || status == ARCHIVE_FATAL) {
      const std::string why = status == ARCHIVE_EOF ? "it ends early" : (*unpacker)->error();
      if (i == 0) return damaged(why);
      note_whole(input, "cannot be unpacked whole: " + why, last);
      break;
    }
    last = member_name(member.name).path;
    if (member.name.ends_with('/')) continue;
    if (!member.problem.empty()) {
      members.note(member.name, member.problem);
    } else if (status != ARCHIVE_OK) {
      members.note(member.name, "cannot be unpacked: " + (*unpacker)->error());
    } else {
      members.take(member.name, order[i], **unpacker, &budget);
    }
    if (!budget.exceeded().empty()) {
      note_whole(input, budget.exceeded(), last);
      break;
    }
  }
  members.finish();
  return {};
}

base::Result<void> read_zip(const ByteSource& source, const InputLimits& limits, Input& input) {
  const auto directory = read_zip_directory(source, limits.max_members);
  if (!directory) return directory.error();
  return *directory ? read_whole_zip(source, **directory, limits, input)
                    : read_cut_zip(source, limits, input);
}

constexpr std::size_t kTarMagicAt = 257;

}  // namespace

base::Result<std::optional<Packing>> packing_of(const ByteSource& source, std::string_view name) {
  const auto head = source.read(0, kTarMagicAt + 5);
  if (!head) return head.error();
  const auto begins = [&](std::string_view magic) { return head->starts_with(magic); };
  const bool is_zip = begins("PK\x03\x04") || begins("PK\x05\x06");
  std::optional<Packing> packing;
  if (is_zip_name(name)) {
    if (!head->empty()) packing = Packing::kZip;
  } else if (begins("\x1f\x8b")) {
    packing = Packing::kGzip;
  } else if (begins("BZh")) {
    packing = Packing::kBzip2;
  } else if (begins(std::string_view("\xfd"
                                     "7zXZ\0",
                                     6))) {
    packing = Packing::kXz;
  } else if (begins("\x28\xb5\x2f\xfd")) {
    packing = Packing::kZstd;
  } else if (is_zip) {
    packing = Packing::kZip;
  } else if (head->size() == kTarMagicAt + 5 && head->ends_with("ustar")) {
    packing = Packing::kTar;
  } else if (const auto directory = read_zip_directory(source, 1);
             directory && *directory && !(*directory)->members.empty()) {
    packing = Packing::kZip;  // behind a program that unpacks it, or a "#!" line
  } else if (is_archive_name(name)) {
    packing = Packing::kTar;  // of the oldest kind, without a mark; or it will be refused
  }
  return packing;
}

base::Result<void> read_archive(const ByteSource& source, Packing packing, const InputLimits& limits,
                                Input& input) {
  const Utf8Names utf8;
  if (packing == Packing::kZip) return read_zip(source, limits, input);
  return read_tar(source, packing, limits, input);
}

}  // namespace pilothouse::audit
