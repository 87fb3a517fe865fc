#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pilothouse::audit {

// What a node is: the named nodes of tree-sitter's Python grammar that the engine tells apart, and operators.
enum class Syntax : std::uint8_t {
  kOther,
  kOperator,
  kError,
#define PILOTHOUSE_SYNTAX(kind, name) kind,
#include "trust/audit/syntax/kinds.inc"
#undef PILOTHOUSE_SYNTAX
};

// A node's role in its parent.
enum class Field : std::uint8_t {
  kNone,
#define PILOTHOUSE_FIELD(field, name) field,
#include "trust/audit/syntax/fields.inc"
#undef PILOTHOUSE_FIELD
};

// Offsets are bytes. Node 0 is the module; 0 as `first` or `next` means none.
struct Node {
  Syntax kind = Syntax::kOther;
  Field field = Field::kNone;
  std::uint32_t start = 0, end = 0;
  std::uint32_t first = 0, next = 0;
};

using NodeId = std::uint32_t;

struct SyntaxError {
  std::uint32_t start, end;
};

// A text with its syntax, without comments and punctuation.
class Tree {
 public:
  // Never more than 4 GiB. kTimeout when it takes more than `rounds` of a hundred steps of the parser.
  static base::Result<Tree> parse(std::string text, std::uint64_t rounds);

  const Node& operator[](NodeId id) const { return nodes_[id]; }
  std::size_t size() const { return nodes_.size(); }
  const std::string& text() const { return text_; }
  std::string_view text(NodeId id) const {
    const Node& node = nodes_[id];
    return std::string_view(text_).substr(node.start, node.end - node.start);
  }
  // The first child with a role; 0 when there is none.
  NodeId child(NodeId parent, Field field) const;
  // The n-th child, whatever its role; 0 when there is none.
  NodeId child(NodeId parent, std::size_t n = 0) const;

  const std::vector<SyntaxError>& errors() const { return errors_; }

  std::uint32_t line(std::uint32_t offset) const;    // from 1
  std::uint32_t column(std::uint32_t offset) const;  // from 1, in code points
  std::uint32_t lines() const { return static_cast<std::uint32_t>(line_starts_.size()); }
  // Without its line end.
  std::string_view line_text(std::uint32_t line) const;

 private:
  std::string text_;
  std::vector<Node> nodes_;
  std::vector<SyntaxError> errors_;
  std::vector<std::uint32_t> line_starts_;
  std::vector<std::uint32_t> code_points_;  // in front of each 256th byte
};

}  // namespace pilothouse::audit
