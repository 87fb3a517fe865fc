#include "trust/audit/engine/rule_index.h"

#include <algorithm>

namespace pilothouse::audit {
namespace {

constexpr std::size_t kMaxSearched = 1U << 20;

bool holds(const std::vector<std::string>& list, const std::string& what) {
  return std::ranges::find(list, what) != list.end();
}

// Code that runs at installation runs at import as well.
bool in_phase(std::string_view where, std::string_view phase) {
  return where.empty() || where == phase || (where == "import" && phase == "install");
}

// A rule for the very phase goes before one for a wider one, then the heavier before the lighter.
std::pair<int, double> rank(const Rule& rule) {
  return {rule.where == "install"  ? 2
          : rule.where == "import" ? 1
                                   : 0,
          rule.weights.risk + rule.weights.malware};
}

}  // namespace

void RuleIndex::Which::add(const std::vector<std::string>& more, const Rule* rule) {
  for (const std::string& pattern : more) {
    // The loader has taken every pattern once already.
    (void)patterns.add(pattern, static_cast<std::uint32_t>(rules.size()));
    rules.push_back(rule);
  }
}

std::vector<const Rule*> RuleIndex::Which::match(std::string_view path) const {
  std::vector<const Rule*> result;
  for (const std::uint32_t id : patterns.match(path)) {
    if (std::ranges::find(result, rules[id]) == result.end()) result.push_back(rules[id]);
  }
  return result;
}

RuleIndex::RuleIndex(const RuleSet& rules) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(64 << 20);
  options.set_encoding(RE2::Options::EncodingLatin1);
  strings_ = std::make_unique<RE2::Set>(options, RE2::UNANCHORED);
  for (const auto& shared : rules.rules) {
    const Rule* rule = shared.get();
    calls_.add(rule->calls, rule);
    reads_.add(rule->reads, rule);
    writes_.add(rule->writes, rule);
    decorators_.add(rule->decorators, rule);
    bases_.add(rule->bases, rule);
    if (rule->kind == Kind::kFlow) flows_.push_back(rule);
    if (rule->kind == Kind::kMeasure) measures_.push_back(rule);
    if (rule->kind == Kind::kString) {
      for (const std::string& expression : rule->strings) {
        if (strings_->Add(expression, nullptr) >= 0) string_rules_.push_back(rule);
      }
      for (const std::string& expression : rule->without) {
        unless_[rule].push_back(std::make_unique<RE2>(expression, options));
      }
    }
    if (rule->kind == Kind::kSource && rule->label == "caller") caller_ = rule;
  }
  strings_->Compile();
}

const PathRules& RuleIndex::of(const Values& values, PathId path) {
  if (path >= paths_.size()) paths_.resize(values.path_count());
  std::unique_ptr<PathRules>& known = paths_[path];
  if (!known) {
    const std::string& text = values.path_text(path);
    known = std::make_unique<PathRules>(PathRules{calls_.match(text), reads_.match(text), writes_.match(text),
                                                  decorators_.match(text), bases_.match(text)});
  }
  return *known;
}

bool RuleIndex::matches(const std::string& pattern, std::string_view path) {
  auto found = single_.find(pattern);
  if (found == single_.end()) {
    found = single_.emplace(pattern, Patterns()).first;
    (void)found->second.add(pattern, 0);
  }
  return !found->second.match(path).empty();
}

const RE2& RuleIndex::compiled(const std::string& expression) {
  std::unique_ptr<RE2>& compiled = expressions_[expression];
  if (!compiled) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_encoding(RE2::Options::EncodingLatin1);
    compiled = std::make_unique<RE2>(expression, options);
  }
  return *compiled;
}

bool RuleIndex::searches(const std::string& expression, const std::string& text) {
  return RE2::PartialMatch(text, compiled(expression));
}

std::optional<std::string_view> RuleIndex::first_match(const std::string& expression, std::string_view text) {
  re2::StringPiece match;
  const re2::StringPiece searched(text.data(), text.size());
  if (!compiled(expression).Match(searched, 0, text.size(), RE2::UNANCHORED, &match, 1)) return std::nullopt;
  return std::string_view(match.data(), match.size());
}

const Rule* RuleIndex::flow(const std::string& label, const std::string& category,
                            std::string_view phase) const {
  const Rule* best = nullptr;
  for (const Rule* rule : flows_) {
    if (!in_phase(rule->where, phase) || !holds(rule->from, label) || !holds(rule->to, category)) continue;
    if (best == nullptr || rank(*rule) > rank(*best)) best = rule;
  }
  return best;
}

std::vector<const Rule*> RuleIndex::strings(std::string_view text) const {
  std::vector<const Rule*> result;
  if (string_rules_.empty()) return result;
  std::vector<int> hits;
  const std::string_view searched = text.substr(0, kMaxSearched);
  if (!strings_->Match(re2::StringPiece(searched.data(), searched.size()), &hits)) return result;
  std::ranges::sort(hits);
  for (const int hit : hits) {
    const Rule* rule = string_rules_[static_cast<std::size_t>(hit)];
    if (std::ranges::find(result, rule) != result.end()) continue;
    const auto unless = unless_.find(rule);
    const bool silent =
        unless != unless_.end() && std::ranges::any_of(unless->second, [&](const auto& expression) {
          return RE2::PartialMatch(re2::StringPiece(searched.data(), searched.size()), *expression);
        });
    if (!silent) result.push_back(rule);
  }
  return result;
}

}  // namespace pilothouse::audit
