#include "trust/audit/report/sarif.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/json_parse.h"
#include "trust/audit/report/test_analyses.h"

namespace pilothouse::audit {
namespace {

boost::json::value parsed(const std::string& text) {
  auto value = base::parse_json(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *value : boost::json::value();
}

TEST(Sarif, FlowsAreCodeFlows) {
  const RuleSet rules = test_rules();
  const Report report = make_report(remote_plugin(rules), rules);
  const auto log = parsed(to_sarif({&report}));
  EXPECT_EQ(log.at("version").get_string(), "2.1.0");
  const auto& run = log.at("runs").at(0);
  const auto& results = run.at("results").as_array();
  ASSERT_EQ(results.size(), 2);  // sources and sinks weigh nothing
  EXPECT_EQ(results[0].at("ruleId").get_string(), "flow.remote-code");
  EXPECT_EQ(results[0].at("level").get_string(), "error");
  const auto& steps = results[0].at("codeFlows").at(0).at("threadFlows").at(0).at("locations").as_array();
  ASSERT_EQ(steps.size(), 3);
  EXPECT_EQ(steps[1].at("location").at("message").at("text").get_string(), "compiled");
  EXPECT_EQ(run.at("tool").at("driver").at("rules").as_array().size(), 1);
  EXPECT_EQ(run.at("properties").at("securityRisk").to_number<double>(), 0.9);
}

TEST(Sarif, WhatIsAcceptedIsSuppressed) {
  const RuleSet rules = test_rules();
  const Report before = make_report(remote_plugin(rules), rules);
  Baseline baseline;
  baseline.reasons[before.fingerprints[2]] = "we run that server";
  const Report report = make_report(remote_plugin(rules), rules, baseline);
  const auto log = parsed(to_sarif({&report}));
  const auto& results = log.at("runs").at(0).at("results").as_array();
  ASSERT_EQ(results.size(), 2);
  EXPECT_EQ(results[0].at("suppressions").at(0).at("justification").get_string(), "we run that server");
  EXPECT_FALSE(results[1].as_object().contains("suppressions"));
}

TEST(Sarif, PathsAreUrisAndUnreadFilesNotifications) {
  const RuleSet rules = test_rules();
  Analysis analysis = clean_module();
  analysis.modules[0].path = "a b/c:\xFF#.py";
  analysis.unread = {{"\x1b.py", 3, "has null bytes"}};
  const Report report = make_report(std::move(analysis), rules);
  const auto log = parsed(to_sarif({&report, &report}));
  ASSERT_EQ(log.at("runs").as_array().size(), 2);
  const auto& run = log.at("runs").at(0);
  EXPECT_EQ(run.at("artifacts").at(0).at("location").at("uri").get_string(), "a%20b/c%3A%FF%23.py");
  const auto& notification = run.at("invocations").at(0).at("toolExecutionNotifications").at(0);
  EXPECT_EQ(notification.at("message").at("text").get_string(), "It was not read: it has null bytes.");
  EXPECT_EQ(
      notification.at("locations").at(0).at("physicalLocation").at("artifactLocation").at("uri").get_string(),
      "%1B.py");
}

}  // namespace
}  // namespace pilothouse::audit
