#include "store/group_names.h"

#include <algorithm>

#include "model/records.h"

namespace pilothouse::store {
namespace {

constexpr std::size_t kMost = 64;

void add_beginnings(std::vector<std::string>& names, std::string_view text) {
  for (std::size_t end = 1; end <= text.size() && names.size() < kMost - 1; ++end) {
    const bool separator =
        end == text.size() || std::string_view("-_,.: '\"()[]<>").find(text[end]) != std::string_view::npos;
    if (separator) names.emplace_back(text.substr(0, end));
  }
}

}  // namespace

std::vector<std::string> possible_group_names(std::string_view key) {
  std::vector<std::string> names{"data", std::string(model::kOtherGroups), std::string(key)};
  if (const std::size_t quote = key.find_first_of("'\""); quote != std::string_view::npos) {
    const std::size_t end = key.find(key[quote], quote + 1);
    if (end != std::string_view::npos) names.emplace_back(key.substr(quote + 1, end - quote - 1));
  }
  const std::size_t first = key.find_first_not_of("_'()\"<> ");
  if (first != std::string_view::npos) add_beginnings(names, key.substr(first));
  add_beginnings(names, key);
  // Of "<function a.b.c at 0x1>" the last part of the dotted name.
  if (key.starts_with('<')) {
    const std::string_view word = key.substr(1, key.find_first_of(" >") - 1);
    names.emplace_back(word.substr(word.rfind('.') + 1));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace pilothouse::store
