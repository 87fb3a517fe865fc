#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/json_parse.h"
#include "trust/audit/report/facts.h"
#include "trust/audit/report/prose.h"
#include "trust/audit/report/test_analyses.h"

namespace pilothouse::audit {
namespace {

std::string all_of(const std::vector<Sentence>& sentences) {
  std::string text;
  for (const Sentence& sentence : sentences) text += sentence.text + "\n";
  return text;
}

// Every sentence has evidence, and none of it is out of range.
void check_evidence(const Report& report, const Section& section) {
  const auto check = [&](const std::string& text, const std::vector<std::uint32_t>& findings) {
    EXPECT_FALSE(findings.empty()) << text;
    EXPECT_TRUE(text.ends_with('.') || text.ends_with('"')) << text;
    for (const std::uint32_t index : findings) ASSERT_LT(index, report.analysis.findings.size()) << text;
  };
  for (const auto* part : {&section.purpose, &section.sources, &section.sinks, &section.anomalies,
                           &section.analysis, &section.conclusion}) {
    EXPECT_FALSE(part->empty());
    EXPECT_LE(part->size(), kMostSentences + 2);
    for (const Sentence& sentence : *part) check(sentence.text, sentence.findings);
  }
  EXPECT_LE(section.flows.size(), kMostSentences);
  for (const FlowSentence& flow : section.flows) check(flow.text, flow.findings);
}

TEST(MakeReport, TheModuleThatIsReplaced) {
  const RuleSet rules = test_rules();
  const Report report = make_report(remote_plugin(rules), rules);
  const Section& whole = report.whole;
  check_evidence(report, whole);
  EXPECT_EQ(all_of(whole.purpose),
            "Its docstring says: \"Analytics for clusters.\"\n"
            "It defines 7 functions: `register`, `dask_setup`, `list_clusters`, `list_computations`, "
            "`list_events`, "
            "`list_exceptions` and 1 more.\n"
            "`list_clusters`, `list_computations`, `list_events`, `list_exceptions` and `close` are standard "
            "wrappers of "
            "`coiled.Cloud`.\n"
            "It uses `coiled`, `dask` and `urllib3`.\n");
  EXPECT_EQ(
      all_of(whole.sources),
      "It reads from the network, at 2 places: `urllib3.PoolManager().request()` in `register` (line 12) and "
      "`dask_setup` (line 32).\n");
  EXPECT_EQ(
      all_of(whole.sinks),
      "It runs code that it makes at run time, at 2 places: `exec` in `register` (line 17) and `dask_setup` "
      "(line 37).\n");
  ASSERT_EQ(whole.flows.size(), 2);
  EXPECT_EQ(whole.flows[0].text,
            "In `register`, what comes from the network by `urllib3.PoolManager().request()` (line 12) is "
            "run as code by "
            "`exec` (line 17), in 3 steps; nothing checks it on the way.");
  EXPECT_EQ(whole.flows[0].findings, (std::vector<std::uint32_t>{2, 0, 1}));
  EXPECT_EQ(all_of(whole.anomalies),
            "Remote code is run without validation, in `register` and `dask_setup`.\n"
            "No obfuscation and no hard-coded credentials were found.\n");
  EXPECT_EQ(all_of(whole.analysis),
            "The main concern is in `register` and `dask_setup`: what comes from the network is run as code "
            "(2 flows); "
            "whoever controls that server, or stands on the way to it, decides what this process runs.\n"
            "`list_clusters`, `list_computations`, `list_events`, `list_exceptions` and `close` are standard "
            "wrappers of "
            "`coiled.Cloud`, and no flow passes through them.\n");
  EXPECT_EQ(all_of(whole.conclusion),
            "The risk is high (0.90) because what comes from the network is run as code without a check.\n"
            "Harmful code looks like this, and so does careless code (0.60).\n"
            "Compare a pinned hash or verify a signature before the bytes are used.\n");
}

TEST(MakeReport, WrappersAreOfWhatTheirCallsGoTo) {
  const RuleSet rules = test_rules();
  Analysis analysis = clean_module();
  analysis.modules[0].definitions = {
      {"get", "function", 3, "", {"requests.get"}, true},
      {"listed", "function", 9, "", {"coiled.Cloud", "coiled.Cloud().listed"}, true},
      {"own", "function", 12, "", {"coiled.Cloud().own"}, false},
      {"nothing", "function", 15, "", {}, true}};
  const Report report = make_report(std::move(analysis), rules);
  EXPECT_EQ(report.whole.purpose[1].text, "`listed` is a standard wrapper of `coiled.Cloud`.");
  EXPECT_EQ(report.whole.purpose[2].text, "`get` is a standard wrapper of `requests`.");
  ASSERT_EQ(report.whole.purpose.size(), 3);
  const Finding& fact = report.analysis.findings[report.whole.purpose[2].findings[0]];
  EXPECT_EQ(fact.rule->id, "module.wraps");
  EXPECT_EQ(fact.name, "get");
  EXPECT_EQ(fact.place.line, 3);
}

TEST(MakeReport, ACheckIsSaid) {
  const RuleSet rules = test_rules();
  Analysis analysis = clean_module();
  add_remote_code(analysis, rules, 0, 3, "load", "hash");
  const Report report = make_report(std::move(analysis), rules);
  check_evidence(report, report.whole);
  EXPECT_NE(report.whole.flows[0].text.find("; the hash of the bytes is compared first."), std::string::npos);
  EXPECT_EQ(all_of(report.whole.anomalies),
            "Nothing unusual was found.\nNo obfuscation and no hard-coded credentials were found.\n");
  EXPECT_EQ(report.whole.security_risk.because[0].text,
            "Code from the network that is executed (flow.remote-code) weighs 0.30: in `load` (line 8); it "
            "weighs less "
            "since a hash is checked first.");
  EXPECT_EQ(report.whole.conclusion[0].text,
            "The risk is low (0.30) because what comes from the network is run as code, though only after "
            "its hash was "
            "checked.");
}

TEST(MakeReport, NothingIsSaidToBeAbsentThatWasNotLookedFor) {
  Analysis analysis = clean_module();
  RuleSet none;
  EXPECT_EQ(all_of(make_report(analysis, none).whole.anomalies), "Nothing unusual was found.\n");
  RuleSet some = test_rules();
  std::erase_if(some.rules, [](const auto& rule) { return rule->cwe == 798; });
  EXPECT_EQ(all_of(make_report(analysis, some).whole.anomalies),
            "Nothing unusual was found.\nNo obfuscation was found.\n");
  const RuleSet rules = test_rules();
  analysis.findings.push_back(make_finding(rules, "obfuscation.long-line", 0, 1, "", "", "x = 1"));
  EXPECT_EQ(all_of(make_report(analysis, rules).whole.anomalies),
            "The module does what is dangerous (line 1).\nNo hard-coded credentials were found.\n");
}

TEST(MakeReport, LargeInputsStayShort) {
  const RuleSet rules = test_rules();
  Analysis analysis;
  analysis.name = "many";
  analysis.kind = "directory";
  std::vector<std::string> paths;
  paths.reserve(300);
  for (int i = 0; i < 300; ++i) paths.push_back("p/m" + std::to_string(1000 + i) + ".py");
  for (std::uint32_t i = 0; i < 300; ++i) {
    analysis.modules.push_back(make_module(paths[i].c_str(), ("p.m" + std::to_string(1000 + i)).c_str()));
    for (int k = 0; k < 20; ++k) {
      analysis.modules.back().definitions.push_back(
          {"f" + std::to_string(k), "function", 1, "", {"a.b.c"}, true});
    }
    add_remote_code(analysis, rules, i, 3, "f");
  }
  const Report report = make_report(std::move(analysis), rules);
  check_evidence(report, report.whole);
  for (const Section& section : report.modules) check_evidence(report, section);
  EXPECT_EQ(report.whole.report_number, 1);
  EXPECT_EQ(report.modules[0].report_number, 2);
  EXPECT_EQ(report.modules[299].report_number, 301);
  EXPECT_EQ(report.whole.flows.back().text.substr(0, 15), "289 more flows,");
  EXPECT_TRUE(report.whole.flows.back().rest);
  for (const Sentence& sentence : report.whole.analysis) EXPECT_LT(sentence.text.size(), 600);
}

TEST(MakeReport, NothingToRead) {
  const RuleSet rules = test_rules();
  Analysis analysis;
  analysis.name = "empty";
  analysis.kind = "directory";
  analysis.unread = {{"a.py", 0, "cannot be opened"}};
  const Report report = make_report(analysis, rules);
  EXPECT_EQ(report.whole.confidence.value, 0);
  EXPECT_EQ(report.whole.conclusion[0].text,
            "Nothing is known of it: what could not be read may do anything.");
  EXPECT_TRUE(base::parse_json(to_json(report)).has_value());
  analysis.unread.clear();
  EXPECT_EQ(make_report(analysis, rules).whole.conclusion[0].text,
            "There is nothing in it that Python would run.");
}

TEST(MakeReport, TheInsideOfAPackageHasItsName) {
  const RuleSet rules = test_rules();
  Analysis analysis;
  analysis.name = "package";
  analysis.kind = "directory";
  analysis.modules = {make_module("__init__.py", ""), make_module("net/core.py", "net.core")};
  analysis.modules[0].doc = "Says what it is.";
  const Report report = make_report(std::move(analysis), rules);
  EXPECT_EQ(report.whole.purpose[0].text, "It is a directory with 2 modules and 240 lines: `package`.");
  EXPECT_EQ(report.whole.purpose[1].text, "The docstring of `__init__.py` says: \"Says what it is.\"");
}

TEST(MakeReport, JsonHasTheFieldsInTheirOrder) {
  const RuleSet rules = test_rules();
  const std::string text = to_json(make_report(remote_plugin(rules), rules));
  EXPECT_EQ(text, to_json(make_report(remote_plugin(rules), rules)));
  const auto parsed = base::parse_json(text);
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  std::string keys;
  for (const auto& member : parsed->get_object()) keys += std::string(member.key()) + " ";
  EXPECT_EQ(
      keys,
      "purpose sources sinks flows anomalies analysis conclusion confidence obfuscated malware securityRisk "
      "report_number because modules findings accepted unread subject rules format ");
  EXPECT_EQ(parsed->at("securityRisk").to_number<double>(), 0.9);
  const auto& flow = parsed->at("flows").at(0);
  EXPECT_EQ(flow.at("source").get_string(), "urllib3.PoolManager().request()");
  EXPECT_EQ(flow.at("steps").as_array().size(), 3);
  EXPECT_EQ(flow.at("steps").at(0).at("file").get_string(), "analytics.py");
  const auto& findings = parsed->at("findings").as_array();
  for (std::size_t i = 0; i < findings.size(); ++i)
    EXPECT_EQ(findings[i].at("id").to_number<std::size_t>(), i + 1);
  EXPECT_EQ(findings[2].at("role").get_string(), "flow");
  EXPECT_EQ(findings.back().at("role").get_string(), "fact");
}

TEST(MakeReport, TheHashIsThatOfTheText) {
  const RuleSet rules = test_rules();
  const Report one = make_report(remote_plugin(rules), rules);
  EXPECT_EQ(report_sha256(one).size(), 64);
  EXPECT_NE(report_sha256(one), report_sha256(make_report(clean_module(), rules)));
}

TEST(MakeReport, HostileNamesStayText) {
  const RuleSet rules = test_rules();
  Analysis analysis = clean_module();
  analysis.modules[0].path = "a\x1b[2J\n`b\xFF.py";
  analysis.modules[0].doc = "Hello \x1b]0;x\x07 `there` \xE2\x80\xAE";
  add_remote_code(analysis, rules, 0, 3, "f\x1b[31m");
  const Report report = make_report(std::move(analysis), rules);
  check_evidence(report, report.whole);
  const std::string text = to_json(report);
  EXPECT_TRUE(base::parse_json(text).has_value());
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
}

TEST(Facts, AreAddedOnce) {
  Analysis analysis = clean_module();
  FactBook facts(analysis);
  EXPECT_EQ(facts.add(Fact::kModule, 0, 1, "x", "m"), 0);
  EXPECT_EQ(facts.add(Fact::kDefines, 0, 1, "x", "m"), 1);
  EXPECT_EQ(facts.add(Fact::kModule, 0, 1, "y", "m"), 0);
  EXPECT_EQ(analysis.findings.size(), 2);
  for (const Finding& finding : analysis.findings) EXPECT_TRUE(is_fact(finding));
  EXPECT_TRUE(std::is_sorted(fact_rules().begin(), fact_rules().end(),
                             [](const Rule* a, const Rule* b) { return a->id < b->id; }));
}

}  // namespace
}  // namespace pilothouse::audit
