#include "tape/key_texts.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/utf8.h"
#include "tape/format.h"

namespace pilothouse::tape {
namespace {

using base::Errc;
using base::error;

constexpr char kGroup = 1;
constexpr char kHex = 2;
constexpr char kUuid = 3;
constexpr char kLiteral = 4;
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kHexLength = 2 * kIdBytes;
constexpr std::array<std::size_t, 4> kHyphens{8, 13, 18, 23};  // of a UUID
constexpr std::size_t kUuidLength = kHexLength + kHyphens.size();
constexpr std::uint8_t kNoDigit = 0xff;

constexpr auto kDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::uint8_t i = 0; i < 16; ++i) digits[static_cast<std::uint8_t>("0123456789abcdef"[i])] = i;
  return digits;
}();

bool stands_for_more(char byte) { return byte >= kGroup && byte <= kLiteral; }

// The bytes that so many lower-case digits stand for; false when they are none.
bool read_hex(const char* digits, std::uint8_t* bytes, std::size_t count) {
  std::uint8_t wrong = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t high = kDigits[static_cast<std::uint8_t>(digits[2 * i])];
    const std::uint8_t low = kDigits[static_cast<std::uint8_t>(digits[2 * i + 1])];
    wrong |= high | low;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return wrong != kNoDigit;
}

using Id = std::array<std::uint8_t, kIdBytes>;

bool read_uuid(std::string_view text, Id& id) {
  const bool hyphens =
      std::all_of(kHyphens.begin(), kHyphens.end(), [&](auto at) { return text[at] == '-'; });
  return hyphens && read_hex(text.data(), id.data(), 4) && read_hex(text.data() + 9, id.data() + 4, 2) &&
         read_hex(text.data() + 14, id.data() + 6, 2) && read_hex(text.data() + 19, id.data() + 8, 2) &&
         read_hex(text.data() + 24, id.data() + 10, 6);
}

// The id with which a text ends; 0, or what stands for it.
char find_id(std::string_view text, Id& id) {
  // One look at the last byte tells nearly all texts without an id.
  if (text.size() < kHexLength || kDigits[static_cast<std::uint8_t>(text.back())] == kNoDigit) return 0;
  if (read_hex(text.data() + text.size() - kHexLength, id.data(), kIdBytes)) return kHex;
  if (text.size() < kUuidLength) return 0;
  return read_uuid(text.substr(text.size() - kUuidLength), id) ? kUuid : 0;
}

void append_literally(std::string& out, std::string_view text) {
  if (std::none_of(text.begin(), text.end(), stands_for_more)) {
    out += text;
    return;
  }
  for (const char byte : text) {
    if (stands_for_more(byte)) out += kLiteral;
    out += byte;
  }
}

constexpr auto kPairs = [] {
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i)
    pairs[i] = {"0123456789abcdef"[i >> 4], "0123456789abcdef"[i & 15]};
  return pairs;
}();

void append_id(std::string& out, char form, std::string_view id) {
  std::array<char, kUuidLength> text;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  char* at = text.data();
  for (std::size_t i = 0; i < kIdBytes; ++i) {
    if (form == kUuid && (i == 4 || i == 6 || i == 8 || i == 10)) *at++ = '-';
    at = std::copy_n(kPairs[static_cast<std::uint8_t>(id[i])].data(), 2, at);
  }
  out.append(text.data(), at);
}

std::size_t count_ids(std::string_view texts) {
  const auto form = [](char byte) { return byte == kHex || byte == kUuid; };
  return static_cast<std::size_t>(std::count_if(texts.begin(), texts.end(), form));
}

// One text of a block, byte by byte.
struct Sizes {
  std::size_t ids = 0;
  std::size_t key = 0;
  bool sound = true;  // nothing is missing behind the last byte
};

Sizes sizes_of(std::string_view text, std::string_view group) {
  Sizes sizes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    sizes.ids += byte == kHex || byte == kUuid ? 1 : 0;
    sizes.key += byte == kGroup ? group.size() : byte == kHex ? kHexLength : byte == kUuid ? kUuidLength : 1;
    if (byte != kLiteral) continue;
    sizes.sound = ++i < text.size() && stands_for_more(text[i]);
    if (!sizes.sound) break;
  }
  return sizes;
}

