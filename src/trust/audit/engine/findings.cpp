#include <algorithm>

#include "base/utf8.h"
#include "trust/audit/engine/interpreter.h"

namespace pilothouse::audit {
namespace {

constexpr std::size_t kMaxCode = 160;
constexpr std::uint32_t kMaxTrace = 40;
constexpr std::uint32_t kMaxFindings = 2000;  // of one module
constexpr std::uint32_t kMaxWithFlows = 2500;

std::string trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t\f");
  if (begin == std::string_view::npos) return "";
  line.remove_prefix(begin);
  std::size_t end = std::min(line.size(), kMaxCode);
  // Not within a character.
  while (end > 0 && end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  std::string result(line.substr(0, end));
  while (!result.empty() && (result.back() == ' ' || result.back() == '\t')) result.pop_back();
  return result;
}

// A part of a string, which may be bytes, for people.
std::string shown_part(std::string_view text) {
  constexpr std::size_t kMost = 80;
  std::string result = trimmed(text.substr(0, kMost));
  // Cut within a character, at most.
  for (int i = 0; i < 3 && !result.empty() && !base::is_utf8(result); ++i) result.pop_back();
  if (base::is_utf8(result)) return result;
  for (char& c : result) c = static_cast<unsigned char>(c) < 0x80 ? c : '?';
  return result;
}

bool same_weights(const Weights& a, const Weights& b) {
  return a.risk == b.risk && a.malware == b.malware && a.obfuscated == b.obfuscated;
}

}  // namespace

std::string shown_name(std::string_view path) {
  for (const std::string_view prefix : {"builtins.", "?."}) {
    if (path.starts_with(prefix)) path.remove_prefix(prefix.size());
  }
  return std::string(path);
}

// Whether a module may have another finding; one that may not is told to be unfinished.
bool Interpreter::has_room(std::uint32_t most) {
  std::uint32_t& count = counts_[script().module];
  if (count >= most) {
    analysis_.modules[script().module].exhausted = true;
    return false;
  }
  ++count;
  return true;
}

std::string_view Interpreter::phase_name() const {
  return phase_ == Phase::kInstall ? "install" : phase_ == Phase::kImport ? "import" : "";
}

std::string Interpreter::function_name() const {
  if (frame_->function != nullptr) return frame_->function->name;
  return frame_->is_class ? frame_->cls->name : "";
}

Place Interpreter::place(SourceIndex index, NodeId at) const {
  const Script& script = *texts_[index];
  if (script.outer) return *script.outer;
  const Node& node = script.tree[at];
  return {.file = script.module,
          .line = script.tree.line(node.start),
          .column = script.tree.column(node.start),
          .end_line = script.tree.line(node.end),
          .end_column = script.tree.column(node.end)};
}

std::string Interpreter::code_at(SourceIndex index, NodeId at) const {
  const Tree& tree = texts_[index]->tree;
  return trimmed(tree.line_text(tree.line(tree[at].start)));
}

Step Interpreter::step(SourceIndex index, NodeId at, std::string what, std::string function) const {
  if (texts_[index]->outer) {
    what +=
        ", in hidden code, line " + std::to_string(texts_[index]->tree.line(texts_[index]->tree[at].start));
  }
  return {place(index, at), std::move(what), std::move(function), code_at(index, at)};
}

std::string Interpreter::fill(const std::string& message,
                              const std::map<std::string, std::string>& values) const {
  std::string result;
  for (std::size_t i = 0; i < message.size();) {
    const std::size_t end = message[i] == '{' ? message.find('}', i) : std::string::npos;
    const auto found =
        end == std::string::npos ? values.end() : values.find(message.substr(i + 1, end - i - 1));
    if (found == values.end()) {
      result.push_back(message[i++]);
    } else {
      result += found->second;
      i = end + 1;
    }
  }
  return result;
}

TraceId Interpreter::trace(TraceId parent, NodeId at, std::string_view what) {
  if (parent != 0 && traces_[parent].depth >= kMaxTrace) return parent;
  const SymbolId text = values_.symbol(what);
  const auto key = std::tuple(parent, current_, at, text);
  const auto found = trace_ids_.find(key);
  if (found != trace_ids_.end()) return found->second;
  for (TraceId step = parent; step != 0; step = traces_[step].parent) {
    if (traces_[step].text == current_ && traces_[step].at == at && traces_[step].what == text) return parent;
  }
  const auto id = static_cast<TraceId>(traces_.size());
  traces_.push_back({parent, current_, at, text, values_.symbol(function_name()),
                     parent == 0 ? 1 : traces_[parent].depth + 1});
  trace_ids_.emplace(key, id);
  return id;
}

ValueId Interpreter::stepped(ValueId value, NodeId at, std::string_view what) {
  if (!values_.has(value, FacetKind::kTaint)) return value;
  FacetList facets;
  for (const Facet facet : values_.list(value)) {
    if (facet.kind() != FacetKind::kTaint) {
      facets.push_back(facet);
      continue;
    }
    const TraceId next = trace(values_.taint_trace(facet.index()), at, what);
    const ValueId taint = values_.taint(values_.taint_source(facet.index()), next);
    facets.push_back(values_.facets(taint)[0]);
  }
  return values_.value(std::move(facets));
}

ValueId Interpreter::deep_taints(ValueId value, int depth) {
  ValueId result = values_.only(value, FacetKind::kTaint);
  if (depth <= 0 || !values_.has(value, FacetKind::kObject)) return result;
  for (const Facet facet : values_.list(value)) {
    if (facet.kind() != FacetKind::kObject) continue;
    const Object& target = object(facet.index());
    if (target.frame != nullptr) continue;
    result = values_.join(result, deep_taints(target.any, depth - 1));
    // An instance of one's own class is not all that it holds.
    if (target.kind == Object::kInstance) continue;
    for (const auto& [name, field] : target.fields)
      result = values_.join(result, deep_taints(field, depth - 1));
  }
  return result;
}

ValueId Interpreter::argument(const Arguments& arguments, const std::string& which, bool* given) {
  ValueId result = 0;
  bool is_given = false;
  if (which == "*") {
    for (const ValueId value : arguments.positional) result = values_.join(result, value);
    for (const auto& [name, value] : arguments.named) result = values_.join(result, value);
    result = values_.join(result, values_.join(arguments.rest, arguments.named_rest));
    is_given = !arguments.positional.empty() || !arguments.named.empty() || arguments.has_rest;
  } else if (which == "self") {
    result = arguments.self;
    is_given = result != 0;
  } else if (!which.empty() && which[0] >= '0' && which[0] <= '9') {
    const std::size_t position = std::stoul(which);
    if (position < arguments.positional.size()) {
      result = arguments.positional[position];
      is_given = true;
    } else if (arguments.has_rest) {
      result = arguments.rest;
      is_given = true;
    }
  } else {
    const auto named = std::ranges::find_if(
        arguments.named, [&](const auto& entry) { return values_.text(entry.first) == which; });
    if (named != arguments.named.end()) {
      result = named->second;
      is_given = true;
    }
  }
  if (given != nullptr) *given = is_given;
  return result;
}

// The texts of a list with blanks between them, "?" for what is not known.
std::string Interpreter::command_line(const std::vector<ValueId>& words) const {
  std::string line;
  for (const ValueId word : words) {
    std::string text = "?";
    for (const Facet facet : values_.facets(word)) {
      if (facet.kind() != FacetKind::kConstant) continue;
      const Constant& constant = values_.constant(facet.index());
      const bool shown = constant.kind == ConstantKind::kText || constant.kind == ConstantKind::kBytes ||
                         constant.kind == ConstantKind::kTerm;
      if (shown) text = constant.text;
    }
    line += (line.empty() ? "" : " ") + text;
  }
  return line;
}

bool Interpreter::conditions_hold(const Rule& rule, const Arguments& arguments) {
  const auto in_phase = rule.where.empty() || rule.where == phase_name() ||
                        (rule.where == "import" && phase_ == Phase::kInstall);
  if (!in_phase && rule.kind != Kind::kFlow) return false;
  return std::ranges::all_of(rule.with, [&](const Condition& condition) {
    bool given = false;
    const ValueId value = argument(arguments, condition.argument, &given);
    if (condition.given) return given == *condition.given;
    if (condition.constant) {
      // An argument that is not there is as good as a constant.
      const bool constant = !given || values_.known(value) != 0;
      return constant == *condition.constant;
    }
    if (!given) return false;
    if (!condition.carries.empty()) {
      const ValueId taints = deep_taints(value, 2);
      return std::ranges::any_of(values_.facets(taints), [&](Facet facet) {
        const std::string& label = sources_[values_.taint_source(facet.index())].label;
        return std::ranges::find(condition.carries, label) != condition.carries.end();
      });
    }
    if (condition.path) {
      return std::ranges::any_of(values_.facets(value), [&](Facet facet) {
        return facet.kind() == FacetKind::kPath &&
               rules_.matches(*condition.path, values_.path_text(facet.index()));
      });
    }
    // Of a list, each element counts: ["sh", "-c", text].
    std::vector<ValueId> candidates{value};
    std::vector<ValueId> lists{value};
    if (condition.argument == "*") {
      lists = arguments.positional;
      for (const auto& [name, one] : arguments.named) lists.push_back(one);
    }
    for (const ValueId list : lists) {
      const ConstantId known = values_.known(list);
      const bool in_parts = known == 0 || values_.constant(known).kind == ConstantKind::kTuple;
      const auto all = in_parts ? elements(list, 64) : std::nullopt;
      if (!all) continue;
      candidates.insert(candidates.end(), all->begin(), all->end());
      // So does the whole as a command line: ["systemctl", "enable", name].
      if (condition.matches && rules_.searches(*condition.matches, command_line(*all))) return true;
    }
    return std::ranges::any_of(candidates, [&](ValueId candidate) {
      for (const Facet facet : values_.facets(candidate)) {
        if (facet.kind() != FacetKind::kConstant) continue;
        const Constant& constant = values_.constant(facet.index());
        const bool text = constant.kind == ConstantKind::kText || constant.kind == ConstantKind::kBytes;
        // A path of which only a part is known may still end in ".ssh/id_rsa".
        const bool shown = text || constant.kind == ConstantKind::kTerm;
        if (condition.matches && shown && rules_.searches(*condition.matches, constant.text)) return true;
        if (!condition.equals) continue;
        if (text && (*condition.equals == "'" + constant.text + "'" ||
                     *condition.equals == "\"" + constant.text + "\"")) {
          return true;
        }
        if (!text && fold_.shown(facet.index()) == condition.equals) return true;
      }
      return false;
    });
  });
}

ValueId Interpreter::secrets(ValueId value) {
  ValueId result = 0;
  for (const Facet facet : std::vector(values_.facets(value).begin(), values_.facets(value).end())) {
    if (facet.kind() == FacetKind::kTaint && sources_[values_.taint_source(facet.index())].label == "secret")
      result = values_.join(result, values_.value(facet));
  }
  return result;
}

std::uint32_t Interpreter::found(const Rule& rule, const std::string& name, NodeId at) {
  const auto key = std::tuple(&rule, current_, at, std::string());
  const auto known = finding_ids_.find(key);
  if (known != finding_ids_.end()) return known->second;
  // One that is there already stands for the rest.
  if (!has_room(kMaxFindings)) return static_cast<std::uint32_t>(analysis_.findings.size() - 1);
  Finding finding;
  finding.rule = &rule;
  finding.place = place(current_, at);
  finding.function = function_name();
  finding.name = name;
  finding.code = code_at(current_, at);
  finding.message =
      fill(rule.message,
           {{"name", shown_name(name)}, {"function", finding.function}, {"value", shown_name(name)}});
  finding.weights = rule.weights;
  finding.layers = script().layers;
  const auto index = static_cast<std::uint32_t>(analysis_.findings.size());
  analysis_.findings.push_back(std::move(finding));
  finding_ids_.emplace(key, index);
  return index;
}

ValueId Interpreter::source(const Rule& rule, const std::string& name, NodeId at, ValueId influenced) {
  const auto key = std::tuple(&rule, current_, at);
  auto known = source_ids_.find(key);
  if (known == source_ids_.end()) {
    Source made;
    made.rule = &rule;
    made.label = rule.label;
    made.name = name;
    made.text = current_;
    made.at = at;
    made.function = function_name();
    made.def = frame_->function;
    const auto id = static_cast<SourceId>(sources_.size());
    sources_.push_back(std::move(made));
    caller_sources_.push_back(&rule == rules_.caller());
    known = source_ids_.emplace(key, id).first;
    if (&rule != rules_.caller()) report_source(sources_.back());
  }
  const SourceId id = known->second;
  // The address of what is fetched may have a story of its own.
  TraceId before = 0;
  for (const Facet facet : values_.facets(influenced)) {
    if (facet.kind() != FacetKind::kTaint || before != 0) continue;
    const Source& other = sources_[values_.taint_source(facet.index())];
    if (other.label != rule.label && other.label != "caller") before = values_.taint_trace(facet.index());
  }
  std::string what = "comes from " + rule.label + ": " + shown_name(name);
  if (rule.label == "caller") what = "given by the caller as " + name;
  return values_.taint(id, trace(before, at, what));
}

void Interpreter::report_source(Source& source) {
  if (source.reported) return;
  source.reported = true;
  const SourceIndex old = current_;
  current_ = source.text;
  source.finding = found(*source.rule, source.name, source.at);
  analysis_.findings[source.finding].function = source.function;
  current_ = old;
}

void Interpreter::sink(const Rule& rule, const std::string& name, ValueId value, NodeId at) {
  const std::uint32_t finding = found(rule, name, at);
  for (const Facet facet : values_.list(value)) {
    if (facet.kind() != FacetKind::kTaint) continue;
    flow(values_.taint_source(facet.index()), values_.taint_trace(facet.index()), rule, name, finding, at);
  }
}

void Interpreter::flow(SourceId id, TraceId way, const Rule& sink_rule, const std::string& name,
                       std::uint32_t sink_finding, NodeId at) {
  // A parameter is told of while its function runs; elsewhere it is only a leftover in a shared object.
  if (caller_sources_[id] &&
      std::ranges::none_of(active_, [&](const Active& entry) { return entry.def == sources_[id].def; })) {
    return;
  }
  const Rule* rule = rules_.flow(sources_[id].label, sink_rule.category, phase_name());
  if (rule == nullptr) return;
  Weights weights = rule->weights;
  std::string proof;
  for (const auto& [source, symbol, proved] : checked_) {
    if (source != id || !same_data(proved, way)) continue;
    const auto checked = rule->when_checked.find(values_.text(symbol));
    // A check that the rule knows nothing of is worth what a known one is at least.
    const Weights less = checked != rule->when_checked.end()
                             ? checked->second
                             : Weights{weights.risk / 2, weights.malware / 2, 0};
    if (less.risk <= weights.risk) {
      weights = less;
      proof = values_.text(symbol);
    }
  }
  // Several parameters of one function at one sink are told of once.
  constexpr SourceId kAnyCaller = 0xFFFFFFFF;
  const auto key = std::tuple(caller_sources_[id] ? kAnyCaller : id, &sink_rule, current_, at);
  const auto known = flow_ids_.find(key);
  if (known != flow_ids_.end()) {
    const Finding& old = analysis_.findings[known->second];
    if (old.weights.risk >= weights.risk || same_weights(old.weights, weights)) return;
  }
  if (known == flow_ids_.end() && !has_room(kMaxWithFlows)) return;
  report_source(sources_[id]);
  Finding finding;
  finding.rule = rule;
  finding.place = place(current_, at);
  finding.function = function_name();
  finding.code = code_at(current_, at);
  finding.name = name;
  finding.weights = weights;
  finding.checked = proof;
  finding.layers = script().layers;
  finding.source = sources_[id].finding;
  finding.sink = sink_finding;
  for (TraceId step_id = way; step_id != 0; step_id = traces_[step_id].parent) {
    const Trace& here = traces_[step_id];
    finding.steps.push_back(step(here.text, here.at, values_.text(here.what), values_.text(here.function)));
  }
  std::ranges::reverse(finding.steps);
  finding.steps.push_back(step(current_, at, "reaches " + shown_name(name) + "()", finding.function));
  for (const Step& one : finding.steps) {
    if (!one.function.empty() &&
        std::ranges::find(finding.functions, one.function) == finding.functions.end()) {
      finding.functions.push_back(one.function);
    }
  }
  finding.message =
      fill(rule->message, {{"name", shown_name(name)},
                           {"source", shown_name(sources_[id].name)},
                           {"sink", shown_name(name)},
                           {"value", shown_name(name)},
                           {"function", finding.function.empty() ? "the module" : finding.function}});
  if (known != flow_ids_.end()) {
    analysis_.findings[known->second] = std::move(finding);
    return;
  }
  flow_ids_.emplace(key, static_cast<std::uint32_t>(analysis_.findings.size()));
  analysis_.findings.push_back(std::move(finding));
}

std::vector<Origin> Interpreter::sources_of(ValueId value) const {
  std::vector<Origin> ids;
  for (const Facet facet : values_.facets(value)) {
    if (facet.kind() != FacetKind::kTaint) continue;
    ids.push_back({values_.taint_source(facet.index()), values_.taint_trace(facet.index())});
  }
  std::ranges::sort(ids);
  return ids;
}

// Neither a constant, nor anything of the subject, nor anybody's function: what it is, cannot be told.
bool Interpreter::nothing_known(ValueId value) const {
  return std::ranges::all_of(values_.facets(value), [&](Facet facet) {
    return facet.kind() == FacetKind::kPath && values_.path_text(facet.index()).starts_with('?');
  });
}

void Interpreter::sink_call(const Rule& rule, const std::string& name, const Arguments& arguments,
                            NodeId at) {
  ValueId value = 0;
  bool unknown = false;
  const bool imports = rule.category == "import";
  const auto add = [&](ValueId one) {
    unknown = unknown || nothing_known(one);
    value = values_.join(value, values_.join(deep_taints(one, 3), file_taints(one)));
    if (const auto all = elements(one, 16)) {
      for (const ValueId part : *all) value = values_.join(value, file_taints(part));
    }
    const auto inside = imports ? directories_.find(values_.term(one)) : directories_.end();
    if (inside == directories_.end()) return;
    // From now on any module may be one of those that lie there.
    value = values_.join(value, inside->second);
    module_path_ = values_.join(module_path_, inside->second);
  };
  if (rule.arguments.empty()) {
    for (const ValueId one : arguments.positional) add(one);
    for (const auto& [key, one] : arguments.named) add(one);
    add(arguments.named_rest);
  } else {
    for (const std::string& which : rule.arguments) {
      bool given = false;
      const ValueId one = argument(arguments, which, &given);
      if (given) add(one);
    }
  }
  if (arguments.has_rest) add(arguments.rest);
  sink(rule, name, value, at);
  const bool runs = rule.category == "code" || rule.category == "unpickle" || rule.category == "native";
  if (unknown && runs && !values_.has(value, FacetKind::kTaint)) {
    analysis_.findings[found(rule, name, at)].unknown = true;
  }
}

// What a check says of the values that it looks at: their digest, or that they are right.
ValueId Interpreter::checked_by(const Rule& rule, ValueId callee, const Arguments& arguments) {
  const auto at = [&](std::size_t i) {
    return i < arguments.positional.size() ? arguments.positional[i] : 0;
  };
  if (rule.id.ends_with(".compare")) return compare(at(0), at(1), true);
  ValueId seen = rule.arguments.empty() ? taints(arguments) : 0;
  ValueId key = values_.only(callee, FacetKind::kTaint);
  bool keyed = false;
  if (!rule.arguments.empty()) {
    std::vector<bool> listed(arguments.positional.size(), false);
    for (const std::string& which : rule.arguments) {
      seen = values_.join(seen, deep_taints(argument(arguments, which), 2));
      for (std::size_t i = 0; i < listed.size(); ++i) listed[i] = listed[i] || which == std::to_string(i);
    }
    for (std::size_t i = 0; i < listed.size(); ++i) {
      if (listed[i]) continue;
      key = values_.join(key, deep_taints(at(i), 2));
      keyed = keyed || values_.known(at(i)) == 0;
    }
  }
  const std::vector<Origin> ids = sources_of(seen);
  if (ids.empty()) return 0;
  // A key that comes from where the data comes from proves nothing.
  const bool is_signature = rule.proof == "signature";
  if (is_signature || keyed) {
    for (const Origin& other : sources_of(key)) {
      for (const Origin& id : ids) {
        if (sources_[id.source].label == sources_[other.source].label && !caller_sources_[id.source])
          return 0;
      }
    }
  }
  const SymbolId proof = values_.symbol(rule.proof);
  if (is_signature) add_checked(ids, proof);
  return check_value(
      {.sources = ids, .proof = proof, .verdict = is_signature, .negated = false, .keyed = keyed});
}

void Interpreter::apply_rules(PathId path, ValueId callee, Arguments& arguments, NodeId at, ValueId& result,
                              bool& clean) {
  const auto& matched = rules_.of(values_, path).calls;
  const bool digest = values_.has(callee, FacetKind::kCheck);
  if (matched.empty() && !digest) return;
  const std::string name = values_.path_text(path);
  if (digest) {
    for (const Facet facet : values_.list(callee)) {
      if (facet.kind() != FacetKind::kCheck) continue;
      Check check = checks_[facet.index()];
      const std::vector<Origin> more = sources_of(taints(arguments));
      check.sources.insert(check.sources.end(), more.begin(), more.end());
      std::ranges::sort(check.sources);
      check.sources.erase(std::unique(check.sources.begin(), check.sources.end()), check.sources.end());
      if (!check.sources.empty()) result = values_.join(result, check_value(std::move(check)));
    }
  }
  for (const Rule* rule : std::vector(matched)) {
    if (!conditions_hold(*rule, arguments)) continue;
    switch (rule->kind) {
      case Kind::kSource:
        result = values_.join(result, source(*rule, name, at, taints(arguments)));
        // A file at a secret place holds a secret.
        if (rule->label == "file")
          result = values_.join(result, secrets(values_.join(callee, taints(arguments))));
        for (const std::string& which : rule->into) write_file(argument(arguments, which), result);
        break;
      case Kind::kSink:
        sink_call(*rule, name, arguments, at);
        break;
      case Kind::kCheck:
        result = values_.join(result, checked_by(*rule, callee, arguments));
        break;
      case Kind::kClean:
        clean = true;
        break;
      case Kind::kCall:
        found(*rule, name, at);
        break;
      case Kind::kFlow:
      case Kind::kString:
      case Kind::kMeasure:
        break;
    }
  }
}

ValueId Interpreter::check_value(Check check) {
  const auto found = check_ids_.find(check);
  if (found != check_ids_.end()) return values_.value(Facet(FacetKind::kCheck, found->second));
  const auto index = static_cast<std::uint32_t>(checks_.size());
  check_ids_.emplace(check, index);
  checks_.push_back(std::move(check));
  return values_.value(Facet(FacetKind::kCheck, index));
}

// Whether two ways from a source lead to the same bytes: not when they part where a function gave them, for
// then it was called twice, for this and for that.
bool Interpreter::same_data(TraceId a, TraceId b) const {
  TraceId first = a, second = b;
  while (first != second) {
    TraceId& deeper = traces_[first].depth >= traces_[second].depth ? first : second;
    deeper = traces_[deeper].parent;
  }
  return first == a || first == b || first == 0 ||
         !values_.text(traces_[first].what).starts_with("returned by");
}

void Interpreter::add_checked(const std::vector<Origin>& sources, SymbolId proof) {
  for (const Origin& origin : sources) checked_.push_back({origin.source, proof, origin.trace});
  std::ranges::sort(checked_);
  checked_.erase(std::unique(checked_.begin(), checked_.end()), checked_.end());
}

void Interpreter::apply_verdicts(ValueId condition, bool holds) {
  for (const Facet facet : values_.list(condition)) {
    if (facet.kind() != FacetKind::kCheck) continue;
    const Check& check = checks_[facet.index()];
    if (check.verdict && check.negated != holds) add_checked(check.sources, check.proof);
  }
}

void Interpreter::report_strings(std::string_view text, NodeId at, const std::vector<std::string>& layers) {
  for (const Rule* rule : rules_.strings(text)) {
    std::string excerpt;
    for (const std::string& expression : rule->strings) {
      if (const auto match = rules_.first_match(expression, text)) {
        excerpt = shown_part(*match);
        break;
      }
    }
    const auto key = std::tuple(rule, current_, at, excerpt);
    if (finding_ids_.contains(key) || !has_room(kMaxFindings)) continue;
    const std::uint32_t index = static_cast<std::uint32_t>(analysis_.findings.size());
    Finding finding;
    finding.rule = rule;
    finding.place = place(current_, at);
    finding.function = frame_ == nullptr ? "" : function_name();
    finding.name = excerpt;
    finding.code = code_at(current_, at);
    finding.message =
        fill(rule->message, {{"name", excerpt}, {"value", excerpt}, {"function", finding.function}});
    finding.weights = rule->weights;
    finding.layers = layers.empty() ? script().layers : layers;
    analysis_.findings.push_back(std::move(finding));
    finding_ids_.emplace(key, index);
  }
}

void Interpreter::check_strings(ConstantId id, NodeId at) {
  constexpr std::size_t kLeast = 8, kMost = 64U << 10;
  const Constant& constant = values_.constant(id);
  if (constant.kind != ConstantKind::kText && constant.kind != ConstantKind::kBytes) return;
  if (constant.text.size() < kLeast || constant.text.size() > kMost || !searched_.insert(id).second) return;
  report_strings(constant.text, at, values_.layer_names(constant.layers));
}

// Every string literal of the current text but docstrings, whether it is ever used or not.
void Interpreter::check_literals() {
  constexpr std::size_t kLeast = 6;
  for (NodeId at = 1; at < tree().size(); ++at) {
    if (node(at).kind == Syntax::kExpressionStatement) {
      const NodeId only = node(at).first;
      if (only != 0 && node(only).kind == Syntax::kString && node(only).next == 0) {
        const std::uint32_t end = node(at).end;
        while (at + 1 < tree().size() && node(at + 1).start < end) ++at;
        continue;
      }
    }
    if (node(at).kind != Syntax::kString) continue;
    const Node& literal = node(at);
    if (literal.end - literal.start < kLeast) continue;
    report_strings(word(at), at, {});
  }
}

void Interpreter::report_measure(std::string_view measure, double value, NodeId at,
                                 const std::vector<std::string>& layers) {
  for (const Rule* rule : rules_.measures()) {
    if (rule->measure != measure || value < rule->at_least) continue;
    const std::uint32_t index = found(*rule, std::string(measure), at);
    Finding& finding = analysis_.findings[index];
    char number[32];
    std::snprintf(number, sizeof number, "%.4g", value);
    finding.message =
        fill(rule->message, {{"value", number}, {"name", number}, {"function", finding.function}});
    if (!layers.empty()) finding.layers = layers;
  }
}

// A value that goes on from compile() to exec() is one flow, not two.
void Interpreter::drop_intermediate_flows() {
  std::set<std::uint32_t> gone;
  for (const auto& [key, index] : flow_ids_) {
    const auto& [source, rule, text, at] = key;
    if (!rule->intermediate) continue;
    const bool goes_on = std::ranges::any_of(flow_ids_, [&](const auto& other) {
      return std::get<0>(other.first) == source && !std::get<1>(other.first)->intermediate;
    });
    if (goes_on) gone.insert(index);
  }
  for (const std::uint32_t index : gone) analysis_.findings[index].rule = nullptr;
}

}  // namespace pilothouse::audit
