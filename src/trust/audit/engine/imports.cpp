#include <algorithm>

#include "trust/audit/engine/interpreter.h"

namespace pilothouse::audit {
namespace {

std::string joined(const std::string& package, std::string_view name) {
  if (package.empty()) return std::string(name);
  return name.empty() ? package : package + "." + std::string(name);
}

}  // namespace

std::optional<SourceIndex> Interpreter::find_module(const std::string& dotted) const {
  const auto found = modules_.find(dotted);
  return found == modules_.end() ? std::nullopt : std::optional(found->second);
}

// Runs a module's top level, once. One that imports itself again sees what there is so far.
void Interpreter::run_text(SourceIndex index) {
  Script& next = *texts_[index];
  if (next.state != Script::kNew) return;
  next.state = Script::kRunning;
  const SourceIndex old = current_;
  Frame* frame = frame_;
  Call* call = call_;
  const Phase phase = phase_;
  const std::uint32_t branches = branches_;
  std::vector<Change> trail = std::move(trail_);
  Checked checked = std::move(checked_);
  trail_.clear();
  checked_.clear();
  branches_ = 0;
  current_ = index;
  frame_ = next.globals;
  call_ = nullptr;
  phase_ = next.install ? Phase::kInstall : Phase::kImport;
  run_block(0);
  raised_ = false;
  next.state = Script::kDone;
  current_ = old;
  frame_ = frame;
  call_ = call;
  phase_ = phase;
  branches_ = branches;
  trail_ = std::move(trail);
  checked_ = std::move(checked);
}

// The object of a module or of a package without a file, known to the package that it is in.
std::uint32_t Interpreter::package_object(const std::string& dotted) {
  const auto found = packages_.find(dotted);
  if (found != packages_.end()) return found->second;
  const auto index = static_cast<std::uint32_t>(objects_.size());
  objects_.push_back({.kind = Object::kModule});
  packages_.emplace(dotted, index);
  const std::size_t dot = dotted.rfind('.');
  if (dot != std::string::npos) {
    const std::uint32_t parent = package_object(dotted.substr(0, dot));
    objects_[parent].fields[values_.symbol(dotted.substr(dot + 1))] =
        values_.value(Facet(FacetKind::kObject, index));
  }
  return index;
}

// `top`: the value of `import a.b`, which is a.
ValueId Interpreter::import_module(const std::string& dotted, bool top) {
  constexpr std::uint32_t kMaxDeep = 48;
  if (calls_deep_ < kMaxDeep) {
    ++calls_deep_;
    for (std::size_t dot = dotted.find('.');; dot = dotted.find('.', dot + 1)) {
      if (const auto index = find_module(dotted.substr(0, dot))) run_text(*index);
      if (dot == std::string::npos) break;
    }
    --calls_deep_;
  }
  const std::string wanted = top ? dotted.substr(0, dotted.find('.')) : dotted;
  const auto package = packages_.find(wanted);
  if (package != packages_.end()) return values_.value(Facet(FacetKind::kObject, package->second));
  return values_.of_path(values_.path(wanted));
}

std::string Interpreter::relative(NodeId at) const {
  // `..a.b`: dots, then a name.
  std::size_t dots = 0;
  std::string name;
  for (NodeId child = node(at).first; child != 0; child = node(child).next) {
    if (node(child).kind == Syntax::kImportPrefix) {
      dots = static_cast<std::size_t>(std::ranges::count(word(child), '.'));
    } else if (node(child).kind == Syntax::kDottedName) {
      name = word(child);
    }
  }
  std::string package = texts_[current_]->package;
  for (std::size_t i = 1; i < dots; ++i) {
    const std::size_t dot = package.rfind('.');
    package = dot == std::string::npos ? "" : package.substr(0, dot);
  }
  return joined(package, name);
}

void Interpreter::import_star(const std::string& dotted) {
  const ValueId module = import_module(dotted, false);
  for (const Facet facet : values_.list(module)) {
    if (facet.kind() == FacetKind::kPath) {
      auto& stars = script().globals->stars;
      if (std::ranges::find(stars, facet.index()) == stars.end()) stars.push_back(facet.index());
    }
    if (facet.kind() != FacetKind::kObject || object(facet.index()).frame == nullptr) continue;
    const Frame& from = *object(facet.index()).frame;
    if (&from == frame_) continue;
    std::vector<std::pair<SymbolId, ValueId>> names(from.variables.begin(), from.variables.end());
    std::ranges::sort(names);
    for (const auto& [name, value] : names) {
      if (!values_.text(name).starts_with('_')) assign_name(name, value);
    }
    for (const PathId star : from.stars) {
      auto& stars = script().globals->stars;
      if (std::ranges::find(stars, star) == stars.end()) stars.push_back(star);
    }
  }
}

// What is imported and as what; the second is 0 when it keeps its name.
std::pair<NodeId, NodeId> Interpreter::imported_name(NodeId at) const {
  if (node(at).kind != Syntax::kAliasedImport) return {at, 0};
  return {tree().child(at, Field::kName), tree().child(at, Field::kAlias)};
}

void Interpreter::run_import(NodeId at) {
  for (NodeId child = node(at).first; child != 0; child = node(child).next) {
    if (node(child).field != Field::kName) continue;
    const auto [name, alias] = imported_name(child);
    if (name == 0) continue;
    const std::string dotted(word(name));
    const ValueId value = import_module(dotted, alias == 0);
    Module& module = analysis_.modules[script().module];
    if (values_.has(value, FacetKind::kPath)) module.imports.push_back(dotted);
    assign_name(
        values_.symbol(alias != 0 ? word(alias) : std::string_view(dotted).substr(0, dotted.find('.'))),
        matched_read(value, child));
  }
}

void Interpreter::run_import_from(NodeId at) {
  const NodeId from = tree().child(at, Field::kModuleName);
  if (from == 0) return;
  const std::string dotted =
      node(from).kind == Syntax::kRelativeImport ? relative(from) : std::string(word(from));
  const ValueId module = import_module(dotted, false);
  if (values_.has(module, FacetKind::kPath) && node(from).kind != Syntax::kRelativeImport) {
    analysis_.modules[script().module].imports.push_back(dotted);
  }
  for (NodeId child = node(at).first; child != 0; child = node(child).next) {
    if (node(child).kind == Syntax::kWildcardImport) {
      import_star(dotted);
      continue;
    }
    if (node(child).field != Field::kName) continue;
    const auto [name, alias] = imported_name(child);
    if (name == 0) continue;
    const SymbolId symbol = symbol_of(name);
    if (const auto index = find_module(joined(dotted, word(name)))) run_text(*index);
    ValueId value = attribute(module, symbol, child);
    assign_name(alias == 0 ? symbol : symbol_of(alias), value);
  }
}

}  // namespace pilothouse::audit
