#include "trust/audit/report/baseline.h"

#include <gtest/gtest.h>

#include <set>

#include "trust/audit/report/report.h"
#include "trust/audit/report/test_analyses.h"

namespace pilothouse::audit {
namespace {

TEST(Baseline, FingerprintsSurviveMovedLinesAndBlanks) {
  const RuleSet rules = test_rules();
  Analysis analysis = remote_plugin(rules);
  const auto before = fingerprints_of(analysis);
  EXPECT_EQ(std::set<std::string>(before.begin(), before.end()).size(), before.size());
  for (Finding& finding : analysis.findings) {
    finding.place.line += 7;
    finding.place.end_line += 7;
    finding.code = "  " + finding.code + " ";
  }
  EXPECT_EQ(fingerprints_of(analysis), before);
  analysis.findings[2].code = "exec(other)";
  EXPECT_NE(fingerprints_of(analysis)[2], before[2]);
}

TEST(Baseline, LikeFindingsAreNumbered) {
  const RuleSet rules = test_rules();
  Analysis analysis = clean_module();
  for (std::uint32_t line = 1; line < 4; ++line) {
    analysis.findings.push_back(make_finding(rules, "credentials.password", 0, line, "", "x", "login('x')"));
  }
  const auto all = fingerprints_of(analysis);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 3);
}

TEST(Baseline, WhatIsAcceptedDoesNotWeigh) {
  const RuleSet rules = test_rules();
  const Report before = make_report(remote_plugin(rules), rules);
  const std::string file = write_baseline({&before});
  const auto baseline = read_baseline(file);
  ASSERT_TRUE(baseline.has_value()) << baseline.error().message;
  EXPECT_EQ(baseline->reasons.size(), 2);  // sources and sinks weigh nothing
  const Report after = make_report(remote_plugin(rules), rules, *baseline);
  EXPECT_EQ(after.whole.security_risk.value, 0);
  EXPECT_EQ(after.whole.malware.value, 0);
  EXPECT_TRUE(after.whole.flows.empty());
  EXPECT_EQ(after.accepted.size(), 2);
  std::string analysis;
  for (const Sentence& sentence : after.whole.analysis) analysis += sentence.text + "\n";
  EXPECT_NE(analysis.find(
                "2 findings were accepted before and do not weigh, in `register` (line 17) and `dask_setup` "
                "(line 37)."),
            std::string::npos)
      << analysis;
  EXPECT_EQ(write_baseline({&after}), file);

  Analysis more = remote_plugin(rules);
  add_remote_code(more, rules, 0, 90, "third");
  EXPECT_EQ(make_report(more, rules, *baseline).whole.security_risk.value, 0.9);
}

TEST(Baseline, ReasonsStay) {
  const RuleSet rules = test_rules();
  const Report before = make_report(remote_plugin(rules), rules);
  Baseline baseline;
  baseline.reasons[before.fingerprints[2]] = "we run that server";
  const Report after = make_report(remote_plugin(rules), rules, baseline);
  ASSERT_EQ(after.accepted.size(), 1);
  EXPECT_EQ(after.accepted[0].reason, "we run that server");
  const auto again = read_baseline(write_baseline({&after}));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->reasons.size(), 2);
  EXPECT_EQ(again->reasons.at(before.fingerprints[2]), "we run that server");
}

TEST(Baseline, WhatIsNone) {
  const std::string print(64, 'a');
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{}"), std::string(R"({"format":"x","findings":[]})"),
        std::string(R"({"format":"pilothouse-audit-baseline/1"})"),
        std::string(R"({"format":"pilothouse-audit-baseline/1","findings":[1]})"),
        std::string(R"({"format":"pilothouse-audit-baseline/1","findings":[{"fingerprint":"A"}]})"),
        R"({"format":"pilothouse-audit-baseline/1","findings":[{"fingerprint":")" + print +
            R"(","reason":1}]})",
        R"({"format":"pilothouse-audit-baseline/1","findings":[{"fingerprint":")" + print +
            R"("},{"fingerprint":")" + print + R"("}]})"}) {
    const auto read = read_baseline(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().message.substr(0, 18), "it is no baseline:");
  }
  EXPECT_TRUE(read_baseline(R"({"format":"pilothouse-audit-baseline/1","findings":[{"fingerprint":")" +
                            print + R"("}]})")
                  .has_value());
}

}  // namespace
}  // namespace pilothouse::audit
