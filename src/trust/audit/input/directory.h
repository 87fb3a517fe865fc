#pragma once

#include <filesystem>

#include "trust/audit/input/input.h"

namespace pilothouse::audit {

// Adds the Python sources under a directory, unread. Nothing is opened but regular files without a suffix,
// for their first line; no link is followed.
void read_directory(const std::filesystem::path& root, const InputLimits& limits, Input& input);

}  // namespace pilothouse::audit
