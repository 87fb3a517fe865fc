#include "cli/audit_text.h"

#include <gtest/gtest.h>

#include "cli/audit.h"
#include "trust/audit/report/test_analyses.h"

namespace pilothouse::cli {
namespace {

using audit::make_report;

std::optional<std::string_view> no_line(std::string_view, std::uint32_t) { return std::nullopt; }

TEST(AuditText, ShowsTheFlowsOfAModule) {
  const audit::RuleSet rules = audit::test_rules();
  const std::string text =
      audit_text(make_report(audit::remote_plugin(rules), rules), AuditStyle(), no_line, 20);
  EXPECT_EQ(text.find("analytics.py  file, 120 lines\n\n  risk        ##################..  0.90\n"), 0)
      << text;
  EXPECT_NE(text.find("\nerror[flow.remote-code]: code from the network is executed\n"
                      " --> analytics.py:17:5 in register   risk 0.90, malware 0.60\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  12 , read from the network by urllib3.PoolManager().request()\n"), std::string::npos)
      << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(AuditText, TheHeaviestAreShown) {
  const audit::RuleSet rules = audit::test_rules();
  audit::Analysis analysis = audit::remote_plugin(rules);
  analysis.findings.insert(analysis.findings.begin(),
                           audit::make_finding(rules, "credentials.password", 0, 1, "", "x", "p = 'x'"));
  for (audit::Finding& finding : analysis.findings) {
    ++finding.source;
    ++finding.sink;
  }
  const std::string text = audit_text(make_report(analysis, rules), AuditStyle(), no_line, 2);
  EXPECT_EQ(text.find("[credentials.password]"), std::string::npos);
  EXPECT_NE(text.find("The 2 heaviest findings of 3 are shown; --limit 0 shows all.\n"), std::string::npos);
  EXPECT_NE(audit_text(make_report(analysis, rules), AuditStyle(), no_line, 1)
                .find("The heaviest finding of 3 is shown; --limit 0 shows all.\n"),
            std::string::npos);
  EXPECT_NE(audit_text(make_report(analysis, rules), AuditStyle(), no_line, 0).find("[credentials.password]"),
            std::string::npos);
}

TEST(AuditText, NothingOfTheSourceSteersTheTerminal) {
  const audit::RuleSet rules = audit::test_rules();
  audit::Analysis analysis = audit::clean_module();
  analysis.name = "\x1b[2J";
  analysis.kind = "\x1b[2J";
  analysis.modules[0].path = "\x1b[2J\n.py";
  analysis.modules[0].doc = "\x1b]0;x\x07";
  audit::add_remote_code(analysis, rules, 0, 3, "f\x1b[2J");
  for (audit::Finding& finding : analysis.findings) {
    finding.message = "\x1b[2J";
    finding.code = "\x1b[2J";
    finding.name = "\x1b[2J";
    finding.layers = {"\x1b[2J"};
    for (audit::Step& step : finding.steps) step.what = step.code = step.function = "\x1b[2J";
  }
  analysis.unread = {{"\x1b[2J", 0, "\x1b[2J"}};
  const auto hostile = [](std::string_view, std::uint32_t) {
    return std::optional<std::string_view>("\x1b[2J\xC2\x9B");
  };
  const std::string text = audit_text(make_report(analysis, rules), AuditStyle(), hostile, 0);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
  EXPECT_EQ(text.find("\xC2\x9B"), std::string::npos);
}

TEST(AuditText, NothingFound) {
  const audit::RuleSet rules = audit::test_rules();
  const std::string text = audit_text(make_report(audit::clean_module(), rules), AuditStyle(), no_line, 20);
  EXPECT_NE(text.find("Conclusion\n  The risk is very low (0.00): nothing was found that weighs.\n"),
            std::string::npos)
      << text;
}

TEST(AuditStyle, Wraps) {
  AuditStyle style;
  style.width = 12;
  EXPECT_EQ(style.wrap("one two three four", 2), "  one two\n  three four\n");
  EXPECT_EQ(style.wrap("averyveryverylongword x", 2), "  averyveryverylongword\n  x\n");
  EXPECT_EQ(style.wrap("", 2), "");
}

TEST(AuditRules, AreExplained) {
  const audit::RuleSet rules = audit::test_rules();
  const auto text = explain_rule(rules, "flow.remote-code", AuditStyle());
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text,
            "flow.remote-code  code from the network that is executed\n\n"
            "  Why flow.remote-code matters.\n\n"
            "  kind            flow\n"
            "  weakness        CWE-94\n"
            "  weighs          risk 0.90, malware 0.60, obfuscated 0.00\n"
            "  see             https://cwe.mitre.org/data/definitions/94.html\n");
  EXPECT_TRUE(explain_rule(rules, "module.docstring", AuditStyle()).has_value());
  EXPECT_FALSE(explain_rule(rules, "none", AuditStyle()).has_value());
  EXPECT_EQ(list_rules(rules, AuditStyle()).find("code.exec"), 0);
}

}  // namespace
}  // namespace pilothouse::cli
