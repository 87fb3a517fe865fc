#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "trust/audit/report/prose.h"
#include "trust/audit/report/words.h"

namespace pilothouse::audit {
namespace {

constexpr std::size_t kMostNames = 6;
constexpr std::size_t kMostWrappers = 50;  // that are facts of a sentence; it names fewer
constexpr std::size_t kLongestDoc = 240;

struct Defined {
  std::uint32_t module = 0;
  const Definition* definition = nullptr;
};

std::vector<Defined> definitions_of(const Scope& scope) {
  std::vector<Defined> all;
  for (const std::uint32_t index : scope.modules) {
    for (const Definition& definition : scope.module(index).definitions) all.push_back({index, &definition});
  }
  return all;
}

std::uint32_t fact_of(Scope& scope, Fact fact, const Defined& defined, const std::string& what) {
  return scope.add(fact, defined.module, defined.definition->line,
                   what + " " + named(defined.definition->name), defined.definition->name);
}

// "coiled.Cloud" for coiled.Cloud().list_clusters, "requests" for requests.get.
std::string wrapped_by(const Definition& definition) {
  if (definition.calls.empty()) return {};
  const auto of_instance =
      std::find_if(definition.calls.begin(), definition.calls.end(),
                   [](const std::string& path) { return path.find("()") != std::string::npos; });
  const std::string& path = of_instance == definition.calls.end() ? definition.calls.front() : *of_instance;
  if (const std::size_t call = path.find("()"); call != std::string::npos) return path.substr(0, call);
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? path : path.substr(0, dot);
}

std::string top_of(const std::string& name) { return name.substr(0, name.find('.')); }

// Whether what is looked at is the inside of one package: its __init__.py has no name then.
bool is_package(const Scope& scope) {
  return std::any_of(scope.modules.begin(), scope.modules.end(),
                     [&](std::uint32_t index) { return scope.module(index).name.empty(); });
}

// The module that speaks for all: the one highest up.
std::uint32_t first_module(const Scope& scope) {
  const auto depth = [&](std::uint32_t index) {
    const Module& module = scope.module(index);
    return std::pair(std::count(module.path.begin(), module.path.end(), '/'), module.doc.empty());
  };
  return *std::min_element(scope.modules.begin(), scope.modules.end(),
                           [&](std::uint32_t a, std::uint32_t b) { return depth(a) < depth(b); });
}

std::string with_article(const std::string& noun) {
  const bool vowel = std::string_view("aeiou").find(noun.empty() ? 'x' : noun[0]) != std::string_view::npos;
  return (vowel ? "an " : "a ") + noun;
}

void say_what_it_is(Scope& scope, std::vector<Sentence>& sentences) {
  std::uint64_t lines = 0;
  for (const std::uint32_t index : scope.modules) lines += scope.module(index).lines;
  std::string kind = with_article(scope.analysis().kind.empty() ? "subject" : scope.analysis().kind);
  std::string text = "It is " + kind + " with " + count_of(scope.modules.size(), "module") + " and " +
                     count_of(lines, "line");
  const bool inside = is_package(scope);
  std::vector<std::string> packages;
  std::set<std::string> known;
  for (const std::uint32_t index : scope.modules) {
    std::string top = inside ? scope.analysis().name : top_of(scope.module(index).name);
    if (known.insert(top).second) packages.push_back(named(top));
  }
  text += ": " + list_of(packages, kMostNames) + ".";
  sentences.push_back({std::move(text), scope.all_that_was_read()});
}

// The docstring of the module, or of the package when there is only one.
void say_docstring(Scope& scope, std::vector<Sentence>& sentences) {
  const std::uint32_t index = first_module(scope);
  const Module& module = scope.module(index);
  const bool one = std::all_of(scope.modules.begin(), scope.modules.end(), [&](std::uint32_t other) {
    return top_of(scope.module(other).name) == top_of(module.name);
  });
  if (!one && !is_package(scope)) return;
  const std::string doc = shortened(module.doc, kLongestDoc);
  if (doc.empty()) return;
  const std::string of = scope.single() ? "Its docstring" : "The docstring of " + named(module.path);
  sentences.push_back(
      {of + " says: \"" + doc + "\"", {scope.add(Fact::kDocstring, index, 1, "says: " + doc, module.name)}});
}

void say_definitions(Scope& scope, const std::vector<Defined>& all, std::vector<Sentence>& sentences) {
  std::map<std::string, std::size_t> counts;
  for (const Defined& defined : all) ++counts[defined.definition->kind];
  if (all.empty()) {
    std::vector<std::uint32_t> read = scope.all_that_was_read();
    sentences.push_back({scope.single()
                             ? "It defines no function and no class: all of it runs when it is imported."
                             : "No module defines a function or a class.",
                         std::move(read)});
    return;
  }
  std::vector<std::string> kinds;
  for (const char* kind : {"function", "class", "method"}) {
    if (const auto count = counts.find(kind); count != counts.end())
      kinds.push_back(count_of(count->second, kind));
  }
  std::vector<std::string> names;
  std::vector<std::uint32_t> facts;
  for (const Defined& defined : all) {
    if (defined.definition->kind == "method" && counts.size() > 1) continue;
    names.push_back(named(defined.definition->name));
    if (facts.size() < kMostNames) {
      facts.push_back(fact_of(scope, Fact::kDefines, defined, "defines the " + defined.definition->kind));
    }
  }
  std::string text = "It defines " + list_of(kinds, 3);
  if (scope.single() || names.size() <= kMostNames) text += ": " + list_of(names, kMostNames);
  sentences.push_back({text + ".", std::move(facts)});
}

void say_imports(Scope& scope, std::vector<Sentence>& sentences) {
  std::map<std::string, std::set<std::uint32_t>> users;  // of what is imported, the modules that do
  for (const std::uint32_t index : scope.modules) {
    for (const std::string& name : scope.module(index).imports) users[top_of(name)].insert(index);
  }
  if (users.empty()) return;
  std::vector<std::pair<std::string, std::set<std::uint32_t>>> most_used(users.begin(), users.end());
  std::stable_sort(most_used.begin(), most_used.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  std::vector<std::string> names;
  std::set<std::uint32_t> modules;
  for (const auto& [name, who] : most_used) {
    names.push_back(named(name));
    if (names.size() <= 2 * kMostNames) modules.insert(*who.begin());
  }
  std::vector<std::uint32_t> facts;
  for (const std::uint32_t index : modules) {
    std::vector<std::string> all;
    for (const std::string& name : scope.module(index).imports) all.push_back(named(name));
    facts.push_back(scope.add(Fact::kImports, index, 1, "imports " + list_of(all, 2 * kMostNames),
                              scope.module(index).name));
  }
  sentences.push_back({"It uses " + list_of(names, 2 * kMostNames) + ".", std::move(facts)});
}

}  // namespace

std::vector<Sentence> wrappers_of(Scope& scope, std::size_t most) {
  std::map<std::string, std::vector<Defined>> by_target;
  for (const Defined& defined : definitions_of(scope)) {
    const std::string target = defined.definition->wrapper ? wrapped_by(*defined.definition) : std::string();
    if (!target.empty()) by_target[target].push_back(defined);
  }
  std::vector<std::pair<std::string, std::vector<Defined>>> targets(by_target.begin(), by_target.end());
  std::stable_sort(targets.begin(), targets.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  std::vector<Sentence> sentences;
  for (const auto& [target, wrappers] : targets) {
    if (sentences.size() == most) break;
    std::vector<std::string> names;
    std::vector<std::uint32_t> facts;
    for (const Defined& defined : wrappers) {
      std::string name = named(defined.definition->name);
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
      if (facts.size() < kMostWrappers)
        facts.push_back(fact_of(scope, Fact::kWraps, defined, "wraps " + named(target) + " in"));
    }
    sentences.push_back(
        {list_of(names, kMostNames) +
             (names.size() == 1 ? " is a standard wrapper of " : " are standard wrappers of ") +
             named(target) + ".",
         std::move(facts)});
  }
  return sentences;
}

std::vector<Sentence> purpose_of(Scope& scope) {
  std::vector<Sentence> sentences;
  if (scope.modules.empty()) {
    const bool nothing = scope.analysis().unread.empty();
    return {
        {nothing ? "There is no Python source in it." : "There is no Python source in it that could be read.",
         scope.all_that_was_read()}};
  }
  if (!scope.single()) say_what_it_is(scope, sentences);
  say_docstring(scope, sentences);
  say_definitions(scope, definitions_of(scope), sentences);
  for (Sentence& sentence : wrappers_of(scope, scope.single() ? 6 : 3))
    sentences.push_back(std::move(sentence));
  say_imports(scope, sentences);
  return sentences;
}

}  // namespace pilothouse::audit
