#include <algorithm>
#include <array>

#include "trust/audit/engine/interpreter.h"
#include "trust/audit/input/input.h"

namespace pilothouse::audit {
namespace {

bool one_of(std::string_view what, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, what) != list.end();
}

bool one_of(std::string_view what, std::span<const std::string_view> list) {
  return std::ranges::find(list, what) != list.end();
}

// Whose functions have models, and methods of anything that have.
constexpr std::string_view kModelledRoots[] = {
    "anyio",  "ast",         "asyncio",    "base64",    "binascii",  "builtins",   "bz2",
    "codecs", "collections", "contextlib", "copy",      "functools", "gzip",       "hmac",
    "imp",    "importlib",   "io",         "itertools", "lzma",      "marshal",    "operator",
    "os",     "pathlib",     "posixpath",  "runpy",     "secrets",   "subprocess", "shutil",
    "six",    "tempfile",    "trio",       "types",     "typing",    "urllib",     "zlib"};
constexpr std::string_view kModelledNames[] = {"Thread",
                                               "Process",
                                               "Timer",
                                               "start_new_thread",
                                               "apply_async",
                                               "apply",
                                               "submit",
                                               "run_in_executor",
                                               "to_thread",
                                               "call_soon",
                                               "call_later",
                                               "run_sync",
                                               "call_soon_threadsafe",
                                               "spawn",
                                               "start_soon",
                                               "add_callback",
                                               "delayed",
                                               "defer",
                                               "map",
                                               "imap",
                                               "starmap",
                                               "map_async",
                                               "imap_unordered",
                                               "exec_module",
                                               "load_module",
                                               "run_until_complete",
                                               "enter_context",
                                               "enter_async_context"};

std::string_view last_part(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

}  // namespace

// A constant, also when it is a list or tuple whose elements are.
ConstantId Interpreter::known_deep(ValueId value) {
  constexpr std::size_t kMost = 1U << 16;
  if (const ConstantId known = values_.known(value); known != 0) return known;
  const auto all = elements(value, kMost);
  if (!all) return 0;
  Constant tuple{.kind = ConstantKind::kTuple};
  for (const ValueId item : *all) {
    const ConstantId known = values_.known(item);
    if (known == 0) return 0;
    tuple.items.push_back(known);
  }
  return values_.constant(std::move(tuple));
}

// A text of which some parts are unknown. The same parts give the same term, by which files are told apart.
ValueId Interpreter::term(std::string_view what, const std::vector<ValueId>& parts) {
  constexpr std::size_t kMostShown = 400;
  Constant made{.kind = ConstantKind::kTerm};
  bool anything = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const ValueId stripped = values_.without(values_.without(parts[i], FacetKind::kTaint), FacetKind::kCheck);
    made.items.push_back(stripped);
    anything = anything || stripped != 0;
    if (i > 0 && what == "/") made.text += "/";
    const ConstantId part = values_.term(stripped);
    if (made.text.size() < kMostShown) made.text += part == 0 ? "?" : values_.constant(part).text;
  }
  if (made.text.size() > 2 * kMostShown) made.text.resize(2 * kMostShown);
  return anything ? values_.of_constant(values_.constant(std::move(made))) : 0;
}

void Interpreter::write_file(ValueId file, ValueId data) {
  const ValueId taint = values_.only(data, FacetKind::kTaint);
  const ConstantId key = values_.term(file);
  if (taint == 0 || key == 0) return;
  ValueId& known = files_[key];
  const ValueId joined = values_.join(known, taint);
  if (joined == known) return;
  known = joined;
  ++epoch_;
  const Constant& path = values_.constant(key);
  if (path.kind != ConstantKind::kTerm) return;
  for (const ValueId part : path.items) {
    const ConstantId directory = part < values_.value_count() ? values_.term(part) : 0;
    if (directory != 0) directories_[directory] = values_.join(directories_[directory], taint);
  }
}

ValueId Interpreter::file_taints(ValueId path) {
  if (files_.empty()) return 0;
  ValueId result = 0;
  const auto add = [&](ConstantId id) {
    const auto found = files_.find(id);
    if (found != files_.end()) result = values_.join(result, found->second);
  };
  for (const Facet facet : values_.list(path)) {
    if (facet.kind() != FacetKind::kConstant) continue;
    add(facet.index());
    const Constant& constant = values_.constant(facet.index());
    if (constant.kind != ConstantKind::kTerm) continue;
    for (const ValueId part : constant.items) {
      if (part < values_.value_count()) add(values_.term(part));
    }
  }
  return result;
}

