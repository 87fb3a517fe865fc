#include <algorithm>

#include "trust/audit/engine/interpreter.h"

namespace pilothouse::audit {

Interpreter::Branch Interpreter::branch() {
  ++branches_;
  return {trail_.size(), checked_};
}

// Takes back what was assigned since then, and gives it.
Interpreter::Changes Interpreter::leave(const Branch& branch, Checked& checked_after) {
  --branches_;
  Changes changes;
  for (std::size_t i = trail_.size(); i > branch.mark; --i) {
    const Change& old = trail_[i - 1];
    const auto same = [&](const Change& change) {
      return change.frame == old.frame && change.name == old.name;
    };
    auto& variables = old.frame->variables;
    if (std::ranges::none_of(changes, same)) {
      changes.push_back({old.frame, old.name, variables[old.name], false});
    }
    if (old.fresh) {
      variables.erase(old.name);
    } else {
      variables[old.name] = old.value;
    }
  }
  trail_.resize(branch.mark);
  checked_after = std::move(checked_);
  checked_ = branch.checked;
  return changes;
}

void Interpreter::redo(const Changes& changes, bool may) {
  for (const Change& change : changes) {
    const auto old = change.frame->variables.find(change.name);
    const bool known = old != change.frame->variables.end();
    set(change.frame, change.name, may && known ? values_.join(old->second, change.value) : change.value);
  }
}

// What holds after one of two ways was taken, of which some may have ended.
void Interpreter::merge(const Branch& before, const Changes& a, Outcome a_ends, const Checked& a_checked,
                        const Changes& b, Outcome b_ends, const Checked& b_checked) {
  const auto gone = [](Outcome outcome) { return outcome == Outcome::kReturn || outcome == Outcome::kRaise; };
  if (gone(a_ends) && !gone(b_ends)) {
    redo(b, false);
  } else if (gone(b_ends) && !gone(a_ends)) {
    redo(a, false);
  } else if (!gone(a_ends)) {
    const auto in = [](const Changes& changes, const Change& what) {
      return std::ranges::any_of(changes, [&](const Change& change) {
        return change.frame == what.frame && change.name == what.name;
      });
    };
    // What only one way changes may be as before.
    for (const Change& change : a) redo({change}, !in(b, change));
    for (const Change& change : b) redo({change}, true);
  }
  const bool a_leaves = a_ends != Outcome::kNext, b_leaves = b_ends != Outcome::kNext;
  if (a_leaves && b_leaves) {
    checked_ = before.checked;
  } else if (a_leaves) {
    checked_ = b_checked;
  } else if (b_leaves) {
    checked_ = a_checked;
  } else {
    checked_.clear();
    std::ranges::set_intersection(a_checked, b_checked, std::back_inserter(checked_));
  }
}

Outcome Interpreter::run_block(NodeId block) {
  for (NodeId at = node(block).first; at != 0; at = node(at).next) {
    const Outcome outcome = run_statement(at);
    if (outcome != Outcome::kNext) return outcome;
    if (exhausted_) break;
  }
  return Outcome::kNext;
}

bool Interpreter::main_guard(NodeId condition) const {
  const std::string_view text = word(condition);
  return text.find("__name__") != std::string_view::npos && text.find("__main__") != std::string_view::npos;
}

std::optional<bool> Interpreter::truth(ValueId value) const {
  const ConstantId id = values_.known(value);
  if (id == 0 || values_.facets(value).size() != 1) return std::nullopt;
  const Constant& constant = values_.constant(id);
  switch (constant.kind) {
    case ConstantKind::kNone:
      return false;
    case ConstantKind::kBool:
    case ConstantKind::kInteger:
      return constant.number != 0;
    default:
      return std::nullopt;
  }
}

// Where `name == "a"` or `name in ("a", "b")` holds, the name is one of these, wherever it came from.
void Interpreter::narrow(NodeId condition, bool holds) {
  constexpr std::size_t kMost = 256;
  while (node(condition).kind == Syntax::kParenthesizedExpression && node(condition).first != 0) {
    condition = node(condition).first;
  }
  if (node(condition).kind == Syntax::kNotOperator) {
    if (const NodeId of = tree().child(condition, Field::kArgument); of != 0) narrow(of, !holds);
    return;
  }
  if (node(condition).kind == Syntax::kBooleanOperator) {
    if ((word(tree().child(condition, Field::kOperator)) == "and") != holds) return;
    narrow(tree().child(condition, Field::kLeft), holds);
    narrow(tree().child(condition, Field::kRight), holds);
    return;
  }
  if (node(condition).kind != Syntax::kComparisonOperator) return;
  const NodeId left = node(condition).first;
  const NodeId op = left == 0 ? 0 : node(left).next;
  const NodeId right = op == 0 ? 0 : node(op).next;
  if (right == 0 || node(right).next != 0 || node(left).kind != Syntax::kIdentifier) return;
  const auto variable = frame_->variables.find(symbol_of(left));
  if (variable == frame_->variables.end() || !values_.has(variable->second, FacetKind::kTaint)) return;
  const std::string_view how = word(op);
  const bool one = how == "==" || how == "!=";
  const bool among = how == "in" || how == "not in";
  if ((!one && !among) || (how == "==" || how == "in") != holds) return;
  const ValueId against = evaluate(right);
  std::vector<ValueId> allowed{against};
  if (among) {
    const ConstantId known = values_.known(against);
    const bool text = known != 0 && values_.constant(known).kind != ConstantKind::kTuple;
    const auto all = text ? std::nullopt : elements(against, kMost);
    if (!all) return;
    allowed = *all;
  }
  ValueId result = 0;
  for (const ValueId value : allowed) {
    if (values_.known(value) == 0 || values_.has(value, FacetKind::kTaint)) return;
    result = values_.join(result, value);
  }
  assign_name(symbol_of(left), result);
}

Outcome Interpreter::run_if(NodeId at, NodeId alternative) {
  const NodeId condition = tree().child(at, Field::kCondition);
  const ValueId value = evaluate(condition);
  const Phase phase = phase_;
  if (phase_ == Phase::kImport && main_guard(condition)) phase_ = Phase::kRun;

  const Branch before = branch();
  apply_verdicts(value, true);
  narrow(condition, true);
  const NodeId then = tree().child(at, Field::kConsequence);
  const Outcome then_ends = then == 0 ? Outcome::kNext : run_block(then);
  Checked then_checked;
  const Changes then_changes = leave(before, then_checked);
  phase_ = phase;

  branch();
  apply_verdicts(value, false);
  narrow(condition, false);
  Outcome else_ends = Outcome::kNext;
  if (alternative != 0) {
    if (node(alternative).kind == Syntax::kElifClause) {
      NodeId next = node(alternative).next;
      while (next != 0 && node(next).field != Field::kAlternative) next = node(next).next;
      constexpr std::uint32_t kMaxElifs = 1000;  // of all that are under way: each takes room on the stack
      if (elifs_ < kMaxElifs) {
        ++elifs_;
        else_ends = run_if(alternative, next);
        --elifs_;
      } else {
        not_looked_at();
      }
    } else {
      const NodeId body = tree().child(alternative, Field::kBody);
      else_ends = body == 0 ? Outcome::kNext : run_block(body);
    }
  }
  Checked else_checked;
  const Changes else_changes = leave(before, else_checked);
  merge(before, then_changes, then_ends, then_checked, else_changes, else_ends, else_checked);
  if (then_ends == else_ends) return then_ends;
  // Two ways out of here, each another one: nothing behind is reached.
  if (then_ends != Outcome::kNext && else_ends != Outcome::kNext) {
    return then_ends == Outcome::kRaise ? else_ends : then_ends;
  }
  return Outcome::kNext;
}

// Whether a value comes from where the old one does not, or may be called and is another.
bool Interpreter::brings(ValueId old, ValueId value) const {
  if (old == value) return false;
  const auto facets = values_.facets(old);
  return std::ranges::any_of(values_.facets(value), [&](Facet facet) {
    if (facet.kind() == FacetKind::kFunction) return std::ranges::find(facets, facet) == facets.end();
    if (facet.kind() != FacetKind::kTaint) return false;
    const SourceId source = values_.taint_source(facet.index());
    return std::ranges::none_of(facets, [&](Facet known) {
      return known.kind() == FacetKind::kTaint && values_.taint_source(known.index()) == source;
    });
  });
}

Outcome Interpreter::run_loop_body(NodeId at) {
  const NodeId body = tree().child(at, Field::kBody);
  if (body == 0) return Outcome::kNext;
  ++loops_;
  const Branch before = branch();
  Outcome outcome = run_block(body);
  Checked checked;
  Changes changes = leave(before, checked);
  // What one round leaves in a variable the next one may pass on to another.
  constexpr int kMoreRounds = 3;
  for (int round = 0; round < kMoreRounds && loops_ <= 2 && !exhausted_; ++round) {
    const bool carries = std::ranges::any_of(changes, [&](const Change& change) {
      const auto old = change.frame->variables.find(change.name);
      return brings(old == change.frame->variables.end() ? 0 : old->second, change.value);
    });
    redo(changes, true);
    changes.clear();
    if (!carries) break;
    const Branch again = branch();
    outcome = run_block(body);
    changes = leave(again, checked);
  }
  redo(changes, true);
  --loops_;
  // `while True: ...; return x` ends here; a loop over things may not even begin.
  return outcome;
}

Outcome Interpreter::run_for(NodeId at) {
  const NodeId left = tree().child(at, Field::kLeft);
  const NodeId body = tree().child(at, Field::kBody);
  const ValueId over = iterated(evaluate(tree().child(at, Field::kRight)), at);
  // Loops that build a text out of constants are run as they are.
  constexpr std::size_t kMostUnrolled = 1024;
  constexpr std::uint64_t kMostUnrolledInAll = 20'000;
  bool simple = left != 0 && body != 0 && branches_ == 0;
  for (NodeId s = body == 0 ? 0 : node(body).first; s != 0 && simple; s = node(s).next) {
    simple = node(s).kind == Syntax::kExpressionStatement;
  }
  if (simple) {
    const auto all = elements(over, kMostUnrolled);
    const bool constant = all && std::ranges::all_of(*all, [&](ValueId v) { return values_.known(v) != 0; });
    if (constant && unrolled_ + all->size() < kMostUnrolledInAll) {
      unrolled_ += all->size();
      for (const ValueId value : *all) {
        assign(left, value);
        run_block(body);
        if (exhausted_) break;
      }
      return Outcome::kNext;
    }
  }
  // A few texts that are known are tried one by one as well: names of files, of modules, of programs.
  constexpr std::size_t kFewTexts = 6;
  const auto few = left != 0 && body != 0 && loops_ == 0 ? elements(over, kFewTexts) : std::nullopt;
  const bool texts = few && few->size() > 1 &&
                     std::ranges::all_of(*few, [&](ValueId v) { return values_.known_text(v) != nullptr; });
  if (texts && unrolled_ + few->size() < kMostUnrolledInAll) {
    unrolled_ += few->size();
    for (const ValueId value : *few) {
      assign(left, value);
      run_loop_body(at);
      if (exhausted_) break;
    }
  }
  if (left != 0) {
    ValueId value = element(over);
    assign(left, value);
  }
  run_loop_body(at);
  if (const NodeId otherwise = tree().child(at, Field::kAlternative); otherwise != 0) {
    if (const NodeId block = tree().child(otherwise, Field::kBody); block != 0) run_block(block);
  }
  return Outcome::kNext;
}

Outcome Interpreter::run_while(NodeId at) {
  const NodeId condition = tree().child(at, Field::kCondition);
  const ValueId value = evaluate(condition);
  const Checked before = checked_;
  apply_verdicts(value, true);
  const Outcome outcome = run_loop_body(at);
  checked_ = before;
  apply_verdicts(value, false);
  const bool endless = truth(value).value_or(false);
  if (endless && (outcome == Outcome::kReturn || outcome == Outcome::kRaise)) return outcome;
  return Outcome::kNext;
}

Outcome Interpreter::run_try(NodeId at) {
  const Branch before = branch();
  const NodeId body = tree().child(at, Field::kBody);
  const ValueId thrown_before = std::exchange(thrown_, 0);
  Outcome ends = body == 0 ? Outcome::kNext : run_block(body);
  const ValueId thrown = thrown_;
  thrown_ = values_.join(thrown, thrown_before);
  Checked checked;
  const Changes changes = leave(before, checked);
  redo(changes, true);
  // A handler runs after any part of the body; what the body has checked does not hold there.
  Changes ways;
  bool handlers_leave = true, handled = false;
  Outcome handler_ends = Outcome::kRaise;
  NodeId otherwise = 0, finally = 0;
  for (NodeId child = node(at).first; child != 0; child = node(child).next) {
    const Syntax kind = node(child).kind;
    if (kind == Syntax::kElseClause) otherwise = child;
    if (kind == Syntax::kFinallyClause) finally = child;
    if (kind != Syntax::kExceptClause && kind != Syntax::kExceptGroupClause) continue;
    handled = true;
    const Branch here = branch();
    Outcome outcome = Outcome::kNext;
    for (NodeId part = node(child).first; part != 0; part = node(part).next) {
      if (node(part).kind == Syntax::kBlock) {
        outcome = run_block(part);
      } else if (node(part).kind == Syntax::kAsPattern) {
        evaluate(node(part).first);
        assign(tree().child(part, Field::kAlias), thrown);
      } else if (node(part).field == Field::kAlias) {
        assign(part, thrown);
      } else {
        evaluate(part);
      }
    }
    Checked ignored;
    Changes made = leave(here, ignored);
    if (outcome == Outcome::kNext) handlers_leave = false;
    if (outcome != Outcome::kReturn && outcome != Outcome::kRaise)
      ways.insert(ways.end(), made.begin(), made.end());
    if (outcome == Outcome::kReturn) handler_ends = outcome;
  }
  if (ends == Outcome::kNext) {
    checked_ = checked;
    if (otherwise != 0) {
      if (const NodeId block = tree().child(otherwise, Field::kBody); block != 0) ends = run_block(block);
    }
  }
  if (handled && !handlers_leave) {
    Checked both;
    std::ranges::set_intersection(checked_, before.checked, std::back_inserter(both));
    checked_ = both;
  }
  redo(ways, true);
  if (finally != 0) {
    for (NodeId part = node(finally).first; part != 0; part = node(part).next) {
      if (node(part).kind != Syntax::kBlock) continue;
      const Outcome outcome = run_block(part);
      if (outcome != Outcome::kNext) return outcome;
    }
  }
  if (ends == Outcome::kNext) return ends;
  if (!handled) return ends;
  return handlers_leave ? (ends == Outcome::kRaise ? handler_ends : ends) : Outcome::kNext;
}

Outcome Interpreter::run_with(NodeId at) {
  for (NodeId clause = node(at).first; clause != 0; clause = node(clause).next) {
    if (node(clause).kind != Syntax::kWithClause) continue;
    for (NodeId entry = node(clause).first; entry != 0; entry = node(entry).next) {
      const NodeId value_node = node(entry).kind == Syntax::kWithItem ? node(entry).first : entry;
      if (value_node == 0) continue;
      NodeId what = value_node, alias = 0;
      if (node(value_node).kind == Syntax::kAsPattern) {
        what = node(value_node).first;
        alias = tree().child(value_node, Field::kAlias);
      }
      ValueId value = evaluate(what);
      ValueId entered = 0;
      for (const Facet facet : values_.list(value)) {
        if (facet.kind() != FacetKind::kObject) continue;
        const Object& manager = object(facet.index());
        if (manager.kind == Object::kIterator) entered = values_.join(entered, manager.any);
        if (manager.cls != nullptr) {
          const ValueId self = values_.value(facet);
          const SymbolId name = values_.symbol(word(at).starts_with("async") ? "__aenter__" : "__enter__");
          if (const ValueId method = attribute_of_class(manager.cls, name, self, 0); method != 0) {
            Arguments none;
            entered = values_.join(entered, call(method, none, what));
          }
        }
      }
      if (entered == 0) entered = value;
      if (alias != 0) assign(alias, entered);
    }
  }
  const NodeId body = tree().child(at, Field::kBody);
  return body == 0 ? Outcome::kNext : run_block(body);
}

Outcome Interpreter::run_match(NodeId at) {
  for (NodeId part = node(at).first; part != 0; part = node(part).next) {
    if (node(part).field == Field::kSubject) evaluate(part);
    if (node(part).kind != Syntax::kBlock) continue;
    const ValueId subject = evaluate(tree().child(at, Field::kSubject));
    for (NodeId clause = node(part).first; clause != 0; clause = node(clause).next) {
      if (node(clause).kind != Syntax::kCaseClause) continue;
      const Branch before = branch();
      Outcome outcome = Outcome::kNext;
      for (NodeId inner = node(clause).first; inner != 0; inner = node(inner).next) {
        if (node(inner).kind == Syntax::kCasePattern) {
          // Every plain name in a pattern may be bound to a part of the subject.
          std::vector<NodeId> open{inner};
          while (!open.empty()) {
            const NodeId here = open.back();
            open.pop_back();
            if (node(here).kind == Syntax::kIdentifier) {
              assign_name(symbol_of(here), values_.join(subject, element(subject)));
            }
            for (NodeId child = node(here).first; child != 0; child = node(child).next) open.push_back(child);
          }
        } else if (node(inner).kind == Syntax::kIfClause) {
          if (node(inner).first != 0) evaluate(node(inner).first);
        } else if (node(inner).kind == Syntax::kBlock) {
          outcome = run_block(inner);
        }
      }
      Checked ignored;
      const Changes changes = leave(before, ignored);
      if (outcome != Outcome::kReturn && outcome != Outcome::kRaise) redo(changes, true);
    }
  }
  return Outcome::kNext;
}

void Interpreter::run_assert(NodeId at) {
  const ValueId condition = node(at).first == 0 ? 0 : evaluate(node(at).first);
  apply_verdicts(condition, true);
  if (node(at).first != 0) narrow(node(at).first, true);
}

// What a method gives to whoever it is made for: importlib runs what get_data() returns.
void Interpreter::check_return(ValueId value, NodeId at) {
  const FunctionDef* def = frame_->function;
  if (def == nullptr || def->owner == nullptr || !values_.has(value, FacetKind::kTaint)) return;
  for (const PathId base : outer_bases(def->owner)) {
    for (const Rule* rule : rules_.of(values_, base).bases) {
      if (rule->kind != Kind::kSink) continue;
      if (std::ranges::find(rule->arguments, values_.text(def->symbol)) == rule->arguments.end()) continue;
      sink(*rule, values_.path_text(base) + "." + values_.text(def->symbol), value, at);
    }
  }
}

FunctionDef* Interpreter::function_of(NodeId at, bool lambda) {
  const auto key = std::pair(current_, at);
  if (const auto found = def_ids_.find(key); found != def_ids_.end()) return found->second;
  FunctionDef& def = defs_.emplace_back();
  def_ids_.emplace(key, &def);
  def.source = current_;
  def.node = at;
  def.lambda = lambda;
  def.body = tree().child(at, Field::kBody);
  std::string outer;
  for (Frame* scope = frame_; scope != nullptr; scope = scope->parent) {
    if (scope->function != nullptr && !scope->is_class) {
      outer = scope->function->name + ".";
      break;
    }
    if (scope->is_class) {
      outer = scope->cls->name + ".";
      break;
    }
  }
  def.owner = frame_->cls;
  if (lambda) {
    def.name = outer + "<lambda>";
  } else {
    const std::string_view name = word(tree().child(at, Field::kName));
    def.symbol = values_.symbol(name);
    def.name = outer + std::string(name);
  }
  if (const NodeId parameters = tree().child(at, Field::kParameters); parameters != 0) {
    read_parameters(def, parameters);
  }
  // A generator has a yield that is not in a function within it.
  if (!lambda && def.body != 0) {
    const std::uint32_t end = node(def.body).end;
    for (NodeId i = def.body + 1; i < tree().size() && node(i).start < end && node(i).end <= end;) {
      const Syntax kind = node(i).kind;
      if (kind == Syntax::kYield) {
        def.generator = true;
        break;
      }
      if (kind == Syntax::kFunctionDefinition || kind == Syntax::kLambda ||
          kind == Syntax::kClassDefinition) {
        const std::uint32_t skip = node(i).end;
        while (i < tree().size() && node(i).start < skip) ++i;
      } else {
        ++i;
      }
    }
  }
  return &def;
}

void Interpreter::read_parameters(FunctionDef& def, NodeId parameters) {
  bool keyword_only = false;
  for (NodeId at = node(parameters).first; at != 0; at = node(at).next) {
    Parameter parameter;
    parameter.kind = keyword_only ? Parameter::kKeywordOnly : Parameter::kPlain;
    NodeId name = at;
    switch (node(at).kind) {
      case Syntax::kDefaultParameter:
      case Syntax::kTypedDefaultParameter:
        name = tree().child(at, Field::kName);
        parameter.standard = tree().child(at, Field::kValue);
        parameter.annotation = tree().child(at, Field::kType);
        break;
      case Syntax::kTypedParameter:
        name = node(at).first;
        parameter.annotation = tree().child(at, Field::kType);
        break;
      case Syntax::kKeywordSeparator:
        keyword_only = true;
        continue;
      case Syntax::kPositionalSeparator:
        continue;
      default:
        break;
    }
    if (name == 0) continue;
    if (node(name).kind == Syntax::kListSplatPattern || node(name).kind == Syntax::kDictionarySplatPattern) {
      parameter.kind =
          node(name).kind == Syntax::kListSplatPattern ? Parameter::kRest : Parameter::kNamedRest;
      if (parameter.kind == Parameter::kRest) keyword_only = true;
      name = node(name).first;
    }
    if (name == 0) continue;
    parameter.name = symbol_of(name);
    parameter.at = name;
    def.parameters.push_back(parameter);
  }
}

ValueId Interpreter::decorate(ValueId value, const std::vector<NodeId>& decorators, FunctionDef* def) {
  for (auto at = decorators.rbegin(); at != decorators.rend(); ++at) {
    const NodeId expression = node(*at).first;
    if (expression == 0) continue;
    const ValueId decorator = evaluate(expression);
    ValueId replaced = 0;
    for (const Facet facet : values_.list(decorator)) {
      if (facet.kind() == FacetKind::kFunction) {
        Arguments arguments;
        arguments.positional.push_back(value);
        replaced = values_.join(replaced, call_function(facet.index(), arguments, *at));
      }
      if (facet.kind() != FacetKind::kPath || def == nullptr) continue;
      const std::string& path = values_.path_text(facet.index());
      if (path == "builtins.property" || path.ends_with("cached_property")) def->is_property = true;
      // @name.setter: the name stays what it was, and is this as well.
      if (path == "?.setter" || path == "?.deleter") {
        def->is_setter = path == "?.setter";
        replaced = values_.join(value, values_.without(lookup(def->symbol, *at), FacetKind::kPath));
      }
      if (path == "builtins.staticmethod") def->is_static = true;
      if (path == "builtins.classmethod") def->is_class_method = true;
      if (path == "contextlib.contextmanager" || path == "contextlib.asynccontextmanager")
        def->context_manager = true;
      for (const Rule* rule : rules_.of(values_, facet.index()).decorators) {
        if (rule->kind == Kind::kSource) def->given_by = rule;
      }
      // A decorator from elsewhere may also be something that a rule knows by being called: atexit.register.
      Arguments arguments;
      arguments.positional.push_back(value);
      bool clean = false;
      ValueId result = 0;
      apply_rules(facet.index(), decorator, arguments, *at, result, clean);
    }
    if (replaced != 0) value = replaced;
  }
  return value;
}

void Interpreter::define_function(NodeId at, const std::vector<NodeId>& decorators) {
  FunctionDef* def = function_of(at, false);
  if (def->scope == nullptr) def->scope = frame_;
  for (const Parameter& parameter : def->parameters) {
    if (parameter.standard != 0) evaluate(parameter.standard);
  }
  ValueId value = function_value({.kind = Function::kLocal, .def = def, .frame = frame_});
  value = decorate(value, decorators, def);
  assign_name(def->symbol, value);
}

void Interpreter::define_class(NodeId at, const std::vector<NodeId>& decorators) {
  const auto key = std::tuple(current_, at, frame_);
  ClassDef*& cls = class_ids_[key];
  const std::string_view name = word(tree().child(at, Field::kName));
  if (cls == nullptr) {
    cls = &classes_.emplace_back();
    cls->name = name;
    for (Frame* scope = frame_; scope != nullptr; scope = scope->parent) {
      if (scope->function != nullptr) {
        cls->name = scope->function->name + "." + cls->name;
        break;
      }
      if (!scope->is_class) continue;
      cls->name = scope->cls->name + "." + cls->name;
      break;
    }
    cls->attributes = &frames_.emplace_back();
    cls->attributes->parent = frame_;
    cls->attributes->source = current_;
    cls->attributes->is_class = true;
    cls->attributes->cls = cls;
    cls->instance = static_cast<std::uint32_t>(objects_.size());
    objects_.push_back({.kind = Object::kInstance, .cls = cls});
  }
  ClassDef& made = *cls;
  if (const NodeId bases = tree().child(at, Field::kSuperclasses); bases != 0) {
    for (NodeId base = node(bases).first; base != 0; base = node(base).next) {
      const ValueId value =
          evaluate(node(base).kind == Syntax::kKeywordArgument ? tree().child(base, Field::kValue) : base);
      made.bases = values_.join(made.bases, value);
      for (const Facet facet : values_.facets(value)) {
        if (facet.kind() == FacetKind::kPath) {
          if (std::ranges::find(made.outer_bases, facet.index()) == made.outer_bases.end()) {
            made.outer_bases.push_back(facet.index());
          }
        }
        if (facet.kind() != FacetKind::kFunction) continue;
        ClassDef* base_class = functions_[facet.index()].cls;
        if (base_class != nullptr && base_class != &made &&
            std::ranges::find(made.local_bases, base_class) == made.local_bases.end()) {
          made.local_bases.push_back(base_class);
        }
      }
    }
  }
  Frame* outer = frame_;
  frame_ = made.attributes;
  if (const NodeId body = tree().child(at, Field::kBody); body != 0) run_block(body);
  frame_ = outer;
  ValueId value = function_value({.kind = Function::kClass, .cls = &made});
  value = decorate(value, decorators, nullptr);
  assign_name(values_.symbol(name), value);
}

Outcome Interpreter::run_statement(NodeId at) {
  if (++steps_ > max_steps_) exhausted_ = true;
  if (exhausted_) return Outcome::kNext;
  raised_ = false;
  switch (node(at).kind) {
    case Syntax::kExpressionStatement:
      for (NodeId child = node(at).first; child != 0; child = node(child).next) {
        evaluate(child);
        if (raised_) {
          raised_ = false;
          return Outcome::kRaise;
        }
      }
      return Outcome::kNext;
    case Syntax::kIfStatement:
      return run_if(at, tree().child(at, Field::kAlternative));
    case Syntax::kForStatement:
      return run_for(at);
    case Syntax::kWhileStatement:
      return run_while(at);
    case Syntax::kTryStatement:
      return run_try(at);
    case Syntax::kWithStatement:
      return run_with(at);
    case Syntax::kMatchStatement:
      return run_match(at);
    case Syntax::kAssertStatement:
      run_assert(at);
      return Outcome::kNext;
    case Syntax::kFunctionDefinition:
      define_function(at, {});
      return Outcome::kNext;
    case Syntax::kClassDefinition:
      define_class(at, {});
      return Outcome::kNext;
    case Syntax::kDecoratedDefinition: {
      std::vector<NodeId> decorators;
      for (NodeId child = node(at).first; child != 0; child = node(child).next) {
        if (node(child).kind == Syntax::kDecorator) decorators.push_back(child);
      }
      const NodeId definition = tree().child(at, Field::kDefinition);
      if (definition == 0) return Outcome::kNext;
      if (node(definition).kind == Syntax::kClassDefinition) {
        define_class(definition, decorators);
      } else {
        define_function(definition, decorators);
      }
      return Outcome::kNext;
    }
    case Syntax::kReturnStatement: {
      ValueId value = node(at).first == 0 ? 0 : evaluate(node(at).first);
      check_return(value, at);
      if (call_ != nullptr) {
        if (frame_->function != nullptr) {
          if (values_.has(value, FacetKind::kTaint))
            value = stepped(value, at, "returned by " + frame_->function->name + "()");
        }
        call_->returned = values_.join(call_->returned, value);
        if (call_->returns) {
          Checked both;
          std::ranges::set_intersection(call_->checked, checked_, std::back_inserter(both));
          call_->checked = std::move(both);
        } else {
          call_->checked = checked_;
        }
        call_->returns = true;
      }
      return Outcome::kReturn;
    }
    case Syntax::kRaiseStatement:
      for (NodeId child = node(at).first; child != 0; child = node(child).next)
        thrown_ = values_.join(thrown_, deep_taints(evaluate(child), 2));
      return Outcome::kRaise;
    case Syntax::kBreakStatement:
      return Outcome::kBreak;
    case Syntax::kContinueStatement:
      return Outcome::kContinue;
    case Syntax::kGlobalStatement:
    case Syntax::kNonlocalStatement:
      for (NodeId child = node(at).first; child != 0; child = node(child).next) {
        auto& names = node(at).kind == Syntax::kGlobalStatement ? frame_->globals : frame_->nonlocals;
        const SymbolId name = symbol_of(child);
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
      }
      return Outcome::kNext;
    case Syntax::kImportStatement:
      run_import(at);
      return Outcome::kNext;
    case Syntax::kImportFromStatement:
      run_import_from(at);
      return Outcome::kNext;
    case Syntax::kDeleteStatement:
    case Syntax::kPrintStatement:
      for (NodeId child = node(at).first; child != 0; child = node(child).next) evaluate(child);
      return Outcome::kNext;
    case Syntax::kExecStatement: {
      // Python 2: exec code in scope
      Arguments arguments;
      for (NodeId child = node(at).first; child != 0; child = node(child).next) {
        arguments.positional.push_back(evaluate(child));
      }
      const PathId exec = values_.path("builtins.exec");
      call(values_.of_path(exec), arguments, at);
      return Outcome::kNext;
    }
    case Syntax::kPassStatement:
    case Syntax::kFutureImportStatement:
    case Syntax::kTypeAliasStatement:
      return Outcome::kNext;
    case Syntax::kBlock:
    case Syntax::kModule:
      return run_block(at);
    case Syntax::kError:
    case Syntax::kOther:
      // What could not be parsed may hold statements that can.
      for (NodeId child = node(at).first; child != 0; child = node(child).next) run_statement(child);
      return Outcome::kNext;
    default:
      evaluate(at);
      return Outcome::kNext;
  }
}

}  // namespace pilothouse::audit
