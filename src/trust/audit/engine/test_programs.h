#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "trust/audit/audit.h"
#include "trust/audit/input/input.h"
#include "trust/audit/rules/rules.h"

namespace pilothouse::audit::test {

// One file, or several, each behind a line "--- path"; without one it is plugin.py. The comment "# from"
// marks a line where a value comes from the network, "# to" one where it runs, "# to, hash" one where it runs
// after that check.
struct Program {
  const char* name;
  const char* reported;  // has marks
  const char* silent;    // a twin without a flow
};

inline void PrintTo(const Program& program, std::ostream* out) { *out << program.name; }

Input input_of(std::string_view program);
const RuleSet& rules();
// With the rules that are built in.
Analysis analysis_of(std::string_view program, const AuditLimits& limits = {});
Analysis analysis_of(const Input& input, const AuditLimits& limits = {});
// Flows from the network to what runs things: "plugin.py:3 -> plugin.py:5 hash".
std::set<std::string> flows_of(const Analysis& analysis);
std::set<std::string> marked_flows(std::string_view program);
// The flows are the marked ones.
void expect_marked(std::string_view program);
void expect_silent(std::string_view program);
// All findings, a line each.
std::string findings_of(const Analysis& analysis);
// The same by name of the rule.
bool has_rule(const Analysis& analysis, std::string_view id);

// For INSTANTIATE_TEST_SUITE_P(Name, Twins, testing::ValuesIn(kPrograms), name_of).
class Twins : public testing::TestWithParam<Program> {};
inline std::string name_of(const testing::TestParamInfo<Program>& program) { return program.param.name; }

}  // namespace pilothouse::audit::test
