#include <algorithm>
#include <array>

#include "trust/audit/engine/interpreter.h"

namespace pilothouse::audit {
namespace {

// What a name means that nothing defines. Python 2's are among them.
constexpr std::array kBuiltins{"ArithmeticError",
                               "Exception",
                               "ImportError",
                               "KeyError",
                               "OSError",
                               "RuntimeError",
                               "ValueError",
                               "__build_class__",
                               "__builtins__",
                               "__import__",
                               "__loader__",
                               "abs",
                               "all",
                               "any",
                               "apply",
                               "ascii",
                               "basestring",
                               "bin",
                               "bool",
                               "breakpoint",
                               "buffer",
                               "bytearray",
                               "bytes",
                               "callable",
                               "chr",
                               "classmethod",
                               "compile",
                               "complex",
                               "copyright",
                               "delattr",
                               "dict",
                               "dir",
                               "divmod",
                               "enumerate",
                               "eval",
                               "exec",
                               "execfile",
                               "exit",
                               "file",
                               "filter",
                               "float",
                               "format",
                               "frozenset",
                               "get_ipython",
                               "getattr",
                               "globals",
                               "hasattr",
                               "hash",
                               "help",
                               "hex",
                               "id",
                               "input",
                               "int",
                               "intern",
                               "isinstance",
                               "issubclass",
                               "iter",
                               "len",
                               "list",
                               "locals",
                               "long",
                               "map",
                               "max",
                               "memoryview",
                               "min",
                               "next",
                               "object",
                               "oct",
                               "open",
                               "ord",
                               "pow",
                               "print",
                               "property",
                               "quit",
                               "range",
                               "raw_input",
                               "reduce",
                               "reload",
                               "repr",
                               "reversed",
                               "round",
                               "set",
                               "setattr",
                               "slice",
                               "sorted",
                               "staticmethod",
                               "str",
                               "sum",
                               "super",
                               "tuple",
                               "type",
                               "unichr",
                               "unicode",
                               "vars",
                               "xrange",
                               "zip"};

bool is_builtin(std::string_view name) {
  return std::ranges::binary_search(kBuiltins, name, {},
                                    [](const char* text) { return std::string_view(text); });
}

}  // namespace

ValueId Interpreter::matched_read(ValueId value, NodeId at) {
  for (const Facet facet : values_.list(value)) {
    if (facet.kind() != FacetKind::kPath) continue;
    const auto& reads = rules_.of(values_, facet.index()).reads;
    for (const Rule* rule : std::vector(reads)) {
      const std::string name = values_.path_text(facet.index());
      if (!conditions_hold(*rule, {})) continue;
      if (rule->kind == Kind::kSource) {
        value = values_.join(value, source(*rule, name, at, 0));
      } else if (rule->kind == Kind::kCall) {
        found(*rule, name, at);
      }
    }
  }
  return value;
}

PathId Interpreter::builtin(SymbolId name) {
  if (name >= builtins_.size()) builtins_.resize(name + 256, -1);
  std::int64_t& known = builtins_[name];
  if (known < 0) {
    const std::string& text = values_.text(name);
    known = !is_builtin(text) ? 0 : values_.path(text == "__builtins__" ? "builtins" : "builtins." + text);
  }
  return static_cast<PathId>(known);
}

ValueId Interpreter::lookup(SymbolId name, NodeId at) {
  // A class body sees its own names; functions in it do not.
  bool first = true;
  const bool is_global = std::ranges::find(frame_->globals, name) != frame_->globals.end();
  for (Frame* frame = frame_; frame != nullptr; frame = frame->parent) {
    const bool skip = (!first && frame->is_class) || (is_global && frame->parent != nullptr);
    first = false;
    if (skip) continue;
    const auto found = frame->variables.find(name);
    if (found != frame->variables.end()) {
      const ValueId value = found->second;
      return values_.has(value, FacetKind::kPath) ? matched_read(value, at) : value;
    }
    if (frame->parent != nullptr || frame->stars.empty()) continue;
    if (builtin(name) != 0) continue;
    ValueId value = 0;
    for (const PathId module : frame->stars) {
      value = values_.join(value, values_.of_path(values_.attribute(module, name)));
    }
    return matched_read(value, at);
  }
  if (const PathId path = builtin(name); path != 0) return matched_read(values_.of_path(path), at);
  const std::string& text = values_.text(name);
  if (text == "__name__") return values_.of_text(phase_ == Phase::kImport ? script().name : "__main__");
  if (text == "__file__") return values_.of_path(values_.path("__file__"));
  return 0;
}

void Interpreter::set(Frame* frame, SymbolId name, ValueId value) {
  const auto [at, fresh] = frame->variables.try_emplace(name, value);
  if (branches_ > 0) trail_.push_back({frame, name, fresh ? 0 : at->second, fresh});
  at->second = value;
}

void Interpreter::assign_name(SymbolId name, ValueId value) {
  Frame* frame = frame_;
  const auto in = [&](const std::vector<SymbolId>& names) {
    return std::ranges::find(names, name) != names.end();
  };
  if (in(frame->globals)) {
    // What any call may have set is only one of the things that the name may be.
    frame = script().globals;
    const auto old = frame->variables.find(name);
    if (old != frame->variables.end()) value = values_.join(old->second, value);
  } else if (in(frame->nonlocals)) {
    for (Frame* outer = frame->parent; outer != nullptr; outer = outer->parent) {
      const auto old = outer->variables.find(name);
      if (outer->is_class || old == outer->variables.end()) continue;
      frame = outer;
      value = values_.join(old->second, value);
      break;
    }
  }
  set(frame, name, value);
}

void Interpreter::assign(NodeId target, ValueId value) {
  if (target == 0) return;
  switch (node(target).kind) {
    case Syntax::kIdentifier:
      assign_name(symbol_of(target), value);
      return;
    case Syntax::kAttribute: {
      const ValueId base = evaluate(tree().child(target, Field::kObject));
      const NodeId name = tree().child(target, Field::kAttribute);
      if (name != 0) store_attribute(base, symbol_of(name), value, target);
      return;
    }
    case Syntax::kSubscript: {
      const NodeId container = tree().child(target, Field::kValue);
      const ValueId base = evaluate(container);
      const NodeId key_node = tree().child(target, Field::kSubscript);
      const ValueId key = key_node == 0 || node(key_node).kind == Syntax::kSlice ? 0 : evaluate(key_node);
      store_item(base, key, value, target);
      const ValueId taint = values_.only(value, FacetKind::kTaint);
      // An unknown container keeps what it was given.
      if (taint != 0 && base != 0 && !values_.has(base, FacetKind::kObject) &&
          node(container).kind == Syntax::kIdentifier && !values_.has(base, FacetKind::kPath)) {
        assign(container, values_.join(base, taint));
      }
      return;
    }
    case Syntax::kPatternList:
    case Syntax::kTuplePattern:
    case Syntax::kListPattern:
    case Syntax::kTuple:
    case Syntax::kList:
    case Syntax::kExpressionList: {
      const auto all = elements(value, 64);
      std::size_t i = 0, targets = 0;
      for (NodeId child = node(target).first; child != 0; child = node(child).next) ++targets;
      for (NodeId child = node(target).first; child != 0; child = node(child).next, ++i) {
        if (node(child).kind == Syntax::kListSplatPattern) {
          if (all && all->size() + 1 >= targets) {
            const auto begin = all->begin() + static_cast<std::ptrdiff_t>(i);
            const std::size_t rest = all->size() + 1 - targets;
            assign(node(child).first,
                   tuple_object({begin, begin + static_cast<std::ptrdiff_t>(rest)}, child, 12));
            i += rest - 1;
          } else {
            assign(node(child).first, value);
          }
        } else {
          assign(child, all && i < all->size() ? (*all)[i] : element(value));
        }
      }
      return;
    }
    case Syntax::kAsPatternTarget:
    case Syntax::kParenthesizedExpression:
    case Syntax::kListSplatPattern:
      assign(node(target).first, value);
      return;
    default:
      return;
  }
}

ValueId Interpreter::attribute_of_class(ClassDef* cls, SymbolId name, ValueId self, int depth) {
  if (cls == nullptr || depth > 8) return 0;
  const auto found = cls->attributes->variables.find(name);
  if (found != cls->attributes->variables.end()) {
    return self == 0 ? found->second : bind_self(found->second, self);
  }
  for (ClassDef* base : cls->local_bases) {
    if (const ValueId value = attribute_of_class(base, name, self, depth + 1); value != 0) return value;
  }
  return 0;
}

ValueId Interpreter::attribute(ValueId base, SymbolId name, NodeId at) {
  static const std::string kDict = "__dict__";
  static const std::string kClass = "__class__";
  if (base == 0) return matched_read(values_.of_path(values_.attribute(unknown_, name)), at);
  ValueId result = 0;
  bool anything = false;
  const std::string& text = values_.text(name);
  for (const Facet facet : values_.list(base)) {
    switch (facet.kind()) {
      case FacetKind::kPath: {
        anything = true;
        if (text == kDict) {
          result = values_.join(result, values_.value(facet));
          break;
        }
        result = values_.join(result, values_.of_path(values_.attribute(facet.index(), name)));
        break;
      }
      case FacetKind::kObject: {
        const Object& target = object(facet.index());
        if (text == kDict) {
          anything = true;
          result = values_.join(result, values_.value(facet));
          break;
        }
        ValueId value = 0;
        if (const auto field = target.fields.find(name); field != target.fields.end()) value = field->second;
        if (target.frame != nullptr) {
          const auto variable = target.frame->variables.find(name);
          if (variable != target.frame->variables.end()) value = values_.join(value, variable->second);
          for (const PathId star : target.frame->stars) {
            if (value == 0) value = values_.of_path(values_.attribute(star, name));
          }
        }
        const ValueId self = values_.value(facet);
        if (target.cls != nullptr) {
          if (text == kClass) {
            value = values_.join(value, function_value({.kind = Function::kClass, .cls = target.cls}));
          }
          value = values_.join(value, attribute_of_class(target.cls, name, self, 0));
          if (value == 0) {
            // What the class does not define comes from a class of somebody else.
            std::vector<ClassDef*> open{target.cls};
            for (std::size_t i = 0; i < open.size() && i < 16; ++i) {
              for (const PathId outer : open[i]->outer_bases) {
                value = values_.join(value, values_.of_path(values_.attribute(values_.called(outer), name)));
              }
              open.insert(open.end(), open[i]->local_bases.begin(), open[i]->local_bases.end());
            }
          }
        }
        if (value == 0) value = target.any;
        if (value == 0 && target.cls != nullptr)
          value = special(facet, "__getattr__", {values_.of_text(text)}, at);
        if (value != 0) anything = true;
        result = values_.join(result, value);
        break;
      }
      case FacetKind::kFunction: {
        const Function& function = functions_[facet.index()];
        if (function.kind == Function::kClass) {
          anything = true;
          result = values_.join(result, attribute_of_class(function.cls, name, 0, 0));
          const Object& shared = object(function.cls->instance);
          if (const auto field = shared.fields.find(name); field != shared.fields.end()) {
            result = values_.join(result, field->second);
          }
        }
        break;
      }
      case FacetKind::kTaint:
        result = values_.join(result, values_.value(facet));
        break;
      // The digest of something stays one through .hexdigest().
      case FacetKind::kCheck:
        if (!checks_[facet.index()].verdict) result = values_.join(result, values_.value(facet));
        break;
      case FacetKind::kConstant:
        if (text == "name" && values_.constant(facet.index()).kind == ConstantKind::kTerm) {
          result = values_.join(result, values_.value(facet));
        }
        break;
    }
  }
  // A property is called where it is read.
  for (const Facet facet : values_.list(result)) {
    if (facet.kind() != FacetKind::kFunction) continue;
    const Function& function = functions_[facet.index()];
    if (function.kind != Function::kBound) continue;
    for (const Facet inner : values_.list(function.callee)) {
      if (inner.kind() != FacetKind::kFunction) continue;
      const Function& method = functions_[inner.index()];
      if (method.def == nullptr || !method.def->is_property) continue;
      Arguments none;
      result = values_.join(result, call_function(facet.index(), none, at));
    }
  }
  if (!anything) {
    // Taint stays; what it is, is not known.
    result = values_.join(result, values_.of_path(values_.attribute(unknown_, name)));
  }
  return values_.has(result, FacetKind::kPath) ? matched_read(result, at) : result;
}

void Interpreter::add_to_field(Object& target, SymbolId name, ValueId value) {
  constexpr std::size_t kMostFields = 4096;
  ValueId* field = nullptr;
  if (target.fields.size() < kMostFields) {
    field = &target.fields[name];
  } else {
    field = &target.any;
  }
  const ValueId joined = values_.join(*field, value);
  if (joined != *field && from_outside(value)) ++epoch_;
  *field = joined;
}

void Interpreter::add_to_any(Object& target, ValueId value) {
  if (value == 0) return;
  const ValueId joined = values_.join(target.any, value);
  if (joined != target.any && from_outside(value)) ++epoch_;
  target.any = joined;
}

// What a property does with what is assigned to it.
void Interpreter::call_setters(Facet instance, SymbolId name, ValueId value, NodeId at) {
  ClassDef* cls = object(instance.index()).cls;
  if (cls == nullptr) return;
  const ValueId self = values_.value(instance);
  for (const Facet facet : values_.list(attribute_of_class(cls, name, 0, 0))) {
    if (facet.kind() != FacetKind::kFunction) continue;
    const Function& function = functions_[facet.index()];
    if (function.def == nullptr || !function.def->is_setter) continue;
    call_back(bind_self(values_.value(facet), self), {value}, at);
  }
}

void Interpreter::store_attribute(ValueId base, SymbolId name, ValueId value, NodeId at) {
  for (const Facet facet : values_.list(base)) {
    if (facet.kind() == FacetKind::kObject && object(facet.index()).frame != nullptr) {
      set(object(facet.index()).frame, name, value);
    } else if (facet.kind() == FacetKind::kObject) {
      add_to_field(object(facet.index()), name, value);
      call_setters(facet, name, value, at);
    } else if (facet.kind() == FacetKind::kFunction && functions_[facet.index()].kind == Function::kClass) {
      set(functions_[facet.index()].cls->attributes, name, value);
    } else if (facet.kind() == FacetKind::kPath) {
      const PathId path = values_.attribute(facet.index(), name);
      if (path == 0) continue;
      const auto writes = rules_.of(values_, path).writes;
      for (const Rule* rule : writes) {
        Arguments arguments;
        arguments.positional.push_back(value);
        if (!conditions_hold(*rule, arguments)) continue;
        if (rule->kind == Kind::kSink) sink(*rule, values_.path_text(path), value, at);
        if (rule->kind == Kind::kCall) found(*rule, values_.path_text(path), at);
        called_by(value, *rule);
      }
    }
  }
}

SymbolId Interpreter::key_symbol(ValueId key) {
  const ConstantId known = values_.known(key);
  if (known == 0) return 0;
  const Constant& constant = values_.constant(known);
  if (constant.kind == ConstantKind::kText) return values_.symbol(constant.text);
  if (constant.kind == ConstantKind::kInteger) return values_.symbol("#" + std::to_string(constant.number));
  return 0;
}

ValueId Interpreter::item(ValueId base, ValueId key, NodeId at) {
  ValueId result = 0;
  const SymbolId name = key_symbol(key);
  const Constant* text = values_.known_text(key);
  for (const Facet facet : values_.list(base)) {
    switch (facet.kind()) {
      case FacetKind::kPath: {
        const std::string path = values_.path_text(facet.index());
        if (text != nullptr && path == "sys.modules") {
          result = values_.join(result, import_module(text->text, false));
        } else if (text != nullptr && (path == "builtins.globals()" || path == "builtins.locals()" ||
                                       path == "builtins.vars()")) {
          result = values_.join(result, lookup(values_.symbol(text->text), at));
        } else if (text != nullptr && path.find('(') == std::string::npos &&
                   path.find('.') == std::string::npos && path != "?") {
          // os.__dict__["system"]
          result = values_.join(result, values_.of_path(values_.attribute(facet.index(), name)));
        } else {
          result = values_.join(result, values_.of_path(values_.item(facet.index())));
        }
        break;
      }
      case FacetKind::kObject: {
        const Object& target = object(facet.index());
        if (name != 0) {
          if (target.exact) {
            const Constant& at_constant = values_.constant(values_.known(key));
            const auto size = static_cast<std::int64_t>(target.exact->size());
            const std::int64_t i = at_constant.number < 0 ? at_constant.number + size : at_constant.number;
            if (at_constant.kind == ConstantKind::kInteger && i >= 0 && i < size) {
              result = values_.join(result, (*target.exact)[static_cast<std::size_t>(i)]);
              break;
            }
          }
          const auto field = target.fields.find(name);
          if (field != target.fields.end()) {
            result = values_.join(result, field->second);
            // A loop may have stored something else under the same key.
            if (target.kind != Object::kDict) result = values_.join(result, target.any);
            break;
          }
          result = values_.join(result, target.any);
        } else {
          result = values_.join(result, target.any);
          for (const auto& [field, value] : target.fields) result = values_.join(result, value);
        }
        if (target.cls != nullptr) {
          const SymbolId get = values_.symbol("__getitem__");
          if (const ValueId method = attribute_of_class(target.cls, get, values_.value(facet), 0);
              method != 0) {
            Arguments arguments;
            arguments.positional.push_back(key);
            result = values_.join(result, call(method, arguments, at));
          }
        }
        break;
      }
      case FacetKind::kConstant: {
        // An element of what mkstemp() gave still belongs to that file.
        const bool is_term = values_.constant(facet.index()).kind == ConstantKind::kTerm;
        const ConstantId folded = is_term ? facet.index() : fold_.index(facet.index(), values_.known(key));
        result = values_.join(result, values_.of_constant(folded));
        break;
      }
      case FacetKind::kTaint:
        result = values_.join(result, values_.value(facet));
        break;
      case FacetKind::kFunction:
      case FacetKind::kCheck:
        break;
    }
  }
  return values_.has(result, FacetKind::kPath) ? matched_read(result, at) : result;
}

void Interpreter::store_item(ValueId base, ValueId key, ValueId value, NodeId at) {
  const SymbolId name = key_symbol(key);
  for (const Facet facet : values_.list(base)) {
    if (facet.kind() == FacetKind::kObject) {
      Object& target = object(facet.index());
      target.exact.reset();
      if (name != 0) {
        add_to_field(target, name, value);
      } else {
        add_to_any(target, value);
      }
    } else if (facet.kind() == FacetKind::kPath) {
      const std::string& path = values_.path_text(facet.index());
      const Constant* text = values_.known_text(key);
      if (text != nullptr && (path == "builtins.globals()" || path == "builtins.locals()")) {
        set(script().globals, name, value);
        continue;
      }
      PathId written = values_.item(facet.index());
      // builtins.__dict__["open"] = ...
      if (text != nullptr && path.find('(') == std::string::npos && path.find('.') == std::string::npos) {
        written = values_.attribute(facet.index(), name);
      }
      if (written == 0) continue;
      const auto writes = rules_.of(values_, written).writes;
      for (const Rule* rule : writes) {
        Arguments arguments;
        arguments.positional = {value, key};
        if (!conditions_hold(*rule, arguments)) continue;
        if (rule->kind == Kind::kSink) sink(*rule, values_.path_text(written), value, at);
        if (rule->kind == Kind::kCall) found(*rule, values_.path_text(written), at);
      }
    }
  }
}

// What an instance's special method gives; 0 where its class has none.
ValueId Interpreter::special(Facet instance, std::string_view name, const std::vector<ValueId>& given,
                             NodeId at) {
  if (instance.kind() != FacetKind::kObject || object(instance.index()).cls == nullptr) return 0;
  const ValueId method =
      attribute_of_class(object(instance.index()).cls, values_.symbol(name), values_.value(instance), 0);
  if (method == 0) return 0;
  Arguments arguments;
  arguments.positional = given;
  return call(method, arguments, at);
}

// What a loop goes over: of an instance, what its methods give.
ValueId Interpreter::iterated(ValueId over, NodeId at) {
  ValueId result = over;
  for (const Facet facet : values_.list(over)) {
    for (const char* const name : {"__iter__", "__aiter__"})
      result = values_.join(result, special(facet, name, {}, at));
  }
  ValueId given = 0;
  for (const Facet facet : values_.list(result)) {
    for (const char* const name : {"__next__", "__anext__"})
      given = values_.join(given, special(facet, name, {}, at));
  }
  if (given == 0) return result;
  const ValueId made = new_object(Object::kIterator, at, 14);
  add_to_any(object(values_.facets(made)[0].index()), given);
  return values_.join(result, made);
}

// What str() makes of a value: of an instance, what its methods say.
ValueId Interpreter::as_text(ValueId value, NodeId at) {
  ValueId result = value;
  for (const Facet facet : values_.list(value)) {
    for (const char* const name : {"__str__", "__repr__", "__format__"})
      result = values_.join(result, values_.only(special(facet, name, {}, at), FacetKind::kTaint));
  }
  return result;
}

ValueId Interpreter::element(ValueId of) {
  ValueId result = 0;
  for (const Facet facet : values_.list(of)) {
    switch (facet.kind()) {
      case FacetKind::kPath:
        result = values_.join(result, values_.of_path(values_.item(facet.index())));
        break;
      case FacetKind::kObject: {
        const Object& target = object(facet.index());
        result = values_.join(result, target.any);
        if (target.kind == Object::kInstance) break;
        for (const auto& [name, value] : target.fields) {
          result = values_.join(result, value);
          if (target.kind == Object::kDict && target.fields.size() <= 4) {
            result = values_.join(result, values_.of_text(values_.text(name)));
          }
        }
        break;
      }
      case FacetKind::kTaint:
        result = values_.join(result, values_.value(facet));
        break;
      case FacetKind::kConstant: {
        if (values_.constant(facet.index()).kind == ConstantKind::kTerm) {
          result = values_.join(result, values_.value(facet));
        } else if (const auto all = fold_.elements(facet.index(), 4)) {
          for (const ConstantId value : *all) result = values_.join(result, values_.of_constant(value));
        }
        break;
      }
      case FacetKind::kFunction:
      case FacetKind::kCheck:
        break;
    }
  }
  return result;
}

std::optional<std::vector<ValueId>> Interpreter::elements(ValueId of, std::size_t most) {
  const ValueId taint = values_.only(of, FacetKind::kTaint);
  if (const ConstantId known = values_.known(of); known != 0) {
    const auto all = fold_.elements(known, most);
    if (!all) return std::nullopt;
    std::vector<ValueId> result;
    for (const ConstantId value : *all) result.push_back(values_.join(values_.of_constant(value), taint));
    return result;
  }
  std::optional<std::vector<ValueId>> result;
  for (const Facet facet : values_.facets(of)) {
    if (facet.kind() == FacetKind::kTaint) continue;
    if (facet.kind() != FacetKind::kObject || result) return std::nullopt;
    const Object& target = objects_[facet.index()];
    if (!target.exact || target.exact->size() > most) return std::nullopt;
    result = target.exact;
  }
  return result;
}

ValueId Interpreter::new_object(Object::Kind kind, NodeId at, int salt) {
  // One object for each place that makes one and each way to come there.
  const auto [found, made] =
      object_ids_.try_emplace({current_, at, static_cast<int>(kind) + 16 * salt, context()},
                              static_cast<std::uint32_t>(objects_.size()));
  if (made) objects_.push_back({.kind = kind});
  return values_.value(Facet(FacetKind::kObject, found->second));
}

ValueId Interpreter::tuple_object(std::vector<ValueId> items, NodeId at, int salt) {
  const ValueId made = new_object(Object::kList, at, salt);
  Object& list = object(values_.facets(made)[0].index());
  for (const ValueId value : items) add_to_any(list, value);
  list.exact = std::move(items);
  return made;
}

}  // namespace pilothouse::audit
