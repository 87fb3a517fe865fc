#include "trust/audit/report/json_writer.h"

#include <array>
#include <charconv>

#include "base/utf8.h"

namespace pilothouse::audit {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

void escape(std::string& out, std::uint32_t c) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(c >> static_cast<unsigned>(shift)) & 15U];
}

// C1 controls, marks and overrides of direction, line and paragraph separators.
bool steers(std::uint32_t c) {
  return (c >= 0x80 && c < 0xA0) || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

void JsonWriter::value(double number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  separate();
  out_.append(digits.data(), end);
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    fresh_ = false;
    return;
  }
  const bool flat = flat_.empty() || flat_.back();
  if (!fresh_) out_ += flat ? ", " : ",";
  if (!flat) {
    out_ += '\n';
    out_.append(2 * flat_.size(), ' ');
  }
  fresh_ = false;
}

void JsonWriter::open(char bracket, bool flat) {
  separate();
  out_ += bracket;
  flat_.push_back(flat || (!flat_.empty() && flat_.back()));
  fresh_ = true;
}

void JsonWriter::close(char bracket) {
  const bool flat = flat_.back();
  flat_.pop_back();
  if (!flat && !fresh_) {
    out_ += '\n';
    out_.append(2 * flat_.size(), ' ');
  }
  out_ += bracket;
  fresh_ = false;
}

void JsonWriter::quote(std::string_view text) {
  out_ += '"';
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x80) {
      ++at;
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += static_cast<char>(c);
      } else if (c == '\n') {
        out_ += "\\n";
      } else if (c == '\t') {
        out_ += "\\t";
      } else if (c < 0x20 || c == 0x7F) {
        escape(out_, c);
      } else {
        out_ += static_cast<char>(c);
      }
      continue;
    }
    const std::size_t length = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    const std::string_view part = text.substr(at, length);
    if (part.size() < length || !base::is_utf8(part)) {
      out_ += "\xEF\xBF\xBD";
      ++at;
      continue;
    }
    std::uint32_t point = c & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
      point = (point << 6U) | (static_cast<unsigned char>(part[i]) & 0x3FU);
    if (steers(point)) {
      escape(out_, point);
    } else {
      out_ += part;
    }
    at += length;
  }
  out_ += '"';
}

}  // namespace pilothouse::audit
