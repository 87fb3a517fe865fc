#include "trust/audit/input/members.h"

#include "trust/audit/input/names.h"

namespace pilothouse::audit {
namespace {

constexpr std::string_view kTwice =
    "is in the archive twice; only the last one, which installers keep, was read";

}  // namespace

void Members::note(std::string_view raw_name, std::string reason) {
  input_.unread.push_back({member_name(raw_name).path, 0, std::move(reason)});
}

void Members::take(std::string_view raw_name, std::uint64_t rank, Unpacker& unpacker, Budget* budget) {
  const MemberName name = member_name(raw_name);
  ::archive_entry* entry = unpacker.entry();
  if (!name.problem.empty()) return note(raw_name, name.problem);
  if (::archive_entry_hardlink(entry) != nullptr || ::archive_entry_filetype(entry) == AE_IFLNK) {
    return note(raw_name, "is a link, which is not followed");
  }
  if (::archive_entry_filetype(entry) != AE_IFREG) return note(raw_name, "is no regular file");
  if (::archive_entry_is_encrypted(entry) != 0) {
    return note(raw_name, "is encrypted; unpack it yourself and audit the directory");
  }
  if (is_archive_name(name.path)) {
    return note(raw_name, "is an archive in an archive; unpack it and audit it by itself");
  }
  if (is_bytecode_name(name.path)) return note(raw_name, "is compiled; audit the source it was made from");
  if (!is_source_name(name.path) && has_suffix(name.path)) return;

  std::string bytes;
  if (!read(name.path, unpacker, budget, bytes)) return;
  const auto [place, is_new] = kept_.try_emplace(name.path);
  if (!is_new) {
    note(raw_name, std::string(kTwice));
    if (rank < place->second.rank) return;
  }
  place->second = {std::move(bytes), rank};
}

// False when it is not to be kept. A source of which a part could not be unpacked is kept as far as it goes.
bool Members::read(const std::string& path, Unpacker& unpacker, Budget* budget, std::string& bytes) {
  bool is_source = is_source_name(path);
  while (true) {
    std::string_view block;
    std::uint64_t offset = 0;
    const int status = unpacker.read(block, offset);
    const bool broken = status < ARCHIVE_WARN || (status == ARCHIVE_WARN && block.empty());
    const bool end = broken || status == ARCHIVE_EOF;
    if (!end) {
      if (budget != nullptr && !budget->spend(block.size())) return false;
      if (offset < bytes.size() || offset > limits_.max_file || block.size() > limits_.max_file - offset) {
        if (is_source) note(path, too_large(limits_.max_file));
        return false;
      }
      bytes.resize(static_cast<std::size_t>(offset));
      bytes += block;
    }
    if (!is_source && (end || bytes.size() >= kSniffed)) {
      if (!runs_as_python(std::string_view(bytes).substr(0, kSniffed))) return false;
      is_source = true;
    }
    if (broken || status == ARCHIVE_WARN) note(path, "cannot be unpacked whole: " + unpacker.error());
    if (end) return !broken || !bytes.empty();
  }
}

void Members::finish() {
  for (auto& [path, kept] : kept_) input_.files.push_back({path, std::move(kept.bytes), {}});
  kept_.clear();
}

}  // namespace pilothouse::audit
