#include "trust/audit/syntax/tree.h"

#include <tree_sitter/api.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <unordered_map>

extern "C" const TSLanguage* tree_sitter_python(void);

namespace pilothouse::audit {
namespace {

// The grammar's numbers for kinds and fields, as this program names them.
struct Numbers {
  std::vector<Syntax> kinds;
  std::vector<Field> fields;

  Numbers() {
    const TSLanguage* language = tree_sitter_python();
    std::unordered_map<std::string_view, Syntax> names;
#define PILOTHOUSE_SYNTAX(kind, name) names.emplace(name, Syntax::kind);
#include "trust/audit/syntax/kinds.inc"
#undef PILOTHOUSE_SYNTAX
    kinds.resize(ts_language_symbol_count(language), Syntax::kOther);
    for (std::uint32_t i = 0; i < kinds.size(); ++i) {
      const auto symbol = static_cast<TSSymbol>(i);
      if (ts_language_symbol_type(language, symbol) != TSSymbolTypeRegular) continue;
      const auto found = names.find(ts_language_symbol_name(language, symbol));
      if (found != names.end()) kinds[i] = found->second;
    }
    fields.resize(ts_language_field_count(language) + 1, Field::kNone);
    const auto field = [&](Field value, std::string_view name) {
      const TSFieldId id =
          ts_language_field_id_for_name(language, name.data(), static_cast<std::uint32_t>(name.size()));
      if (id != 0) fields[id] = value;
    };
#define PILOTHOUSE_FIELD(value, name) field(Field::value, name);
#include "trust/audit/syntax/fields.inc"
#undef PILOTHOUSE_FIELD
  }
};

const Numbers& numbers() {
  static const Numbers kNumbers;
  return kNumbers;
}

template <auto release>
struct Release {
  template <class T>
  void operator()(T* thing) const {
    release(thing);
  }
};
using Parser = std::unique_ptr<TSParser, Release<ts_parser_delete>>;
using Parsed = std::unique_ptr<TSTree, Release<ts_tree_delete>>;

// Copies a tree into nodes in document order, leaving out what the engine never asks for.
class Copier {
 public:
  Copier(std::vector<Node>& nodes, std::vector<SyntaxError>& errors) : nodes_(nodes), errors_(errors) {}

  void copy(const TSTree* tree) {
    TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
    nodes_.push_back(node(cursor));
    std::vector<Open> open{{0, 0}};
    bool entered = ts_tree_cursor_goto_first_child(&cursor);
    while (!open.empty()) {
      if (!entered) {
        open.pop_back();
        if (open.empty()) break;
        ts_tree_cursor_goto_parent(&cursor);
        entered = ts_tree_cursor_goto_next_sibling(&cursor);
        continue;
      }
      if (!keep(cursor)) {
        entered = ts_tree_cursor_goto_next_sibling(&cursor);
        continue;
      }
      const auto id = static_cast<NodeId>(nodes_.size());
      nodes_.push_back(node(cursor));
      Open& parent = open.back();
      (parent.last == 0 ? nodes_[parent.id].first : nodes_[parent.last].next) = id;
      parent.last = id;
      if (ts_tree_cursor_goto_first_child(&cursor)) {
        open.push_back({id, 0});
      } else {
        entered = ts_tree_cursor_goto_next_sibling(&cursor);
      }
    }
    ts_tree_cursor_delete(&cursor);
  }

 private:
  struct Open {
    NodeId id, last;
  };

  // Comments are extras without a field; tokens matter where they are operators.
  bool keep(const TSTreeCursor& cursor) {
    const TSNode at = ts_tree_cursor_current_node(&cursor);
    if (ts_node_is_missing(at)) errors_.push_back({ts_node_start_byte(at), ts_node_end_byte(at)});
    if (ts_node_is_named(at)) return !ts_node_is_extra(at) || ts_node_symbol(at) == kErrorSymbol;
    return ts_tree_cursor_current_field_id(&cursor) != 0;
  }

  Node node(const TSTreeCursor& cursor) {
    const TSNode at = ts_tree_cursor_current_node(&cursor);
    Node result;
    const TSSymbol symbol = ts_node_symbol(at);
    result.start = ts_node_start_byte(at);
    result.end = ts_node_end_byte(at);
    if (symbol == kErrorSymbol) {
      result.kind = Syntax::kError;
      errors_.push_back({result.start, result.end});
    } else {
      result.kind = ts_node_is_named(at) ? numbers().kinds[symbol] : Syntax::kOperator;
    }
    result.field = numbers().fields[ts_tree_cursor_current_field_id(&cursor)];
    return result;
  }

