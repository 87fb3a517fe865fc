#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

// Small files, read and written whole. Failures name the file: kNotFound, kConflict, kTooLarge, kForbidden,
// else kStorage.
namespace pilothouse::base {

enum class Readers {
  kAnyone,
  kOwnerOnly,  // kForbidden when the file's mode lets anybody else read or write it
};

// A regular file of at most `limit` bytes; a link to one is followed.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit,
                              Readers readers = Readers::kAnyone);

// A new file, on the disk when this returns. kConflict when there is something of that name, a link included.
Result<void> create_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode);

// In place of what has this name, or new: whoever opens it sees the old bytes or the new ones, also after a
// power cut. A link is replaced, not followed. Of two that replace a file at once, one wins.
Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode);

}  // namespace pilothouse::base
