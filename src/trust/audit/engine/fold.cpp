#include "trust/audit/engine/fold.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/utf8.h"
#include "trust/audit/engine/decode.h"

namespace pilothouse::audit {
namespace {

constexpr std::size_t kMaxText = 8U << 20;
constexpr std::size_t kMaxItems = 1U << 16;

bool number_like(const Constant& constant) {
  return constant.kind == ConstantKind::kInteger || constant.kind == ConstantKind::kBool;
}
bool text_like(const Constant& constant) {
  return constant.kind == ConstantKind::kText || constant.kind == ConstantKind::kBytes;
}

// A text as the units that Python indexes: code points, or bytes.
std::vector<std::uint32_t> units(const Constant& constant) {
  if (constant.kind == ConstantKind::kText) return code_points(constant.text);
  std::vector<std::uint32_t> result;
  for (const char c : constant.text) result.push_back(static_cast<unsigned char>(c));
  return result;
}

std::string from_units(std::span<const std::uint32_t> units, bool bytes) {
  std::string result;
  for (const std::uint32_t unit : units) {
    if (bytes) {
      result.push_back(static_cast<char>(unit));
    } else {
      result += utf8_of(unit);
    }
  }
  return result;
}

std::string replace_all(std::string_view text, std::string_view what, std::string_view by) {
  if (what.empty()) return std::string(text);
  std::string result;
  std::size_t at = 0;
  for (std::size_t found = text.find(what); found != std::string_view::npos; found = text.find(what, at)) {
    result += text.substr(at, found - at);
    result += by;
    at = found + what.size();
    if (result.size() > kMaxText) break;
  }
  result += text.substr(at);
  return result;
}

std::string stripped(std::string_view text, std::string_view what, bool left, bool right) {
  const std::string_view characters = what.empty() ? " \t\n\r\f\v" : what;
  std::size_t begin = 0, end = text.size();
  while (left && begin < end && characters.find(text[begin]) != std::string_view::npos) ++begin;
  while (right && end > begin && characters.find(text[end - 1]) != std::string_view::npos) --end;
  return std::string(text.substr(begin, end - begin));
}

std::vector<std::string> split(std::string_view text, std::string_view by) {
  std::vector<std::string> result;
  if (by.empty()) {
    for (std::size_t at = text.find_first_not_of(" \t\n\r"); at != std::string_view::npos;) {
      const std::size_t end = std::min(text.find_first_of(" \t\n\r", at), text.size());
      result.emplace_back(text.substr(at, end - at));
      at = text.find_first_not_of(" \t\n\r", end);
    }
    return result;
  }
  std::size_t at = 0;
  for (std::size_t found = text.find(by); found != std::string_view::npos; found = text.find(by, at)) {
    result.emplace_back(text.substr(at, found - at));
    at = found + by.size();
    if (result.size() > kMaxItems) return {};
  }
  result.emplace_back(text.substr(at));
  return result;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return text;
}
std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

std::string codec_name(std::string name) {
  name = lower(std::move(name));
  std::erase_if(name, [](char c) { return c == '-' || c == '_' || c == ' '; });
  return name;
}

}  // namespace

std::string utf8_of(std::uint32_t point) {
  std::string result;
  // Half a pair of surrogates is no character.
  if (point >= 0xD800 && point < 0xE000) point = 0xFFFD;
  const auto add = [&](std::uint32_t byte) { result.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xC0 | point >> 6);
    add(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    add(0xE0 | point >> 12);
    add(0x80 | (point >> 6 & 0x3F));
    add(0x80 | (point & 0x3F));
  } else if (point < 0x110000) {
    add(0xF0 | point >> 18);
    add(0x80 | (point >> 12 & 0x3F));
    add(0x80 | (point >> 6 & 0x3F));
    add(0x80 | (point & 0x3F));
  }
  return result;
}

std::vector<std::uint32_t> code_points(std::string_view text) {
  std::vector<std::uint32_t> result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t point = size == 1 ? lead : lead & (0xFF >> (size + 1));
    for (std::size_t k = 1; k < size && i + k < text.size(); ++k) {
      point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
    }
    result.push_back(point);
    i += size;
  }
  return result;
}

