#include "recorder/core/literals.h"

#include <algorithm>

namespace pilothouse::recorder {
namespace {

char lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

}  // namespace

LiteralFinder::LiteralFinder(const std::vector<std::string>& literals) : literals_(literals) {
  for (std::uint32_t number = 0; number < literals_.size(); ++number) {
    std::string& literal = literals_[number];
    std::transform(literal.begin(), literal.end(), literal.begin(), lower);
    std::size_t three = 0;
    for (std::size_t i = 0; i < 3; ++i) three = three << 5 | (static_cast<unsigned char>(literal[i]) & 31U);
    if (!begins_[three]) {
      begins_[three] = true;
      places_[three] = static_cast<std::uint16_t>(numbers_.size());
      numbers_.emplace_back();
    }
    numbers_[places_[three]].push_back(number);
  }
}

bool LiteralFinder::is_at(std::string_view literal, std::string_view text) {
  return text.size() >= literal.size() && std::equal(literal.begin(), literal.end(), text.begin(),
                                                     [](char a, char b) { return a == lower(b); });
}

}  // namespace pilothouse::recorder
