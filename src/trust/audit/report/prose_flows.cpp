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

std::string functions_of(const Scope& scope, const Finding& flow) {
  std::vector<std::string> names;
  for (const std::string& function : flow.functions) {
    if (!function.empty()) names.push_back(named(function));
  }
  std::string text = names.empty() ? "At the top level" : names.size() == 1 ? "In " : "Through ";
  text += list_of(names, 5);
  if (!scope.single() && flow.place.file < scope.analysis().modules.size()) {
    text += " of " + named(scope.module(flow.place.file).path);
  }
  return text;
}

// The line, and the file where it is not the flow's own.
std::string line_of(const Scope& scope, const Finding& flow, const Place& place) {
  if (place.file == flow.place.file) return "line " + std::to_string(place.line);
  return scope.line_of(place);
}

std::string check_of(const Finding& flow) {
  if (flow.checked == "hash") return "; the hash of the bytes is compared first";
  if (flow.checked == "signature") return "; a signature is verified first";
  return flow.checked.empty() ? "; nothing checks it on the way"
                              : "; it is checked first (" + flow.checked + ")";
}

std::string text_of(const Scope& scope, const Finding& flow, std::size_t alike) {
  const Finding* source = scope.source_of(flow);
  const Finding* sink = scope.sink_of(flow);
  std::string text =
      functions_of(scope, flow) + ", what comes from " + words_of_label(scope.label_of(flow)).noun;
  if (source != nullptr)
    text += " by " + named(source->name) + " (" + line_of(scope, flow, source->place) + ")";
  text += " " + words_of_category(scope.category_of(flow)).done;
  if (sink != nullptr) text += " by " + named(sink->name) + " (" + line_of(scope, flow, sink->place) + ")";
  if (flow.steps.size() > 2) text += ", in " + count_of(flow.steps.size(), "step");
  if (!flow.layers.empty()) text += ", with " + list_of(flow.layers, 4) + " undone";
  text += check_of(flow);
  if (alike > 1) {
    text += std::string("; there ") + (alike == 2 ? "is " : "are ") + count_of(alike - 1, "more flow") +
            " like it";
  }
  return text + ".";
}

struct Group {
  std::vector<std::uint32_t> flows;
  double weight = 0;
};

std::vector<Group> groups_of(const Scope& scope) {
  using Key = std::tuple<std::string, std::string, std::string, std::string, std::string, std::uint32_t>;
  std::map<Key, std::size_t> known;
  std::vector<Group> groups;
  for (const std::uint32_t index : scope.findings) {
    const Finding& flow = scope.finding(index);
    if (flow.rule->kind != Kind::kFlow) continue;
    const Finding* source = scope.source_of(flow);
    const Finding* sink = scope.sink_of(flow);
    const Key key{flow.rule->id,
                  source == nullptr ? "" : source->name,
                  sink == nullptr ? "" : sink->name,
                  flow.function,
                  flow.checked,
                  flow.place.file};
    const auto [at, is_new] = known.try_emplace(key, groups.size());
    if (is_new) groups.emplace_back();
    Group& group = groups[at->second];
    group.flows.push_back(index);
    group.weight = std::max(group.weight, flow.weights.risk);
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return a.weight > b.weight; });
  return groups;
}

// The flows, then where they begin and end.
std::vector<std::uint32_t> evidence_of(const Scope& scope, const std::vector<std::uint32_t>& flows) {
  std::vector<std::uint32_t> all = flows;
  std::set<std::uint32_t> ends;
  for (const std::uint32_t index : flows) {
    if (scope.source_of(scope.finding(index)) != nullptr) ends.insert(scope.finding(index).source);
    if (scope.sink_of(scope.finding(index)) != nullptr) ends.insert(scope.finding(index).sink);
  }
  for (const std::uint32_t index : flows) ends.erase(index);
  all.insert(all.end(), ends.begin(), ends.end());
  return all;
}

}  // namespace

std::vector<FlowSentence> flows_of(Scope& scope) {
  const std::vector<Group> groups = groups_of(scope);
  std::vector<FlowSentence> sentences;
  std::vector<std::uint32_t> rest;
  for (const Group& group : groups) {
    if (sentences.size() + 1 < kMostSentences || groups.size() == kMostSentences) {
      const std::uint32_t first = group.flows.front();
      sentences.push_back({text_of(scope, scope.finding(first), group.flows.size()),
                           evidence_of(scope, group.flows), first, false});
    } else {
      rest.insert(rest.end(), group.flows.begin(), group.flows.end());
    }
  }
  if (!rest.empty()) {
    std::string text = count_of(rest.size(), "more flow") + ", in " + scope.functions(rest, 4) + ".";
    sentences.push_back({upper_first(std::move(text)), evidence_of(scope, rest), rest.front(), true});
  }
  return sentences;
}

}  // namespace pilothouse::audit
