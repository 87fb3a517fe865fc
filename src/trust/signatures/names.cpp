#include "trust/signatures/names.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace pilothouse::trust {
namespace {

constexpr std::size_t kMaxName = 64;

using Pair = std::pair<std::string_view, std::string_view>;
constexpr std::array kLettersAlike{Pair{"0", "o"},  Pair{"1", "l"},  Pair{"i", "l"},
                                   Pair{"5", "s"},  Pair{"2", "z"},  Pair{"-", ""},
                                   Pair{"rn", "m"}, Pair{"vv", "w"}, Pair{"cl", "d"}};

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

bool is_plugin_name(std::string_view name) {
  return name.size() >= 2 && name.size() <= kMaxName && is_letter(name.front()) && name.back() != '-' &&
         name.find("--") == std::string_view::npos && std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '-';
         });
}

std::string skeleton(std::string_view name) {
  std::string result(name);
  for (const auto& [from, to] : kLettersAlike) replace_all(result, from, to);
  return result;
}

}  // namespace pilothouse::trust
