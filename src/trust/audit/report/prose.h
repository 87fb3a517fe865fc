#pragma once

#include <vector>

#include "trust/audit/report/report.h"
#include "trust/audit/report/scope.h"

// The sentences of a section. Each has at most kMostSentences, however much was found.
namespace pilothouse::audit {

inline constexpr std::size_t kMostSentences = 12;

std::vector<Sentence> purpose_of(Scope& scope);
std::vector<Sentence> sources_of(Scope& scope);
std::vector<Sentence> sinks_of(Scope& scope);
std::vector<FlowSentence> flows_of(Scope& scope);
std::vector<Sentence> anomalies_of(Scope& scope);

// `section` has its scores and flows already. `accepted` are the findings that a baseline knows.
std::vector<Sentence> analysis_of(Scope& scope, const Section& section,
                                  const std::vector<std::uint32_t>& accepted);
std::vector<Sentence> conclusion_of(Scope& scope, const Section& section);

// Flows without a check whose values come from outside of the machine and are run.
std::vector<std::uint32_t> unchecked_remote_code(const Scope& scope);

// Whether rules for it are there at all, so that it may be said that nothing was found.
bool looks_for_credentials(const RuleSet& rules);
bool looks_for_obfuscation(const RuleSet& rules);
bool is_credential(const Rule& rule);

// Definitions that are wrappers, by what they wrap.
std::vector<Sentence> wrappers_of(Scope& scope, std::size_t most);

}  // namespace pilothouse::audit
