#include "trust/audit/engine/interpreter.h"

#include <algorithm>

#include "trust/audit/engine/measures.h"

namespace pilothouse::audit {
namespace {

// A text's first paragraph on one line, or its first line.
std::string first_of(std::string_view doc, bool paragraph) {
  constexpr std::size_t kMost = 400;
  std::string result;
  std::size_t at = doc.find_first_not_of(" \t\r\n");
  while (at != std::string_view::npos && at < doc.size() && result.size() < kMost) {
    const std::size_t end = std::min(doc.find('\n', at), doc.size());
    std::string_view line = doc.substr(at, end - at);
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) break;
    line = line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
    if (!result.empty()) result += ' ';
    result += line;
    if (!paragraph) break;
    at = end + 1;
  }
  if (result.size() > kMost) {
    std::size_t end = kMost;
    while (end > 0 && (static_cast<unsigned char>(result[end]) & 0xC0) == 0x80) --end;
    result.resize(end);
  }
  return result;
}

NodeId docstring(const Tree& tree, NodeId block) {
  const NodeId first = block == 0 && tree[0].kind != Syntax::kModule ? 0 : tree[block].first;
  if (first == 0 || tree[first].kind != Syntax::kExpressionStatement) return 0;
  const NodeId text = tree[first].first;
  return text != 0 && tree[text].kind == Syntax::kString ? text : 0;
}

std::string doc_text(const Tree& tree, NodeId text, bool paragraph) {
  if (text == 0) return "";
  std::string whole;
  for (NodeId part = tree[text].first; part != 0; part = tree[part].next) {
    if (tree[part].kind == Syntax::kStringContent) whole += unescape(tree.text(part), false, false);
  }
  return first_of(whole, paragraph);
}

std::string_view root_of(std::string_view path) { return path.substr(0, path.find('.')); }

}  // namespace

Interpreter::Interpreter(RuleIndex& rules, Analysis& analysis, std::uint64_t max_steps)
    : fold_(values_), rules_(rules), analysis_(analysis), max_steps_(max_steps) {
  traces_.push_back({});
  rules_.forget_paths();
  unknown_ = values_.path("?");
}

Interpreter::~Interpreter() = default;

void Interpreter::add(std::uint32_t module, Tree tree, const std::string& name, const std::string& package,
                      bool install) {
  auto script = std::make_unique<Script>();
  script->tree = std::move(tree);
  script->module = module;
  script->name = name;
  script->package = package;
  script->install = install;
  const auto index = static_cast<SourceIndex>(texts_.size());
  Frame& globals = frames_.emplace_back();
  globals.source = index;
  script->globals = &globals;
  if (!name.empty() && !modules_.contains(name)) {
    modules_.emplace(name, index);
    objects_[package_object(name)].frame = &globals;
  }
  texts_.push_back(std::move(script));
}

SymbolId Interpreter::symbol_of(NodeId at) {
  Script& here = script();
  if (here.symbols.empty()) here.symbols.resize(here.tree.size());
  SymbolId& known = here.symbols[at];
  if (known == 0) known = values_.symbol(word(at));
  return known;
}

// A new lot of steps, as long as there is any left for the package.
void Interpreter::begin_entry() {
  if (exhausted_) analysis_.modules[texts_[entered_]->module].exhausted = true;
  entered_ = current_;
  all_steps_ += steps_;
  steps_ = 0;
  exhausted_ = all_steps_ > max_steps_ * (8 + 2 * texts_.size());
}

void Interpreter::run() {
  const auto count = static_cast<SourceIndex>(texts_.size());
  for (SourceIndex index = 0; index < count; ++index) {
    current_ = index;
    frame_ = script().globals;
    begin_entry();
    run_text(index);
    current_ = index;
    frame_ = script().globals;
    enter_all();
    current_ = index;
    frame_ = script().globals;
    begin_entry();
    check_literals();
    for (const Measure& measure : measure_text(tree()))
      report_measure(measure.name, measure.value, measure.at, {});
  }
  drop_intermediate_flows();
  finish_definitions();
}

void Interpreter::finish_definitions() {
  constexpr std::uint32_t kLongestWrapper = 40;  // lines
  std::set<std::pair<std::uint32_t, std::string>> remarkable;
  for (const Finding& finding : analysis_.findings) {
    if (finding.rule == nullptr) continue;
    const bool matters = finding.weights.risk > 0 || finding.weights.malware > 0 ||
                         finding.weights.obfuscated > 0 || finding.rule->kind == Kind::kSink;
    if (!matters) continue;
    remarkable.emplace(finding.place.file, finding.function);
    for (const std::string& function : finding.functions) remarkable.emplace(finding.place.file, function);
  }
  for (SourceIndex index = 0; index < texts_.size(); ++index) {
    const Script& script = *texts_[index];
    if (script.outer) continue;
    const Tree& tree = script.tree;
    Module& module = analysis_.modules[script.module];
    module.doc = doc_text(tree, docstring(tree, 0), true);
    std::ranges::sort(module.imports);
    module.imports.erase(std::unique(module.imports.begin(), module.imports.end()), module.imports.end());
    const auto walk = [&](auto& self, NodeId block, const std::string& prefix, int depth) -> void {
      for (NodeId at = tree[block].first; at != 0; at = tree[at].next) {
        NodeId definition = at;
        if (tree[at].kind == Syntax::kDecoratedDefinition) definition = tree.child(at, Field::kDefinition);
        const Syntax kind = tree[definition].kind;
        if (kind != Syntax::kFunctionDefinition && kind != Syntax::kClassDefinition) continue;
        const NodeId name = tree.child(definition, Field::kName);
        const NodeId body = tree.child(definition, Field::kBody);
        Definition made;
        made.name = prefix + std::string(tree.text(name));
        made.kind = kind == Syntax::kClassDefinition ? "class" : prefix.empty() ? "function" : "method";
        made.line = tree.line(tree[definition].start);
        if (body != 0) made.doc = doc_text(tree, docstring(tree, body), false);
        const auto known = def_ids_.find({index, definition});
        if (known != def_ids_.end()) {
          std::set<std::string_view> roots;
          for (const PathId id : outer_calls_[known->second]) {
            const std::string& path = values_.path_text(id);
            if (path.starts_with("?.") || path.starts_with("builtins.")) continue;
            made.calls.push_back(path);
            roots.insert(root_of(path));
          }
          std::ranges::sort(made.calls);
          const std::uint32_t length = tree.line(tree[definition].end) - made.line;
          const bool calls = !outer_calls_[known->second].empty() || calls_local_.contains(known->second);
          made.wrapper = calls && roots.size() <= 1 && length <= kLongestWrapper &&
                         !remarkable.contains({script.module, made.name});
        }
        const std::string inner = made.name + ".";
        module.definitions.push_back(std::move(made));
        if (kind == Syntax::kClassDefinition && body != 0 && depth < 4) self(self, body, inner, depth + 1);
      }
    };
    walk(walk, 0, "", 0);
  }
}

}  // namespace pilothouse::audit
