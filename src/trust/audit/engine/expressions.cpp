#include <algorithm>
#include <array>
#include <charconv>

#include "trust/audit/engine/interpreter.h"

namespace pilothouse::audit {
namespace {

constexpr std::uint32_t kMaxDepth = 400;
constexpr std::uint64_t kMaxValues = 512ULL << 20;  // bytes of all values of a package

bool is_splat(Syntax kind) { return kind == Syntax::kListSplat || kind == Syntax::kParenthesizedListSplat; }

ConstantId integer_literal(Values& values, std::string_view text) {
  std::string digits(text);
  std::erase(digits, '_');
  int base = 10;
  std::size_t skip = 0;
  if (digits.size() > 2 && digits[0] == '0') {
    const char kind = digits[1];
    base = kind == 'x' || kind == 'X'   ? 16
           : kind == 'o' || kind == 'O' ? 8
           : kind == 'b' || kind == 'B' ? 2
                                        : 10;
    skip = base == 10 ? 0 : 2;
  }
  std::int64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, problem] = std::from_chars(digits.data() + skip, end, number, base);
  return problem == std::errc{} && stop == end ? values.integer(number) : 0;
}

}  // namespace

ValueId Interpreter::evaluate(NodeId at) {
  if (at == 0 || exhausted_) return 0;
  if (++steps_ > max_steps_ || values_.bytes() > kMaxValues) {
    exhausted_ = true;
    return 0;
  }
  if (depth_ >= kMaxDepth) {
    not_looked_at();
    return 0;
  }
  ++depth_;
  const ValueId result = evaluate_inner(at);
  --depth_;
  return result;
}

