#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "trust/audit/report/prose.h"
#include "trust/audit/report/words.h"

// Where values come from and where they go: one sentence for each label and for each category.
namespace pilothouse::audit {
namespace {

constexpr std::size_t kMostNames = 3;
constexpr std::size_t kMostPlaces = 3;

using Group = std::pair<std::string, std::vector<std::uint32_t>>;

std::string names_and_places(const Scope& scope, const std::vector<std::uint32_t>& findings) {
  std::map<std::string, std::size_t> known;
  std::vector<Group> names;
  for (const std::uint32_t index : findings) {
    const Finding& finding = scope.finding(index);
    const std::string& name = finding.name.empty() ? finding.rule->id : finding.name;
    const auto [at, is_new] = known.try_emplace(name, names.size());
    if (is_new) names.emplace_back(name, std::vector<std::uint32_t>());
    names[at->second].second.push_back(index);
  }
  std::stable_sort(names.begin(), names.end(),
                   [](const Group& a, const Group& b) { return a.second.size() > b.second.size(); });
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kMostNames; ++i) {
    if (i > 0) text += "; ";
    text += named(names[i].first) + " in " + scope.where(names[i].second, kMostPlaces);
  }
  if (names.size() > kMostNames) text += "; and " + std::to_string(names.size() - kMostNames) + " more";
  return text;
}

// Findings of one kind, by `key`, with a sentence for each that starts with what `words` says.
template <class Key, class Rank, class Words>
std::vector<Sentence> grouped(Scope& scope, Kind kind, Key key, Rank rank, Words words) {
  std::map<std::pair<std::size_t, std::string>, std::vector<std::uint32_t>> groups;
  for (const std::uint32_t index : scope.findings) {
    const Rule& rule = *scope.finding(index).rule;
    if (rule.kind != kind || is_fact(scope.finding(index))) continue;
    groups[{rank(key(rule)), key(rule)}].push_back(index);
  }
  std::vector<Sentence> sentences;
  Sentence rest;
  for (auto& [group, findings] : groups) {
    if (sentences.size() + 1 >= kMostSentences) {
      rest.findings.insert(rest.findings.end(), findings.begin(), findings.end());
      continue;
    }
    std::string text = "It " + words(group.second);
    if (findings.size() > 1) text += ", at " + count_of(findings.size(), "place");
    sentences.push_back({text + ": " + names_and_places(scope, findings) + ".", std::move(findings)});
  }
  if (!rest.findings.empty()) {
    rest.text = "There are more, at " + count_of(rest.findings.size(), "place") + ".";
    sentences.push_back(std::move(rest));
  }
  return sentences;
}

}  // namespace

std::vector<Sentence> sources_of(Scope& scope) {
  std::vector<Sentence> sentences = grouped(
      scope, Kind::kSource, [](const Rule& rule) { return rule.label; }, rank_of_label,
      [](const std::string& label) { return words_of_label(label).reads; });
  if (sentences.empty()) sentences.push_back({"It reads nothing from outside.", scope.all_that_was_read()});
  return sentences;
}

std::vector<Sentence> sinks_of(Scope& scope) {
  std::vector<Sentence> sentences = grouped(
      scope, Kind::kSink, [](const Rule& rule) { return rule.category; }, rank_of_category,
      [](const std::string& category) { return words_of_category(category).does; });
  if (sentences.empty()) {
    sentences.push_back({"It does nothing that is dangerous with a wrong value.", scope.all_that_was_read()});
  }
  return sentences;
}

}  // namespace pilothouse::audit