std::string unescape(std::string_view text, bool raw, bool bytes) {
  if (raw || text.find('\\') == std::string_view::npos) return std::string(text);
  std::string result;
  const auto code = [&](std::size_t at, std::size_t digits, int base) -> std::size_t {
    std::uint32_t point = 0;
    const std::string_view part = text.substr(at, digits);
    const auto [end, problem] = std::from_chars(part.data(), part.data() + part.size(), point, base);
    const auto used = static_cast<std::size_t>(end - part.data());
    if (problem == std::errc{} && used > 0) {
      if (bytes) {
        result.push_back(static_cast<char>(point));
      } else {
        result += utf8_of(point);
      }
    }
    return used;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result.push_back(text[i]);
      continue;
    }
    const char c = text[++i];
    switch (c) {
      case '\n':
        break;
      case '\r':
        if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
        break;
      case 'n':
        result.push_back('\n');
        break;
      case 't':
        result.push_back('\t');
        break;
      case 'r':
        result.push_back('\r');
        break;
      case 'a':
        result.push_back('\a');
        break;
      case 'b':
        result.push_back('\b');
        break;
      case 'f':
        result.push_back('\f');
        break;
      case 'v':
        result.push_back('\v');
        break;
      case '\\':
      case '\'':
      case '"':
        result.push_back(c);
        break;
      case 'x':
        i += code(i + 1, 2, 16);
        break;
      case 'u':
      case 'U':
        if (bytes) {
          result += {'\\', c};
        } else {
          i += code(i + 1, c == 'u' ? 4 : 8, 16);
        }
        break;
      default:
        if (c >= '0' && c <= '7') {
          i += code(i, 3, 8) - 1;
        } else {
          result += {'\\', c};
        }
    }
  }
  return result;
}

ConstantId Folder::tuple(std::vector<ConstantId> items, LayersId layers) {
  if (items.size() > kMaxItems) return 0;
  return values_.constant(
      {.kind = ConstantKind::kTuple, .layers = layers, .number = 0, .text = {}, .items = std::move(items)});
}

ConstantId Folder::same_kind(const Constant& like, std::string text, LayersId layers) {
  if (text.size() > kMaxText) return 0;
  return like.kind == ConstantKind::kBytes ? values_.bytes_constant(std::move(text), layers)
                                           : values_.text_constant(std::move(text), layers);
}

ConstantId Folder::decoded(std::optional<std::string> bytes, const Constant& from, std::string_view layer,
                           bool text) {
  if (!bytes || (text && !base::is_utf8(*bytes))) return 0;
  const LayersId layers = values_.layers(from.layers, layer);
  return text ? values_.text_constant(std::move(*bytes), layers)
              : values_.bytes_constant(std::move(*bytes), layers);
}

ConstantId Folder::binary(std::string_view op, ConstantId a_id, ConstantId b_id) {
  if (a_id == 0 || b_id == 0) return 0;
  const Constant& a = values_.constant(a_id);
  const Constant& b = values_.constant(b_id);
  const LayersId layers = values_.both(a.layers, b.layers);
  if (number_like(a) && number_like(b)) {
    std::int64_t result = 0;
    const std::int64_t x = a.number, y = b.number;
    if (op == "+") {
      if (__builtin_add_overflow(x, y, &result)) return 0;
    } else if (op == "-") {
      if (__builtin_sub_overflow(x, y, &result)) return 0;
    } else if (op == "*") {
      if (__builtin_mul_overflow(x, y, &result)) return 0;
    } else if (op == "^")
      result = x ^ y;
    else if (op == "&")
      result = x & y;
    else if (op == "|")
      result = x | y;
    else if (op == "<<" && y >= 0 && y < 62 && x >= 0 && x < (std::int64_t{1} << (62 - y)))
      result = x << y;
    else if (op == ">>" && y >= 0 && y < 63)
      result = x >> y;
    else if ((op == "//" || op == "%") && y != 0 && y != -1) {
      const std::int64_t quotient = x / y - ((x % y != 0 && (x < 0) != (y < 0)) ? 1 : 0);
      result = op == "//" ? quotient : x - quotient * y;
    } else
      return 0;
    return values_.integer(result, op == "^" ? values_.layers(layers, "xor") : layers);
  }
  if (op == "+" && a.kind == b.kind && text_like(a)) return same_kind(a, a.text + b.text, layers);
  if (op == "+" && a.kind == ConstantKind::kTuple && b.kind == ConstantKind::kTuple) {
    std::vector<ConstantId> items = a.items;
    items.insert(items.end(), b.items.begin(), b.items.end());
    return tuple(std::move(items), layers);
  }
  if (op == "%" && text_like(a)) return percent(a, b_id);
  const Constant& times = number_like(a) ? a : b;
  const Constant& what = number_like(a) ? b : a;
  if (op == "*" && number_like(times) && times.number >= 0) {
    const auto count = static_cast<std::size_t>(times.number);
    if (text_like(what) && (what.text.empty() || count <= kMaxText / what.text.size())) {
      if (what.text.empty()) return same_kind(what, "", layers);
      std::string text;
      for (std::size_t i = 0; i < count; ++i) text += what.text;
      return same_kind(what, std::move(text), layers);
    }
  }
  return 0;
}

