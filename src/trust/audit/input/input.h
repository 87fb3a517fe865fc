#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "trust/audit/analysis.h"

namespace pilothouse::audit {

struct InputLimits {
  std::uint64_t max_file = 16ULL << 20;       // bytes of one Python file; larger ones are unread
  std::uint64_t max_unpacked = 512ULL << 20;  // bytes that an archive may unpack to, over all members
  std::uint64_t max_ratio = 200;              // times its own size that an archive may unpack to, past 1 MiB
  std::uint32_t max_members = 100'000;
};

// One Python source: *.py, *.pyw, *.pth, and files without a suffix whose first line names python after "#!".
struct SourceFile {
  std::string path;               // in the subject, with '/'; of an archive, without leading "./"
  std::string bytes;              // as they are; of a directory, empty until load()
  std::filesystem::path on_disk;  // empty: the bytes are here
  // Errors are ends of sentences about the file, as in Unread::reason.
  base::Result<std::string> load(const InputLimits& limits) const;
};

// What to audit, sorted by path. Nothing is written to disk, nothing imported, no link followed out of it.
// Of an archive the sources are held, at most `max_unpacked` bytes, and while it is opened what its directory
// and its compression need: under 300 MiB, but for the dictionary of a tar.xz, which fills as it is unpacked.
struct Input {
  std::string name;  // the last part of the path
  std::string kind;  // "file", "directory", "wheel", "sdist", "archive" or "bundle"
  std::vector<SourceFile> files;
  std::vector<Unread> unread;
};

// A file, a directory (hidden ones, __pycache__, virtual environments and links are left out), a wheel or
// zip, or an sdist (tar.gz, tar.bz2, tar.xz, tar.zst, tar). Members beyond a limit, encrypted ones, links,
// devices and paths with ".." are named in `unread`; an archive that cannot be read at all, or a path that is
// not there, is an error.
base::Result<Input> open_input(const std::filesystem::path& path, const InputLimits& limits);

struct Text {
  std::string utf8;  // without a byte order mark; line ends as they were
  // Empty, or what Python would not run: "has null bytes; they were read as blanks", ...
  std::string problem;
  // In lower case: "utf-8", "iso-8859-1", "cp1252", ... Some hide code from readers: "utf-7",
  // "unicode-escape", "raw-unicode-escape".
  std::string encoding;
};

// Source bytes as text, by byte order mark or declaration (PEP 263), UTF-8 without one. What cannot be
// decoded is an error that says at which line. Messages and problems are ends of sentences about the file. At
// most three times as long as the bytes.
base::Result<Text> decode(std::string_view bytes);

}  // namespace pilothouse::audit
