#pragma once

#include "trust/audit/audit.h"
#include "trust/audit/engine/rule_index.h"

namespace pilothouse::audit {

// analyze() by rules that are made ready once for several audits.
Analysis analyze(const Input& input, RuleIndex& rules, const AuditLimits& limits,
                 const Progress& progress = {});

}  // namespace pilothouse::audit