ConstantId Folder::sum(std::span<const ConstantId> parts) {
  if (parts.size() == 1) return parts[0];
  std::string text;
  LayersId layers = 0;
  ConstantKind kind = ConstantKind::kNone;
  for (const ConstantId id : parts) {
    const Constant& part = values_.constant(id);
    const bool first = kind == ConstantKind::kNone;
    // In a format string, what is not a text is shown as one.
    const auto shown_part = text_like(part) ? std::optional(part.text) : shown(id);
    if (!shown_part || (!first && text_like(part) && part.kind != kind)) return 0;
    if (first) kind = text_like(part) ? part.kind : ConstantKind::kText;
    text += *shown_part;
    layers = values_.both(layers, part.layers);
    if (text.size() > kMaxText) return 0;
  }
  return kind == ConstantKind::kBytes ? values_.bytes_constant(std::move(text), layers)
                                      : values_.text_constant(std::move(text), layers);
}

ConstantId Folder::unary(std::string_view op, ConstantId id) {
  if (id == 0 || !number_like(values_.constant(id))) return 0;
  const Constant& a = values_.constant(id);
  if (op == "-" && a.number != INT64_MIN) return values_.integer(-a.number, a.layers);
  if (op == "~") return values_.integer(~a.number, a.layers);
  return op == "+" ? values_.integer(a.number, a.layers) : 0;
}

ConstantId Folder::index(ConstantId of_id, ConstantId at_id) {
  if (of_id == 0 || at_id == 0) return 0;
  const Constant& of = values_.constant(of_id);
  const Constant& at = values_.constant(at_id);
  if (!number_like(at)) return 0;
  const auto pick = [&](std::size_t size) -> std::optional<std::size_t> {
    const std::int64_t index = at.number < 0 ? at.number + static_cast<std::int64_t>(size) : at.number;
    if (index < 0 || index >= static_cast<std::int64_t>(size)) return std::nullopt;
    return static_cast<std::size_t>(index);
  };
  if (of.kind == ConstantKind::kTuple) {
    const auto position = pick(of.items.size());
    return position ? of.items[*position] : 0;
  }
  if (!text_like(of)) return 0;
  const auto all = units(of);
  const auto position = pick(all.size());
  if (!position) return 0;
  if (of.kind == ConstantKind::kBytes) return values_.integer(all[*position], of.layers);
  return values_.text_constant(utf8_of(all[*position]), values_.layers(of.layers, "pick"));
}

std::optional<std::vector<std::uint32_t>> Folder::sliced(std::span<const std::uint32_t> of, ConstantId from,
                                                         ConstantId to, ConstantId step_id) const {
  const auto size = static_cast<std::int64_t>(of.size());
  const auto number = [&](ConstantId id, std::int64_t missing) {
    return id == 0 || values_.constant(id).kind == ConstantKind::kNone ? missing
                                                                       : values_.constant(id).number;
  };
  const std::int64_t step = number(step_id, 1);
  if (step == 0) return std::nullopt;
  const auto clamp = [&](std::int64_t at) {
    if (at < 0) at += size;
    return step > 0 ? std::clamp<std::int64_t>(at, 0, size) : std::clamp<std::int64_t>(at, -1, size - 1);
  };
  const bool has_to = to != 0 && values_.constant(to).kind != ConstantKind::kNone;
  const bool has_from = from != 0 && values_.constant(from).kind != ConstantKind::kNone;
  const std::int64_t begin = has_from ? clamp(values_.constant(from).number) : (step > 0 ? 0 : size - 1);
  const std::int64_t end = has_to ? clamp(values_.constant(to).number) : (step > 0 ? size : -1);
  std::vector<std::uint32_t> kept;
  for (std::int64_t i = begin; step > 0 ? i < end : i > end; i += step) {
    kept.push_back(of[static_cast<std::size_t>(i)]);
    if (step > size || step < -size) break;
  }
  return kept;
}