ValueId Interpreter::evaluate_inner(NodeId at) {
  const Node& here = node(at);
  switch (here.kind) {
    case Syntax::kIdentifier:
      return evaluate_name(at);
    case Syntax::kAttribute:
      return evaluate_attribute(at);
    case Syntax::kSubscript:
      return evaluate_subscript(at);
    case Syntax::kCall:
      return evaluate_call(at);
    case Syntax::kString:
      return evaluate_string(at);
    case Syntax::kConcatenatedString:
      return evaluate_concatenation(at);
    case Syntax::kInteger:
      return values_.of_constant(integer_literal(values_, word(at)));
    case Syntax::kFloat:
    case Syntax::kEllipsis:
      return 0;
    case Syntax::kTrue:
    case Syntax::kFalse:
      return values_.of_constant(
          values_.constant({.kind = ConstantKind::kBool, .number = here.kind == Syntax::kTrue}));
    case Syntax::kNone:
      return values_.of_constant(values_.constant({.kind = ConstantKind::kNone}));
    case Syntax::kParenthesizedExpression:
    case Syntax::kAwait:
    case Syntax::kAsPattern:
    case Syntax::kListSplat:
    case Syntax::kDictionarySplat:
    case Syntax::kChevron:
      return evaluate(here.first);
    case Syntax::kYield: {
      ValueId value = 0;
      for (NodeId child = here.first; child != 0; child = node(child).next)
        value = values_.join(value, evaluate(child));
      if (word(at).starts_with("yield from")) value = element(value);
      if (call_ != nullptr) call_->yielded = values_.join(call_->yielded, value);
      return 0;
    }
    case Syntax::kBinaryOperator:
      return evaluate_binary(at);
    case Syntax::kUnaryOperator: {
      const ValueId value = evaluate(tree().child(at, Field::kArgument));
      const NodeId op = tree().child(at, Field::kOperator);
      if (const ConstantId known = values_.known(value); known != 0 && op != 0) {
        return values_.of_constant(fold_.unary(word(op), known));
      }
      return values_.only(value, FacetKind::kTaint);
    }
    case Syntax::kNotOperator: {
      const ValueId value = evaluate(tree().child(at, Field::kArgument));
      ValueId result = 0;
      for (const Facet facet : values_.list(value)) {
        if (facet.kind() != FacetKind::kCheck) continue;
        Check check = checks_[facet.index()];
        if (!check.verdict) continue;
        check.negated = !check.negated;
        result = values_.join(result, check_value(std::move(check)));
      }
      return result;
    }
    case Syntax::kBooleanOperator: {
      const ValueId left = evaluate(tree().child(at, Field::kLeft));
      const bool both = word(tree().child(at, Field::kOperator)) == "and";
      // Of `a and b`, b is reached only when a holds.
      const Checked before = checked_;
      apply_verdicts(left, both);
      const ValueId right = evaluate(tree().child(at, Field::kRight));
      checked_ = before;
      ValueId result = values_.without(values_.join(left, right), FacetKind::kCheck);
      for (const ValueId side : {left, right}) {
        for (const Facet facet : values_.list(side)) {
          if (facet.kind() != FacetKind::kCheck) continue;
          const Check& check = checks_[facet.index()];
          // `a and b` tells something when it holds, `not a or not b` when it does not.
          if (!check.verdict || check.negated != both) result = values_.join(result, values_.value(facet));
        }
      }
      return result;
    }
    case Syntax::kComparisonOperator:
      return evaluate_comparison(at);
    case Syntax::kConditionalExpression:
      return evaluate_conditional(at);
    case Syntax::kLambda:
      return evaluate_lambda(at);
    case Syntax::kList:
    case Syntax::kTuple:
    case Syntax::kSet:
    case Syntax::kExpressionList:
    case Syntax::kPatternList:
      return evaluate_display(at);
    case Syntax::kDictionary:
      return evaluate_dictionary(at);
    case Syntax::kListComprehension:
    case Syntax::kSetComprehension:
    case Syntax::kDictionaryComprehension:
    case Syntax::kGeneratorExpression:
      return evaluate_comprehension(at);
    case Syntax::kNamedExpression: {
      const ValueId value = evaluate(tree().child(at, Field::kValue));
      assign(tree().child(at, Field::kName), value);
      return value;
    }
    case Syntax::kAssignment: {
      const NodeId right = tree().child(at, Field::kRight);
      const NodeId left = tree().child(at, Field::kLeft);
      if (right == 0) {
        // Only an annotation: `name: Type`.
        return 0;
      }
      ValueId value = evaluate(right);
      if (values_.has(value, FacetKind::kTaint)) {
        value = stepped(value, at, "assigned to " + std::string(word(left).substr(0, 60)));
      }
      assign(left, value);
      return value;
    }
    case Syntax::kAugmentedAssignment: {
      const NodeId left = tree().child(at, Field::kLeft);
      const ValueId old = evaluate(left);
      const ValueId more = evaluate(tree().child(at, Field::kRight));
      std::string_view op = word(tree().child(at, Field::kOperator));
      op.remove_suffix(1);
      ValueId value = binary(op, old, more, at);
      if (values_.has(value, FacetKind::kTaint)) {
        value = stepped(value, at, "added to " + std::string(word(left).substr(0, 60)));
      }
      assign(left, value);
      return value;
    }
    default: {
      ValueId result = 0;
      for (NodeId child = here.first; child != 0; child = node(child).next) {
        result = values_.join(result, evaluate(child));
      }
      return values_.only(result, FacetKind::kTaint);
    }
  }
}

ValueId Interpreter::evaluate_name(NodeId at) { return lookup(symbol_of(at), at); }

ValueId Interpreter::evaluate_attribute(NodeId at) {
  const NodeId name = tree().child(at, Field::kAttribute);
  if (name == 0) return 0;
  const NodeId object_node = tree().child(at, Field::kObject);
  if (node(object_node).kind == Syntax::kCall && word(object_node).starts_with("super(")) {
    return super_attribute(symbol_of(name));
  }
  const ValueId base = evaluate(object_node);
  return attribute(base, symbol_of(name), at);
}

