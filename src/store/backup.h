#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "base/error.h"

// Whole databases, copied and put back. On the caller's thread, which they keep until they are done.
namespace pilothouse::store {

// Called now and then with bytes.
using CopyProgress = std::function<void(std::int64_t done, std::int64_t total)>;

// Copies the database of a state directory, as it is at one moment, whether or not a hub serves it; gives the
// bytes of the copy. `file` appears when it is whole, checked and on the disk, with mode 0600, or not at all.
// kNotFound without a database, kConflict when `file` exists and `replace` is not said, kInvalidArgument when
// it would lie in the state directory, kStorage otherwise.
base::Result<std::int64_t> backup(const std::filesystem::path& state_dir, const std::filesystem::path& file,
                                  bool replace, const CopyProgress& progress);

struct Restored {
  std::int64_t bytes = 0;
  std::optional<std::filesystem::path> replaced;  // where the old database is now
};

// Makes the database of a state directory from a copy. Clusters that had not ended are asked to describe
// themselves again, should their recorders come. kNotFound without the copy, kMalformed when it is none or is
// damaged, kConflict when a hub serves the directory, when it holds a database and `replace` is not said, or
// when the copy is of a newer Pilothouse. The directory then holds what it held before.
base::Result<Restored> restore(const std::filesystem::path& file, const std::filesystem::path& state_dir,
                               bool replace, const CopyProgress& progress);

}  // namespace pilothouse::store
