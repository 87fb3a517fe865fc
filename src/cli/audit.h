#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "cli/audit_style.h"
#include "trust/audit/rules/rule.h"

// What the parts of `pilothouse audit` share.
namespace pilothouse::cli {

// All about one rule: what it looks for, why, its weights and examples. kNotFound when there is none of that
// id.
base::Result<std::string> explain_rule(const audit::RuleSet& rules, std::string_view id,
                                       const AuditStyle& style);

// A line for each rule, by family.
std::string list_rules(const audit::RuleSet& rules, const AuditStyle& style);

}  // namespace pilothouse::cli