ValueId Interpreter::evaluate_subscript(NodeId at) {
  const ValueId base = evaluate(tree().child(at, Field::kValue));
  ValueId result = 0;
  for (NodeId key = node(at).first; key != 0; key = node(key).next) {
    if (node(key).field != Field::kSubscript) continue;
    if (node(key).kind == Syntax::kSlice) {
      // Which parts of a:b:c are there is told by the colons between them.
      std::array<ConstantId, 3> bounds{};
      bool known = true;
      std::uint32_t from = node(key).start;
      std::size_t colons = 0;
      for (NodeId part = node(key).first; part != 0; part = node(part).next) {
        const auto text = std::string_view(tree().text()).substr(from, node(part).start - from);
        colons += static_cast<std::size_t>(std::ranges::count(text, ':'));
        from = node(part).end;
        const ConstantId constant = values_.known(evaluate(part));
        if (constant == 0) known = false;
        if (colons < 3) bounds.at(colons) = constant;
      }
      ValueId piece = values_.only(base, FacetKind::kTaint);
      piece = values_.join(piece, slice_of_list(base, known ? std::optional(bounds) : std::nullopt, key));
      piece = values_.join(piece, values_.only(base, FacetKind::kPath));
      if (known) {
        const ConstantId folded = fold_.slice(values_.known(base), bounds[0], bounds[1], bounds[2]);
        if (folded != 0)
          piece = values_.join(values_.only(piece, FacetKind::kTaint), values_.of_constant(folded));
      }
      result = values_.join(result, piece);
    } else {
      result = values_.join(result, item(base, evaluate(key), at));
    }
  }
  return result;
}

// A part of a list is a list of its own; of anything else one knows no better than that it is all of it.
ValueId Interpreter::slice_of_list(ValueId base, const std::optional<std::array<ConstantId, 3>>& bounds,
                                   NodeId at) {
  ValueId result = 0;
  for (const Facet facet : values_.list(base)) {
    if (facet.kind() != FacetKind::kObject) continue;
    const ValueId whole = values_.value(facet);
    if (object(facet.index()).kind != Object::kList) {
      result = values_.join(result, whole);
      continue;
    }
    const ValueId made = new_object(Object::kList, at, 13);
    Object& list = object(values_.facets(made)[0].index());
    add_to_any(list, element(whole));
    list.exact.reset();
    if (const auto all = elements(whole, 64); all && bounds) {
      list.exact = fold_.sliced(*all, (*bounds)[0], (*bounds)[1], (*bounds)[2]);
    }
    result = values_.join(result, made);
  }
  return result;
}

ValueId Interpreter::evaluate_string(NodeId at) {
  const NodeId begin = node(at).first;
  if (begin == 0) return 0;
  const std::string_view prefix = word(begin);
  const bool raw = prefix.find_first_of("rR") != std::string_view::npos;
  const bool bytes = prefix.find_first_of("bB") != std::string_view::npos;
  const bool format = prefix.find_first_of("fFtT") != std::string_view::npos;
  std::vector<ValueId> parts;
  for (NodeId part = node(begin).next; part != 0; part = node(part).next) {
    if (node(part).kind == Syntax::kStringContent) {
      std::string text = unescape(word(part), raw, bytes);
      if (format) {
        for (const char c : {'{', '}'}) {
          for (std::size_t i = text.find(std::string(2, c)); i != std::string::npos;
               i = text.find(std::string(2, c), i + 1)) {
            text.erase(i, 1);
          }
        }
      }
      parts.push_back(values_.of_constant(bytes ? values_.bytes_constant(std::move(text))
                                                : values_.text_constant(std::move(text))));
    } else if (node(part).kind == Syntax::kInterpolation) {
      ValueId value = as_text(evaluate(tree().child(part, Field::kExpression)), part);
      if (const ConstantId known = values_.known(value); known != 0) {
        const auto shown = fold_.shown(known);
        if (shown && tree().child(part, Field::kFormatSpecifier) == 0 &&
            tree().child(part, Field::kTypeConversion) == 0) {
          value = values_.join(values_.only(value, FacetKind::kTaint), values_.of_text(*shown));
        }
      }
      if (const NodeId specifier = tree().child(part, Field::kFormatSpecifier); specifier != 0) {
        value = values_.join(value, evaluate(specifier));
      }
      parts.push_back(value);
    }
  }
  if (parts.empty()) {
    return values_.of_constant(bytes ? values_.bytes_constant("") : values_.text_constant(""));
  }
  return parts.size() == 1 && !format ? parts[0] : concatenated(parts);
}

