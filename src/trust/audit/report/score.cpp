#include "trust/audit/report/score.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "trust/audit/report/words.h"

namespace pilothouse::audit {
namespace {

constexpr double kMostConfidence = 0.95;
constexpr double kBoundMet = 0.8;
constexpr double kUnknownValue = 0.9;
constexpr std::size_t kMostReasons = 11;

double rounded(double value) { return std::round(value * 100) / 100; }

struct Reason {
  const Rule* rule = nullptr;
  double weight = 0;
  std::vector<std::uint32_t> findings;  // the heaviest first
};

std::vector<Reason> reasons_of(const Scope& scope, Measure measure) {
  std::map<std::string_view, Reason> by_rule;
  for (const std::uint32_t index : scope.findings) {
    const Finding& finding = scope.finding(index);
    const double weight = std::clamp(weight_of(finding, measure), 0.0, 1.0);
    if (weight <= 0) continue;
    Reason& reason = by_rule[finding.rule->id];
    reason.rule = finding.rule;
    reason.weight = std::max(reason.weight, weight);
    reason.findings.push_back(index);
  }
  std::vector<Reason> reasons;
  for (auto& [id, reason] : by_rule) {
    std::stable_sort(reason.findings.begin(), reason.findings.end(), [&](std::uint32_t a, std::uint32_t b) {
      return weight_of(scope.finding(a), measure) > weight_of(scope.finding(b), measure);
    });
    reasons.push_back(std::move(reason));
  }
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const Reason& a, const Reason& b) { return a.weight > b.weight; });
  return reasons;
}

std::string_view noun_of(Measure measure) {
  switch (measure) {
    case Measure::kRisk:
      return "risk";
    case Measure::kMalware:
      return "signs of malice";
    default:
      return "obfuscation";
  }
}

Sentence nothing(Scope& scope, Measure measure) {
  return {"Nothing was found that speaks for " + std::string(noun_of(measure)) + ".",
          scope.all_that_was_read()};
}

Sentence sentence_of(const Scope& scope, const Reason& reason) {
  std::string text = reason.rule->title.empty() ? reason.rule->id : upper_first(reason.rule->title);
  text += " (" + reason.rule->id + ") weighs " + decimals(reason.weight) + ": ";
  if (reason.findings.size() > 1) text += count_of(reason.findings.size(), "finding") + ", ";
  text += "in " + scope.where(reason.findings, 3);
  const std::string& checked = scope.finding(reason.findings.front()).checked;
  if (!checked.empty()) text += "; it weighs less since a " + checked + " is checked first";
  return {text + ".", reason.findings};
}

}  // namespace

double weight_of(const Finding& finding, Measure measure) {
  switch (measure) {
    case Measure::kRisk:
      return finding.weights.risk;
    case Measure::kMalware:
      return finding.weights.malware;
    default:
      return finding.weights.obfuscated;
  }
}

Score score_module(Scope& scope, Measure measure) {
  const std::vector<Reason> reasons = reasons_of(scope, measure);
  Score score;
  double harmless = 1;
  for (const Reason& reason : reasons) harmless *= 1 - reason.weight;
  score.value = rounded(1 - harmless);
  if (reasons.empty()) score.because.push_back(nothing(scope, measure));
  Sentence rest;
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (i < kMostReasons || reasons.size() == kMostReasons + 1) {
      score.because.push_back(sentence_of(scope, reasons[i]));
    } else {
      rest.findings.insert(rest.findings.end(), reasons[i].findings.begin(), reasons[i].findings.end());
    }
  }
  if (!rest.findings.empty()) {
    rest.text = "So do " + count_of(reasons.size() - kMostReasons, "lighter rule") + ".";
    score.because.push_back(std::move(rest));
  }
  return score;
}

Score score_whole(Scope& scope, const std::vector<const Score*>& scores, Measure measure) {
  const auto highest = std::max_element(scores.begin(), scores.end(),
                                        [](const Score* a, const Score* b) { return a->value < b->value; });
  if (highest == scores.end() || (*highest)->value <= 0) return {0, {nothing(scope, measure)}};
  Score score = **highest;
  if (scores.size() == 1) return score;
  const auto module = scope.modules[static_cast<std::size_t>(highest - scores.begin())];
  Sentence first{"It is that of " + named(scope.module(module).path) + ", the highest of " +
                     count_of(scores.size(), "module") + ".",
                 score.because.front().findings};
  score.because.insert(score.because.begin(), std::move(first));
  return score;
}

Score score_confidence(Scope& scope, std::size_t unread) {
  Score score;
  std::uint64_t bytes = 0;
  std::uint64_t bad = 0;
  std::vector<std::uint32_t> broken;
  std::vector<std::uint32_t> exhausted;
  for (const std::uint32_t index : scope.modules) {
    const Module& module = scope.module(index);
    bytes += module.bytes;
    bad += std::min(module.bad_bytes, module.bytes);
    if (module.bad_bytes > 0) {
      broken.push_back(scope.add(Fact::kUnread, index, 1,
                                 "has syntax errors over " + count_of(module.bad_bytes, "byte"), "syntax"));
    }
    if (module.exhausted) {
      exhausted.push_back(scope.add(Fact::kUnread, index, 1, "was not looked at to its end", "bound"));
    }
  }
  if (scope.modules.empty()) {
    const std::string why = unread == 0 ? "There is no Python source in it."
                                        : "Of " + count_of(unread, "file") + ", none could be read.";
    return {0, {{why, scope.all_that_was_read()}}};
  }
  double share = bytes == 0 ? 1.0 : static_cast<double>(bytes - bad) / static_cast<double>(bytes);
  const auto read = static_cast<double>(scope.modules.size());
  share *= read / (read + static_cast<double>(unread));
  double value = kMostConfidence * share;
  Sentence whole{"A static analysis that could read everything has " + decimals(kMostConfidence) + ".",
                 scope.all_that_was_read()};
  score.because.push_back(std::move(whole));
  if (bad > 0) {
    score.because.push_back({count_of(bad, "byte") + " of " + count_of(bytes, "byte") +
                                 " are in syntax errors and were not looked at.",
                             broken});
  }
  if (unread > 0) {
    score.because.push_back({count_of(unread, "file") + (unread == 1 ? " was" : " were") + " not read.",
                             scope.all_that_was_read()});
  }
  if (!exhausted.empty()) {
    value *= kBoundMet;
    score.because.push_back({"A bound of time or memory was met in " + count_of(exhausted.size(), "module") +
                                 ": findings may be missing.",
                             exhausted});
  }
  std::vector<std::uint32_t> unknown;
  for (const std::uint32_t index : scope.findings) {
    if (scope.finding(index).unknown) unknown.push_back(index);
  }
  if (!unknown.empty()) {
    value *= kUnknownValue;
    score.because.push_back({count_of(unknown.size(), "sink") + (unknown.size() == 1 ? " gets" : " get") +
                                 " a value of which nothing is known, in " + scope.where(unknown, 3) + ".",
                             unknown});
  }
  score.value = rounded(value);
  return score;
}

}  // namespace pilothouse::audit
