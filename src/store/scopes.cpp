#include "store/scopes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.h"

namespace pilothouse::store {
namespace {

constexpr std::array<std::pair<Scope, std::string_view>, 5> kWords{{
    {Scope::kIngest, "ingest"},
    {Scope::kRead, "read"},
    {Scope::kControl, "control"},
    {Scope::kPublish, "publish"},
    {Scope::kAdmin, "admin"},
}};

}  // namespace

base::Result<Scopes> Scopes::parse(const std::vector<std::string>& words) {
  const auto refuse = [](std::string why) {
    return base::error(base::Errc::kInvalidArgument, std::move(why));
  };
  Scopes scopes;
  for (const std::string& word : words) {
    const auto* known =
        std::find_if(kWords.begin(), kWords.end(), [&](const auto& pair) { return pair.second == word; });
    if (known == kWords.end()) {
      const std::string shown(base::is_utf8(word) ? base::utf8_prefix(word, 32) : "?");
      return refuse("\"" + shown + "\" is no scope; there are " + all().text(", "));
    }
    if (scopes.has(known->first)) return refuse("the scope \"" + word + "\" is given twice");
    scopes = scopes | known->first;
  }
  if (scopes.empty()) return refuse("at least one scope is needed: " + all().text(", "));
  return scopes;
}

base::Result<Scopes> Scopes::parse_list(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    words.emplace_back(text.substr(0, end));
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
    if (text.empty()) words.emplace_back();
  }
  return parse(words);
}

std::vector<std::string_view> Scopes::words() const {
  std::vector<std::string_view> words;
  for (const auto& [scope, word] : kWords) {
    if (has(scope)) words.push_back(word);
  }
  return words;
}

std::string Scopes::text(std::string_view separator) const {
  std::string text;
  for (const std::string_view word : words()) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

}  // namespace pilothouse::store