ValueId Interpreter::evaluate_concatenation(NodeId at) {
  std::vector<ValueId> parts;
  for (NodeId part = node(at).first; part != 0; part = node(part).next) parts.push_back(evaluate(part));
  return concatenated(parts);
}

// Texts behind one another: a constant when all are, else a term that tells files apart.
ValueId Interpreter::concatenated(const std::vector<ValueId>& parts) {
  ValueId taint = 0;
  std::vector<ConstantId> constants;
  for (const ValueId part : parts) {
    taint = values_.join(taint, values_.only(part, FacetKind::kTaint));
    if (const ConstantId known = values_.known(part); known != 0) constants.push_back(known);
  }
  const ConstantId folded = constants.size() == parts.size() ? fold_.sum(constants) : 0;
  return values_.join(taint, folded != 0 ? values_.of_constant(folded) : term("+", parts));
}

ValueId Interpreter::evaluate_binary(NodeId at) {
  // A long sum is a deep tree to the left; it is walked without recursion.
  std::vector<NodeId> spine{at};
  for (NodeId left = tree().child(at, Field::kLeft); left != 0 && node(left).kind == Syntax::kBinaryOperator;
       left = tree().child(left, Field::kLeft)) {
    spine.push_back(left);
  }
  ValueId value = evaluate(tree().child(spine.back(), Field::kLeft));
  // Literals in a row are added up at once: each prefix of a long sum would be a constant of its own.
  std::vector<ConstantId> literals;
  const auto flush = [&] {
    if (literals.size() > 1) value = values_.of_constant(fold_.sum(literals));
    literals.clear();
  };
  for (auto part = spine.rbegin(); part != spine.rend(); ++part) {
    const NodeId right_node = tree().child(*part, Field::kRight);
    const NodeId op_node = tree().child(*part, Field::kOperator);
    const std::string_view op = op_node == 0 ? "" : word(op_node);
    const ValueId right = evaluate(right_node);
    const ConstantId known = op == "+" && spine.size() > 2 ? text_only(right) : 0;
    if (literals.empty()) {
      if (const ConstantId first = known == 0 ? 0 : text_only(value); first != 0) literals.push_back(first);
    }
    if (known != 0 && !literals.empty()) {
      literals.push_back(known);
      continue;
    }
    flush();
    value = binary(op, value, right, *part);
  }
  flush();
  return value;
}

// The text or bytes that a value is and nothing else.
ConstantId Interpreter::text_only(ValueId value) const {
  const auto facets = values_.facets(value);
  if (facets.size() != 1 || facets[0].kind() != FacetKind::kConstant) return 0;
  const ConstantKind kind = values_.constant(facets[0].index()).kind;
  return kind == ConstantKind::kText || kind == ConstantKind::kBytes ? facets[0].index() : 0;
}

// Two lists behind one another, when all their elements are known.
std::optional<ValueId> Interpreter::lists_together(ValueId a, ValueId b, NodeId at) {
  constexpr std::size_t kMost = 1U << 16, kMostTold = 64;
  std::vector<ValueId> all;
  bool constant = true;
  for (const ValueId side : {a, b}) {
    const ConstantId known = values_.known(side);
    const bool tuple = known != 0 && values_.constant(known).kind == ConstantKind::kTuple;
    const auto items = tuple || values_.has(side, FacetKind::kObject) ? elements(side, kMost) : std::nullopt;
    if (!items) return std::nullopt;
    for (const ValueId item : *items) constant = constant && values_.known(item) != 0;
    all.insert(all.end(), items->begin(), items->end());
  }
  if (all.size() <= kMostTold) return tuple_object(std::move(all), at, 12);
  if (!constant) return std::nullopt;
  Constant tuple{.kind = ConstantKind::kTuple};
  for (const ValueId item : all) tuple.items.push_back(values_.known(item));
  return values_.of_constant(values_.constant(std::move(tuple)));
}

