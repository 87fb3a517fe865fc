#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pilothouse::trust {

// One to four numbers with dots between them, each below 10^9 and without leading zeros. 1.2 and 1.2.0 are
// the same version.
struct Version {
  std::array<std::uint32_t, 4> numbers{};

  // kInvalidArgument for any other text.
  static base::Result<Version> parse(std::string_view text);

  // The numbers that a version of Python or distributed begins with: 2026.8.0 of "2026.8.0+12.g0123".
  static base::Result<Version> release_of(std::string_view text);

  std::strong_ordering operator<=>(const Version&) const = default;

  // 16 bytes that sort as versions do.
  std::string rank() const;
};

// Conditions that must all hold, with commas between them: ">=3.9,<3.14,!=3.12.1". Each is one of >= > <= <
// ==
// != and a version.
class VersionRange {
 public:
  static base::Result<VersionRange> parse(std::string_view text);
  bool contains(const Version& version) const;

 private:
  struct Condition {
    bool less = false, equal = false, greater = false;  // what the version may be, compared with `than`
    Version than;
  };
  std::vector<Condition> conditions_;
};

}  // namespace pilothouse::trust
