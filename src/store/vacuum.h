#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/clock.h"
#include "base/error.h"
#include "store/retention.h"

namespace pilothouse::store {

struct Vacuumed {
  Removed removed;
  std::int64_t bytes_before = 0;  // the database's files
  std::int64_t bytes_after = 0;
};

// Called now and then with what was removed, and then with what the database takes.
using VacuumProgress = std::function<void(const Removed& removed, std::int64_t bytes)>;

// Removes what the workspaces of a state directory no longer keep, and gives all free room back to the file
// system. While a hub serves the directory it takes turns with it. A database that was made before room could
// be given back is written anew, for which no hub may run: kConflict then, after the removal. kNotFound
// without a database.
base::Result<Vacuumed> vacuum(const std::filesystem::path& state_dir, base::Micros lost_after,
                              const VacuumProgress& progress);

// What vacuum() would remove.
base::Result<Removed> find_expired(const std::filesystem::path& state_dir, base::Micros lost_after);

}  // namespace pilothouse::store