ValueId Interpreter::binary(std::string_view op, ValueId a, ValueId b, NodeId at) {
  ValueId taint = values_.join(values_.only(a, FacetKind::kTaint), values_.only(b, FacetKind::kTaint));
  ConstantId known_b = values_.known(b);
  if (op == "%") {
    // A tuple of values that are all known, written as a display.
    if (const auto all = elements(b, 64); known_b == 0 && all) {
      Constant tuple{.kind = ConstantKind::kTuple};
      for (const ValueId value : *all) tuple.items.push_back(values_.known(value));
      if (std::ranges::find(tuple.items, 0U) == tuple.items.end())
        known_b = values_.constant(std::move(tuple));
    }
    taint = values_.join(taint, deep_taints(b, 2));
  }
  if (const ConstantId folded = fold_.binary(op, values_.known(a), known_b); folded != 0) {
    check_strings(folded, at);
    return values_.join(taint, values_.of_constant(folded));
  }
  if (op == "+") {
    if (const auto together = lists_together(a, b, at)) return *together;
  }
  ValueId result = taint;
  if (op == "+" || op == "|" || op == "*") {
    result = values_.join(result, values_.only(a, FacetKind::kObject));
    result = values_.join(result, values_.only(b, FacetKind::kObject));
  }
  if (op == "+" || op == "/" || op == "%") result = values_.join(result, term(op, {a, b}));
  // pathlib joins with "/".
  if (op == "/") result = values_.join(result, values_.only(a, FacetKind::kPath));
  return result;
}

ValueId Interpreter::compare(ValueId a, ValueId b, bool equal) {
  ValueId result = 0;
  for (const auto& [side, other] : {std::pair(a, b), std::pair(b, a)}) {
    for (const Facet facet : values_.list(side)) {
      if (facet.kind() != FacetKind::kCheck) continue;
      Check check = checks_[facet.index()];
      if (check.verdict) continue;
      // A digest that came along with the data proves nothing.
      bool same = false;
      for (const Facet taint : values_.facets(other)) {
        if (taint.kind() != FacetKind::kTaint) continue;
        const std::string& label = sources_[values_.taint_source(taint.index())].label;
        for (const Origin& origin : check.sources) same = same || sources_[origin.source].label == label;
      }
      if (same && !check.keyed) continue;
      check.verdict = true;
      check.negated = !equal;
      result = values_.join(result, check_value(std::move(check)));
    }
  }
  return result;
}

ValueId Interpreter::evaluate_comparison(NodeId at) {
  std::vector<ValueId> sides;
  std::vector<std::string_view> ops;
  for (NodeId child = node(at).first; child != 0; child = node(child).next) {
    if (node(child).kind == Syntax::kOperator) {
      ops.push_back(word(child));
    } else {
      sides.push_back(evaluate(child));
    }
  }
  ValueId result = 0;
  for (std::size_t i = 0; i < ops.size() && i + 1 < sides.size(); ++i) {
    if (ops[i] == "==" || ops[i] == "!=" || ops[i] == "<>" || ops[i] == "is") {
      result = values_.join(result, compare(sides[i], sides[i + 1], ops[i] == "==" || ops[i] == "is"));
    } else if (ops[i] == "in" || ops[i] == "not in") {
      // A digest in a list of known ones.
      result = values_.join(
          result,
          compare(sides[i], values_.join(sides[i + 1], deep_taints(sides[i + 1], 2)), ops[i] == "in"));
    }
  }
  return result;
}