std::optional<SourceIndex> Interpreter::hidden_text(const Constant& code, NodeId at) {
  constexpr std::size_t kMostHidden = 2U << 20;
  constexpr std::uint32_t kMostLayers = 8;
  constexpr std::uint64_t kRounds = 200'000;
  if (code.text.size() > kMostHidden || layers_deep_ >= kMostLayers ||
      code.text.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  ConstantId id = values_.constant(code);
  const auto known = hidden_.find({id, at});
  if (known != hidden_.end()) return known->second;
  std::string text = code.text;
  if (code.kind == ConstantKind::kBytes) {
    auto decoded = decode(text);
    if (!decoded) return std::nullopt;
    text = std::move(decoded->utf8);
  }
  auto tree = Tree::parse(std::move(text), kRounds);
  if (!tree) return std::nullopt;
  auto hidden = std::make_unique<Script>();
  hidden->tree = std::move(*tree);
  hidden->module = script().module;
  hidden->name = script().name;
  hidden->package = script().package;
  hidden->globals = script().globals;
  hidden->install = script().install;
  hidden->outer = place(current_, at);
  hidden->layers = script().layers;
  for (const std::string& layer : values_.layer_names(code.layers)) hidden->layers.push_back(layer);
  const auto index = static_cast<SourceIndex>(texts_.size());
  texts_.push_back(std::move(hidden));
  hidden_.emplace(std::pair(id, at), index);
  return index;
}

// What exec() or eval() does with code; `scope` is the dictionary that it was given, 0 for none.
ValueId Interpreter::run_code(ValueId code, ValueId scope, NodeId at, bool expression) {
  ValueId result = 0;
  const ValueId taint = stepped(values_.only(code, FacetKind::kTaint), at, "executed here");
  for (const Facet facet : values_.list(scope)) {
    if (facet.kind() == FacetKind::kObject) add_to_any(object(facet.index()), taint);
  }
  for (const Facet facet : values_.list(code)) {
    if (facet.kind() != FacetKind::kConstant) continue;
    const Constant constant = values_.constant(facet.index());
    if (constant.kind != ConstantKind::kText && constant.kind != ConstantKind::kBytes) continue;
    const auto& layers = values_.layer_names(constant.layers);
    const auto hiding = std::ranges::count_if(layers, [](const std::string& layer) {
      return !one_of(layer, {"join", "replace", "pick"});
    });
    if (hiding > 0) report_measure("decode-layers", static_cast<double>(hiding), at, layers);
    if (std::ranges::find(layers, "marshal") != layers.end()) continue;
    const auto index = hidden_text(constant, at);
    if (!index) continue;
    const SourceIndex old = current_;
    Frame* frame = frame_;
    Frame* own = nullptr;
    const bool has_object = values_.has(scope, FacetKind::kObject);
    current_ = *index;
    if (has_object) {
      own = &frames_.emplace_back();
      own->parent = script().globals;
      own->source = *index;
      own->function = frame->function;
      frame_ = own;
    }
    ++layers_deep_;
    if (script().state == Script::kNew) {
      script().state = Script::kDone;
      check_literals();
    }
    if (expression) {
      const NodeId statement = node(0).first;
      if (statement != 0) result = values_.join(result, evaluate(node(statement).first));
    } else {
      run_block(0);
    }
    --layers_deep_;
    if (own != nullptr) {
      std::vector<std::pair<SymbolId, ValueId>> names(own->variables.begin(), own->variables.end());
      std::ranges::sort(names);
      for (const Facet target : values_.list(scope)) {
        if (target.kind() != FacetKind::kObject) continue;
        for (const auto& [name, value] : names) add_to_field(object(target.index()), name, value);
      }
    }
    frame_ = frame;
    current_ = old;
  }
  return values_.join(result, taint);
}

ValueId Interpreter::method_of_constant(ValueId self, std::string_view name, Arguments& arguments, NodeId at,
                                        bool& known) {
  const ConstantId id = values_.known(self);
  if (id == 0) return 0;
  const Constant& constant = values_.constant(id);
  if (constant.kind != ConstantKind::kText && constant.kind != ConstantKind::kBytes) return 0;
  if (!one_of(name, {"join",  "format",    "replace",    "strip",     "lstrip",       "rstrip",
                     "lower", "upper",     "casefold",   "encode",    "decode",       "hex",
                     "split", "rsplit",    "splitlines", "title",     "zfill",        "ljust",
                     "rjust", "translate", "format_map", "partition", "removeprefix", "removesuffix"})) {
    return 0;
  }
  known = true;
  const ValueId taint = values_.join(values_.only(self, FacetKind::kTaint), taints(arguments));
  std::vector<ConstantId> constants;
  constants.reserve(arguments.positional.size());
  for (const ValueId value : arguments.positional) constants.push_back(known_deep(value));
  if (arguments.named.empty() && !arguments.has_rest) {
    if (const ConstantId folded = fold_.method(id, name, constants); folded != 0) {
      if (values_.constant(folded).layers != 0) check_strings(folded, at);
      return values_.join(taint, values_.of_constant(folded));
    }
  }
  if (name == "join" || name == "format") {
    std::vector<ValueId> parts{self};
    parts.insert(parts.end(), arguments.positional.begin(), arguments.positional.end());
    for (const auto& [key, value] : arguments.named) parts.push_back(value);
    return values_.join(taint, term("+", parts));
  }
  return taint;
}

// A bytearray that grows: out.append(byte), out.extend(more).
bool Interpreter::append_constant(NodeId target, ValueId self, std::string_view name,
                                  const Arguments& arguments) {
  if (name != "append" && name != "extend") return false;
  if (arguments.positional.size() != 1 || node(target).kind != Syntax::kIdentifier) return false;
  const ConstantId id = text_only(self);
  if (id == 0 || values_.constant(id).kind != ConstantKind::kBytes) return false;
  ConstantId more = known_deep(arguments.positional[0]);
  if (more != 0 && name == "append") {
    const Constant tuple{.kind = ConstantKind::kTuple, .items = {more}};
    more = values_.constant(tuple);
  }
  const std::array<ConstantId, 1> given{more};
  const ConstantId bytes = fold_.call("builtins.bytes", given);
  assign(target, values_.join(taints(arguments), values_.of_constant(fold_.binary("+", id, bytes))));
  return true;
}

// A program that is given to another interpreter: [sys.executable, "-c", "import os; ..."].
void Interpreter::run_command(Arguments& arguments, NodeId at) {
  if (arguments.positional.empty()) return;
  const auto words = elements(arguments.positional[0], 64);
  if (!words) return;
  for (std::size_t i = 1; i + 1 < words->size(); ++i) {
    const Constant* flag = values_.known_text((*words)[i]);
    if (flag == nullptr || flag->text != "-c") continue;
    const Constant* shell = values_.known_text((*words)[0]);
    const bool python = shell == nullptr || shell->text.find("python") != std::string::npos;
    if (python) run_code((*words)[i + 1], new_object(Object::kDict, at, 11), at, false);
  }
}

std::optional<ValueId> Interpreter::method_of_object(ValueId self, SymbolId method, Arguments& arguments,
                                                     NodeId at) {
  const std::string& name = values_.text(method);
  std::vector<std::uint32_t> targets;
  for (const Facet facet : values_.facets(self)) {
    if (facet.kind() == FacetKind::kTaint || facet.kind() == FacetKind::kConstant) continue;
    if (facet.kind() != FacetKind::kObject) return std::nullopt;
    const Object& target = object(facet.index());
    if (target.kind == Object::kInstance || target.frame != nullptr) return std::nullopt;
    targets.push_back(facet.index());
  }
  if (targets.empty()) return std::nullopt;
  const auto first = [&](std::size_t i) {
    return i < arguments.positional.size() ? arguments.positional[i] : 0;
  };
  const ValueId taint = values_.only(self, FacetKind::kTaint);
  if (one_of(name, {"append", "add", "appendleft", "insert", "put", "push"})) {
    const ValueId value = name == "insert" ? first(1) : first(0);
    for (const std::uint32_t index : targets) {
      Object& target = object(index);
      const bool exact = target.exact && name == "append" && branches_ == 0 && target.exact->size() < 4096;
      if (exact) {
        target.exact->push_back(value);
      } else {
        target.exact.reset();
      }
      add_to_any(target, value);
    }
    return 0;
  }
  if (one_of(name, {"extend", "update", "extendleft", "union"})) {
    for (const std::uint32_t index : targets) {
      Object& target = object(index);
      target.exact.reset();
      for (const ValueId value : arguments.positional) {
        for (const Facet facet : values_.list(value)) {
          if (facet.kind() != FacetKind::kObject || facet.index() == index) continue;
          for (const auto& [key, field] : object(facet.index()).fields) add_to_field(target, key, field);
        }
        add_to_any(object(index), element(value));
      }
      for (const auto& [key, value] : arguments.named) add_to_field(object(index), key, value);
    }
    return name == "union" ? self : 0;
  }
  if (one_of(name, {"get", "setdefault", "pop", "popleft", "popitem", "__getitem__", "send", "__next__",
                    "__anext__"})) {
    ValueId result = taint;
    for (const std::uint32_t index : targets) {
      const ValueId target = values_.value(Facet(FacetKind::kObject, index));
      if (name == "setdefault") store_item(target, first(0), first(1), at);
      const bool by_key = object(index).kind == Object::kDict && !arguments.positional.empty();
      result = values_.join(result, by_key ? item(target, first(0), at) : element(target));
    }
    return values_.join(result, first(1));
  }
  if (name == "items") {
    ValueId any = 0;
    for (const std::uint32_t index : targets) {
      const Object& target = object(index);
      any = values_.join(any, target.any);
      for (const auto& [key, value] : target.fields) any = values_.join(any, value);
    }
    ValueId keys = taint;
    for (const std::uint32_t index : targets) {
      if (object(index).fields.size() > 4) continue;
      for (const auto& [key, value] : object(index).fields)
        keys = values_.join(keys, values_.of_text(values_.text(key)));
    }
    const ValueId pair = tuple_object({keys, values_.join(any, taint)}, at, 1);
    const ValueId made = new_object(Object::kList, at, 2);
    add_to_any(object(values_.facets(made)[0].index()), pair);
    return made;
  }
  if (name == "sort") {
    for (const std::uint32_t index : targets)
      call_key(arguments, element(values_.value(Facet(FacetKind::kObject, index))), at);
  }
  if (one_of(name, {"values", "copy", "__iter__", "__aiter__", "sort", "reverse"})) return self;
  if (name == "keys") return taint;
  return std::nullopt;
}

ValueId Interpreter::mapped(Arguments& arguments, NodeId at) {
  constexpr std::size_t kMost = 4096;
  const ValueId function = arguments.positional[0];
  const auto all = arguments.positional.size() == 2 ? elements(arguments.positional[1], kMost) : std::nullopt;
  if (all && unrolled_ + all->size() < 100'000) {
    unrolled_ += all->size();
    std::vector<ValueId> results;
    bool constant = true;
    for (const ValueId value : *all) {
      Arguments one;
      one.positional.push_back(value);
      results.push_back(call(function, one, at));
      constant = constant && values_.known(results.back()) != 0;
    }
    if (constant) {
      Constant tuple{.kind = ConstantKind::kTuple};
      for (const ValueId value : results) tuple.items.push_back(values_.known(value));
      return values_.of_constant(values_.constant(std::move(tuple)));
    }
    if (results.size() <= 64) return tuple_object(std::move(results), at, 3);
  }
  Arguments each;
  for (std::size_t i = 1; i < arguments.positional.size(); ++i)
    each.positional.push_back(element(arguments.positional[i]));
  const ValueId result = call(function, each, at);
  const ValueId made = new_object(Object::kList, at, 4);
  add_to_any(object(values_.facets(made)[0].index()), result);
  return made;
}

// sorted(things, key=function)
void Interpreter::call_key(const Arguments& arguments, ValueId each, NodeId at) {
  for (const auto& [name, value] : arguments.named) {
    if (values_.text(name) == "key") call_back(value, {each}, at);
  }
}

ValueId Interpreter::reduced(Arguments& arguments, NodeId at) {
  constexpr std::size_t kMost = 1024;
  const auto all = elements(arguments.positional[1], kMost);
  ValueId result = arguments.positional.size() > 2 ? arguments.positional[2] : 0;
  std::vector<ValueId> items = all ? *all : std::vector{element(arguments.positional[1])};
  for (const ValueId value : items) {
    if (result == 0) {
      result = value;
      continue;
    }
    Arguments two;
    two.positional = {result, value};
    result = call(arguments.positional[0], two, at);
  }
  return result;
}

// Functions that call what they are given, now or later.
std::optional<ValueId> Interpreter::call_given(std::string_view path, Arguments& arguments, NodeId at) {
  const std::string_view name = last_part(path);
  const bool threads =
      one_of(name, {"Thread", "Process", "Timer", "start_new_thread", "apply_async", "apply"});
  const bool plain =
      one_of(name, {"submit", "run_in_executor", "to_thread", "call_soon", "call_later", "run_sync",
                    "call_soon_threadsafe", "spawn", "start_soon", "add_callback", "delayed", "defer"});
  const bool maps = one_of(name, {"map", "imap", "starmap", "map_async", "imap_unordered"});
  if (!threads && !plain && !maps) return std::nullopt;
  const auto callable = [&](ValueId value) {
    return std::ranges::any_of(values_.facets(value), [&](Facet facet) {
      if (facet.kind() == FacetKind::kFunction) return true;
      return facet.kind() == FacetKind::kPath && !values_.path_text(facet.index()).ends_with(')');
    });
  };
  ValueId function = 0, given = 0;
  Arguments inner;
  for (const auto& [key, value] : arguments.named) {
    const std::string& keyword = values_.text(key);
    if (one_of(keyword, {"target", "func", "function", "fn"})) function = value;
    if (keyword == "args") given = value;
  }
  std::size_t next = 0;
  while (function == 0 && next < arguments.positional.size()) {
    if (callable(arguments.positional[next])) function = arguments.positional[next];
    ++next;
  }
  if (function == 0) return std::nullopt;
  for (; next < arguments.positional.size(); ++next) {
    if (maps) {
      inner.positional.push_back(element(arguments.positional[next]));
    } else if (threads) {
      if (given == 0) given = arguments.positional[next];
    } else {
      inner.positional.push_back(arguments.positional[next]);
    }
  }
  if (given != 0) {
    if (const auto all = elements(given, 64)) {
      inner.positional = *all;
    } else {
      inner.has_rest = true;
      inner.rest = element(given);
    }
  }
  const ValueId result = call(function, inner, at);
  // The thing that was made gives the result some day: future.result(), pool.map(...)[0].
  return values_.join(values_.of_path(values_.called(values_.path(path))),
                      values_.only(result, FacetKind::kTaint));
}

std::optional<ValueId> Interpreter::container(std::string_view path, Arguments& arguments, NodeId at) {
  const ValueId first = arguments.positional.empty() ? 0 : arguments.positional[0];
  if (one_of(path, {"builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "builtins.iter",
                    "builtins.sorted", "builtins.reversed", "builtins.aiter", "collections.deque",
                    "itertools.chain", "itertools.chain.from_iterable", "itertools.islice"})) {
    if (first == 0) return new_object(Object::kList, at, 5);
    if (values_.has(first, FacetKind::kObject)) {
      if (arguments.positional.size() == 1 && !path.starts_with("itertools")) return first;
      const ValueId made = new_object(Object::kList, at, 5);
      const std::uint32_t index = values_.facets(made)[0].index();
      for (const ValueId value : arguments.positional) {
        add_to_any(object(index), path.ends_with("from_iterable") ? element(element(value)) : element(value));
      }
      return made;
    }
    return std::nullopt;
  }
  if (path == "builtins.dict" || path == "collections.OrderedDict" || path == "collections.defaultdict") {
    const ValueId made = new_object(Object::kDict, at, 6);
    Object& dict = object(values_.facets(made)[0].index());
    for (const auto& [key, value] : arguments.named) add_to_field(dict, key, value);
    add_to_any(dict, arguments.named_rest);
    if (first != 0 && path != "collections.defaultdict") {
      for (const Facet facet : values_.list(first)) {
        if (facet.kind() != FacetKind::kObject || &object(facet.index()) == &dict) continue;
        for (const auto& [key, value] : object(facet.index()).fields) add_to_field(dict, key, value);
      }
      add_to_any(dict, element(element(first)));
    }
    return made;
  }
  if (path == "builtins.enumerate" || path == "builtins.zip") {
    std::vector<ValueId> parts;
    if (path == "builtins.enumerate") parts.push_back(0);
    // Of zip() over constants, each pair is known.
    std::vector<std::vector<ValueId>> columns;
    for (const ValueId value : arguments.positional) {
      const auto all = elements(value, 2048);
      if (!all) break;
      columns.push_back(*all);
    }
    const bool whole = !columns.empty() && columns.size() == arguments.positional.size();
    if (whole && (path == "builtins.zip" || columns.size() == 1)) {
      std::size_t rows = columns[0].size();
      for (const auto& column : columns) rows = std::min(rows, column.size());
      Constant table{.kind = ConstantKind::kTuple};
      bool constant = true;
      for (std::size_t i = 0; i < rows && constant; ++i) {
        Constant row{.kind = ConstantKind::kTuple};
        if (path == "builtins.enumerate") row.items.push_back(values_.integer(static_cast<std::int64_t>(i)));
        for (const auto& column : columns) row.items.push_back(values_.known(column[i]));
        constant = std::ranges::find(row.items, 0U) == row.items.end();
        table.items.push_back(values_.constant(std::move(row)));
      }
      if (constant) return values_.of_constant(values_.constant(std::move(table)));
    }
    for (const ValueId value : arguments.positional) parts.push_back(element(value));
    const ValueId pair = tuple_object(std::move(parts), at, 7);
    const ValueId made = new_object(Object::kList, at, 8);
    add_to_any(object(values_.facets(made)[0].index()), pair);
    return made;
  }
  if (path == "builtins.next" || path == "builtins.anext") return element(first);
  if (path == "builtins.map" && arguments.positional.size() >= 2) return mapped(arguments, at);
  if (path == "builtins.filter" && arguments.positional.size() == 2) {
    call_back(first, {element(arguments.positional[1])}, at);
    return arguments.positional[1];
  }
  if ((path == "functools.reduce" || path == "builtins.reduce") && arguments.positional.size() >= 2) {
    return reduced(arguments, at);
  }
  return std::nullopt;
}

std::optional<ValueId> Interpreter::file_model(std::string_view path, ValueId callee, Arguments& arguments,
                                               NodeId at) {
  const auto first = [&](std::size_t i) {
    return i < arguments.positional.size() ? arguments.positional[i] : 0;
  };
  if (one_of(path, {"builtins.open", "io.open", "codecs.open", "os.fdopen", "builtins.file"})) {
    const ConstantId key = values_.term(first(0));
    ValueId result = values_.of_path(values_.called(values_.path(path)));
    result = values_.join(result, values_.join(values_.of_constant(key), file_taints(first(0))));
    return result;
  }
  if (path == "pathlib.Path" || path == "pathlib.PurePath" || path == "builtins.str" || path == "os.fspath" ||
      path == "os.path.abspath" || path == "os.path.realpath" || path == "os.path.expanduser" ||
      path == "os.path.normpath") {
    const ValueId value = first(0);
    ConstantId key = values_.term(value);
    if (path == "pathlib.Path" && arguments.positional.size() > 1)
      key = values_.term(term("/", arguments.positional));
    ValueId result = taints(arguments);
    result = values_.join(result, values_.of_constant(key));
    if (path == "builtins.str" && key == 0) return std::nullopt;
    if (!path.starts_with("builtins"))
      result = values_.join(result, values_.of_path(values_.called(values_.path(path))));
    return result;
  }
  if (path == "os.path.join" || path == "posixpath.join") {
    std::string joined;
    bool constant = !arguments.positional.empty();
    for (const ValueId value : arguments.positional) {
      const Constant* text = values_.known_text(value);
      constant = constant && text != nullptr;
      if (text != nullptr) joined += (joined.empty() ? "" : "/") + text->text;
    }
    const ValueId shape = constant ? values_.of_text(joined) : term("/", arguments.positional);
    return values_.join(taints(arguments), shape);
  }
  if (path.starts_with("tempfile.")) {
    Constant place{.kind = ConstantKind::kTerm, .text = "a temporary file"};
    place.number = static_cast<std::int64_t>(context());
    place.items = {0x0FFFFFFF, current_, at};
    const ValueId file = values_.of_constant(values_.constant(std::move(place)));
    return values_.join(file, values_.of_path(values_.called(values_.path(path))));
  }
  if (path == "os.write" || path == "shutil.copyfileobj") {
    const bool copies = path == "shutil.copyfileobj";
    write_file(copies ? first(1) : first(0), copies ? first(0) : taints(arguments));
    return 0;
  }
  if (one_of(path,
             {"shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.move", "os.rename", "os.replace"})) {
    write_file(first(1), file_taints(first(0)));
    return first(1);
  }
  (void)callee;
  return std::nullopt;
}

std::optional<ValueId> Interpreter::reflection(std::string_view path, ValueId callee, Arguments& arguments,
                                               NodeId at) {
  const auto given = [&](std::size_t i) {
    return i < arguments.positional.size() ? arguments.positional[i] : 0;
  };
  if (path == "builtins.getattr") {
    const Constant* name = values_.known_text(given(1));
    if (name != nullptr) return values_.join(attribute(given(0), values_.symbol(name->text), at), given(2));
    ValueId result = taints(arguments);
    for (const Facet facet : values_.list(given(0))) {
      if (facet.kind() == FacetKind::kObject) result = values_.join(result, object(facet.index()).any);
      // Which of a module's functions it is, nobody can say.
      if (facet.kind() == FacetKind::kPath)
        result = values_.join(result, values_.of_path(values_.item(facet.index())));
    }
    return values_.join(result, given(2));
  }
  if (path == "builtins.setattr") {
    const Constant* name = values_.known_text(given(1));
    if (name != nullptr) store_attribute(given(0), values_.symbol(name->text), given(2), at);
    return 0;
  }
  if (path == "builtins.__import__" || path == "importlib.import_module" || path == "importlib.__import__") {
    const Constant* name = values_.known_text(given(0));
    if (name == nullptr || name->text.empty() || name->text.starts_with('.')) return std::nullopt;
    const bool top =
        path != "importlib.import_module" && arguments.positional.size() < 4 && arguments.named.empty();
    const std::string dotted = name->text;
    const ValueId module = import_module(dotted, top);
    if (!values_.has(module, FacetKind::kPath)) return module;
    analysis_.modules[script().module].imports.push_back(dotted);
    return values_.join(module, module_path_);
  }
  if (path == "builtins.vars" && !arguments.positional.empty()) return given(0);
  if (path == "builtins.type" && arguments.positional.size() == 1) {
    ValueId result = taints(arguments);
    for (const Facet facet : values_.list(given(0))) {
      if (facet.kind() != FacetKind::kObject || object(facet.index()).cls == nullptr) continue;
      result =
          values_.join(result, function_value({.kind = Function::kClass, .cls = object(facet.index()).cls}));
    }
    return result;
  }
  if (path == "types.ModuleType" || path == "imp.new_module" || path == "importlib.util.module_from_spec" ||
      path == "types.SimpleNamespace") {
    const ValueId made = new_object(Object::kModule, at, 9);
    const std::uint32_t index = values_.facets(made)[0].index();
    add_to_any(object(index), taints(arguments));
    for (const auto& [key, value] : arguments.named) add_to_field(object(index), key, value);
    return made;
  }
  if (last_part(path) == "exec_module" || last_part(path) == "load_module") {
    const ValueId taint = stepped(values_.only(callee, FacetKind::kTaint), at, "executed as a module");
    for (const Facet facet : values_.list(given(0))) {
      if (facet.kind() == FacetKind::kObject) add_to_any(object(facet.index()), taint);
    }
    return taint;
  }
  if (path == "importlib.util.spec_from_file_location" || path == "imp.load_source" ||
      path == "runpy.run_path" || path == "importlib.machinery.SourceFileLoader") {
    ValueId result = values_.join(taints(arguments), file_taints(argument(arguments, "*")));
    for (const ValueId value : arguments.positional) result = values_.join(result, file_taints(value));
    for (const auto& [key, value] : arguments.named) result = values_.join(result, file_taints(value));
    return values_.join(result, values_.of_path(values_.called(values_.path(path))));
  }
  if (path == "builtins.exec" || path == "builtins.execfile") return run_code(given(0), given(1), at, false);
  if (path == "builtins.eval") return run_code(given(0), given(1), at, true);
  if (path == "builtins.compile") {
    ValueId source = given(0);
    if (source == 0) source = argument(arguments, "source");
    return values_.join(stepped(values_.only(source, FacetKind::kTaint), at, "compiled"),
                        values_.only(source, FacetKind::kConstant));
  }
  if (path == "functools.partial" || path == "functools.partialmethod") {
    Function partial{.kind = Function::kPartial, .callee = given(0)};
    if (arguments.positional.size() > 1) {
      partial.arguments.assign(arguments.positional.begin() + 1, arguments.positional.end());
    }
    partial.named = arguments.named;
    return values_.join(function_value(std::move(partial)), values_.only(given(0), FacetKind::kTaint));
  }
  if (path == "operator.attrgetter" || path == "operator.methodcaller") {
    return values_.join(values_.of_path(values_.called(values_.path(path))), given(0));
  }
  if (path == "operator.attrgetter()" || path == "operator.methodcaller()") {
    ValueId found = 0;
    for (const Facet facet : values_.list(callee)) {
      if (facet.kind() != FacetKind::kConstant) continue;
      found =
          values_.join(found, attribute(given(0), values_.symbol(values_.constant(facet.index()).text), at));
    }
    if (path == "operator.attrgetter()") return found;
    Arguments none;
    return call(found, none, at);
  }
  return std::nullopt;
}

// Most paths are not: one look-up tells.
bool Interpreter::is_modelled(PathId path) {
  if (path >= modelled_.size()) modelled_.resize(values_.path_count(), -1);
  signed char& known = modelled_[path];
  if (known < 0) {
    const std::string& text = values_.path_text(path);
    const std::string_view root = std::string_view(text).substr(0, text.find('.'));
    known = one_of(root, kModelledRoots) || one_of(last_part(text), kModelledNames) ? 1 : 0;
  }
  return known == 1;
}

std::optional<ValueId> Interpreter::model(PathId id, ValueId callee, Arguments& arguments, NodeId at) {
  const std::string& path = values_.path_text(id);
  if (!arguments.has_rest && arguments.named.size() <= 1) {
    std::vector<ConstantId> constants;
    bool known = true;
    for (const ValueId value : arguments.positional) {
      constants.push_back(known_deep(value));
      known = known && constants.back() != 0;
    }
    for (const auto& [key, value] : arguments.named) {
      constants.push_back(values_.known(value));
      known = known && constants.back() != 0;
    }
    if (known) {
      if (const ConstantId folded = fold_.call(path, constants); folded != 0) {
        if (values_.constant(folded).layers != 0) check_strings(folded, at);
        return values_.join(taints(arguments), values_.of_constant(folded));
      }
    }
  }
  const ValueId first = arguments.positional.empty() ? 0 : arguments.positional[0];
  if (path == "hmac.compare_digest" || path == "secrets.compare_digest") {
    return compare(first, arguments.positional.size() > 1 ? arguments.positional[1] : 0, true);
  }
  if (one_of(path,
             {"asyncio.run", "asyncio.create_task", "asyncio.ensure_future", "asyncio.wait_for",
              "asyncio.shield", "contextlib.closing", "contextlib.aclosing", "copy.copy", "copy.deepcopy",
              "builtins.staticmethod", "builtins.classmethod", "trio.run", "anyio.run"}) ||
      path.ends_with(".run_until_complete") || path.ends_with(".enter_context") ||
      path.ends_with(".enter_async_context")) {
    if (path == "trio.run" || path == "anyio.run") {
      Arguments inner;
      if (arguments.positional.size() > 1)
        inner.positional.assign(arguments.positional.begin() + 1, arguments.positional.end());
      return call(first, inner, at);
    }
    return first;
  }
  if (path == "typing.cast") return arguments.positional.size() > 1 ? arguments.positional[1] : 0;
  if (path == "asyncio.gather") {
    const ValueId made = new_object(Object::kList, at, 10);
    for (const ValueId value : arguments.positional)
      add_to_any(object(values_.facets(made)[0].index()), value);
    return made;
  }
  if (path == "builtins.super") return parent();
  if (one_of(path, {"builtins.str", "builtins.repr", "builtins.format", "builtins.bytes"})) {
    for (ValueId& value : arguments.positional) value = as_text(value, at);
  }
  if (path == "builtins.next" || path == "builtins.iter" || path == "builtins.list" ||
      path == "builtins.anext") {
    for (ValueId& value : arguments.positional) value = iterated(value, at);
  }
  if (path == "builtins.sorted" || path == "builtins.min" || path == "builtins.max")
    call_key(arguments, element(first), at);
  if (path.starts_with("subprocess.")) run_command(arguments, at);
  if (auto result = reflection(path, callee, arguments, at)) return result;
  if (auto result = container(path, arguments, at)) return result;
  if (auto result = file_model(path, callee, arguments, at)) return result;
  return call_given(path, arguments, at);
}

}  // namespace pilothouse::audit
