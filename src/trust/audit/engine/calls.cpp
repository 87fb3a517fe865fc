#include <algorithm>

#include "trust/audit/engine/interpreter.h"

namespace pilothouse::audit {
namespace {

constexpr std::uint32_t kMaxCallsDeep = 40;
constexpr std::uint32_t kFewContexts = 3;
constexpr std::uint32_t kMaxContexts = 5;
constexpr std::uint32_t kMostContexts = 16;  // with what came from outside
constexpr std::uint32_t kMaxHops = 12;       // of one partial or bound method through another

bool runs_at_installation(std::string_view base) {
  return (base.starts_with("setuptools.") || base.starts_with("distutils.")) &&
         (base.find("command") != std::string_view::npos || base.ends_with("Command"));
}

void add_number(std::string& key, std::uint64_t number) {
  key.append(reinterpret_cast<const char*>(&number), sizeof number);
}

}  // namespace

ValueId Interpreter::function_value(Function function) {
  const auto found = function_ids_.find(function);
  if (found != function_ids_.end()) return values_.value(Facet(FacetKind::kFunction, found->second));
  const auto index = static_cast<std::uint32_t>(functions_.size());
  function_ids_.emplace(function, index);
  functions_.push_back(std::move(function));
  return values_.value(Facet(FacetKind::kFunction, index));
}

ValueId Interpreter::bind_self(ValueId callee, ValueId self) {
  ValueId result = 0;
  for (const Facet facet : values_.list(callee)) {
    const bool local =
        facet.kind() == FacetKind::kFunction && functions_[facet.index()].kind == Function::kLocal;
    if (!local || functions_[facet.index()].def->is_static) {
      result = values_.join(result, values_.value(facet));
      continue;
    }
    result = values_.join(
        result, function_value({.kind = Function::kBound, .callee = values_.value(facet), .self = self}));
  }
  return result;
}

ValueId Interpreter::super_attribute(SymbolId name) {
  const FunctionDef* def = frame_->function;
  if (def == nullptr || def->owner == nullptr) return 0;
  ValueId self = values_.value(Facet(FacetKind::kObject, def->owner->instance));
  if (!def->parameters.empty()) {
    const auto found = frame_->variables.find(def->parameters[0].name);
    if (found != frame_->variables.end()) self = found->second;
  }
  ValueId result = 0;
  for (ClassDef* base : def->owner->local_bases)
    result = values_.join(result, attribute_of_class(base, name, self, 0));
  for (const PathId base : def->owner->outer_bases) {
    result = values_.join(result, values_.of_path(values_.attribute(values_.called(base), name)));
  }
  return result;
}

// super() that is not asked for an attribute at once: instances of the classes above.
ValueId Interpreter::parent() {
  const FunctionDef* def = frame_->function;
  if (def == nullptr || def->owner == nullptr) return 0;
  ValueId result = 0;
  for (const ClassDef* base : def->owner->local_bases)
    result = values_.join(result, values_.value(Facet(FacetKind::kObject, base->instance)));
  for (const PathId base : def->owner->outer_bases)
    result = values_.join(result, values_.of_path(values_.called(base)));
  return result;
}

ValueId Interpreter::taints(const Arguments& arguments) {
  ValueId result = values_.join(values_.only(arguments.rest, FacetKind::kTaint),
                                values_.only(arguments.named_rest, FacetKind::kTaint));
  for (const ValueId value : arguments.positional) result = values_.join(result, deep_taints(value, 2));
  for (const auto& [name, value] : arguments.named) result = values_.join(result, deep_taints(value, 2));
  return result;
}

// Whether anything but the parameters of free functions has gone into a value.
bool Interpreter::from_outside(ValueId value) const {
  return std::ranges::any_of(values_.facets(value), [&](Facet facet) {
    return facet.kind() == FacetKind::kTaint && !caller_sources_[values_.taint_source(facet.index())];
  });
}

// What callers gave is told for each function by itself: so functions are entered once, not once for each way
// to them.
ValueId Interpreter::without_callers(ValueId value, ValueId& callers) {
  if (!values_.has(value, FacetKind::kTaint)) return value;
  FacetList kept;
  for (const Facet facet : values_.list(value)) {
    if (facet.kind() == FacetKind::kTaint && caller_sources_[values_.taint_source(facet.index())]) {
      callers = values_.join(callers, values_.value(facet));
    } else {
      kept.push_back(facet);
    }
  }
  return values_.value(std::move(kept));
}

// Paths that begin with something unknown tell little, and there are many of them.
ValueId Interpreter::without_unknown(ValueId value) {
  if (!values_.has(value, FacetKind::kPath)) return value;
  FacetList kept;
  for (const Facet facet : values_.facets(value)) {
    if (facet.kind() != FacetKind::kPath || !values_.path_text(facet.index()).starts_with('?'))
      kept.push_back(facet);
  }
  return values_.value(kept);
}

ValueId Interpreter::call(ValueId callee, Arguments& arguments, NodeId at) {
  if (exhausted_) return 0;
  ValueId result = 0;
  bool known = false;
  for (const Facet facet : values_.list(callee)) {
    switch (facet.kind()) {
      case FacetKind::kPath:
        known = true;
        result = values_.join(result, call_path(facet.index(), callee, arguments, at));
        break;
      case FacetKind::kFunction:
        known = true;
        result = values_.join(result, call_function(facet.index(), arguments, at));
        break;
      case FacetKind::kObject: {
        ClassDef* cls = object(facet.index()).cls;
        if (cls == nullptr) {
          // Something from a namespace that code was executed in.
          result = values_.join(result, values_.only(object(facet.index()).any, FacetKind::kTaint));
          break;
        }
        const ValueId method = attribute_of_class(cls, values_.symbol("__call__"), values_.value(facet), 0);
        if (method != 0 && method != callee) {
          known = true;
          result = values_.join(result, call(method, arguments, at));
        }
        break;
      }
      case FacetKind::kTaint:
        result = values_.join(result, values_.value(facet));
        break;
      case FacetKind::kConstant:
      case FacetKind::kCheck:
        break;
    }
  }
  if (!known) result = values_.join(result, taints(arguments));
  return result;
}

ValueId Interpreter::call_function(std::uint32_t index, Arguments& arguments, NodeId at) {
  const Function& function = functions_[index];
  if (exhausted_) return taints(arguments);
  if (calls_deep_ >= kMaxCallsDeep) {
    not_looked_at();
    return taints(arguments);
  }
  if (frame_->function != nullptr) calls_local_.insert(frame_->function);
  switch (function.kind) {
    case Function::kLocal: {
      ValueId self = 0;
      if (function.def->is_class_method && function.def->owner != nullptr) {
        self = function_value({.kind = Function::kClass, .cls = function.def->owner});
      }
      return call_local(*function.def, function.frame, self, arguments, at);
    }
    case Function::kClass:
      return call_class(*function.cls, arguments, at);
    case Function::kBound: {
      ValueId result = 0;
      for (const Facet facet : values_.list(function.callee)) {
        if (facet.kind() != FacetKind::kFunction) continue;
        const Function& method = functions_[facet.index()];
        if (method.kind != Function::kLocal) continue;
        ValueId self = function.self;
        if (method.def->is_class_method && method.def->owner != nullptr) {
          self = function_value({.kind = Function::kClass, .cls = method.def->owner});
        }
        result = values_.join(result, call_local(*method.def, method.frame, self, arguments, at));
      }
      return result;
    }
    case Function::kPartial: {
      Arguments all;
      all.positional = function.arguments;
      all.positional.insert(all.positional.end(), arguments.positional.begin(), arguments.positional.end());
      all.named = function.named;
      all.named.insert(all.named.end(), arguments.named.begin(), arguments.named.end());
      all.rest = arguments.rest;
      all.named_rest = arguments.named_rest;
      all.has_rest = arguments.has_rest;
      if (calls_deep_ >= kMaxHops + kMaxCallsDeep) return 0;
      ++calls_deep_;
      const ValueId result = call(function.callee, all, at);
      --calls_deep_;
      return result;
    }
  }
  return 0;
}

ValueId Interpreter::call_class(ClassDef& cls, Arguments& arguments, NodeId at) {
  const ValueId self = values_.value(Facet(FacetKind::kObject, cls.instance));
  const ValueId init = attribute_of_class(&cls, values_.symbol("__init__"), self, 0);
  if (init != 0) {
    call(init, arguments, at);
  } else {
    Object& shared = object(cls.instance);
    for (const ValueId value : arguments.positional) add_to_any(shared, value);
    for (const auto& [name, value] : arguments.named) add_to_field(shared, name, value);
  }
  if (const ValueId make = attribute_of_class(&cls, values_.symbol("__new__"), self, 0); make != 0) {
    Arguments with_class = arguments;
    call(make, with_class, at);
  }
  return self;
}

void Interpreter::bind(FunctionDef& def, Frame* frame, ValueId self, const Arguments& arguments, NodeId at) {
  std::size_t next = 0;
  std::size_t position = 0;
  std::vector<bool> used(arguments.named.size(), false);
  for (const Parameter& parameter : def.parameters) {
    ValueId value = 0;
    if (parameter.kind == Parameter::kRest) {
      const ValueId rest =
          values_.value(Facet(FacetKind::kObject, static_cast<std::uint32_t>(objects_.size())));
      objects_.push_back({.kind = Object::kList});
      Object& list = objects_.back();
      list.exact.emplace();
      for (; next < arguments.positional.size(); ++next) {
        list.exact->push_back(arguments.positional[next]);
        add_to_any(list, arguments.positional[next]);
      }
      if (arguments.has_rest) list.exact.reset();
      add_to_any(list, arguments.rest);
      frame->variables[parameter.name] = rest;
      continue;
    }
    if (parameter.kind == Parameter::kNamedRest) {
      const ValueId rest =
          values_.value(Facet(FacetKind::kObject, static_cast<std::uint32_t>(objects_.size())));
      objects_.push_back({.kind = Object::kDict});
      for (std::size_t i = 0; i < used.size(); ++i) {
        if (!used[i]) add_to_field(objects_.back(), arguments.named[i].first, arguments.named[i].second);
      }
      add_to_any(objects_.back(), arguments.named_rest);
      frame->variables[parameter.name] = rest;
      continue;
    }
    bool given = false;
    if (self != 0 && position == 0 && parameter.kind == Parameter::kPlain) {
      value = self;
      given = true;
      ++position;
      frame->variables[parameter.name] = value;
      continue;
    }
    ++position;
    if (parameter.kind == Parameter::kPlain && next < arguments.positional.size()) {
      value = arguments.positional[next++];
      given = true;
    }
    for (std::size_t i = 0; i < arguments.named.size() && !given; ++i) {
      if (arguments.named[i].first != parameter.name) continue;
      value = arguments.named[i].second;
      used[i] = true;
      given = true;
    }
    if (!given) {
      if (arguments.has_rest && parameter.kind == Parameter::kPlain)
        value = values_.join(value, arguments.rest);
      value = values_.join(value, arguments.named_rest);
      if (parameter.standard != 0) {
        const SourceIndex old = current_;
        Frame* old_frame = frame_;
        current_ = def.source;
        frame_ = def.scope == nullptr ? frame : def.scope;
        value = values_.join(value, evaluate(parameter.standard));
        current_ = old;
        frame_ = old_frame;
      }
    } else if (at != 0 && values_.has(value, FacetKind::kTaint)) {
      value = stepped(value, at, "passed to " + def.name + "() as " + values_.text(parameter.name));
    }
    bool plain = false;
    if (!values_.has(value, FacetKind::kObject) && !values_.has(value, FacetKind::kPath)) {
      value = values_.join(value, annotated(def, parameter, plain));
    }
    frame->variables[parameter.name] = value;
  }
}

// What an annotation says that a parameter is. `plain`: a number, which can carry nothing.
ValueId Interpreter::annotated(const FunctionDef& def, const Parameter& parameter, bool& plain) {
  if (parameter.annotation == 0) return 0;
  const SourceIndex old = current_;
  Frame* frame = frame_;
  current_ = def.source;
  if (def.scope != nullptr) frame_ = def.scope;
  ValueId result = 0;
  const NodeId type = node(parameter.annotation).first;
  if (type != 0 && (node(type).kind == Syntax::kIdentifier || node(type).kind == Syntax::kAttribute)) {
    const ValueId value = evaluate(type);
    for (const Facet facet : values_.list(value)) {
      if (facet.kind() == FacetKind::kPath) {
        const std::string& path = values_.path_text(facet.index());
        plain = plain || path == "builtins.int" || path == "builtins.float" || path == "builtins.bool";
        if (!path.starts_with("builtins."))
          result = values_.join(result, values_.of_path(values_.called(facet.index())));
      }
      if (facet.kind() == FacetKind::kFunction && functions_[facet.index()].kind == Function::kClass) {
        result = values_.join(
            result, values_.value(Facet(FacetKind::kObject, functions_[facet.index()].cls->instance)));
      }
    }
  }
  current_ = old;
  frame_ = frame;
  return result;
}

ValueId Interpreter::run_function(FunctionDef& def, Frame* frame) {
  const SourceIndex old_text = current_;
  Frame* old_frame = frame_;
  Call* old_call = call_;
  const std::uint32_t old_branches = branches_, old_loops = loops_, old_depth = depth_;
  std::vector<Change> old_trail = std::move(trail_);
  trail_.clear();
  Call call;
  call.frame = frame;
  call_ = &call;
  frame_ = frame;
  current_ = def.source;
  branches_ = 0;
  loops_ = 0;
  // Each call may nest as deep again; how many calls may, is bounded.
  depth_ = std::min(old_depth, 200U);
  ++calls_deep_;
  Outcome outcome = Outcome::kNext;
  if (def.lambda) {
    call.returned = evaluate(def.body);
    call.returns = true;
    call.checked = checked_;
  } else if (def.body != 0) {
    outcome = run_block(def.body);
  }
  --calls_deep_;
  if (outcome == Outcome::kNext || outcome == Outcome::kBreak || outcome == Outcome::kContinue) {
    if (call.returns) {
      Checked both;
      std::ranges::set_intersection(call.checked, checked_, std::back_inserter(both));
      call.checked = std::move(both);
    } else {
      call.checked = checked_;
    }
  }
  checked_ = call.checked;
  depth_ = old_depth;
  loops_ = old_loops;
  branches_ = old_branches;
  // What the call did to variables of outer scopes may be taken back with a branch around it.
  const std::vector<Change> inner = std::move(trail_);
  trail_ = std::move(old_trail);
  if (branches_ > 0) {
    for (const Change& change : inner) {
      if (change.frame != frame) trail_.push_back(change);
    }
  }
  call_ = old_call;
  frame_ = old_frame;
  current_ = old_text;
  raised_ =
      outcome == Outcome::kRaise && !call.returns && !def.lambda && def.owner == nullptr && !def.generator;
  if (!def.generator) return call.returned;
  const ValueId made = values_.value(Facet(FacetKind::kObject, static_cast<std::uint32_t>(objects_.size())));
  objects_.push_back({.kind = Object::kIterator});
  add_to_any(objects_.back(), call.yielded);
  return made;
}

ValueId Interpreter::call_local(FunctionDef& def, Frame* closure, ValueId self, Arguments& given, NodeId at) {
  const auto recursion =
      std::ranges::count_if(active_, [&](const Active& entry) { return entry.def == &def; });
  if (recursion >= 2 || calls_deep_ >= kMaxCallsDeep) return taints(given);
  ValueId callers = 0;
  Arguments arguments = given;
  // Of the first few ways to call it all is told apart, then what it was given matters less and less.
  const bool some = def.contexts > kFewContexts || recursion > 0, many = def.contexts > kMaxContexts;
  const auto reduced = [&](ValueId value) {
    value = without_unknown(without_callers(value, callers));
    if (some) value = values_.without(values_.without(value, FacetKind::kConstant), FacetKind::kCheck);
    if (many) value = values_.without(values_.without(value, FacetKind::kPath), FacetKind::kObject);
    return value;
  };
  for (ValueId& value : arguments.positional) value = reduced(value);
  for (auto& [name, value] : arguments.named) value = reduced(value);
  arguments.rest = reduced(arguments.rest);
  arguments.named_rest = reduced(arguments.named_rest);
  // Where tainted values come from the place of the call counts, since it is a step of their way.
  const bool tainted = from_outside(taints(arguments));
  std::string key;
  add_number(key, reinterpret_cast<std::uintptr_t>(&def));
  add_number(key, reinterpret_cast<std::uintptr_t>(closure));
  add_number(key, static_cast<std::uint64_t>(phase_) << 32 | self);
  add_number(key, tainted ? static_cast<std::uint64_t>(current_) << 32 | at : 0);
  for (const ValueId value : arguments.positional) add_number(key, value);
  for (const auto& [name, value] : arguments.named)
    add_number(key, static_cast<std::uint64_t>(name) << 32 | value);
  add_number(key, static_cast<std::uint64_t>(arguments.rest) << 32 | arguments.named_rest);
  for (const Proved& proved : checked_) {
    add_number(key, static_cast<std::uint64_t>(proved.source) << 32 | proved.trace);
    add_number(key, proved.proof);
  }
  const auto found = results_.find(key);
  if (found != results_.end() && found->second.epoch == epoch_) {
    checked_ = found->second.checked;
    return values_.join(found->second.value, callers);
  }
  const bool running = std::ranges::any_of(
      active_, [&](const Active& entry) { return entry.def == &def && entry.key == key; });
  // A result that was found before what it saw has changed is refined a few times only.
  if (running || (++def.contexts > kMaxContexts + 2 && !tainted) || def.contexts > kMostContexts) {
    return values_.join(found != results_.end() ? found->second.value : taints(arguments), callers);
  }
  Frame& frame = frames_.emplace_back();
  frame.parent = closure;
  frame.source = def.source;
  frame.function = &def;
  bind(def, &frame, self, arguments, at);
  const std::uint64_t known_context = found != results_.end() ? found->second.context : 0;
  active_.push_back({&def, key, known_context != 0 ? known_context : ++contexts_});
  const std::uint64_t epoch = epoch_;
  const ValueId value = run_function(def, &frame);
  const std::uint64_t context = active_.back().context;
  active_.pop_back();
  results_[std::move(key)] = {value, checked_, epoch, context};
  return values_.join(value, callers);
}

// The classes of others that a class of the input derives from, also through others of the input.
std::vector<PathId> Interpreter::outer_bases(const ClassDef* cls) const {
  constexpr std::size_t kMostClasses = 16;
  std::vector<PathId> result;
  std::vector<const ClassDef*> open;
  if (cls != nullptr) open.push_back(cls);
  for (std::size_t i = 0; i < open.size() && i < kMostClasses; ++i) {
    result.insert(result.end(), open[i]->outer_bases.begin(), open[i]->outer_bases.end());
    open.insert(open.end(), open[i]->local_bases.begin(), open[i]->local_bases.end());
  }
  return result;
}

// The rule for what a framework passes to a method of a class that is made for it.
const Rule* Interpreter::given_to_method(const FunctionDef& def) {
  const std::string& name = values_.text(def.symbol);
  if (name.starts_with("__")) return nullptr;
  for (const PathId base : outer_bases(def.owner)) {
    for (const Rule* rule : rules_.of(values_, base).bases) {
      const bool named =
          rule->arguments.empty() || std::ranges::find(rule->arguments, name) != rule->arguments.end();
      if (rule->kind == Kind::kSource && named) return rule;
    }
  }
  return nullptr;
}

// A function as anybody may call it.
void Interpreter::enter_freely(FunctionDef& def) {
  if (def.entered_free || def.scope == nullptr) return;
  def.entered_free = true;
  const SourceIndex came_from = current_;
  current_ = def.source;
  begin_entry();
  Frame& frame = frames_.emplace_back();
  frame.parent = def.scope;
  frame.source = def.source;
  frame.function = &def;
  ValueId self = 0;
  if (def.owner != nullptr && !def.is_static) {
    self = def.is_class_method ? function_value({.kind = Function::kClass, .cls = def.owner})
                               : values_.value(Facet(FacetKind::kObject, def.owner->instance));
  }
  const Phase phase = phase_;
  phase_ = Phase::kRun;
  for (const PathId base : outer_bases(def.owner)) {
    if (runs_at_installation(values_.path_text(base))) phase_ = Phase::kInstall;
  }
  bind(def, &frame, self, {}, 0);
  frame_ = &frame;
  bool first = true;
  const Rule* given_by = def.given_by != nullptr ? def.given_by : given_to_method(def);
  for (const Parameter& parameter : def.parameters) {
    const bool is_self = first && self != 0;
    first = false;
    if (is_self) continue;
    const Rule* rule = given_by != nullptr ? given_by : rules_.caller();
    bool plain = false;
    ValueId value = annotated(def, parameter, plain);
    if (rule == nullptr || plain) continue;
    value = values_.join(value, source(*rule, values_.text(parameter.name), parameter.at, 0));
    if (parameter.kind == Parameter::kPlain || parameter.kind == Parameter::kKeywordOnly) {
      value = values_.join(value, values_.without(frame.variables[parameter.name], FacetKind::kConstant));
      frame.variables[parameter.name] = value;
    } else {
      for (const Facet facet : values_.facets(frame.variables[parameter.name])) {
        if (facet.kind() != FacetKind::kObject) continue;
        object(facet.index()).exact.reset();
        add_to_any(object(facet.index()), value);
      }
    }
  }
  checked_.clear();
  active_.push_back({&def, "", ++contexts_});
  run_function(def, &frame);
  active_.pop_back();
  checked_.clear();
  raised_ = false;
  current_ = came_from;
  phase_ = phase;
}

// First what anybody may call, then what a package keeps to itself, unless all calls of it have been seen.
void Interpreter::enter_all() {
  const auto is_own = [&](const FunctionDef& def) {
    const std::string_view name = values_.text(def.symbol);
    return name.starts_with('_') && !name.starts_with("__");
  };
  while (next_def_ < defs_.size() || next_own_ < defs_.size()) {
    const bool first_pass = next_def_ < defs_.size();
    FunctionDef& def = first_pass ? defs_[next_def_++] : defs_[next_own_++];
    if (def.lambda || first_pass == is_own(def)) continue;
    if (!first_pass && def.contexts > 0 && def.given_by == nullptr) continue;
    enter_freely(def);
  }
  // What was handed over only after that: main() may come last.
  for (std::size_t i = 0; i < handed_late_.size(); ++i) {
    handed_late_[i]->entered_free = false;
    enter_freely(*handed_late_[i]);
  }
  handed_late_.clear();
  enter_closures();
}

// What decorators made of functions, each with what it has kept.
void Interpreter::enter_closures() {
  constexpr std::uint32_t kMostOfOne = 16;
  for (; next_closure_ < functions_.size(); ++next_closure_) {
    const Function& function = functions_[next_closure_];
    if (function.kind != Function::kLocal || function.def->lambda || function.frame->function == nullptr)
      continue;
    if (function.frame == function.def->scope || ++function.def->closures > kMostOfOne) continue;
    const SourceIndex came_from = current_;
    current_ = function.def->source;
    begin_entry();
    frame_ = function.frame;
    Arguments anything;
    anything.has_rest = true;
    call_local(*function.def, function.frame, 0, anything, function.def->node);
    raised_ = false;
    checked_.clear();
    current_ = came_from;
  }
}

// A function that was handed to whatever a source rule names gets its parameters from there, and so do the
// methods of an object, and the functions in a list.
void Interpreter::called_by(ValueId function, const Rule& rule, int depth) {
  constexpr std::size_t kMostFunctions = 16;
  if (rule.kind != Kind::kSource || depth > 2) return;
  for (const Facet facet : values_.list(function)) {
    if (facet.kind() == FacetKind::kObject) {
      const Object& given = object(facet.index());
      if (given.cls == nullptr || given.cls->attributes == nullptr) continue;
      std::vector<ValueId> methods;
      for (const auto& [name, value] : given.cls->attributes->variables) {
        const std::string& text = values_.text(name);
        if (!text.starts_with('_') || text == "__call__") methods.push_back(value);
      }
      for (const ValueId method : methods) called_by(method, rule, depth + 1);
    }
    if (facet.kind() != FacetKind::kFunction) continue;
    const Function& local = functions_[facet.index()];
    if (local.def != nullptr && local.def->given_by == nullptr) {
      local.def->given_by = &rule;
      if (local.def->entered_free) handed_late_.push_back(local.def);
    }
    if (local.kind == Function::kBound || local.kind == Function::kPartial)
      called_by(local.callee, rule, depth + 1);
  }
  if (!values_.has(function, FacetKind::kObject)) return;
  if (const auto all = elements(function, kMostFunctions)) {
    for (const ValueId one : *all) called_by(one, rule, depth + 1);
  }
}

void Interpreter::call_back(ValueId callee, const std::vector<ValueId>& values, NodeId at) {
  Arguments arguments;
  arguments.positional = values;
  call(callee, arguments, at);
}

ValueId Interpreter::call_path(PathId path, ValueId callee, Arguments& arguments, NodeId at) {
  // A copy: the table of paths grows while this runs.
  const std::string& text = values_.path_text(path);
  if (frame_->function != nullptr && !text.starts_with("builtins."))
    outer_calls_[frame_->function].insert(path);
  ValueId found = 0;
  bool clean = false;
  apply_rules(path, callee, arguments, at, found, clean);
  for (const Rule* rule : rules_.of(values_, path).decorators) {
    for (const ValueId value : arguments.positional) called_by(value, *rule);
    for (const auto& [name, value] : arguments.named) called_by(value, *rule);
  }
  if (text.starts_with("shutil.") && values_.has(found, FacetKind::kTaint)) {
    // What is copied into a file: shutil.copy(secret, path).
    for (std::size_t i = 1; i < arguments.positional.size(); ++i) write_file(arguments.positional[i], found);
    for (const auto& [name, value] : arguments.named) write_file(value, found);
  }
  if (text == "sys.exit" || text == "os._exit" || text == "builtins.exit" || text == "builtins.quit")
    raised_ = true;
  if (is_modelled(path)) {
    if (const auto modelled = model(path, callee, arguments, at)) return values_.join(found, *modelled);
  }
  // What a source gives is what counts, not where it was asked.
  ValueId result = values_.join(found, values_.of_path(values_.called(path)));
  if (!values_.has(found, FacetKind::kTaint) && !clean) {
    result = values_.join(result, values_.only(callee, FacetKind::kTaint));
    ValueId taint = taints(arguments);
    for (const ValueId value : arguments.positional) taint = values_.join(taint, file_taints(value));
    if (taint != 0) {
      result = values_.join(result, stepped(taint, at, "passed through " + shown_name(text) + "()"));
    }
  }
  return result;
}

}  // namespace pilothouse::audit