ValueId Interpreter::evaluate_conditional(NodeId at) {
  // value, condition, other: in the order of the text.
  const NodeId first = node(at).first;
  const NodeId condition = first == 0 ? 0 : node(first).next;
  const NodeId other = condition == 0 ? 0 : node(condition).next;
  const ValueId holds = evaluate(condition);
  const Checked before = checked_;
  apply_verdicts(holds, true);
  const ValueId a = evaluate(first);
  checked_ = before;
  apply_verdicts(holds, false);
  const ValueId b = evaluate(other);
  checked_ = before;
  if (const auto known = truth(holds)) return *known ? a : b;
  return values_.join(a, b);
}

ValueId Interpreter::evaluate_lambda(NodeId at) {
  FunctionDef* def = function_of(at, true);
  def->scope = frame_;
  return function_value({.kind = Function::kLocal, .def = def, .frame = frame_});
}

ValueId Interpreter::evaluate_display(NodeId at) {
  constexpr std::size_t kMostExact = 1U << 16;
  const bool tuple = node(at).kind == Syntax::kTuple || node(at).kind == Syntax::kExpressionList;
  std::vector<ValueId> items;
  bool exact = true, constant = true;
  ValueId any = 0;
  for (NodeId child = node(at).first; child != 0; child = node(child).next) {
    const ValueId value = evaluate(child);
    if (is_splat(node(child).kind)) {
      const auto all = elements(value, kMostExact);
      if (all) {
        items.insert(items.end(), all->begin(), all->end());
      } else {
        exact = false;
        any = values_.join(any, element(value));
      }
      continue;
    }
    items.push_back(value);
  }
  constexpr std::size_t kMostTold = 64;
  for (const ValueId value : items) constant = constant && values_.known(value) != 0;
  // A tuple of constants never changes; a long table of them needs no object.
  if (exact && constant && items.size() <= kMostExact && (tuple || items.size() > kMostTold)) {
    Constant all{.kind = ConstantKind::kTuple};
    for (const ValueId value : items) all.items.push_back(values_.known(value));
    return values_.of_constant(values_.constant(std::move(all)));
  }
  const ValueId made = new_object(Object::kList, at);
  Object& list = object(values_.facets(made)[0].index());
  if (exact && items.size() <= kMostTold) {
    list.exact = items;
  } else {
    list.exact.reset();
  }
  for (const ValueId value : items) add_to_any(list, value);
  add_to_any(list, any);
  return made;
}

ValueId Interpreter::evaluate_dictionary(NodeId at) {
  const ValueId made = new_object(Object::kDict, at);
  const std::uint32_t index = values_.facets(made)[0].index();
  for (NodeId child = node(at).first; child != 0; child = node(child).next) {
    if (node(child).kind == Syntax::kPair) {
      const ValueId key = evaluate(tree().child(child, Field::kKey));
      const ValueId value = evaluate(tree().child(child, Field::kValue));
      store_item(made, key, value, child);
      if (values_.has(key, FacetKind::kTaint))
        add_to_any(object(index), values_.only(key, FacetKind::kTaint));
    } else {
      const ValueId spread = evaluate(child);
      for (const Facet facet : values_.list(spread)) {
        if (facet.kind() != FacetKind::kObject) continue;
        const Object& other = object(facet.index());
        if (&other == &object(index)) continue;
        for (const auto& [name, value] : other.fields) add_to_field(object(index), name, value);
        add_to_any(object(index), other.any);
      }
      add_to_any(object(index), values_.only(spread, FacetKind::kTaint));
    }
  }
  return made;
}

