#pragma once

#include <span>
#include <string_view>

namespace pilothouse::audit {

struct RuleFile {
  std::string_view name;  // "network.yaml"
  std::string_view text;
};

// The rule files that are part of the program, sorted by name. Written by embed.cmake at build time.
std::span<const RuleFile> builtin_rule_files();

// SHA-256 over the sources of all that makes a report by rules: another auditor may find other things.
std::string_view engine_digest();

}  // namespace pilothouse::audit
