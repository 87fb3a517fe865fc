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

}  // namespace pilothouse::audit