void Interpreter::comprehend(NodeId clause, NodeId body, ValueId& result, std::vector<ValueId>* exact,
                             bool pair) {
  while (clause != 0 && node(clause).kind == Syntax::kIfClause) {
    evaluate(node(clause).first);
    exact = nullptr;
    clause = node(clause).next;
  }
  if (clause == 0) {
    ValueId value = 0;
    if (pair) {
      value = values_.join(evaluate(tree().child(body, Field::kValue)),
                           values_.only(evaluate(tree().child(body, Field::kKey)), FacetKind::kTaint));
    } else {
      value = evaluate(body);
    }
    result = values_.join(result, value);
    if (exact != nullptr) exact->push_back(value);
    return;
  }
  const NodeId left = tree().child(clause, Field::kLeft);
  const ValueId over = iterated(evaluate(tree().child(clause, Field::kRight)), clause);
  constexpr std::size_t kMost = 4096;
  constexpr std::uint64_t kMostInAll = 100'000;
  if (exact != nullptr) {
    const auto all = elements(over, kMost);
    if (all && unrolled_ + all->size() < kMostInAll) {
      unrolled_ += all->size();
      for (const ValueId value : *all) {
        assign(left, value);
        comprehend(node(clause).next, body, result, exact, pair);
      }
      return;
    }
  }
  assign(left, element(over));
  comprehend(node(clause).next, body, result, nullptr, pair);
  if (exact != nullptr) exact->push_back(0);
}

ValueId Interpreter::evaluate_comprehension(NodeId at) {
  const NodeId body = tree().child(at, Field::kBody);
  NodeId clause = 0;
  for (NodeId child = node(at).first; child != 0 && clause == 0; child = node(child).next) {
    if (node(child).kind == Syntax::kForInClause) clause = child;
  }
  if (body == 0 || clause == 0) return 0;
  Frame* outer = frame_;
  Frame& inner = frames_.emplace_back();
  inner.parent = outer;
  inner.source = current_;
  inner.function = outer->function;
  frame_ = &inner;
  ValueId joined = 0;
  std::vector<ValueId> all;
  const bool pair = node(at).kind == Syntax::kDictionaryComprehension;
  comprehend(clause, body, joined, pair ? nullptr : &all, pair);
  frame_ = outer;
  const bool constant =
      !pair && !all.empty() && std::ranges::all_of(all, [&](ValueId v) { return values_.known(v) != 0; });
  if (constant) {
    Constant tuple{.kind = ConstantKind::kTuple};
    for (const ValueId value : all) tuple.items.push_back(values_.known(value));
    return values_.join(values_.only(joined, FacetKind::kTaint),
                        values_.of_constant(values_.constant(std::move(tuple))));
  }
  const ValueId made = new_object(pair ? Object::kDict : Object::kList, at);
  Object& list = object(values_.facets(made)[0].index());
  list.exact.reset();
  add_to_any(list, joined);
  return made;
}