ConstantId Folder::slice(ConstantId of_id, ConstantId from, ConstantId to, ConstantId step_id) {
  if (of_id == 0) return 0;
  const Constant& of = values_.constant(of_id);
  std::vector<std::uint32_t> all;
  if (of.kind == ConstantKind::kTuple) {
    all = of.items;
  } else if (text_like(of)) {
    all = units(of);
  } else {
    return 0;
  }
  const auto kept = sliced(all, from, to, step_id);
  if (!kept) return 0;
  const bool backwards = step_id != 0 && values_.constant(step_id).number < 0 && kept->size() > 1;
  const LayersId layers = backwards ? values_.layers(of.layers, "reversed") : of.layers;
  if (of.kind == ConstantKind::kTuple) return tuple(*kept, layers);
  return same_kind(of, from_units(*kept, of.kind == ConstantKind::kBytes), layers);
}

std::optional<std::string> Folder::shown(ConstantId id) const {
  const Constant& constant = values_.constant(id);
  switch (constant.kind) {
    case ConstantKind::kNone:
      return id == 0 ? std::nullopt : std::optional<std::string>("None");
    case ConstantKind::kBool:
      return constant.number != 0 ? "True" : "False";
    case ConstantKind::kInteger:
      return std::to_string(constant.number);
    case ConstantKind::kText:
      return constant.text;
    case ConstantKind::kBytes:
    case ConstantKind::kTuple:
    case ConstantKind::kTerm:
      break;
  }
  return std::nullopt;
}

std::optional<std::vector<ConstantId>> Folder::elements(ConstantId id, std::size_t most) {
  if (id == 0) return std::nullopt;
  const Constant& constant = values_.constant(id);
  if (constant.kind == ConstantKind::kTuple) {
    if (constant.items.size() > most) return std::nullopt;
    return constant.items;
  }
  if (!text_like(constant) || constant.text.size() > 4 * most) return std::nullopt;
  const auto all = units(constant);
  if (all.size() > most) return std::nullopt;
  const bool bytes = constant.kind == ConstantKind::kBytes;
  const LayersId layers = constant.layers;
  std::vector<ConstantId> result;
  result.reserve(all.size());
  for (const std::uint32_t unit : all) {
    result.push_back(bytes ? values_.integer(unit, layers) : values_.text_constant(utf8_of(unit), layers));
  }
  return result;
}

ConstantId Folder::join(const Constant& separator, ConstantId parts_id) {
  const auto parts = elements(parts_id, kMaxItems);
  if (!parts) return 0;
  std::string text;
  LayersId layers = values_.both(separator.layers, values_.constant(parts_id).layers);
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const Constant& part = values_.constant((*parts)[i]);
    if (part.kind != separator.kind) return 0;
    if (i > 0) text += separator.text;
    text += part.text;
    layers = values_.both(layers, part.layers);
    if (text.size() > kMaxText) return 0;
  }
  if (parts->size() > 1) layers = values_.layers(layers, "join");
  return same_kind(separator, std::move(text), layers);
}

