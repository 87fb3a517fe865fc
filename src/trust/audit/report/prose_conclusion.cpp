#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "trust/audit/report/prose.h"
#include "trust/audit/report/words.h"

namespace pilothouse::audit {
namespace {

// Flows that mean the same: of one label to one category, passing the same check.
struct Concern {
  std::string label;
  std::string category;
  std::string checked;
  double risk = 0;
  std::vector<std::uint32_t> flows;
};

std::vector<Concern> concerns_of(const Scope& scope) {
  std::map<std::tuple<std::string, std::string, std::string>, Concern> known;
  for (const std::uint32_t index : scope.findings) {
    const Finding& flow = scope.finding(index);
    if (flow.rule->kind != Kind::kFlow) continue;
    std::string label(scope.label_of(flow));
    std::string category(scope.category_of(flow));
    Concern& concern = known[{label, category, flow.checked}];
    concern.label = std::move(label);
    concern.category = std::move(category);
    concern.checked = flow.checked;
    concern.risk = std::max(concern.risk, flow.weights.risk);
    concern.flows.push_back(index);
  }
  std::vector<Concern> concerns;
  concerns.reserve(known.size());
  for (auto& [key, concern] : known) concerns.push_back(std::move(concern));
  std::stable_sort(concerns.begin(), concerns.end(), [](const Concern& a, const Concern& b) {
    return std::tuple(-a.risk, rank_of_category(a.category)) <
           std::tuple(-b.risk, rank_of_category(b.category));
  });
  return concerns;
}

bool leaves_the_machine(const Concern& concern) {
  return concern.category == "send" && concern.label != "network";
}

std::string meaning_of(const Concern& concern) {
  if (concern.checked == "hash") return "only bytes of a known hash get that far";
  if (concern.checked == "signature") return "only bytes with a valid signature get that far";
  if (!concern.checked.empty()) return "a check is passed first (" + concern.checked + ")";
  if (leaves_the_machine(concern)) return "it leaves this machine";
  return words_of_label(concern.label).controls + " " + words_of_category(concern.category).effect;
}

Sentence sentence_of(const Scope& scope, const Concern& concern, bool first) {
  std::string text = first ? "The main concern is in " : "In ";
  text += scope.functions(concern.flows, 5) + (first ? ": " : ", ");
  text += "what comes from " + words_of_label(concern.label).noun + " " +
          words_of_category(concern.category).done;
  if (concern.flows.size() > 1) text += " (" + count_of(concern.flows.size(), "flow") + ")";
  return {text + "; " + meaning_of(concern) + ".", concern.flows};
}

// What was found beside flows: the titles of the rules that weigh most.
void say_anomalies(const Scope& scope, std::vector<Sentence>& sentences) {
  std::map<std::string_view, std::vector<std::uint32_t>> by_rule;
  for (const std::uint32_t index : scope.findings) {
    const Finding& finding = scope.finding(index);
    if (finding.rule->kind == Kind::kFlow || finding.weights.malware <= 0) continue;
    by_rule[finding.rule->id].push_back(index);
  }
  if (by_rule.empty()) return;
  Sentence sentence;
  std::vector<std::string> titles;
  for (const auto& [id, findings] : by_rule) {
    const Rule& rule = *scope.finding(findings.front()).rule;
    titles.push_back((rule.title.empty() ? rule.id : rule.title) + " (" + rule.id + ")");
    sentence.findings.insert(sentence.findings.end(), findings.begin(), findings.end());
  }
  sentence.text = "Beside flows, these speak for malice: " + list_of(titles, 5) + ".";
  sentences.push_back(std::move(sentence));
}

void say_sinks(Scope& scope, std::vector<Sentence>& sentences) {
  std::set<std::uint32_t> reached;
  for (const std::uint32_t index : scope.findings) {
    if (scope.finding(index).rule->kind == Kind::kFlow) reached.insert(scope.finding(index).sink);
  }
  Sentence sentence;
  for (const std::uint32_t index : scope.findings) {
    const bool is_sink = scope.finding(index).rule->kind == Kind::kSink && !is_fact(scope.finding(index));
    if (is_sink && reached.count(index) == 0) sentence.findings.push_back(index);
  }
  if (sentence.findings.empty()) return;
  const std::size_t count = sentence.findings.size();
  sentence.text = std::to_string(count) + " of its sinks " + (count == 1 ? "gets" : "get") +
                  " no value of a known source, in " + scope.where(sentence.findings, 3) + ".";
  sentences.push_back(std::move(sentence));
}

void say_accepted(const Scope& scope, const std::vector<std::uint32_t>& accepted,
                  std::vector<Sentence>& sentences) {
  if (accepted.empty()) return;
  sentences.push_back({count_of(accepted.size(), "finding") + (accepted.size() == 1 ? " was" : " were") +
                           " accepted before and " + (accepted.size() == 1 ? "does" : "do") +
                           " not weigh, in " + scope.where(accepted, 3) + ".",
                       accepted});
}

std::vector<std::uint32_t> evidence_of(const Score& score) {
  std::vector<std::uint32_t> all;
  std::set<std::uint32_t> known;
  for (const Sentence& sentence : score.because) {
    for (const std::uint32_t index : sentence.findings) {
      if (known.insert(index).second) all.push_back(index);
    }
  }
  return all;
}

// The part of the conclusion that says why: of flows, else of the heaviest rule.
std::string reason_of(const Scope& scope, const std::vector<Concern>& concerns,
                      const std::vector<std::uint32_t>& heavy) {
  if (!concerns.empty() && concerns.front().risk > 0 &&
      concerns.front().risk + 0.2 >= scope.finding(heavy.front()).weights.risk) {
    const Concern& main = concerns.front();
    std::string text =
        "what comes from " + words_of_label(main.label).noun + " " + words_of_category(main.category).done;
    if (main.checked.empty()) return text + " without a check";
    return text + ", though only after its " + main.checked + " was checked";
  }
  const Finding& finding = scope.finding(heavy.front());
  const std::string title = finding.rule->title.empty() ? finding.rule->id : finding.rule->title;
  return "of this: " + title + ", in " + scope.where(finding);
}

}  // namespace

std::vector<Sentence> analysis_of(Scope& scope, const Section& section,
                                  const std::vector<std::uint32_t>& accepted) {
  std::vector<Sentence> sentences;
  if (scope.modules.empty()) return {{"There was nothing to look at.", scope.all_that_was_read()}};
  const std::vector<Concern> concerns = concerns_of(scope);
  constexpr std::size_t kMostConcerns = 5;
  for (std::size_t i = 0; i < concerns.size() && i < kMostConcerns; ++i) {
    sentences.push_back(sentence_of(scope, concerns[i], i == 0));
  }
  if (concerns.empty()) {
    sentences.push_back({"No flow from a source to a sink was found.", scope.all_that_was_read()});
  } else if (concerns.size() > kMostConcerns) {
    Sentence rest;
    for (std::size_t i = kMostConcerns; i < concerns.size(); ++i) {
      rest.findings.insert(rest.findings.end(), concerns[i].flows.begin(), concerns[i].flows.end());
    }
    rest.text = "There are " + count_of(rest.findings.size(), "more flow") + " that weigh" +
                (rest.findings.size() == 1 ? "s" : "") + " less.";
    sentences.push_back(std::move(rest));
  }
  say_anomalies(scope, sentences);
  say_sinks(scope, sentences);
  for (Sentence& wrapper : wrappers_of(scope, 1)) {
    wrapper.text.pop_back();
    wrapper.text +=
        ", and no flow passes through " + std::string(wrapper.findings.size() == 1 ? "it." : "them.");
    sentences.push_back(std::move(wrapper));
  }
  for (const Sentence& reason : section.confidence.because) {
    if (&reason != &section.confidence.because.front()) sentences.push_back(reason);
  }
  say_accepted(scope, accepted, sentences);
  return sentences;
}

std::vector<Sentence> conclusion_of(Scope& scope, const Section& section) {
  std::vector<Sentence> sentences;
  if (scope.modules.empty()) {
    const bool nothing = scope.analysis().unread.empty();
    return {{nothing ? "There is nothing in it that Python would run."
                     : "Nothing is known of it: what could not be read may do anything.",
             scope.all_that_was_read()}};
  }
  const std::vector<Concern> concerns = concerns_of(scope);
  const double risk = section.security_risk.value;
  const double malware = section.malware.value;
  const double obfuscated = section.obfuscated.value;
  std::vector<std::uint32_t> heavy = evidence_of(section.security_risk);
  std::string text = "The risk is " + std::string(level_of(risk)) + " (" + decimals(risk) + ")";
  if (risk > 0) {
    text += " because " + reason_of(scope, concerns, heavy) + ".";
  } else {
    text += ": nothing was found that weighs.";
  }
  sentences.push_back({std::move(text), std::move(heavy)});
  if (malware > 0) {
    const std::string how = malware >= 0.7   ? "It behaves as harmful code does"
                            : malware >= 0.4 ? "Harmful code looks like this, and so does careless code"
                                             : "Little speaks for harmful intent";
    sentences.push_back({how + " (" + decimals(malware) + ").", evidence_of(section.malware)});
  }
  if (obfuscated > 0) {
    const std::string how = obfuscated >= 0.4 ? "It hides what it does" : "Little of it is hard to read";
    sentences.push_back({how + " (" + decimals(obfuscated) + ").", evidence_of(section.obfuscated)});
  }
  if (!concerns.empty() && concerns.front().risk >= 0.15 && concerns.front().checked.empty()) {
    sentences.push_back({words_of_category(concerns.front().category).advice, concerns.front().flows});
  }
  return sentences;
}

}  // namespace pilothouse::audit
