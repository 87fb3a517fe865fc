#pragma once

#include <cstdint>
#include <vector>

#include "trust/audit/report/report.h"
#include "trust/audit/report/scope.h"

// The four numbers. docs/audit.md has the formulas.
namespace pilothouse::audit {

enum class Measure { kRisk, kMalware, kObfuscated };

double weight_of(const Finding& finding, Measure measure);

// 1 minus the product over rules of (1 - weight), each rule counted once, with its heaviest finding. For one
// module.
Score score_module(Scope& scope, Measure measure);

// The highest score among modules; `scores` of all of them, in their order.
Score score_whole(Scope& scope, const std::vector<const Score*>& scores, Measure measure);

// How much of what is there was seen. `unread` files count as much as a module does on average.
Score score_confidence(Scope& scope, std::size_t unread);

}  // namespace pilothouse::audit
