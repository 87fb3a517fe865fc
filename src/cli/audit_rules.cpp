#include <algorithm>
#include <vector>

#include "cli/audit.h"
#include "cli/text.h"
#include "trust/audit/report/facts.h"
#include "trust/audit/report/words.h"

namespace pilothouse::cli {
namespace {

using base::Errc;
using base::error;

constexpr std::size_t kTitle = 16;  // columns

std::string_view kind_of(const audit::Rule& rule) {
  switch (rule.kind) {
    case audit::Kind::kSource:
      return "source";
    case audit::Kind::kSink:
      return "sink";
    case audit::Kind::kFlow:
      return "flow";
    case audit::Kind::kCheck:
      return "check";
    case audit::Kind::kClean:
      return "clean";
    case audit::Kind::kCall:
      return "call";
    case audit::Kind::kString:
      return "string";
    default:
      return "measure";
  }
}

bool is_fact(const audit::Rule& rule) {
  const auto& facts = audit::fact_rules();
  return std::find(facts.begin(), facts.end(), &rule) != facts.end();
}

// Those of the files, then the facts.
std::vector<const audit::Rule*> all_of(const audit::RuleSet& rules) {
  std::vector<const audit::Rule*> all;
  all.reserve(rules.rules.size());
  for (const auto& rule : rules.rules) all.push_back(rule.get());
  all.insert(all.end(), audit::fact_rules().begin(), audit::fact_rules().end());
  return all;
}

void add_line(std::string& text, std::string_view title, std::string_view content) {
  if (content.empty()) return;
  std::string line(title);
  line.resize(std::max<std::size_t>(kTitle, line.size() + 1), ' ');
  text += "  " + line + one_line(content) + "\n";
}

void add_list(std::string& text, std::string_view title, const std::vector<std::string>& items) {
  for (const std::string& item : items) {
    add_line(text, title, item);
    title = "";
  }
}

std::string weights_of(const audit::Weights& weights) {
  return "risk " + audit::decimals(weights.risk) + ", malware " + audit::decimals(weights.malware) +
         ", obfuscated " + audit::decimals(weights.obfuscated);
}

void add_examples(std::string& text, const AuditStyle& style, std::string_view title,
                  const std::vector<audit::Example>& examples) {
  for (const audit::Example& example : examples) {
    text += "\n" + style.paint(Ink::kBold, title) + " (" + one_line(example.file) + ")\n";
    std::string_view rest = example.code;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      text +=
          "  " + std::string(style.box("\xE2\x94\x82", "|")) + " " + many_lines(rest.substr(0, end)) + "\n";
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

}  // namespace

base::Result<std::string> explain_rule(const audit::RuleSet& rules, std::string_view id,
                                       const AuditStyle& style) {
  const std::vector<const audit::Rule*> all = all_of(rules);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const audit::Rule* rule) { return rule->id == id; });
  if (found == all.end()) {
    return error(Errc::kNotFound, "there is no rule \"" + std::string(id) +
                                      "\"\nSee what there is with: pilothouse audit --list-rules");
  }
  const audit::Rule& rule = **found;
  std::string text = style.paint(Ink::kBold, one_line(rule.id)) + "  " + one_line(rule.title) + "\n\n";
  text += style.wrap(rule.about, 2);
  if (!rule.about.empty()) text += "\n";
  add_line(text, "kind", is_fact(rule) ? "fact" : kind_of(rule));
  add_line(text, "label", rule.label);
  add_line(text, "category", rule.category);
  add_line(text, "proof", rule.proof);
  add_line(text, "measure", rule.measure);
  if (!rule.measure.empty()) add_line(text, "at least", audit::decimals(rule.at_least));
  if (rule.cwe > 0) add_line(text, "weakness", "CWE-" + std::to_string(rule.cwe));
  add_list(text, "from", rule.from);
  add_list(text, "to", rule.to);
  add_line(text, "where", rule.where);
  add_list(text, "calls", rule.calls);
  add_list(text, "reads", rule.reads);
  add_list(text, "writes", rule.writes);
  add_list(text, "decorators", rule.decorators);
  add_list(text, "bases", rule.bases);
  add_list(text, "strings", rule.strings);
  if (!is_fact(rule)) add_line(text, "weighs", weights_of(rule.weights));
  for (const auto& [proof, weights] : rule.when_checked) add_line(text, "with " + proof, weights_of(weights));
  add_list(text, "see", rule.references);
  add_examples(text, style, "Matches", rule.matching);
  add_examples(text, style, "Does not match", rule.not_matching);
  return text;
}

std::string list_rules(const audit::RuleSet& rules, const AuditStyle& style) {
  const std::vector<const audit::Rule*> all = all_of(rules);
  std::size_t width = 0;
  for (const audit::Rule* rule : all) width = std::max(width, rule->id.size());
  std::string text;
  for (const audit::Rule* rule : all) {
    std::string id = one_line(rule->id);
    id.resize(std::max(width, id.size()), ' ');
    std::string kind(is_fact(*rule) ? "fact" : kind_of(*rule));
    kind.resize(7, ' ');
    text += style.paint(Ink::kBold, id) + "  " + kind + "  " + one_line(rule->title) + "\n";
  }
  return text;
}

}  // namespace pilothouse::cli
