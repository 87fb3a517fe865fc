#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "trust/audit/report/prose.h"
#include "trust/audit/report/words.h"

namespace pilothouse::audit {
namespace {

constexpr std::size_t kLongestMessage = 260;

bool is_anomaly(const Finding& finding) {
  return finding.rule->kind == Kind::kCall || finding.rule->kind == Kind::kString ||
         finding.rule->kind == Kind::kMeasure;
}

double weight_of(const Finding& finding) {
  return std::max({finding.weights.risk, finding.weights.malware, finding.weights.obfuscated});
}

struct Group {
  const Rule* rule = nullptr;
  double weight = 0;
  std::vector<std::uint32_t> findings;
};

std::vector<Group> groups_of(const Scope& scope) {
  std::map<std::string_view, Group> by_rule;
  for (const std::uint32_t index : scope.findings) {
    const Finding& finding = scope.finding(index);
    if (!is_anomaly(finding)) continue;
    Group& group = by_rule[finding.rule->id];
    group.rule = finding.rule;
    group.weight = std::max(group.weight, weight_of(finding));
    group.findings.push_back(index);
  }
  std::vector<Group> groups;
  groups.reserve(by_rule.size());
  for (auto& [id, group] : by_rule) groups.push_back(std::move(group));
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return a.weight > b.weight; });
  return groups;
}

// "`run` starts a shell with `os.system` (line 3); so do 4 more places, in `a` (line 5) and ..."
std::string text_of(const Scope& scope, const Group& group) {
  const Finding& first = scope.finding(group.findings.front());
  std::string message = shortened(first.message.empty() ? first.rule->title : first.message, kLongestMessage);
  const bool is_verb = !message.empty() && message[0] >= 'a' && message[0] <= 'z' && !first.message.empty();
  std::string text;
  if (is_verb) {
    const bool has_module = first.place.file < scope.analysis().modules.size();
    const std::string module =
        scope.single() || !has_module ? "" : named(scope.module(first.place.file).path);
    if (!first.function.empty()) {
      text = named(first.function) + (module.empty() ? "" : " of " + module);
    } else {
      text = module.empty() ? "The module" : module;
    }
    text += " " + message + " (line " + std::to_string(first.place.line) + ")";
  } else {
    text = upper_first(std::move(message)) + " in " + scope.where(first);
  }
  if (group.findings.size() > 1) {
    const std::vector<std::uint32_t> others(group.findings.begin() + 1, group.findings.end());
    text += "; there " + std::string(others.size() == 1 ? "is " : "are ") +
            count_of(others.size(), "more finding") + " like it, in " + scope.where(others, 3);
  }
  return text + ".";
}

void say_what_is_absent(Scope& scope, std::vector<Sentence>& sentences) {
  bool obfuscated = false;
  bool credentials = false;
  for (const std::uint32_t index : scope.findings) {
    obfuscated = obfuscated || scope.finding(index).weights.obfuscated > 0;
    credentials = credentials || is_credential(*scope.finding(index).rule);
  }
  std::vector<std::string> absent;
  if (looks_for_obfuscation(scope.rules()) && !obfuscated) absent.emplace_back("no obfuscation");
  if (looks_for_credentials(scope.rules()) && !credentials) absent.emplace_back("no hard-coded credentials");
  if (absent.empty() || scope.modules.empty()) return;
  const std::string text = absent.size() == 1 ? absent[0] : absent[0] + " and " + absent[1];
  sentences.push_back({upper_first(text) + " were found.", scope.all_that_was_read()});
  if (absent.size() == 1 && !obfuscated) sentences.back().text = upper_first(text) + " was found.";
}

}  // namespace

bool is_credential(const Rule& rule) { return rule.cwe == 798 || rule.cwe == 259 || rule.cwe == 321; }

bool looks_for_credentials(const RuleSet& rules) {
  return std::any_of(rules.rules.begin(), rules.rules.end(),
                     [](const auto& rule) { return is_credential(*rule); });
}

bool looks_for_obfuscation(const RuleSet& rules) {
  return std::any_of(rules.rules.begin(), rules.rules.end(),
                     [](const auto& rule) { return rule->weights.obfuscated > 0; });
}

std::vector<std::uint32_t> unchecked_remote_code(const Scope& scope) {
  std::vector<std::uint32_t> flows;
  for (const std::uint32_t index : scope.findings) {
    const Finding& flow = scope.finding(index);
    if (flow.rule->kind != Kind::kFlow || !flow.checked.empty()) continue;
    const std::string_view label = scope.label_of(flow);
    const std::string_view category = scope.category_of(flow);
    const bool remote = label == "network" || label == "message";
    const bool run = category == "code" || category == "compile" || category == "unpickle" ||
                     category == "native" || category == "import" || category == "register";
    if (remote && run) flows.push_back(index);
  }
  return flows;
}

std::vector<Sentence> anomalies_of(Scope& scope) {
  std::vector<Sentence> sentences;
  if (std::vector<std::uint32_t> remote = unchecked_remote_code(scope); !remote.empty()) {
    sentences.push_back(
        {"Remote code is run without validation, in " + scope.functions(remote, 5) + ".", std::move(remote)});
  }
  const std::vector<Group> groups = groups_of(scope);
  constexpr std::size_t kRoom = kMostSentences - 3;
  Sentence rest;
  std::size_t rules = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i < kRoom || groups.size() == kRoom + 1) {
      sentences.push_back({text_of(scope, groups[i]), groups[i].findings});
    } else {
      ++rules;
      rest.findings.insert(rest.findings.end(), groups[i].findings.begin(), groups[i].findings.end());
    }
  }
  if (!rest.findings.empty()) {
    rest.text = "There are " + count_of(rest.findings.size(), "more finding") + " of " +
                count_of(rules, "lighter rule") + ".";
    sentences.push_back(std::move(rest));
  }
  if (sentences.empty()) sentences.push_back({"Nothing unusual was found.", scope.all_that_was_read()});
  say_what_is_absent(scope, sentences);
  return sentences;
}

}  // namespace pilothouse::audit
