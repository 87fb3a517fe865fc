#include "trust/audit/report/score.h"

#include <gtest/gtest.h>

#include "trust/audit/report/test_analyses.h"

namespace pilothouse::audit {
namespace {

Report report_of(Analysis analysis, const RuleSet& rules) { return make_report(std::move(analysis), rules); }

TEST(Score, EachRuleCountsOnceWithItsHeaviestFinding) {
  const RuleSet rules = test_rules();
  Analysis analysis = remote_plugin(rules);
  EXPECT_EQ(report_of(analysis, rules).whole.security_risk.value, 0.9);
  EXPECT_EQ(report_of(analysis, rules).whole.malware.value, 0.6);
  EXPECT_EQ(report_of(analysis, rules).whole.obfuscated.value, 0);
  analysis.findings.push_back(
      make_finding(rules, "credentials.password", 0, 100, "", "hunter2", "password = 'hunter2'"));
  analysis.findings.push_back(
      make_finding(rules, "credentials.password", 0, 101, "", "hunter3", "password = 'hunter3'"));
  EXPECT_EQ(report_of(analysis, rules).whole.security_risk.value, 0.93);
}

TEST(Score, TheWholeIsTheHighestOfItsModules) {
  const RuleSet rules = test_rules();
  Analysis analysis = clean_module();
  analysis.modules.push_back(make_module("b.py", "b"));
  analysis.modules.push_back(make_module("c.py", "c"));
  add_remote_code(analysis, rules, 1, 3, "f", "hash");
  add_remote_code(analysis, rules, 2, 3, "g");
  const Report report = report_of(analysis, rules);
  EXPECT_EQ(report.modules[0].security_risk.value, 0);
  EXPECT_EQ(report.modules[1].security_risk.value, 0.3);
  EXPECT_EQ(report.modules[2].security_risk.value, 0.9);
  EXPECT_EQ(report.whole.security_risk.value, 0.9);
  EXPECT_EQ(report.whole.security_risk.because[0].text, "It is that of `c.py`, the highest of 3 modules.");
}

TEST(Score, Confidence) {
  const RuleSet rules = test_rules();
  Analysis analysis = clean_module();
  EXPECT_EQ(report_of(analysis, rules).whole.confidence.value, 0.95);
  analysis.modules[0].bad_bytes = 1000;
  EXPECT_EQ(report_of(analysis, rules).whole.confidence.value, 0.71);
  analysis.modules[0].bad_bytes = 5000;  // never less than nothing
  EXPECT_EQ(report_of(analysis, rules).whole.confidence.value, 0);
  analysis.modules[0].bad_bytes = 0;
  analysis.modules[0].exhausted = true;
  EXPECT_EQ(report_of(analysis, rules).whole.confidence.value, 0.76);
  analysis.modules[0].exhausted = false;
  analysis.findings.push_back(make_finding(rules, "code.exec", 0, 3, "f", "builtins.exec", "exec(x)"));
  analysis.findings[0].unknown = true;
  EXPECT_EQ(report_of(analysis, rules).whole.confidence.value, 0.86);
}

TEST(Score, FilesThatWereNotReadLowerTheConfidence) {
  const RuleSet rules = test_rules();
  Analysis analysis = clean_module();
  analysis.unread = {{"big.py", 0, "is too large"}, {"sums.py", 3, "has syntax that is not Python's"}};
  const Report report = report_of(analysis, rules);
  EXPECT_EQ(report.whole.confidence.value, 0.48);
  EXPECT_EQ(report.modules[0].confidence.value, 0.95);
  EXPECT_EQ(report.whole.confidence.because[1].text, "1 file was not read.");
}

TEST(Score, ModulesThatWereNotRead) {
  const RuleSet rules = test_rules();
  Analysis analysis = clean_module();
  analysis.modules.push_back(make_module("z.py", "z"));
  analysis.modules[1].lines = 0;
  analysis.unread = {{"z.py", 0, "is not UTF-8"}, {"sums.py", 0, "has null bytes"}};
  const Report report = report_of(analysis, rules);
  EXPECT_EQ(report.whole.confidence.value, 0.48);
  EXPECT_EQ(report.modules[0].confidence.value, 0.95);
  EXPECT_EQ(report.modules[1].confidence.value, 0);
  EXPECT_EQ(report.modules[1].purpose[0].text, "It could not be read: it is not UTF-8.");
  EXPECT_EQ(report.modules[1].path, "z.py");
  EXPECT_EQ(report.modules[1].report_number, 3);
  analysis.modules.erase(analysis.modules.begin());
  EXPECT_EQ(report_of(analysis, rules).whole.confidence.value, 0);
}

TEST(Score, EveryScoreSaysWhy) {
  const RuleSet rules = test_rules();
  for (const Analysis& analysis : {remote_plugin(rules), clean_module(), Analysis()}) {
    const Report report = report_of(analysis, rules);
    for (const Score* score : {&report.whole.confidence, &report.whole.obfuscated, &report.whole.malware,
                               &report.whole.security_risk}) {
      ASSERT_FALSE(score->because.empty());
      for (const Sentence& sentence : score->because)
        EXPECT_FALSE(sentence.findings.empty()) << sentence.text;
    }
  }
}

}  // namespace
}  // namespace pilothouse::audit
