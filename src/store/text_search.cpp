#include "store/text_search.h"

#include <algorithm>
#include <clocale>
#include <cwctype>

namespace pilothouse::store {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The one locale of this file; (locale_t)0 where the system lacks it, and then only ASCII is folded.
locale_t unicode_locale() {
  static const locale_t kLocale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return kLocale;
}

std::size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

void append_utf8(std::string& out, char32_t c) {
  const auto tail = [&](int shift) { out.push_back(static_cast<char>(0x80 | (c >> shift & 0x3f))); };
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out.push_back(static_cast<char>(0xc0 | c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | c >> 12));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | c >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

// `text` is well-formed UTF-8: everything in the store was checked when it came in, and so is what is asked
// for.
std::string fold(std::string_view text) {
  const locale_t locale = unicode_locale();
  std::string folded;
  folded.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = std::min(length_of(first), text.size() - i);
    if (length == 1 || locale == nullptr) {
      folded.push_back(to_lower(text[i]));
      ++i;
      continue;
    }
    char32_t c = first & (0xffU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) c = c << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    append_utf8(folded, static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), locale)));
    i += length;
  }
  return folded;
}

}  // namespace

TextSearch::TextSearch(std::string_view needle) : needle_(fold(needle)), ascii_(is_ascii(needle_)) {}

bool TextSearch::found_in(std::string_view haystack) const {
  if (needle_.empty()) return true;
  if (needle_.size() > haystack.size() && ascii_) return false;
  if (!ascii_ || !is_ascii(haystack)) return fold(haystack).find(needle_) != std::string::npos;
  return std::search(haystack.begin(), haystack.end(), needle_.begin(), needle_.end(),
                     [](char a, char b) { return to_lower(a) == b; }) != haystack.end();
}

}  // namespace pilothouse::store
