#include "base/size.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include "base/utf8.h"

namespace pilothouse::base {
namespace {

std::optional<double> find_unit(std::string_view unit) {
  if (unit.ends_with('b')) unit.remove_suffix(1);
  const bool binary = unit.ends_with('i');
  if (binary) unit.remove_suffix(1);
  if (unit.empty()) return binary ? std::nullopt : std::optional<double>(1);
  constexpr std::string_view kPowers = "kmgtp";
  const std::size_t power = kPowers.find(unit);
  if (unit.size() != 1 || power == std::string_view::npos) return std::nullopt;
  return std::pow(binary ? 1024.0 : 1000.0, static_cast<double>(power + 1));
}

}  // namespace

Result<std::int64_t> parse_size(std::string_view text) {
  std::string compact;
  for (const char c : text) {
    if (c != ' ') compact.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  const auto refuse = [&](std::string_view why) {
    return error(Errc::kInvalidArgument,
                 "\"" + std::string(utf8_prefix(text, 64)) + "\" is " + std::string(why));
  };
  const std::size_t digits = compact.find_first_not_of("0123456789.");
  const std::string_view number = std::string_view(compact).substr(0, digits);
  double value = 0;
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), value);
  const auto unit = find_unit(std::string_view(compact).substr(number.size()));
  if (failure != std::errc{} || end != number.data() + number.size() || !unit) {
    return refuse("not a size such as \"20GiB\"");
  }
  const double bytes = value * *unit;
  constexpr double kLargest = 9.2e18;
  if (!(bytes < kLargest)) return refuse("too large a size");
  return static_cast<std::int64_t>(bytes);
}

}  // namespace pilothouse::base
