#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "trust/audit/analysis.h"

// What is so without a rule: a docstring, a definition, what was read. Facts are findings like others, with
// rules of their own that no file has, so that sentences made from them have their evidence too.
namespace pilothouse::audit {

// The place of a fact about the whole of an analysis that has no modules.
inline constexpr std::uint32_t kNoFile = 0xFFFFFFFFU;

enum class Fact {
  kSubject,    // subject.read: how much was read
  kModule,     // module.read
  kUnread,     // module.unread: syntax errors, or a bound that was met
  kDocstring,  // module.docstring
  kDefines,    // module.defines
  kWraps,      // module.wraps
  kImports,    // module.imports
};

const Rule& rule_of(Fact fact);

// All of them, sorted by id.
const std::vector<const Rule*>& fact_rules();

bool is_fact(const Finding& finding);

// Adds facts to the findings of an analysis, none of them twice.
class FactBook {
 public:
  explicit FactBook(Analysis& analysis) : analysis_(analysis) {}

  // The index of the fact among the findings.
  std::uint32_t add(Fact fact, std::uint32_t file, std::uint32_t line, std::string message, std::string name);

 private:
  Analysis& analysis_;
  std::map<std::tuple<Fact, std::uint32_t, std::uint32_t, std::string>, std::uint32_t> known_;
};

}  // namespace pilothouse::audit
