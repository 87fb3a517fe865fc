#include "trust/audit/report/scope.h"

#include <map>
#include <set>

#include "trust/audit/report/words.h"

namespace pilothouse::audit {
namespace {

constexpr std::size_t kMostLines = 4;

struct Group {
  std::uint32_t file = 0;
  std::string_view function;
  std::set<std::uint32_t> lines;
};

std::string lines_of(const std::set<std::uint32_t>& lines) {
  std::vector<std::string> numbers;
  numbers.reserve(lines.size());
  for (const std::uint32_t line : lines) numbers.push_back(std::to_string(line));
  return (lines.size() == 1 ? "line " : "lines ") + list_of(numbers, kMostLines);
}

}  // namespace

const Finding* Scope::source_of(const Finding& flow) const {
  return flow.source < analysis_.findings.size() ? &analysis_.findings[flow.source] : nullptr;
}

const Finding* Scope::sink_of(const Finding& flow) const {
  return flow.sink < analysis_.findings.size() ? &analysis_.findings[flow.sink] : nullptr;
}

std::string_view Scope::label_of(const Finding& flow) const {
  const Finding* source = source_of(flow);
  return source == nullptr ? std::string_view() : std::string_view(source->rule->label);
}

std::string_view Scope::category_of(const Finding& flow) const {
  const Finding* sink = sink_of(flow);
  return sink == nullptr ? std::string_view() : std::string_view(sink->rule->category);
}

std::string Scope::line_of(const Place& place) const {
  std::string text = "line " + std::to_string(place.line);
  const bool elsewhere = !single() || place.file != modules.front();
  if (elsewhere && place.file < analysis_.modules.size()) {
    text = named(analysis_.modules[place.file].path) + ", " + text;
  }
  return text;
}

std::string Scope::where(const Finding& finding) const {
  const std::string line = line_of(finding.place);
  return finding.function.empty() ? line : named(finding.function) + " (" + line + ")";
}

std::string Scope::where(const std::vector<std::uint32_t>& some, std::size_t most) const {
  std::vector<Group> groups;
  std::map<std::pair<std::uint32_t, std::string_view>, std::size_t> known;
  for (const std::uint32_t index : some) {
    const Finding& found = finding(index);
    const auto [at, is_new] = known.try_emplace({found.place.file, found.function}, groups.size());
    if (is_new) groups.push_back({found.place.file, found.function, {}});
    groups[at->second].lines.insert(found.place.line);
  }
  std::vector<std::string> texts;
  for (const Group& group : groups) {
    std::string place = lines_of(group.lines);
    if (!single() && group.file < analysis_.modules.size()) {
      place = named(analysis_.modules[group.file].path) + ", " + place;
    }
    texts.push_back(group.function.empty() ? place : named(group.function) + " (" + place + ")");
  }
  return list_of(texts, most);
}

std::string Scope::functions(const std::vector<std::uint32_t>& some, std::size_t most) const {
  std::vector<std::string> names;
  std::set<std::string> known;
  for (const std::uint32_t index : some) {
    const Finding& found = finding(index);
    std::string name = found.function.empty() ? "the top level" : named(found.function);
    if (!single() && found.place.file < analysis_.modules.size()) {
      name += " of " + named(analysis_.modules[found.place.file].path);
    }
    if (known.insert(name).second) names.push_back(std::move(name));
  }
  return list_of(names, most);
}

std::vector<std::uint32_t> Scope::all_that_was_read() {
  if (single()) {
    const Module& only = module(modules.front());
    return {add(Fact::kModule, modules.front(), 1,
                "has " + count_of(only.lines, "line") + " and " + count_of(only.bytes, "byte"), only.name)};
  }
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  for (const std::uint32_t index : modules) {
    lines += module(index).lines;
    bytes += module(index).bytes;
  }
  return {add(Fact::kSubject, modules.empty() ? kNoFile : modules.front(), modules.empty() ? 0 : 1,
              "has " + count_of(modules.size(), "module") + ", " + count_of(lines, "line") + " and " +
                  count_of(bytes, "byte"),
              analysis_.name)};
}

std::uint32_t Scope::add(Fact fact, std::uint32_t file, std::uint32_t line, std::string message,
                         std::string name) {
  return facts_.add(fact, file, line, std::move(message), std::move(name));
}

}  // namespace pilothouse::audit
