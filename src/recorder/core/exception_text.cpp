#include "recorder/core/exception_text.h"

#include <cctype>
#include <optional>

namespace pilothouse::recorder {
namespace {

bool is_name(std::string_view name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) return false;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) == 0 && c != '_' && c != '.' && byte < 0x80) return false;
  }
  return true;
}

// 'text' or "text" without the quotes, its simple escapes resolved; nothing when it is not one whole literal.
std::optional<std::string> unquote(std::string_view literal) {
  if (literal.size() < 2) return std::nullopt;
  const char quote = literal.front();
  if ((quote != '\'' && quote != '"') || literal.back() != quote) return std::nullopt;
  std::string text;
  for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
    const char c = literal[i];
    if (c == quote) return std::nullopt;
    if (c != '\\') {
      text += c;
      continue;
    }
    if (++i + 1 >= literal.size()) return std::nullopt;
    switch (literal[i]) {
      case 'n':
        text += '\n';
        break;
      case 't':
        text += '\t';
        break;
      case '\\':
        text += '\\';
        break;
      case '\'':
        text += '\'';
        break;
      case '"':
        text += '"';
        break;
      default:
        text += '\\';
        text += literal[i];
    }
  }
  return text;
}

}  // namespace

ExceptionText split_exception_text(std::string_view text) {
  const auto open = text.find('(');
  if (open == std::string_view::npos || !text.ends_with(')') || !is_name(text.substr(0, open))) {
    return {"unknown", std::string(text)};
  }
  const std::string_view arguments = text.substr(open + 1, text.size() - open - 2);
  return {std::string(text.substr(0, open)), unquote(arguments).value_or(std::string(arguments))};
}

}  // namespace pilothouse::recorder
