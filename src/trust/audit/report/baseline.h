#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "trust/audit/analysis.h"

// Findings that were looked at before and are accepted. docs/audit.md has the file's format.
namespace pilothouse::audit {

inline constexpr std::string_view kBaselineFormat = "pilothouse-audit-baseline/1";
inline constexpr std::size_t kMaxBaseline = 64U << 20;  // bytes

struct Baseline {
  std::map<std::string, std::string, std::less<>> reasons;  // by fingerprint; a reason may be empty
};

// A finding that a baseline knows.
struct Accepted {
  std::uint32_t finding = 0;
  std::string reason;
};

// What a finding is known by: SHA-256 over rule, path, function, the line without its blanks, and its number
// among those that are alike. So it stays the same when lines move.
std::vector<std::string> fingerprints_of(const Analysis& analysis);

base::Result<Baseline> read_baseline(std::string_view text);

struct Report;

// Every finding of the reports that weighs or was accepted before, sorted by fingerprint. Reasons stay.
std::string write_baseline(const std::vector<const Report*>& reports);

}  // namespace pilothouse::audit
