#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "trust/audit/input/encoding.h"
#include "trust/audit/input/input.h"

namespace pilothouse::audit {
namespace {

constexpr std::size_t kShownName = 40;

std::string in_quotes(std::string_view name) { return '"' + std::string(name.substr(0, kShownName)) + '"'; }

std::string line_of(std::string_view bytes, std::size_t at) {
  const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(std::min(at, bytes.size()));
  return std::to_string(std::count(bytes.begin(), end, '\n') + 1);
}

// Text that Python would not run, but a person may read.
struct Mark {
  std::string_view bytes;
  std::string_view encoding;
  std::string_view name;
};
constexpr std::array<Mark, 4> kMarks{{
    {{"\xff\xfe\0\0", 4}, "utf-32le", "UTF-32"},
    {{"\0\0\xfe\xff", 4}, "utf-32be", "UTF-32"},
    {"\xff\xfe", "utf-16le", "UTF-16"},
    {"\xfe\xff", "utf-16be", "UTF-16"},
}};

base::Result<Text> decode_wide(std::string_view bytes, const Mark& mark) {
  const std::string name(mark.name);
  Decoded decoded = decode_as(mark.encoding, bytes.substr(mark.bytes.size()));
  if (!decoded.known || decoded.bad_at != std::string_view::npos) {
    return base::error(base::Errc::kMalformed, "begins like " + name + " and is not; save it as UTF-8");
  }
  return Text{std::move(decoded.text), "is " + name + ", which Python does not run; save it as UTF-8",
              std::string(mark.encoding)};
}

// Bytes that stand for themselves as ASCII are none of these, so no line can declare them.
bool is_wide(std::string_view encoding) {
  return encoding.starts_with("utf-16") || encoding.starts_with("utf-32") || encoding == "u16" ||
         encoding == "u32" || encoding.starts_with("ucs") || encoding.starts_with("utf16") ||
         encoding.starts_with("utf32");
}

void replace_nulls(Text& text) {
  if (text.utf8.find('\0') == std::string::npos) return;
  std::replace(text.utf8.begin(), text.utf8.end(), '\0', ' ');
  if (text.problem.empty()) text.problem = "has null bytes; they were read as blanks";
}

}  // namespace

base::Result<Text> decode(std::string_view bytes) {
  for (const Mark& mark : kMarks) {
    if (!bytes.starts_with(mark.bytes)) continue;
    auto text = decode_wide(bytes, mark);
    if (text) replace_nulls(*text);
    return text;
  }
  Text text;
  const bool marked = bytes.starts_with(kUtf8Mark);
  if (marked) bytes.remove_prefix(kUtf8Mark.size());
  const std::string_view declared = declared_encoding(bytes);
  text.encoding = declared.empty() ? "utf-8" : encoding_name(declared);
  if (marked && text.encoding != "utf-8") {
    text.problem = "has the byte order mark of UTF-8 and declares " + in_quotes(declared) +
                   ", which Python does not run; it was read as UTF-8";
    text.encoding = "utf-8";
  }
  Decoded decoded = is_wide(text.encoding) ? Decoded{false, {}, 0} : decode_as(text.encoding, bytes);
  if (!decoded.known) {
    return base::error(base::Errc::kMalformed, "declares the encoding " + in_quotes(declared) +
                                                   ", which is not known here; save it as UTF-8");
  }
  if (decoded.bad_at != std::string_view::npos) {
    const bool by_default = declared.empty() || marked;
    return base::error(base::Errc::kMalformed,
                       "is not " + (by_default ? "UTF-8" : text.encoding + ", as it declares") + " on line " +
                           line_of(bytes, decoded.bad_at) + "; save it as UTF-8");
  }
  text.utf8 = std::move(decoded.text);
  replace_nulls(text);
  return text;
}

}  // namespace pilothouse::audit