ConstantId Folder::percent(const Constant& format, ConstantId arguments) {
  const Constant& given = values_.constant(arguments);
  std::vector<ConstantId> items = given.kind == ConstantKind::kTuple ? given.items : std::vector{arguments};
  std::string text;
  std::size_t next = 0;
  for (std::size_t i = 0; i < format.text.size(); ++i) {
    if (format.text[i] != '%') {
      text.push_back(format.text[i]);
      continue;
    }
    if (++i >= format.text.size()) return 0;
    if (format.text[i] == '%') {
      text.push_back('%');
      continue;
    }
    if (next >= items.size()) return 0;
    const Constant& item = values_.constant(items[next++]);
    const char kind = format.text[i];
    if (kind == 's' || kind == 'd' || kind == 'i') {
      const auto part = format.kind == ConstantKind::kBytes && item.kind == ConstantKind::kBytes
                            ? std::optional(item.text)
                            : shown(items[next - 1]);
      if (!part) return 0;
      text += *part;
    } else if (kind == 'c') {
      text += number_like(item) ? utf8_of(static_cast<std::uint32_t>(item.number)) : item.text;
    } else {
      return 0;
    }
    if (text.size() > kMaxText) return 0;
  }
  return same_kind(format, std::move(text), values_.both(format.layers, given.layers));
}

ConstantId Folder::format(const Constant& format, std::span<const ConstantId> arguments) {
  std::string text;
  std::size_t next = 0;
  for (std::size_t i = 0; i < format.text.size(); ++i) {
    const char c = format.text[i];
    if (c == '}' && i + 1 < format.text.size() && format.text[i + 1] == '}') ++i;
    if (c != '{') {
      text.push_back(c);
      continue;
    }
    if (i + 1 < format.text.size() && format.text[i + 1] == '{') {
      text.push_back('{');
      ++i;
      continue;
    }
    const std::size_t end = format.text.find('}', i);
    if (end == std::string::npos) return 0;
    const std::string_view field = std::string_view(format.text).substr(i + 1, end - i - 1);
    std::size_t position = next;
    if (field.empty()) {
      ++next;
    } else if (std::from_chars(field.data(), field.data() + field.size(), position).ptr !=
               field.data() + field.size()) {
      return 0;
    }
    if (position >= arguments.size() || arguments[position] == 0) return 0;
    const auto part = shown(arguments[position]);
    if (!part || text.size() + part->size() > kMaxText) return 0;
    text += *part;
    i = end;
  }
  return values_.text_constant(std::move(text), format.layers);
}

ConstantId Folder::decode_codec(const Constant& from, std::string codec) {
  codec = codec_name(std::move(codec));
  if (codec == "rot13") return decoded(rot13(from.text), from, "rot13", true);
  if (codec == "base64" || codec == "base64codec")
    return decoded(base64_decode(from.text, false), from, "base64");
  if (codec == "hex" || codec == "hexcodec") return decoded(hex_decode(from.text), from, "hex");
  if (codec == "zlib" || codec == "zip" || codec == "zlibcodec")
    return decoded(inflate(from.text), from, "zlib");
  if (codec == "bz2" || codec == "bz2codec") return decoded(bunzip2(from.text), from, "bz2");
  if (codec == "unicodeescape") return decoded(unescape(from.text, false, false), from, "escape", true);
  std::string text;
  if (codec == "latin1" || codec == "iso88591") {
    for (const char c : from.text) text += utf8_of(static_cast<unsigned char>(c));
  } else if (codec == "utf8" || codec == "ascii" || codec == "usascii" || codec.empty()) {
    if (!base::is_utf8(from.text)) return 0;
    text = from.text;
  } else {
    return 0;
  }
  return values_.text_constant(std::move(text), from.layers);
}

ConstantId Folder::encode_codec(const Constant& from, const std::string& codec) {
  if (codec == "rot13") return decode_codec(from, codec);
  if (codec.empty() || codec == "utf8" || codec == "ascii" || codec == "usascii")
    return values_.bytes_constant(from.text, from.layers);
  if (codec != "latin1" && codec != "iso88591") return 0;
  const auto points = code_points(from.text);
  if (std::ranges::any_of(points, [](std::uint32_t point) { return point > 0xFF; })) return 0;
  return values_.bytes_constant(from_units(points, true), from.layers);
}

ConstantId Folder::integer_of(std::span<const ConstantId> arguments) {
  const Constant& what = values_.constant(arguments[0]);
  if (number_like(what)) return values_.integer(what.number, what.layers);
  if (!text_like(what)) return 0;
  const int base = arguments.size() > 1 ? static_cast<int>(values_.constant(arguments[1]).number) : 10;
  if (base < 2 || base > 36) return 0;
  std::string_view digits = what.text;
  if (base == 16 && digits.starts_with("0x")) digits.remove_prefix(2);
  if (base == 2 && digits.starts_with("0b")) digits.remove_prefix(2);
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (problem != std::errc{} || end != digits.data() + digits.size()) return 0;
  return values_.integer(number, what.layers);
}

