#include "hub/api/cursor.h"

#include <charconv>

namespace pilothouse::hub {
namespace {

// Numbers in base 36, so that nobody takes them for something to count with: "clusters.j5k.7".
constexpr int kBase = 36;

void append(std::string& out, std::int64_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, kBase).ptr;
  out.append(digits, end);
}

std::optional<std::int64_t> take(std::string_view digits) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number, kBase);
  if (failure != std::errc{} || end != digits.data() + digits.size() || number < 0) return std::nullopt;
  return number;
}

}  // namespace

std::string encode_cursor(std::string_view listing, const store::Cursor& cursor) {
  std::string text(listing);
  text += '.';
  append(text, cursor.major);
  text += '.';
  append(text, cursor.minor);
  return text;
}

std::optional<store::Cursor> decode_cursor(std::string_view listing, std::string_view text) {
  if (text.substr(0, listing.size()) != listing) return std::nullopt;
  text.remove_prefix(listing.size());
  const std::size_t dot = text.rfind('.');
  if (text.empty() || text.front() != '.' || dot == 0) return std::nullopt;
  const auto major = take(text.substr(1, dot - 1));
  const auto minor = take(text.substr(dot + 1));
  if (!major || !minor) return std::nullopt;
  return store::Cursor{*major, *minor};
}

}  // namespace pilothouse::hub
