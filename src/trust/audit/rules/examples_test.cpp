#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "trust/audit/audit.h"
#include "trust/audit/rules/rules.h"

namespace pilothouse::audit {
namespace {

// What an example of a rule file gives.
Analysis analysis_of(const Example& example, const RuleSet& rules) {
  Input input;
  input.name = example.file;
  input.kind = "file";
  SourceFile file;
  file.path = example.file;
  file.bytes = example.code;
  input.files.push_back(std::move(file));
  return analyze(input, rules, {});
}

bool finds(const Analysis& analysis, const Rule& rule) {
  return std::any_of(analysis.findings.begin(), analysis.findings.end(),
                     [&](const Finding& finding) { return finding.rule == &rule; });
}

std::string found_instead(const Analysis& analysis) {
  std::string text;
  for (const Finding& finding : analysis.findings)
    text += "  " + finding.rule->id + " " + finding.name + ": " + finding.message + "\n";
  for (const Unread& unread : analysis.unread) text += "  unread: " + unread.reason + "\n";
  return text.empty() ? "  nothing\n" : text;
}

TEST(Examples, MatchWhatTheyMust) {
  const auto rules = load_rules();
  ASSERT_TRUE(rules) << rules.error().message;
  for (const auto& rule : rules->rules) {
    for (const Example& example : rule->matching) {
      const Analysis analysis = analysis_of(example, *rules);
      EXPECT_TRUE(finds(analysis, *rule)) << rule->id << " is not found in " << example.file << "\n"
                                          << example.code << "but\n"
                                          << found_instead(analysis);
      for (const Finding& finding : analysis.findings) {
        EXPECT_EQ(finding.message.find('{'), std::string::npos) << rule->id << ": " << finding.message;
        EXPECT_EQ(finding.rule->kind == Kind::kFlow, !finding.steps.empty()) << rule->id;
      }
    }
  }
}

TEST(Examples, DoNotMatchWhatTheyMustNot) {
  const auto rules = load_rules();
  ASSERT_TRUE(rules) << rules.error().message;
  for (const auto& rule : rules->rules) {
    for (const Example& example : rule->not_matching) {
      const Analysis analysis = analysis_of(example, *rules);
      EXPECT_FALSE(finds(analysis, *rule)) << rule->id << " is found in " << example.file << "\n"
                                           << example.code;
      EXPECT_TRUE(analysis.unread.empty()) << rule->id << ": " << analysis.unread.at(0).reason << "\n"
                                           << example.code;
    }
  }
}

}  // namespace
}  // namespace pilothouse::audit