ConstantId Folder::bytes_of(std::span<const ConstantId> arguments) {
  if (arguments.empty()) return values_.bytes_constant("");
  const Constant& what = values_.constant(arguments[0]);
  if (text_like(what)) return values_.bytes_constant(what.text, what.layers);
  if (what.kind != ConstantKind::kTuple) return 0;
  std::string bytes;
  LayersId layers = what.layers;
  for (const ConstantId item : what.items) {
    const Constant& unit = values_.constant(item);
    if (!number_like(unit) || unit.number < 0 || unit.number > 255) return 0;
    bytes.push_back(static_cast<char>(unit.number));
    layers = values_.both(layers, unit.layers);
  }
  return values_.bytes_constant(std::move(bytes), values_.layers(layers, "numbers"));
}

ConstantId Folder::call(std::string_view path, std::span<const ConstantId> arguments) {
  if (std::ranges::find(arguments, 0U) != arguments.end()) return 0;
  if (path == "builtins.bytes" || path == "builtins.bytearray") return bytes_of(arguments);
  if (arguments.empty()) return path == "builtins.str" ? values_.text_constant("") : 0;
  const Constant& a = values_.constant(arguments[0]);
  if (path == "builtins.chr" || path == "builtins.unichr" || path == "six.unichr") {
    if (!number_like(a) || a.number < 0 || a.number > 0x10FFFF) return 0;
    return values_.text_constant(utf8_of(static_cast<std::uint32_t>(a.number)),
                                 values_.layers(a.layers, "chr"));
  }
  if (path == "builtins.ord") {
    if (!text_like(a)) return 0;
    const auto all = units(a);
    return all.size() == 1 ? values_.integer(all[0], a.layers) : 0;
  }
  if (path == "builtins.int") return integer_of(arguments);
  if (path == "builtins.str" || path == "builtins.unicode" || path == "builtins.repr") {
    if (a.kind == ConstantKind::kBytes && arguments.size() > 1) {
      return decode_codec(a, values_.constant(arguments[1]).text);
    }
    const auto text =
        path == "builtins.repr" && a.kind == ConstantKind::kText ? std::nullopt : shown(arguments[0]);
    return text ? values_.text_constant(*text, a.layers) : 0;
  }
  if (path == "builtins.list" || path == "builtins.tuple" || path == "builtins.reversed") {
    auto items = elements(arguments[0], kMaxItems);
    if (!items) return 0;
    LayersId layers = a.layers;
    if (path == "builtins.reversed") {
      const std::vector<ConstantId> before = *items;
      std::ranges::reverse(*items);
      if (*items != before) layers = values_.layers(layers, "reversed");
    }
    return tuple(std::move(*items), layers);
  }
  if (path == "builtins.range" || path == "builtins.xrange") {
    for (const ConstantId id : arguments) {
      if (!number_like(values_.constant(id))) return 0;
    }
    const std::int64_t from = arguments.size() > 1 ? a.number : 0;
    const std::int64_t to = arguments.size() > 1 ? values_.constant(arguments[1]).number : a.number;
    const std::int64_t step = arguments.size() > 2 ? values_.constant(arguments[2]).number : 1;
    constexpr std::int64_t kMost = 4096;
    const auto large = [](std::int64_t number) { return number > kMost * kMost || number < -kMost * kMost; };
    if (step == 0 || large(step) || large(from) || large(to) || (to - from) / step > kMost) return 0;
    std::vector<ConstantId> items;
    for (std::int64_t i = from; step > 0 ? i < to : i > to; i += step) items.push_back(values_.integer(i));
    return tuple(std::move(items));
  }
  if (path == "builtins.len") {
    if (a.kind == ConstantKind::kTuple) return values_.integer(static_cast<std::int64_t>(a.items.size()));
    return text_like(a) ? values_.integer(static_cast<std::int64_t>(units(a).size())) : 0;
  }
  if (path == "ast.literal_eval" || !text_like(a)) return 0;
  if (path == "base64.b64decode" || path == "base64.standard_b64decode" || path == "base64.decodebytes" ||
      path == "base64.decodestring" || path == "binascii.a2b_base64") {
    return decoded(base64_decode(a.text, false), a, "base64");
  }
  if (path == "base64.urlsafe_b64decode") return decoded(base64_decode(a.text, true), a, "base64");
  if (path == "base64.b32decode") return decoded(base32_decode(a.text), a, "base32");
  if (path == "base64.b16decode" || path == "binascii.unhexlify" || path == "binascii.a2b_hex" ||
      path == "builtins.bytes.fromhex" || path == "builtins.bytearray.fromhex") {
    return decoded(hex_decode(a.text), a, "hex");
  }
  if (path == "base64.b85decode") return decoded(base85_decode(a.text), a, "base85");
  if (path == "base64.a85decode") return decoded(ascii85_decode(a.text), a, "base85");
  if (path == "base64.b64encode") return values_.bytes_constant(base64_encode(a.text), a.layers);
  if (path == "binascii.hexlify" || path == "binascii.b2a_hex") {
    return values_.bytes_constant(hex_encode(a.text), a.layers);
  }
  if (path == "zlib.decompress" || path == "gzip.decompress") return decoded(inflate(a.text), a, "zlib");
  if (path == "bz2.decompress") return decoded(bunzip2(a.text), a, "bz2");
  if (path == "lzma.decompress") return decoded(unlzma(a.text), a, "lzma");
  // The code object stays what it was: bytes that nobody can read.
  if (path == "marshal.loads") return decoded(a.text, a, "marshal");
  if (path == "codecs.decode" && arguments.size() > 1)
    return decode_codec(a, values_.constant(arguments[1]).text);
  if (path == "codecs.encode" && arguments.size() > 1 &&
      codec_name(values_.constant(arguments[1]).text) == "rot13") {
    return decoded(rot13(a.text), a, "rot13", true);
  }
  if (path == "urllib.parse.unquote" || path == "urllib.unquote")
    return decoded(percent_decode(a.text), a, "percent", true);
  return 0;
}

