#pragma once

#include <memory>
#include <string>
#include <utility>

#include "trust/audit/analysis.h"

// Analyses made by hand, for the tests of reports.
namespace pilothouse::audit {

inline RuleSet test_rules() {
  RuleSet rules;
  rules.digest = std::string(64, 'd');
  const auto add = [&](const char* id, Kind kind, const char* title, auto set) {
    Rule rule;
    rule.id = id;
    rule.family = rule.id.substr(0, rule.id.find('.'));
    rule.kind = kind;
    rule.title = title;
    rule.about = "Why " + rule.id + " matters.";
    set(rule);
    rules.rules.push_back(std::make_shared<const Rule>(std::move(rule)));
  };
  add("code.exec", Kind::kSink, "code that is executed", [](Rule& rule) { rule.category = "code"; });
  add("credentials.password", Kind::kString, "hard-coded password", [](Rule& rule) {
    rule.cwe = 798;
    rule.weights.risk = 0.3;
  });
  add("environment.read", Kind::kSource, "environment variable",
      [](Rule& rule) { rule.label = "environment"; });
  add("flow.remote-code", Kind::kFlow, "code from the network that is executed", [](Rule& rule) {
    rule.cwe = 94;
    rule.weights = {0.9, 0.6, 0};
    rule.references = {"https://cwe.mitre.org/data/definitions/94.html"};
  });
  add("network.urllib3", Kind::kSource, "HTTP answer read with urllib3",
      [](Rule& rule) { rule.label = "network"; });
  add("obfuscation.long-line", Kind::kMeasure, "very long line",
      [](Rule& rule) { rule.weights.obfuscated = 0.4; });
  return rules;
}

inline const Rule* test_rule(const RuleSet& rules, std::string_view id) {
  for (const auto& rule : rules.rules) {
    if (rule->id == id) return rule.get();
  }
  return nullptr;
}

inline Finding make_finding(const RuleSet& rules, const char* id, std::uint32_t file, std::uint32_t line,
                            const char* function, const char* name, const char* code) {
  Finding finding;
  finding.rule = test_rule(rules, id);
  finding.place = {file, line, 5, line, 20};
  finding.function = function;
  finding.name = name;
  finding.code = code;
  finding.message = finding.rule->kind == Kind::kSource ? "reads what is outside" : "does what is dangerous";
  finding.weights = finding.rule->weights;
  return finding;
}

// What comes from the network in `function` at `line` is executed five lines on.
inline void add_remote_code(Analysis& analysis, const RuleSet& rules, std::uint32_t file, std::uint32_t line,
                            const char* function, const char* checked = "") {
  const auto source = static_cast<std::uint32_t>(analysis.findings.size());
  analysis.findings.push_back(make_finding(rules, "network.urllib3", file, line, function,
                                           "urllib3.PoolManager().request()",
                                           "answer = pool.request('GET', url)"));
  analysis.findings.push_back(make_finding(rules, "code.exec", file, line + 5, function, "builtins.exec",
                                           "exec(code, module.__dict__)"));
  Finding flow = make_finding(rules, "flow.remote-code", file, line + 5, function, "builtins.exec",
                              "exec(code, module.__dict__)");
  flow.message = "code from the network is executed";
  flow.checked = checked;
  if (!flow.checked.empty()) flow.weights = {0.3, 0.05, 0};
  flow.source = source;
  flow.sink = source + 1;
  flow.functions = {function};
  flow.steps = {
      {{file, line, 14, line, 40},
       "read from the network by urllib3.PoolManager().request()",
       function,
       "answer = pool.request('GET', url)"},
      {{file, line + 3, 12, line + 3, 30}, "compiled", function, "code = compile(answer.data, url, 'exec')"},
      {{file, line + 5, 5, line + 5, 30}, "executed by exec()", function, "exec(code, module.__dict__)"}};
  analysis.findings.push_back(std::move(flow));
}

inline Module make_module(const char* path, const char* name) {
  Module module;
  module.path = path;
  module.name = name;
  module.sha256 = std::string(64, 'a');
  module.bytes = 4000;
  module.lines = 120;
  return module;
}

// The module that the project replaces: two functions fetch and execute, five wrap an interface.
inline Analysis remote_plugin(const RuleSet& rules) {
  Analysis analysis;
  analysis.name = "analytics.py";
  analysis.kind = "file";
  Module module = make_module("analytics.py", "analytics");
  module.doc = "Analytics for clusters.";
  module.imports = {"coiled", "dask.config", "urllib3"};
  module.definitions = {{"register", "function", 10, "", {}, false},
                        {"dask_setup", "function", 30, "", {}, false}};
  std::uint32_t line = 50;
  for (const char* name : {"list_clusters", "list_computations", "list_events", "list_exceptions", "close"}) {
    module.definitions.push_back({name, "function", line, "", {std::string("coiled.Cloud().") + name}, true});
    line += 5;
  }
  analysis.modules.push_back(std::move(module));
  add_remote_code(analysis, rules, 0, 12, "register");
  add_remote_code(analysis, rules, 0, 32, "dask_setup");
  return analysis;
}

inline Analysis clean_module() {
  Analysis analysis;
  analysis.name = "sums.py";
  analysis.kind = "file";
  analysis.modules.push_back(make_module("sums.py", "sums"));
  analysis.modules[0].definitions = {{"add", "function", 1, "", {}, false}};
  return analysis;
}

}  // namespace pilothouse::audit
