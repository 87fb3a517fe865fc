#include "trust/audit/rules/patterns.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace pilothouse::audit {
namespace {

using base::Errc;
using base::error;

constexpr std::size_t kMaxAlternatives = 2000;  // of one pattern
constexpr std::size_t kMaxPattern = 4096;       // bytes

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Takes the first part off a path: a name, "()" or "[]". Paths come from names in foreign code, so anything
// is accepted.
std::string_view take_part(std::string_view& path) {
  if (path.starts_with("()") || path.starts_with("[]")) {
    const std::string_view part = path.substr(0, 2);
    path.remove_prefix(2);
    if (path.starts_with('.')) path.remove_prefix(1);
    return part;
  }
  std::size_t end = 0;
  while (end < path.size() && path[end] != '.' && !path.substr(end).starts_with("()") &&
         !path.substr(end).starts_with("[]"))
    ++end;
  const std::string_view part = path.substr(0, end);
  path.remove_prefix(end);
  if (path.starts_with('.')) path.remove_prefix(1);
  return part;
}

bool is_name(std::string_view part) { return part != "()" && part != "[]"; }

// Whether `glob`, in which '*' stands for any characters, is all of `name`.
bool glob_matches(std::string_view glob, std::string_view name) {
  std::size_t g = 0, n = 0, star = std::string_view::npos, resume = 0;
  while (n < name.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = n;
    } else if (g < glob.size() && glob[g] == name[n]) {
      ++g;
      ++n;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  return std::all_of(glob.begin() + static_cast<std::ptrdiff_t>(g), glob.end(),
                     [](char c) { return c == '*'; });
}

// Replaces the first "{a,b}" by each of its alternatives, and so on. Braces do not nest.
base::Result<std::vector<std::string>> expand(std::string_view pattern) {
  std::vector<std::string> done{""};
  while (!pattern.empty()) {
    const std::size_t open = pattern.find_first_of("{}");
    const std::string_view plain = pattern.substr(0, open);
    for (std::string& text : done) text += plain;
    if (open == std::string_view::npos) break;
    if (pattern[open] == '}') return error(Errc::kInvalidArgument, "has a '}' without a '{'");
    const std::size_t close = pattern.find_first_of("{}", open + 1);
    if (close == std::string_view::npos) return error(Errc::kInvalidArgument, "has a '{' without a '}'");
    if (pattern[close] == '{') return error(Errc::kInvalidArgument, "has braces within braces");
    std::string_view inside = pattern.substr(open + 1, close - open - 1);
    std::vector<std::string> longer;
    for (bool more = true; more;) {
      const std::size_t comma = inside.find(',');
      more = comma != std::string_view::npos;
      if (longer.size() + done.size() > kMaxAlternatives)
        return error(Errc::kTooLarge, "stands for more than " + std::to_string(kMaxAlternatives) + " paths");
      for (const std::string& text : done) longer.push_back(text + std::string(inside.substr(0, comma)));
      if (more) inside.remove_prefix(comma + 1);
    }
    done = std::move(longer);
    pattern.remove_prefix(close + 1);
  }
  return done;
}

base::Result<std::vector<std::string>> parts_of(std::string_view pattern) {
  std::vector<std::string> parts;
  bool name_may_follow = true;
  while (!pattern.empty()) {
    if (pattern.starts_with("()") || pattern.starts_with("[]")) {
      if (name_may_follow) return error(Errc::kInvalidArgument, "has '()' or '[]' without a name before it");
      parts.emplace_back(pattern.substr(0, 2));
      pattern.remove_prefix(2);
    } else if (pattern.front() == '.') {
      if (name_may_follow) return error(Errc::kInvalidArgument, "has a '.' without a name before it");
      pattern.remove_prefix(1);
      name_may_follow = true;
      continue;
    } else {
      std::size_t end = 0;
      while (end < pattern.size() && (is_name_byte(pattern[end]) || pattern[end] == '*')) ++end;
      if (end == 0)
        return error(Errc::kInvalidArgument,
                     std::string("has a '") + pattern.front() +
                         "'; a pattern is made of names, '.', '()', '[]', '*', '**' and {a,b}");
      if (!name_may_follow) return error(Errc::kInvalidArgument, "has a name without a '.' before it");
      const std::string_view part = pattern.substr(0, end);
      if (part != "**" && part.find("**") != std::string_view::npos)
        return error(Errc::kInvalidArgument, "has a '**' that is not a whole part between dots");
      parts.emplace_back(part);
      pattern.remove_prefix(end);
    }
    name_may_follow = false;
  }
  if (parts.empty()) return error(Errc::kInvalidArgument, "is empty");
  if (name_may_follow) return error(Errc::kInvalidArgument, "ends with a '.'");
  return parts;
}

}  // namespace

struct Patterns::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> globs;
  std::unique_ptr<Node> rest;  // behind "**"
  bool stays = false;          // is behind "**": whatever part follows, it may still be within
  std::vector<std::uint32_t> ids;

  Node& child(const std::string& part) {
    if (part == "**") {
      if (stays) return *this;
      if (!rest) {
        rest = std::make_unique<Node>();
        rest->stays = true;
      }
      return *rest;
    }
    if (part.find('*') == std::string::npos) {
      std::unique_ptr<Node>& node = children[part];
      if (!node) node = std::make_unique<Node>();
      return *node;
    }
    for (auto& [glob, node] : globs)
      if (glob == part) return *node;
    return *globs.emplace_back(part, std::make_unique<Node>()).second;
  }

  // Adds a node to those that a path may have come to.
  static void reach(std::vector<const Node*>& nodes, const Node* node) {
    for (; node != nullptr; node = node->rest.get()) {
      if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
    }
  }
};

Patterns::Patterns() : root_(std::make_unique<Node>()) {}
Patterns::~Patterns() = default;
Patterns::Patterns(Patterns&&) noexcept = default;
Patterns& Patterns::operator=(Patterns&&) noexcept = default;

base::Result<void> Patterns::add(std::string_view pattern, std::uint32_t id) {
  if (pattern.size() > kMaxPattern) return error(Errc::kTooLarge, "is too long");
  const auto paths = expand(pattern);
  if (!paths) return paths.error();
  std::vector<std::vector<std::string>> all;
  all.reserve(paths->size());
  for (const std::string& path : *paths) {
    auto parts = parts_of(path);
    if (!parts) return parts.error();
    all.push_back(std::move(*parts));
  }
  for (const std::vector<std::string>& parts : all) {
    Node* node = root_.get();
    for (const std::string& part : parts) node = &node->child(part);
    node->ids.push_back(id);
  }
  return {};
}

std::vector<std::uint32_t> Patterns::match(std::string_view path) const {
  std::vector<const Node*> now, next;
  Node::reach(now, root_.get());
  while (!path.empty() && !now.empty()) {
    const std::string_view part = take_part(path);
    next.clear();
    for (const Node* node : now) {
      if (node->stays) Node::reach(next, node);
      if (const auto found = node->children.find(part); found != node->children.end())
        Node::reach(next, found->second.get());
      if (!is_name(part)) continue;
      for (const auto& [glob, child] : node->globs)
        if (glob_matches(glob, part)) Node::reach(next, child.get());
    }
    now.swap(next);
  }
  std::vector<std::uint32_t> ids;
  for (const Node* node : now) ids.insert(ids.end(), node->ids.begin(), node->ids.end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace pilothouse::audit
