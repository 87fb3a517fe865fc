#include "trust/audit/report/facts.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pilothouse::audit {
namespace {

Rule make_rule(const char* id, const char* title, const char* about) {
  Rule rule;
  rule.id = id;
  rule.family = rule.id.substr(0, rule.id.find('.'));
  rule.title = title;
  rule.about = about;
  return rule;
}

const std::array<Rule, 7>& rules() {
  static const std::array<Rule, 7> kRules = {
      make_rule(
          "subject.read", "What was read",
          "How many modules, lines and bytes were read, and by how many rules. It is a fact, not a flaw: "
          "sentences that say that nothing was found rest on it."),
      make_rule("module.read", "A module that was read",
                "How many lines and bytes of the module were read. It is a fact, not a flaw: sentences that "
                "say that "
                "nothing was found rest on it."),
      make_rule("module.unread", "A module that was not read to its end",
                "Syntax errors, or a bound of time or memory. What is there was not looked at, so the "
                "confidence is "
                "lower."),
      make_rule(
          "module.docstring", "A module's docstring",
          "What a module says of itself. It is a fact, not a flaw, and nothing that can be relied upon."),
      make_rule("module.defines", "A definition", "A function, class or method that a module defines."),
      make_rule("module.wraps", "A wrapper",
                "A function that does nothing but call functions of one other module or class, and in which "
                "no rule "
                "has found anything that matters."),
      make_rule("module.imports", "Imports", "The modules of others that a module uses."),
  };
  return kRules;
}

}  // namespace

const Rule& rule_of(Fact fact) { return rules()[static_cast<std::size_t>(fact)]; }

const std::vector<const Rule*>& fact_rules() {
  static const std::vector<const Rule*> kSorted = [] {
    std::vector<const Rule*> sorted;
    for (const Rule& rule : rules()) sorted.push_back(&rule);
    std::sort(sorted.begin(), sorted.end(), [](const Rule* a, const Rule* b) { return a->id < b->id; });
    return sorted;
  }();
  return kSorted;
}

bool is_fact(const Finding& finding) {
  return std::any_of(rules().begin(), rules().end(), [&](const Rule& rule) { return &rule == finding.rule; });
}

std::uint32_t FactBook::add(Fact fact, std::uint32_t file, std::uint32_t line, std::string message,
                            std::string name) {
  const auto index = static_cast<std::uint32_t>(analysis_.findings.size());
  const auto [known, is_new] = known_.try_emplace({fact, file, line, name}, index);
  if (!is_new) return known->second;
  Finding finding;
  finding.rule = &rule_of(fact);
  const std::uint32_t column = line == 0 ? 0 : 1;
  finding.place = {file, line, column, line, column};
  finding.message = std::move(message);
  finding.name = std::move(name);
  analysis_.findings.push_back(std::move(finding));
  return index;
}

}  // namespace pilothouse::audit
