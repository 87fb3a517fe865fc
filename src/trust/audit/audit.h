#pragma once

#include <cstdint>
#include <functional>

#include "trust/audit/analysis.h"
#include "trust/audit/input/input.h"

namespace pilothouse::audit {

struct AuditLimits {
  InputLimits input;
  // Expressions looked at for one entry: a module's top level, or one function with all that it calls. A
  // package of n modules has 8 + 2 n times as many in all. Where a bound is met, the module is marked
  // exhausted.
  std::uint64_t max_steps = 400'000;
  // Of a hundred steps of the parser, for one file; then it is unread.
  std::uint64_t parse_rounds = 2'000'000;
};

// Called between modules, for progress: done and all of them.
using Progress = std::function<void(std::size_t done, std::size_t all)>;

// Reads the sources; nothing of them is run. Packages (directories with __init__.py, and the loose files of
// one directory) are looked at one after the other, each as a whole. One thread; no state is shared between
// calls.
Analysis analyze(const Input& input, const RuleSet& rules, const AuditLimits& limits,
                 const Progress& progress = {});

}  // namespace pilothouse::audit
