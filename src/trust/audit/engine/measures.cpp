#include "trust/audit/engine/measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>

namespace pilothouse::audit {
namespace {

constexpr std::size_t kLeastNames = 8;
constexpr std::size_t kLongConstant = 200;
constexpr std::size_t kBlanks = 120;

bool only(std::string_view text, std::string_view of) {
  return text.find_first_not_of(of) == std::string_view::npos;
}

// Names that no person writes: _0x1f2a, O0O0OO, IlI1lI, ______, and long ones without any vowels or with
// digits all over.
bool machine_made(std::string_view name) {
  std::string_view bare = name;
  while (bare.starts_with('_')) bare.remove_prefix(1);
  if (bare.empty()) return name.size() >= 3 && name.size() != 2;
  if (bare.starts_with("0x") ||
      (bare.starts_with("x") && bare.size() >= 6 && only(bare.substr(1), "0123456789abcdefABCDEF"))) {
    return true;
  }
  if (bare.size() >= 4 &&
      (only(bare, "O0oQ") || only(bare, "Il1i") || only(bare, "MN") || only(bare, "XxYy")))
    return true;
  if (bare.size() < 12) return false;
  std::size_t digits = 0, numbers = 0, vowels = 0, changes = 0, letters = 0;
  for (std::size_t i = 0; i < bare.size(); ++i) {
    const char c = bare[i];
    if (c == '_' || static_cast<unsigned char>(c) >= 0x80) return false;
    const bool digit = c >= '0' && c <= '9';
    digits += digit ? 1 : 0;
    numbers += digit && (i == 0 || bare[i - 1] < '0' || bare[i - 1] > '9') ? 1 : 0;
    letters += digit ? 0 : 1;
    vowels += std::string_view("aeiouyAEIOUY").find(c) != std::string_view::npos ? 1 : 0;
    if (i > 0) {
      const auto kind = [](char x) { return x >= '0' && x <= '9' ? 0 : x >= 'a' && x <= 'z' ? 1 : 2; };
      changes += kind(bare[i - 1]) != kind(c) ? 1 : 0;
    }
  }
  const bool restless = changes * 2 >= bare.size();
  return restless || (letters > 10 && vowels * 8 < letters) ||
         (digits >= 4 && numbers >= 2 && changes * 3 >= bare.size());
}

// Latin letters beside Greek or Cyrillic ones that look the same.
bool mixes_scripts(std::string_view name) {
  bool latin = false, other = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    latin = latin || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    // U+0370 to U+052F.
    other = other || (c >= 0xCD && c <= 0xD4);
  }
  return latin && other;
}

double entropy(std::string_view text) {
  std::array<std::size_t, 256> counts{};
  for (const char c : text) ++counts.at(static_cast<unsigned char>(c));
  double bits = 0;
  for (const std::size_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

bool looks_encoded(std::string_view text) {
  constexpr std::string_view kBase64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-\n";
  std::string_view rest = text;
  // Bytes written out as escapes: b"\x78\x9c...".
  const auto escapes = static_cast<std::size_t>(std::ranges::count(text, '\\'));
  if (escapes * 4 >= text.size()) return true;
  if (!only(rest, kBase64)) return false;
  return text.find(' ') == std::string_view::npos && entropy(text) > 3.0;
}

void names(const Tree& tree, std::vector<Measure>& result) {
  std::set<std::string_view> seen;
  std::size_t made = 0, mixed = 0;
  NodeId first = 0, first_mixed = 0;
  for (NodeId at = 1; at < tree.size(); ++at) {
    if (tree[at].kind != Syntax::kIdentifier || tree[at].field == Field::kAttribute) continue;
    const std::string_view name = tree.text(at);
    if (!seen.insert(name).second) continue;
    if (machine_made(name)) {
      ++made;
      if (first == 0) first = at;
    }
    if (mixes_scripts(name)) {
      ++mixed;
      if (first_mixed == 0) first_mixed = at;
    }
  }
  // In a short text one odd name says nothing; a few of a few do.
  if (made >= 3 || (made > 0 && seen.size() >= kLeastNames)) {
    result.push_back({"mangled-names", static_cast<double>(made) / static_cast<double>(seen.size()), first});
  }
  if (mixed > 0) result.push_back({"homoglyphs", static_cast<double>(mixed), first_mixed});
}

NodeId node_at(const Tree& tree, std::uint32_t offset) {
  NodeId best = 0;
  for (NodeId at = tree[0].first; at != 0; at = tree[at].next) {
    if (tree[at].start <= offset) best = at;
  }
  return best;
}

// Which literals reach over a place; places are asked for in ascending order.
class Literals {
 public:
  explicit Literals(const Tree& tree) : tree_(tree) {}

  bool over(std::size_t from, std::size_t to) {
    for (; next_ < tree_.size() && tree_[next_].start <= from; ++next_) {
      const Node& node = tree_[next_];
      if (node.kind == Syntax::kString || node.kind == Syntax::kStringContent)
        end_ = std::max<std::size_t>(end_, node.end);
    }
    return end_ > to;
  }

 private:
  const Tree& tree_;
  NodeId next_ = 1;
  std::size_t end_ = 0;
};

void lines(const Tree& tree, std::vector<Measure>& result) {
  std::size_t hidden = 0;
  std::uint32_t hidden_at = 0;
  const std::string& text = tree.text();
  Literals literals(tree);
  std::uint32_t last_line = 0;
  std::size_t front = 0;
  const std::size_t first_code = tree[0].first == 0 ? std::string::npos : tree[tree[0].first].start;
  for (std::size_t at = text.find(std::string(kBlanks, ' ')); at != std::string::npos;) {
    const std::size_t code = text.find_first_not_of(' ', at);
    if (code == std::string::npos) break;
    // Code both in front and behind; blanks within a literal are not meant.
    if (const std::uint32_t line = tree.line(static_cast<std::uint32_t>(at)); line != last_line) {
      last_line = line;
      front =
          text.find_first_not_of(" \t", static_cast<std::size_t>(tree.line_text(line).data() - text.data()));
    }
    const bool starts_here =
        std::ranges::any_of(std::string_view("\n\r#"), [&](char c) { return text[code] == c; });
    if (front < at && !starts_here && code >= first_code && !literals.over(at, code)) {
      ++hidden;
      if (hidden_at == 0) hidden_at = static_cast<std::uint32_t>(code);
    }
    at = text.find(std::string(kBlanks, ' '), code);
    if (hidden > 100) break;
  }
  if (hidden > 0) result.push_back({"hidden-code", static_cast<double>(hidden), node_at(tree, hidden_at)});
  std::size_t bidi = 0;
  std::uint32_t bidi_at = 0;
  for (std::size_t at = text.find("\xE2"); at != std::string::npos && at + 2 < text.size();
       at = text.find("\xE2", at + 1)) {
    const auto second = static_cast<unsigned char>(text[at + 1]),
               third = static_cast<unsigned char>(text[at + 2]);
    // U+202A to U+202E, U+2066 to U+2069.
    if ((second == 0x80 && third >= 0xAA && third <= 0xAE) ||
        (second == 0x81 && third >= 0xA6 && third <= 0xA9)) {
      if (bidi++ == 0) bidi_at = static_cast<std::uint32_t>(at);
    }
  }
  if (bidi > 0) result.push_back({"bidi", static_cast<double>(bidi), node_at(tree, bidi_at)});
}

void constants(const Tree& tree, std::vector<Measure>& result) {
  NodeId longest = 0, blob = 0;
  std::uint32_t longest_size = 0, blob_size = 0;
  for (NodeId at = 1; at < tree.size(); ++at) {
    if (tree[at].kind != Syntax::kStringContent) continue;
    const std::uint32_t size = tree[at].end - tree[at].start;
    if (size < kLongConstant) continue;
    if (size > longest_size) {
      longest = at;
      longest_size = size;
    }
    if (size > blob_size && looks_encoded(tree.text(at))) {
      blob = at;
      blob_size = size;
    }
  }
  if (longest != 0) result.push_back({"entropy", entropy(tree.text(longest)), longest});
  if (blob != 0) result.push_back({"blob", static_cast<double>(blob_size), blob});
  // Lines of code, without the literals on them.
  NodeId widest = 0;
  std::uint32_t width = 0;
  for (NodeId at = tree[0].first; at != 0; at = tree[at].next) {
    const std::uint32_t size = tree[at].end - tree[at].start;
    if (size > width && tree.line(tree[at].start) == tree.line(tree[at].end)) {
      width = size;
      widest = at;
    }
  }
  if (width > kLongConstant) result.push_back({"long-line", static_cast<double>(width), widest});
}

}  // namespace

std::vector<Measure> measure_text(const Tree& tree) {
  std::vector<Measure> result;
  names(tree, result);
  lines(tree, result);
  constants(tree, result);
  return result;
}

}  // namespace pilothouse::audit
