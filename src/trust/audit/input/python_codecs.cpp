#include "trust/audit/input/python_codecs.h"

#include <algorithm>
#include <optional>

namespace pilothouse::audit {
namespace {

bool is_scalar(std::uint32_t code) { return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff); }

std::optional<std::uint32_t> base64_digit(char c) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::size_t digit = kDigits.find(c);
  if (digit == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint32_t>(digit);
}

// Exactly `count` hexadecimal digits.
std::optional<std::uint32_t> hex(std::string_view text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text.substr(0, count)) {
    const bool digit = c >= '0' && c <= '9';
    const bool small = c >= 'a' && c <= 'f';
    const bool large = c >= 'A' && c <= 'F';
    if (!digit && !small && !large) return std::nullopt;
    value = value << 4U | static_cast<std::uint32_t>(digit ? c - '0' : small ? c - 'a' + 10 : c - 'A' + 10);
  }
  return value;
}

// UTF-16 in base64, from after the "+" on. Returns how many bytes of `bytes` it is, or nothing.
std::optional<std::size_t> shifted(std::string_view bytes, std::string& text) {
  std::size_t at = 0;
  std::uint32_t bits = 0;
  unsigned count = 0;
  std::uint32_t high = 0;  // the first half of a pair
  for (; at < bytes.size(); ++at) {
    const auto digit = base64_digit(bytes[at]);
    if (!digit) break;
    bits = (bits << 6U | *digit) & 0x3fffffU;
    count += 6;
    if (count < 16) continue;
    count -= 16;
    const std::uint32_t unit = bits >> count & 0xffffU;
    if (high != 0) {
      if (unit < 0xdc00 || unit > 0xdfff) return std::nullopt;
      append_utf8(text, 0x10000 + ((high - 0xd800) << 10U) + (unit - 0xdc00));
      high = 0;
    } else if (unit >= 0xd800 && unit <= 0xdbff) {
      high = unit;
    } else if (is_scalar(unit)) {
      append_utf8(text, unit);
    } else {
      return std::nullopt;
    }
  }
  if (high != 0) return std::nullopt;
  return at < bytes.size() && bytes[at] == '-' ? at + 1 : at;
}

// The escape that `rest` begins with, from after the backslash on: how many bytes it is, or nothing.
std::optional<std::size_t> escape(std::string_view rest, Escapes escapes, std::string& text) {
  const char c = rest[0];
  if (c == 'u' || c == 'U' || (c == 'x' && escapes == Escapes::kAll)) {
    const std::size_t count = c == 'x' ? 2 : c == 'u' ? 4 : 8;
    const auto code = hex(rest.substr(1), count);
    if (!code || !is_scalar(*code)) return std::nullopt;
    append_utf8(text, *code);
    return 1 + count;
  }
  if (escapes == Escapes::kUnicodeOnly) {
    text += '\\';
    return 0;
  }
  if (c == '\n') return 1;
  if (c >= '0' && c <= '7') {
    std::uint32_t code = 0;
    std::size_t count = 0;
    for (; count < 3 && count < rest.size() && rest[count] >= '0' && rest[count] <= '7'; ++count) {
      code = code << 3U | static_cast<std::uint32_t>(rest[count] - '0');
    }
    append_utf8(text, code);
    return count;
  }
  constexpr std::string_view kLetters = "abfnrtv\\'\"";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\'\"";
  const std::size_t letter = kLetters.find(c);
  if (letter != std::string_view::npos) {
    text += kMeanings[letter];
    return 1;
  }
  if (c == 'N') return std::nullopt;
  text += '\\';
  return 0;
}

}  // namespace

void append_utf8(std::string& text, std::uint32_t code) {
  const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80U | (code >> shift & 0x3fU)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xc0U | code >> 6U);
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xe0U | code >> 12U);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xf0U | code >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

Decoded from_utf7(std::string_view bytes) {
  Decoded decoded;
  for (std::size_t at = 0; at < bytes.size();) {
    const char c = bytes[at];
    if (static_cast<unsigned char>(c) >= 0x80) {
      decoded.bad_at = at;
      return decoded;
    }
    ++at;
    if (c != '+') {
      decoded.text += c;
    } else if (bytes.substr(at).starts_with('-')) {
      decoded.text += '+';
      ++at;
    } else {
      const auto length = shifted(bytes.substr(at), decoded.text);
      if (!length) {
        decoded.bad_at = at - 1;
        return decoded;
      }
      at += *length;
    }
  }
  return decoded;
}

Decoded from_unicode_escape(std::string_view bytes, Escapes escapes) {
  Decoded decoded;
  for (std::size_t at = 0; at < bytes.size();) {
    const char c = bytes[at];
    ++at;
    if (c != '\\' || (at == bytes.size() && escapes == Escapes::kUnicodeOnly)) {
      append_utf8(decoded.text, static_cast<unsigned char>(c));
      continue;
    }
    // In raw text a backslash before another one is none that begins an escape.
    if (escapes == Escapes::kUnicodeOnly && bytes[at] == '\\') {
      decoded.text += "\\\\";
      ++at;
      continue;
    }
    const auto length = at < bytes.size() ? escape(bytes.substr(at), escapes, decoded.text) : std::nullopt;
    if (!length) {
      decoded.bad_at = at - 1;
      return decoded;
    }
    at += *length;
  }
  return decoded;
}

}  // namespace pilothouse::audit
