#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "trust/audit/input/byte_source.h"

namespace pilothouse::audit {

// What the directory at the end of a zip says of a member: installers believe it, so it is what counts.
struct ZipMember {
  std::string name;  // as it is spelled
  std::uint64_t offset = 0;
  std::string problem;  // empty, or why it is not to be unpacked
};

struct ZipDirectory {
  std::vector<ZipMember> members;  // in the directory's order; of equal names the last counts
  bool cut = false;                // there are more than max_members
  std::uint64_t end = 0;           // of the zip, without its comment
};

// Nothing when the file has no such directory: it is cut off, or no zip. An error when it has one that
// programs may read in different ways: it could show an auditor other members than an installer.
base::Result<std::optional<ZipDirectory>> read_zip_directory(const ByteSource& source,
                                                             std::uint32_t max_members);

}  // namespace pilothouse::audit