ConstantId Folder::method(ConstantId self_id, std::string_view name, std::span<const ConstantId> arguments) {
  if (self_id == 0 || std::ranges::find(arguments, 0U) != arguments.end()) return 0;
  const Constant& self = values_.constant(self_id);
  if (!text_like(self)) return 0;
  const auto argument = [&](std::size_t i) -> const Constant* {
    return i < arguments.size() ? &values_.constant(arguments[i]) : nullptr;
  };
  const Constant* first = argument(0);
  const std::string_view text = first != nullptr && text_like(*first) ? std::string_view(first->text) : "";
  if (name == "join" && first != nullptr) return join(self, arguments[0]);
  if (name == "format" && self.kind == ConstantKind::kText) return format(self, arguments);
  if (name == "replace" && argument(1) != nullptr && !text.empty()) {
    return same_kind(self, replace_all(self.text, text, argument(1)->text),
                     values_.layers(self.layers, "replace"));
  }
  if (name == "strip") return same_kind(self, stripped(self.text, text, true, true), self.layers);
  if (name == "lstrip") return same_kind(self, stripped(self.text, text, true, false), self.layers);
  if (name == "rstrip") return same_kind(self, stripped(self.text, text, false, true), self.layers);
  if (name == "lower" || name == "casefold") return same_kind(self, lower(self.text), self.layers);
  if (name == "upper") return same_kind(self, upper(self.text), self.layers);
  if (name == "encode" && self.kind == ConstantKind::kText) {
    return encode_codec(self, codec_name(std::string(text)));
  }
  if (name == "decode") return decode_codec(self, std::string(text));
  if (name == "hex" && self.kind == ConstantKind::kBytes)
    return values_.text_constant(hex_encode(self.text), self.layers);
  if (name == "split" && arguments.size() <= 1) {
    std::vector<ConstantId> items;
    for (std::string& part : split(self.text, text)) {
      items.push_back(same_kind(self, std::move(part), self.layers));
    }
    return tuple(std::move(items), self.layers);
  }
  return 0;
}

}  // namespace pilothouse::audit
