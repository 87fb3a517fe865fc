#include "base/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "base/utf8.h"

namespace pilothouse::base {
namespace {

struct Unit {
  std::string_view name;  // also with an "s" behind it when it is a word
  double micros;
};

constexpr std::array kUnits{
    Unit{"s", 1e6},         Unit{"ms", 1e3},          Unit{"us", 1.0},          Unit{"ns", 1e-3},
    Unit{"m", 60e6},        Unit{"h", 3600e6},        Unit{"d", 86400e6},       Unit{"w", 604800e6},
    Unit{"second", 1e6},    Unit{"minute", 60e6},     Unit{"hour", 3600e6},     Unit{"day", 86400e6},
    Unit{"week", 604800e6}, Unit{"millisecond", 1e3}, Unit{"microsecond", 1.0}, Unit{"nanosecond", 1e-3}};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Bytes of other scripts count as letters, so that they end in "unknown unit" rather than in a number.
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

constexpr bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::optional<double> find_unit(std::string_view suffix) {
  std::string name(suffix);
  std::transform(name.begin(), name.end(), name.begin(), to_lower);
  for (const Unit& unit : kUnits) {
    if (name == unit.name) return unit.micros;
    const bool is_word = unit.name.size() > 2;
    if (is_word && name.size() == unit.name.size() + 1 && name.starts_with(unit.name) && name.back() == 's') {
      return unit.micros;
    }
  }
  return std::nullopt;
}

// Python's float() of a text that starts with a digit: blanks behind it and underscores between digits are
// allowed.
std::optional<double> parse_number(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      digits.push_back(text[i]);
      continue;
    }
    const bool between = i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
    if (!between) return std::nullopt;
  }
  double value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// Takes fixed-width pieces of a time from the front; once one is missing, every later take fails too.
class TimeText {
 public:
  explicit TimeText(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

  bool take_if(std::string_view any_of) {
    if (!ok_ || rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    taken_ = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  char taken() const { return taken_; }

  void expect(char c) { ok_ = take_if(std::string_view(&c, 1)); }

  int number(std::size_t width, int highest) {
    if (!ok_ || rest_.size() < width || !std::all_of(rest_.begin(), rest_.begin() + width, is_digit)) {
      ok_ = false;
      return 0;
    }
    int value = 0;
    std::from_chars(rest_.data(), rest_.data() + width, value);
    rest_.remove_prefix(width);
    ok_ = value <= highest;
    return value;
  }

  Micros fraction() {
    Micros value = 0;
    Micros scale = kMicrosPerSecond / 10;
    std::size_t width = 0;
    while (width < rest_.size() && is_digit(rest_[width])) {
      value += (rest_[width] - '0') * scale;
      scale /= 10;
      ++width;
    }
    ok_ = ok_ && width > 0;
    rest_.remove_prefix(width);
    return value;
  }

 private:
  std::string_view rest_;
  char taken_ = 0;
  bool ok_ = true;
};

std::string quoted(std::string_view text) { return "\"" + std::string(utf8_prefix(text, 64)) + "\""; }

}  // namespace

Result<Micros> parse_duration(std::string_view text) {
  std::string compact;
  std::copy_if(text.begin(), text.end(), std::back_inserter(compact), [](char c) { return c != ' '; });
  if (compact.empty()) return error(Errc::kInvalidArgument, "a duration is empty");
  if (!is_digit(compact.front())) compact.insert(compact.begin(), '1');

  const auto letters = std::find_if_not(compact.rbegin(), compact.rend(), is_letter).base();
  const std::string_view prefix(compact.data(), static_cast<std::size_t>(letters - compact.begin()));
  const std::string_view suffix = std::string_view(compact).substr(prefix.size());

  const auto unit = suffix.empty() ? std::optional<double>(1e6) : find_unit(suffix);
  if (!unit) return error(Errc::kInvalidArgument, quoted(text) + " has an unknown unit of time");
  const auto number = parse_number(prefix);
  if (!number) return error(Errc::kInvalidArgument, quoted(text) + " is not a duration");

  const double micros = *number * *unit;
  constexpr double kLongest = 9.2e18;
  if (!(micros < kLongest)) return error(Errc::kInvalidArgument, quoted(text) + " is too long a duration");
  return static_cast<Micros>(std::llround(micros));
}

Result<Micros> parse_iso8601(std::string_view text) {
  TimeText in(text);
  const int year = in.number(4, 9999);
  in.expect('-');
  const int month = in.number(2, 12);
  in.expect('-');
  const int day = in.number(2, 31);

  int hour = 0;
  int minute = 0;
  int second = 0;
  Micros fraction = 0;
  int offset_minutes = 0;
  if (in.take_if("Tt ")) {
    hour = in.number(2, 23);
    in.expect(':');
    minute = in.number(2, 59);
    if (in.take_if(":")) {
      second = in.number(2, 59);
      if (in.take_if(".,")) fraction = in.fraction();
    }
    if (in.take_if("+-")) {
      const int sign = in.taken() == '-' ? -1 : 1;
      offset_minutes = in.number(2, 23) * 60;
      in.take_if(":");
      if (!in.at_end()) offset_minutes += in.number(2, 59);
      offset_minutes *= sign;
    } else {
      in.take_if("Zz");
    }
  }

  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!in.ok() || !in.at_end() || !date.ok()) {
    return error(Errc::kInvalidArgument, quoted(text) + " is not an ISO 8601 time");
  }
  const sys_seconds moment =
      sys_days(date) + hours(hour) + minutes(minute) + seconds(second) - minutes(offset_minutes);
  return moment.time_since_epoch().count() * kMicrosPerSecond + fraction;
}

Result<Micros> parse_time(std::string_view text, Micros now) {
  if (const auto duration = parse_duration(text)) return std::max<Micros>(0, now - *duration);
  if (const auto moment = parse_iso8601(text)) return std::max<Micros>(0, *moment);
  return error(Errc::kInvalidArgument,
               quoted(text) +
                   " is neither a duration such as \"7 days\" nor an ISO 8601 time such as "
                   "\"2026-02-01T13:45:10Z\"");
}

}  // namespace pilothouse::base
