#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "trust/audit/input/byte_source.h"
#include "trust/audit/input/input.h"

namespace pilothouse::audit {

enum class Packing : std::uint8_t { kZip, kTar, kGzip, kBzip2, kXz, kZstd };

// By its bytes, and by its name where they can be read in two ways. Nothing when it is no archive.
base::Result<std::optional<Packing>> packing_of(const ByteSource& source, std::string_view name);

// Adds the Python sources of an archive, and what could not be read. An error when nothing could.
base::Result<void> read_archive(const ByteSource& source, Packing packing, const InputLimits& limits,
                                Input& input);

}  // namespace pilothouse::audit
