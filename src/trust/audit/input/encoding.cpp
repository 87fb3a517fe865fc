#include "trust/audit/input/encoding.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/utf8.h"
#include "trust/audit/input/python_codecs.h"

namespace pilothouse::audit {
namespace {

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// As Python's tokenizer looks at one line.
std::string_view declared_on(std::string_view line) {
  const std::size_t comment = line.find_first_not_of(" \t\f");
  if (comment == std::string_view::npos || line[comment] != '#') return {};
  constexpr std::string_view kWord = "coding";
  for (std::size_t at = line.find(kWord); at != std::string_view::npos; at = line.find(kWord, at + 1)) {
    std::string_view rest = line.substr(at + kWord.size());
    if (rest.empty() || (rest[0] != ':' && rest[0] != '=')) continue;
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    const auto end = std::find_if(rest.begin(), rest.end(),
                                  [](char c) { return !is_alnum(c) && c != '-' && c != '_' && c != '.'; });
    if (end != rest.begin()) return rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  }
  return {};
}

// Names of Python's that iconv does not know, or knows as something else: its SJIS has no backslash, and its
// GB2312 and EUC-KR are smaller than what is written under these names.
constexpr std::array<std::pair<std::string_view, std::string_view>, 62> kNames{{
    {"u8", "utf-8"},
    {"utf", "utf-8"},
    {"utf8", "utf-8"},
    {"utf_8", "utf-8"},
    {"utf_8_sig", "utf-8"},
    {"utf8_ucs2", "utf-8"},
    {"utf8_ucs4", "utf-8"},
    {"cp65001", "utf-8"},
    {"latin_1", "iso-8859-1"},
    {"latin1", "iso-8859-1"},
    {"latin", "iso-8859-1"},
    {"l1", "iso-8859-1"},
    {"8859", "iso-8859-1"},
    {"cp819", "iso-8859-1"},
    {"iso8859", "iso-8859-1"},
    {"iso8859_1", "iso-8859-1"},
    {"iso_8859_1", "iso-8859-1"},
    {"charmap", "iso-8859-1"},
    {"646", "ascii"},
    {"us_ascii", "ascii"},
    {"windows_1252", "cp1252"},
    {"u7", "utf-7"},
    {"utf7", "utf-7"},
    {"utf_7", "utf-7"},
    {"unicode_1_1_utf_7", "utf-7"},
    {"unicode_escape", "unicode-escape"},
    {"raw_unicode_escape", "raw-unicode-escape"},
    {"shift_jis", "cp932"},
    {"shiftjis", "cp932"},
    {"csshiftjis", "cp932"},
    {"sjis", "cp932"},
    {"s_jis", "cp932"},
    {"ms932", "cp932"},
    {"mskanji", "cp932"},
    {"ms_kanji", "cp932"},
    {"windows_31j", "cp932"},
    {"euc_kr", "cp949"},
    {"euckr", "cp949"},
    {"korean", "cp949"},
    {"ksc5601", "cp949"},
    {"ks_c_5601", "cp949"},
    {"ks_c_5601_1987", "cp949"},
    {"ksx1001", "cp949"},
    {"ms949", "cp949"},
    {"uhc", "cp949"},
    {"gb2312", "gb18030"},
    {"euc_cn", "gb18030"},
    {"euccn", "gb18030"},
    {"gb2312_80", "gb18030"},
    {"chinese", "gb18030"},
    {"gbk", "gb18030"},
    {"cp936", "gb18030"},
    {"ms936", "gb18030"},
    {"gb18030_2000", "gb18030"},
    {"ms950", "cp950"},
    {"big5_tw", "big5"},
    {"csbig5", "big5"},
    {"hkscs", "big5-hkscs"},
    {"mac_roman", "macintosh"},
    {"macroman", "macintosh"},
    {"thai", "iso-8859-11"},
    {"l9", "iso-8859-15"},
}};

// Closes what iconv_open() has given.
class Converter {
 public:
  explicit Converter(const std::string& encoding) : handle_(::iconv_open("UTF-8", encoding.c_str())) {}
  ~Converter() {
    if (is_open()) ::iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool is_open() const { return handle_ != reinterpret_cast<::iconv_t>(-1); }

  Decoded run(std::string_view bytes) {
    Decoded decoded;
    char* in = const_cast<char*>(bytes.data());  // iconv() only reads it, whatever its type says
    std::size_t left = bytes.size();
    std::array<char, 16UL * 1024> buffer;
    while (true) {
      char* out = buffer.data();
      std::size_t room = buffer.size();
      // The last call, without input, writes what a stateful encoding still holds back.
      const bool last = left == 0;
      const std::size_t done = ::iconv(handle_, last ? nullptr : &in, last ? nullptr : &left, &out, &room);
      const bool full = done == static_cast<std::size_t>(-1) && errno == E2BIG;
      decoded.text.append(buffer.data(), buffer.size() - room);
      if (done == static_cast<std::size_t>(-1) && !full) {
        decoded.bad_at = bytes.size() - left;
        return decoded;
      }
      if (last && !full) return decoded;
    }
  }

 private:
  ::iconv_t handle_;
};

Decoded from_latin_1(std::string_view bytes) {
  Decoded decoded;
  decoded.text.reserve(bytes.size() + bytes.size() / 8);
  for (const char c : bytes) append_utf8(decoded.text, static_cast<unsigned char>(c));
  return decoded;
}

Decoded from_ascii(std::string_view bytes) {
  const auto bad =
      std::find_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  const auto fine = static_cast<std::size_t>(bad - bytes.begin());
  return {true, std::string(bytes.substr(0, fine)), bad == bytes.end() ? std::string_view::npos : fine};
}

// A line end is never a part of a longer sequence, so lines are judged one by one.
Decoded from_utf8(std::string_view bytes) {
  if (base::is_utf8(bytes)) return {true, std::string(bytes), std::string_view::npos};
  std::size_t start = 0;
  while (true) {
    const std::size_t end = std::min(bytes.find('\n', start), bytes.size());
    if (!base::is_utf8(bytes.substr(start, end - start))) break;
    start = end + 1;
  }
  return {true, std::string(bytes.substr(0, start)), start};
}

Decoded from_iconv(std::string_view encoding, std::string_view bytes) {
  Decoded unknown{false, {}, 0};
  if (encoding.empty()) return unknown;  // which would be the user's, for iconv
  for (const bool dashes : {true, false}) {
    std::string name(encoding);
    if (!dashes) name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
    Converter converter(name);
    if (!converter.is_open()) continue;
    Decoded decoded = converter.run(bytes);
    return base::is_utf8(decoded.text) ? decoded : Decoded{true, {}, 0};
  }
  return unknown;
}

}  // namespace

std::string_view declared_encoding(std::string_view bytes) {
  for (int number = 0; number < 2; ++number) {
    const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
    const std::string_view line = bytes.substr(0, end);
    const std::string_view declared = declared_on(line);
    if (!declared.empty()) return declared;
    const std::size_t code = line.find_first_not_of(" \t\f");
    if (code != std::string_view::npos && line[code] != '#') return {};
    bytes.remove_prefix(std::min(bytes.size(), end + (bytes.substr(end).starts_with("\r\n") ? 2 : 1)));
  }
  return {};
}

std::string encoding_name(std::string_view declared) {
  // Python: lower case, what lies between letters and digits is one underscore.
  std::string name;
  bool gap = false;
  for (const char c : declared) {
    if (!is_alnum(c)) {
      gap = !name.empty();
      continue;
    }
    if (std::exchange(gap, false)) name += '_';
    name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  // The tokenizer takes what follows these for a part of the name.
  if (name.starts_with("utf_8_")) return "utf-8";
  if (name.starts_with("latin_1_") || name.starts_with("iso_8859_1_") || name.starts_with("iso_latin_1")) {
    return "iso-8859-1";
  }
  for (const auto& [alias, known] : kNames) {
    if (alias == name) return std::string(known);
  }
  if (!name.empty() && name.find_first_not_of("0123456789") == std::string::npos) return "cp" + name;
  if (name.starts_with("windows_")) name.replace(0, 8, "cp");
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

Decoded decode_as(std::string_view encoding, std::string_view bytes) {
  if (encoding == "utf-8") return from_utf8(bytes);
  if (encoding == "iso-8859-1") return from_latin_1(bytes);
  if (encoding == "ascii") return from_ascii(bytes);
  if (encoding == "utf-7") return from_utf7(bytes);
  if (encoding == "unicode-escape") return from_unicode_escape(bytes, Escapes::kAll);
  if (encoding == "raw-unicode-escape") return from_unicode_escape(bytes, Escapes::kUnicodeOnly);
  return from_iconv(encoding, bytes);
}

}  // namespace pilothouse::audit