  static constexpr TSSymbol kErrorSymbol = std::numeric_limits<TSSymbol>::max();
  std::vector<Node>& nodes_;
  std::vector<SyntaxError>& errors_;
};

constexpr std::uint32_t kBlock = 256;

std::uint32_t count_code_points(std::string_view text) {
  return static_cast<std::uint32_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool identifier_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Python 3.14 has strings like t"{x}", which the grammar does not know; as f-strings they are read right.
bool templates_as_formats(std::string& text) {
  bool changed = false;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != 't' && text[i] != 'T') continue;
    std::size_t quote = i + 1;
    std::size_t before = i;
    if (text[quote] == 'r' || text[quote] == 'R') ++quote;
    if (before > 0 && (text[before - 1] == 'r' || text[before - 1] == 'R')) --before;
    if (quote >= text.size() || (text[quote] != '"' && text[quote] != '\'')) continue;
    if (before > 0 && identifier_byte(text[before - 1])) continue;
    text[i] = 'f';
    changed = true;
  }
  return changed;
}

Parser& parser() {
  thread_local Parser result = [] {
    Parser made(ts_parser_new());
    ts_parser_set_language(made.get(), tree_sitter_python());
    return made;
  }();
  return result;
}

// The parser's steps are counted and not its time: what is read must not depend on how busy the machine is.
Parsed parse_text(const std::string& text, std::uint64_t rounds) {
  ts_parser_reset(parser().get());
  const auto read = [](void* payload, std::uint32_t at, TSPoint, std::uint32_t* size) {
    const auto& all = *static_cast<const std::string*>(payload);
    const std::size_t begin = std::min<std::size_t>(at, all.size());
    *size = static_cast<std::uint32_t>(all.size() - begin);
    return all.data() + begin;
  };
  const auto ends = [](TSParseState* state) { return (*static_cast<std::uint64_t*>(state->payload))-- == 0; };
  TSInput input{};
  input.payload = const_cast<std::string*>(&text);
  input.read = read;
  input.encoding = TSInputEncodingUTF8;
  TSParseOptions options{};
  options.payload = &rounds;
  options.progress_callback = ends;
  return Parsed(ts_parser_parse_with_options(parser().get(), nullptr, input, options));
}

}  // namespace

base::Result<Tree> Tree::parse(std::string text, std::uint64_t rounds) {
  if (text.size() >= std::numeric_limits<std::uint32_t>::max()) {
    return base::error(base::Errc::kTooLarge, "is over 4 GiB");
  }
  const base::Error late = base::error(base::Errc::kTimeout, "takes too long to parse");
  Tree result;
  Parsed tree = parse_text(text, rounds);
  if (!tree) return late;
  if (ts_node_has_error(ts_tree_root_node(tree.get()))) {
    std::string other = text;
    if (templates_as_formats(other)) {
      Parsed second = parse_text(other, rounds);
      if (!second) return late;
      if (!ts_node_has_error(ts_tree_root_node(second.get()))) {
        tree = std::move(second);
        text = std::move(other);
      }
    }
  }
  result.text_ = std::move(text);
  result.nodes_.reserve(result.text_.size() / 8 + 16);
  Copier(result.nodes_, result.errors_).copy(tree.get());
  result.line_starts_.push_back(0);
  for (std::size_t at = result.text_.find('\n'); at != std::string::npos;
       at = result.text_.find('\n', at + 1)) {
    result.line_starts_.push_back(static_cast<std::uint32_t>(at + 1));
  }
  // A line may be as long as the whole text, and hold many things that have a column.
  result.code_points_.push_back(0);
  for (std::size_t at = kBlock; at <= result.text_.size(); at += kBlock) {
    const auto block = std::string_view(result.text_).substr(at - kBlock, kBlock);
    result.code_points_.push_back(result.code_points_.back() + count_code_points(block));
  }
  return result;
}

NodeId Tree::child(NodeId parent, Field field) const {
  for (NodeId id = nodes_[parent].first; id != 0; id = nodes_[id].next) {
    if (nodes_[id].field == field) return id;
  }
  return 0;
}

NodeId Tree::child(NodeId parent, std::size_t n) const {
  NodeId id = nodes_[parent].first;
  while (id != 0 && n-- > 0) id = nodes_[id].next;
  return id;
}

std::uint32_t Tree::line(std::uint32_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::uint32_t>(after - line_starts_.begin());
}

std::uint32_t Tree::column(std::uint32_t offset) const {
  const auto in_front = [&](std::uint32_t end) {
    const std::size_t block = end / kBlock;
    return code_points_[block] +
           count_code_points(std::string_view(text_).substr(block * kBlock, end % kBlock));
  };
  return 1 + in_front(offset) - in_front(line_starts_[line(offset) - 1]);
}

std::string_view Tree::line_text(std::uint32_t line) const {
  const std::uint32_t start = line_starts_[line - 1];
  std::uint32_t end =
      line < line_starts_.size() ? line_starts_[line] : static_cast<std::uint32_t>(text_.size());
  while (end > start && (text_[end - 1] == '\n' || text_[end - 1] == '\r')) --end;
  return std::string_view(text_).substr(start, end - start);
}

}  // namespace pilothouse::audit
