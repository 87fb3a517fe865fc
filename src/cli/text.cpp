#include "cli/text.h"

#include <locale.h>
#include <wchar.h>

#include <algorithm>
#include <array>
#include <clocale>
#include <cstdio>

#include "base/utf8.h"

namespace pilothouse::cli {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;
  bool valid = false;
};

CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t length = lead >= 0xF0 && lead < 0xF5   ? 4
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                                                           : 0;
  if (length == 0 || !base::is_utf8(text.substr(at, length))) return {0, 1, false};
  char32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) value = (value << 6) | (byte(at + i) & 0x3FU);
  return {value, length, true};
}

bool steers_terminal(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

std::string sanitize(std::string_view text, bool keep_lines) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    const bool space = c.value == '\n' || c.value == '\t' || c.value == '\r';
    if (c.valid && space) {
      if (keep_lines && c.value != '\r') {
        result += static_cast<char>(c.value);
      } else if (!keep_lines) {
        result += ' ';
      }
    } else if (!c.valid || steers_terminal(c.value)) {
      result += kReplacement;
    } else {
      result += text.substr(at, c.length);
    }
    at += c.length;
  }
  return result;
}

std::size_t width_of(char32_t c) {
  if (c < 0x80) return 1;
  static const locale_t kUtf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (kUtf8 == nullptr) return 1;
  const locale_t before = uselocale(kUtf8);
  const int width = wcwidth(static_cast<wchar_t>(c));
  uselocale(before);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

std::string formatted(const char* format, auto... values) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, values...);
  return buffer.data();
}

}  // namespace

std::string one_line(std::string_view text) { return sanitize(text, false); }

std::string many_lines(std::string_view text) { return sanitize(text, true); }

std::string_view first_line(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t start = text.find_first_not_of(kSpace);
  if (start == std::string_view::npos) return {};
  text = text.substr(start);
  text = text.substr(0, text.find_first_of("\r\n"));
  return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    width += width_of(c.value);
    at += c.length;
  }
  return width;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const CodePoint c = code_point_at(text, at);
    const std::size_t wide = width_of(c.value);
    if (used + wide > width - 1) break;
    used += wide;
    at += c.length;
  }
  return std::string(text.substr(0, at)).append(kEllipsis);
}

std::string human_bytes(std::int64_t bytes) {
  constexpr std::array<const char*, 6> kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return formatted(unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
}

std::string human_duration(base::Micros duration) {
  const double seconds = static_cast<double>(duration) / base::kMicrosPerSecond;
  const long long whole = duration / base::kMicrosPerSecond;
  if (duration < 1000) return formatted("%lld us", static_cast<long long>(duration));
  if (seconds < 1) return formatted("%.0f ms", seconds * 1000);
  if (seconds < 60) return formatted("%.1f s", seconds);
  if (whole < 3600) return formatted("%lld min %lld s", whole / 60, whole % 60);
  if (whole < 86400) return formatted("%lld h %lld min", whole / 3600, whole % 3600 / 60);
  return formatted("%lld d %lld h", whole / 86400, whole % 86400 / 3600);
}

std::string human_ago(base::Micros ago) {
  const long long seconds = std::max<long long>(0, ago / base::kMicrosPerSecond);
  if (seconds < 5) return "just now";
  if (seconds < 60) return formatted("%lld s ago", seconds);
  if (seconds < 3600) return formatted("%lld min ago", seconds / 60);
  if (seconds < 86400) return formatted("%lld h ago", seconds / 3600);
  return formatted("%lld days ago", seconds / 86400);
}

}  // namespace pilothouse::cli