ValueId Interpreter::evaluate_call(NodeId at) {
  const NodeId function = tree().child(at, Field::kFunction);
  const NodeId given = tree().child(at, Field::kArguments);
  Arguments arguments;
  ValueId receiver = 0;
  SymbolId method = 0;
  ValueId callee = 0;
  const bool is_method = function != 0 && node(function).kind == Syntax::kAttribute;
  if (is_method) {
    ++steps_;
    const NodeId object_node = tree().child(function, Field::kObject);
    const NodeId name = tree().child(function, Field::kAttribute);
    method = name == 0 ? 0 : symbol_of(name);
    if (node(object_node).kind == Syntax::kCall && word(object_node).starts_with("super(")) {
      callee = super_attribute(method);
    } else {
      receiver = evaluate(object_node);
      callee = attribute(receiver, method, function);
    }
  } else {
    callee = evaluate(function);
  }
  if (given != 0 && node(given).kind == Syntax::kGeneratorExpression) {
    arguments.positional.push_back(evaluate(given));
  } else if (given != 0) {
    for (NodeId child = node(given).first; child != 0; child = node(child).next) {
      if (node(child).kind == Syntax::kKeywordArgument) {
        const NodeId name = tree().child(child, Field::kName);
        arguments.named.emplace_back(symbol_of(name), evaluate(tree().child(child, Field::kValue)));
      } else if (is_splat(node(child).kind)) {
        const ValueId value = evaluate(child);
        if (const auto all = elements(value, 64); all && !arguments.has_rest) {
          arguments.positional.insert(arguments.positional.end(), all->begin(), all->end());
        } else {
          arguments.has_rest = true;
          arguments.rest = values_.join(arguments.rest, element(value));
        }
      } else if (node(child).kind == Syntax::kDictionarySplat) {
        const ValueId value = evaluate(child);
        for (const Facet facet : values_.list(value)) {
          if (facet.kind() != FacetKind::kObject) continue;
          for (const auto& [name, field] : object(facet.index()).fields)
            arguments.named.emplace_back(name, field);
        }
        std::ranges::sort(arguments.named);
        arguments.named_rest = values_.join(arguments.named_rest, element(value));
      } else {
        arguments.positional.push_back(evaluate(child));
      }
    }
  }
  arguments.self = receiver;
  if (is_method) {
    if (append_constant(tree().child(function, Field::kObject), receiver, values_.text(method), arguments))
      return 0;
    bool known = false;
    const ValueId folded = method_of_constant(receiver, values_.text(method), arguments, at, known);
    if (known) return folded;
    if (const auto result = method_of_object(receiver, method, arguments, at)) return *result;
  }
  ValueId result = call(callee, arguments, at);
  // (home / "notes").open() is a file at that place, as open() of it is.
  if (is_method && values_.text(method) == "open" && values_.has(result, FacetKind::kPath))
    result = values_.join(result, values_.of_constant(values_.term(receiver)));
  if (given != 0 && values_.has(callee, FacetKind::kPath) && values_.has(result, FacetKind::kTaint)) {
    // What is fetched into a callback: ftp.retrbinary("RETR x", buffer.write).
    for (NodeId child = node(given).first; child != 0; child = node(child).next) {
      if (node(child).kind != Syntax::kAttribute) continue;
      const NodeId into = tree().child(child, Field::kObject);
      const std::string_view name = word(tree().child(child, Field::kAttribute));
      if (node(into).kind != Syntax::kIdentifier ||
          (name != "write" && name != "append" && name != "extend" && name != "feed")) {
        continue;
      }
      const ValueId taint = values_.only(result, FacetKind::kTaint);
      const ValueId old = evaluate(into);
      write_file(old, taint);
      if (const auto handled = values_.has(old, FacetKind::kObject); handled) {
        Arguments one;
        one.positional.push_back(taint);
        method_of_object(old, values_.symbol("append"), one, child);
      } else {
        assign(into, values_.join(old, taint));
      }
    }
  }
  if (is_method && values_.has(taints(arguments), FacetKind::kTaint)) {
    // What an unknown object was given it may give back: parser.feed(data), buffer.write(data).
    const NodeId object_node = tree().child(function, Field::kObject);
    const bool unknown = !values_.has(receiver, FacetKind::kObject) &&
                         !values_.has(receiver, FacetKind::kFunction) &&
                         !values_.has(callee, FacetKind::kFunction);
    const bool plain =
        node(object_node).kind == Syntax::kIdentifier || node(object_node).kind == Syntax::kAttribute;
    const bool is_module = std::ranges::any_of(values_.facets(receiver), [&](Facet facet) {
      return facet.kind() == FacetKind::kPath &&
             values_.path_text(facet.index()).find('(') == std::string::npos &&
             !values_.path_text(facet.index()).starts_with('?');
    });
    write_file(receiver, taints(arguments));
    if (unknown && plain && !is_module && receiver != 0) {
      ValueId more = values_.only(taints(arguments), FacetKind::kTaint);
      // A digest is of all that it was given.
      if (values_.text(method) == "update")
        more = values_.join(more, values_.only(result, FacetKind::kCheck));
      assign(object_node, values_.join(receiver, more));
    }
  }
  return result;
}

}  // namespace pilothouse::audit
