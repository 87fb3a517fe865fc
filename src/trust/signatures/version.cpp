#include "trust/signatures/version.h"

#include <algorithm>
#include <charconv>

#include "trust/signatures/format.h"
#include "trust/signatures/refusal.h"

namespace pilothouse::trust {
namespace {

using base::Errc;
using base::error;

constexpr std::size_t kMaxDigits = 9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes a number off the front of `text`; false when there is none that may be one.
bool take_number(std::string_view& text, std::uint32_t& number) {
  const auto end =
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  if (end == 0 || end > kMaxDigits || (end > 1 && text.front() == '0')) return false;
  std::from_chars(text.data(), text.data() + end, number);
  text.remove_prefix(end);
  return true;
}

// Numbers from the front of `text`, and what is left of it.
bool take_version(std::string_view& text, Version& version) {
  for (std::uint32_t& number : version.numbers) {
    if (!take_number(text, number)) return false;
    if (text.size() < 2 || text.front() != '.' || !is_digit(text[1])) return true;
    if (&number != &version.numbers.back()) text.remove_prefix(1);
  }
  return true;
}

base::Error not_a_version(std::string_view text) {
  return error(Errc::kInvalidArgument,
               in_quotes(text) + " is no version; it has one to four numbers, like 1.2.0");
}

}  // namespace

base::Result<Version> Version::parse(std::string_view text) {
  Version version;
  std::string_view rest = text;
  if (!take_version(rest, version) || !rest.empty()) return not_a_version(text);
  return version;
}

base::Result<Version> Version::release_of(std::string_view text) {
  Version version;
  std::string_view rest = text;
  if (!take_version(rest, version)) return not_a_version(text);
  return version;
}

std::string Version::rank() const {
  std::string bytes;
  for (const std::uint32_t number : numbers) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xFFU);
  }
  return bytes;
}

base::Result<VersionRange> VersionRange::parse(std::string_view text) {
  const auto refuse = [&] {
    return error(Errc::kInvalidArgument,
                 in_quotes(text) + " is no range of versions; it looks like >=3.9,<3.14");
  };
  if (text.size() > kMaxRange) return refuse();
  VersionRange range;
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view piece = text.substr(0, comma);
    Condition condition;
    const bool longer = piece.size() > 1 && piece[1] == '=';
    if (piece.starts_with("==")) {
      condition.equal = true;
    } else if (piece.starts_with("!=")) {
      condition.less = condition.greater = true;
    } else if (piece.starts_with('>')) {
      condition.greater = true;
      condition.equal = longer;
    } else if (piece.starts_with('<')) {
      condition.less = true;
      condition.equal = longer;
    } else {
      return refuse();
    }
    piece.remove_prefix(longer ? 2 : 1);
    const auto than = Version::parse(piece);
    if (!than) return refuse();
    condition.than = *than;
    range.conditions_.push_back(condition);
    if (comma == std::string_view::npos) return range;
    text.remove_prefix(comma + 1);
  }
}

bool VersionRange::contains(const Version& version) const {
  return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
    const auto order = version <=> condition.than;
    if (std::is_lt(order)) return condition.less;
    return std::is_gt(order) ? condition.greater : condition.equal;
  });
}

}  // namespace pilothouse::trust