base::Result<void> check_one_by_one(const ShortKeys& keys, const std::vector<std::string_view>& groups,
                                    std::span<const std::uint32_t> group) {
  std::size_t at = 0;
  std::size_t ids = 0;
  std::size_t total = 0;
  for (std::size_t i = 0; i < keys.length.size(); ++i) {
    const std::string_view text = keys.texts.substr(at, keys.length[i]);
    const Sizes sizes = sizes_of(text, groups[group[i]]);
    if (!sizes.sound || !base::is_utf8(text)) {
      return error(Errc::kMalformed, "a span block's keys are not UTF-8 of their lengths");
    }
    ids += sizes.ids;
    total += sizes.key;
    if (total > kMaxPayload) return error(Errc::kTooLarge, "a span block's keys come to over 8 MiB");
    at += text.size();
  }
  if (ids * kIdBytes != keys.ids.size()) {
    return error(Errc::kMalformed, "a span block has other ids than its keys need");
  }
  return {};
}

}  // namespace

void ShortKeysBuilder::add(std::string_view key, std::string_view group) {
  const std::size_t before = texts.size();
  // "inc-0123..." is of the group "inc", "('sum-0123...', 0, 1)" of "sum-0123...".
  constexpr std::size_t kInTuple = 2;
  const std::size_t behind = key.starts_with(group) ? 0 : kInTuple;
  if (group.size() > 1 && key.size() > behind && key.substr(behind).starts_with(group)) {
    append_literally(texts, key.substr(0, behind));
    texts += kGroup;
    key.remove_prefix(behind + group.size());
  }
  Id id;  // NOLINT(cppcoreguidelines-pro-type-member-init): find_id fills it
  const char form = find_id(key, id);
  if (form != 0) {
    key.remove_suffix(form == kHex ? kHexLength : kUuidLength);
    ids.append(reinterpret_cast<const char*>(id.data()), id.size());
  }
  append_literally(texts, key);
  if (form != 0) texts += form;
  length.push_back(static_cast<std::uint32_t>(texts.size() - before));
}

void KeyMaker::skip_to(std::size_t span) {
  const std::size_t from = text_;
  for (; span_ < span; ++span_) text_ += keys_.length[span_];
  const std::string_view skipped = keys_.texts.substr(from, text_ - from);
  const bool plain = skipped.find(kLiteral) == std::string_view::npos;
  id_ += (plain ? count_ids(skipped) : sizes_of(skipped, {}).ids) * kIdBytes;
}

void KeyMaker::append(std::size_t span, std::string_view group, std::string& out) {
  if (span_ < span) skip_to(span);
  const std::string_view text = keys_.texts.substr(text_, keys_.length[span]);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    if (byte == kGroup) {
      out += group;
    } else if (byte == kHex || byte == kUuid) {
      append_id(out, byte, keys_.ids.substr(id_, kIdBytes));
      id_ += kIdBytes;
    } else {
      out += byte == kLiteral ? text[++i] : byte;
    }
  }
  ++span_;
  text_ += text.size();
}

base::Result<void> check_short_keys(const ShortKeys& keys, const std::vector<std::string_view>& groups,
                                    std::span<const std::uint32_t> group) {
  const std::size_t total = std::accumulate(keys.length.begin(), keys.length.end(), std::size_t{0});
  if (total != keys.texts.size()) {
    return error(Errc::kMalformed, "a span block's keys are not UTF-8 of their lengths");
  }
  // Nearly all texts are ASCII without a byte that needs another behind it: one look at all of them is much
  // faster than one at each.
  const bool plain = base::is_ascii(keys.texts) && keys.texts.find(kLiteral) == std::string_view::npos;
  std::size_t longest = kUuidLength;
  for (const std::string_view name : groups) longest = std::max(longest, name.size());
  const auto markers =
      static_cast<std::size_t>(std::count_if(keys.texts.begin(), keys.texts.end(), stands_for_more));
  if (!plain || markers > kMaxPayload / longest / 2 || keys.texts.size() > kMaxPayload / 2) {
    return check_one_by_one(keys, groups, group);
  }
  if (count_ids(keys.texts) * kIdBytes != keys.ids.size()) {
    return error(Errc::kMalformed, "a span block has other ids than its keys need");
  }
  return {};
}

}  // namespace pilothouse::tape
