#pragma once

#include "trust/audit/input/byte_source.h"
#include "trust/audit/input/input.h"

namespace pilothouse::audit {

// By how it begins.
base::Result<bool> is_bundle(const ByteSource& source);

// Adds the files of a bundle of plugins. Who has signed it is not asked: it is audited before anybody trusts
// it.
base::Result<void> read_bundle(const ByteSource& source, const InputLimits& limits, Input& input);

}  // namespace pilothouse::audit
