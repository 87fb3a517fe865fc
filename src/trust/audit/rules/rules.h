#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "trust/audit/rules/rule.h"

namespace pilothouse::audit {

// The rules that are built in (src/trust/audit/rules/*.yaml), and with `more` those of *.yaml in that
// directory too; there a rule with the id of another takes its place. Every mistake in a file is an error
// that says where.
base::Result<RuleSet> load_rules(const std::optional<std::filesystem::path>& more = {});

}  // namespace pilothouse::audit
