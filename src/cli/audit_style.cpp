#include "cli/audit_style.h"

#include <algorithm>

#include "cli/text.h"

namespace pilothouse::cli {
namespace {

std::string_view code_of(Ink ink) {
  switch (ink) {
    case Ink::kBold:
      return "\x1b[1m";
    case Ink::kFaint:
      return "\x1b[2m";
    case Ink::kRed:
      return "\x1b[1;31m";
    case Ink::kYellow:
      return "\x1b[1;33m";
    case Ink::kCyan:
      return "\x1b[1;36m";
    case Ink::kBlue:
      return "\x1b[34m";
    case Ink::kGreen:
      return "\x1b[32m";
    default:
      return {};
  }
}

}  // namespace

std::string AuditStyle::paint(Ink ink, std::string_view text) const {
  if (!color || ink == Ink::kPlain || text.empty()) return std::string(text);
  std::string painted(code_of(ink));
  painted.append(text).append("\x1b[0m");
  return painted;
}

std::string AuditStyle::wrap(std::string_view text, std::size_t indent) const {
  const std::string line = one_line(text);
  std::string_view rest = line;
  std::string result;
  std::size_t used = 0;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (word.empty()) continue;
    const std::size_t wide = display_width(word);
    if (used > 0 && used + 1 + wide > width) {
      result += '\n';
      used = 0;
    }
    if (used == 0) {
      result.append(indent, ' ');
      used = indent;
    } else {
      result += ' ';
      ++used;
    }
    result += word;
    used += wide;
  }
  return result.empty() ? result : result + "\n";
}

Severity severity_of(double weight) {
  if (weight >= 0.7) return {"error", Ink::kRed};
  if (weight >= 0.3) return {"warning", Ink::kYellow};
  return {"note", Ink::kCyan};
}

}  // namespace pilothouse::cli
