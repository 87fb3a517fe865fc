#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "trust/audit/audit.h"
#include "trust/audit/rules/rules.h"

namespace pilothouse::audit {
namespace {

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

bool any_flow(const Analysis& analysis, const std::string& checked) {
  return std::any_of(analysis.findings.begin(), analysis.findings.end(), [&](const Finding& finding) {
    return finding.rule->kind == Kind::kFlow && (checked.empty() || finding.checked == checked);
  });
}

// A check shows in the flow of its example, and a clean call in that there is none.
bool shows(const Analysis& analysis, const Rule& rule) {
  if (rule.kind == Kind::kCheck) return any_flow(analysis, rule.proof);
  if (rule.kind == Kind::kClean) return !any_flow(analysis, "");
  return std::any_of(analysis.findings.begin(), analysis.findings.end(),
                     [&](const Finding& finding) { return finding.rule == &rule; });
}

std::string found_in(const Analysis& analysis) {
  std::string text;
  for (const Finding& finding : analysis.findings) {
    text += "  " + finding.rule->id + ": " + finding.message;
    if (!finding.checked.empty()) text += " (checked: " + finding.checked + ")";
    text += "\n";
  }
  return text.empty() ? "  nothing\n" : text;
}

class Examples : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = load_rules();
    ASSERT_TRUE(loaded) << loaded.error().message;
    rules_ = std::move(*loaded);
  }

  RuleSet rules_;
};

TEST_F(Examples, MatchWhatTheyMust) {
  for (const auto& rule : rules_.rules) {
    for (const Example& example : rule->matching) {
      const Analysis analysis = analysis_of(example, rules_);
      EXPECT_TRUE(shows(analysis, *rule)) << rule->id << " must match " << example.file << "\n"
                                          << example.code << "where there is\n"
                                          << found_in(analysis);
    }
  }
}

TEST_F(Examples, DoNotMatchWhatTheyMustNot) {
  for (const auto& rule : rules_.rules) {
    for (const Example& example : rule->not_matching) {
      const Analysis analysis = analysis_of(example, rules_);
      EXPECT_FALSE(shows(analysis, *rule)) << rule->id << " must not match " << example.file << "\n"
                                           << example.code << "where there is\n"
                                           << found_in(analysis);
    }
  }
}

TEST_F(Examples, AreProgramsAndMakeSentences) {
  for (const auto& rule : rules_.rules) {
    for (const auto* const examples : {&rule->matching, &rule->not_matching}) {
      for (const Example& example : *examples) {
        const Analysis analysis = analysis_of(example, rules_);
        EXPECT_TRUE(analysis.unread.empty()) << rule->id << "\n" << example.code;
        for (const Finding& finding : analysis.findings) {
          EXPECT_EQ(finding.rule->kind == Kind::kFlow, !finding.steps.empty()) << rule->id;
          for (const char* const left : {"{name}", "{function}", "{value}", "{source}", "{sink}"})
            EXPECT_EQ(finding.message.find(left), std::string::npos) << rule->id << ": " << finding.message;
        }
      }
    }
  }
}

}  // namespace
}  // namespace pilothouse::audit
