#include "cli/column.h"

#include <array>
#include <cstdio>

#include "base/clock.h"
#include "cli/text.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;

json::value value_of(const Column& column, const json::object& item) {
  if (column.value) return column.value(item);
  const json::value* found = find(item, column.path);
  return found == nullptr ? json::value() : *found;
}

std::string plain(const json::value& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return std::string(value.get_string());
  return json::serialize(value);
}

bool to_number(const json::value& value, std::int64_t& number) {
  boost::system::error_code failed;
  number = value.to_number<std::int64_t>(failed);
  return !failed;
}

std::string seconds_iso(base::Micros time) {
  std::string text = base::to_iso8601(time);
  const std::size_t dot = text.find('.');
  return dot == std::string::npos ? text : text.substr(0, dot) + "Z";
}

}  // namespace

const json::value* find(const json::object& object, std::string_view path) {
  const json::object* level = &object;
  for (;;) {
    const std::size_t dot = path.find('.');
    const json::value* value = level->if_contains(path.substr(0, dot));
    if (value == nullptr || dot == std::string_view::npos) return value;
    level = value->if_object();
    if (level == nullptr) return nullptr;
    path = path.substr(dot + 1);
  }
}

std::string text_at(const json::object& object, std::string_view path) {
  const json::value* value = find(object, path);
  return value == nullptr ? std::string() : plain(*value);
}

std::int64_t number_at(const json::object& object, std::string_view path) {
  const json::value* value = find(object, path);
  std::int64_t number = 0;
  return value != nullptr && to_number(*value, number) ? number : 0;
}

std::string table_cell(const Column& column, const json::object& item, const Terminal& terminal) {
  const json::value value = value_of(column, item);
  if (value.is_null()) return "-";
  std::int64_t number = 0;
  switch (column.kind) {
    case Kind::kTime:
      if (!to_number(value, number)) break;
      return terminal.interactive ? human_ago(terminal.now - number) : seconds_iso(number);
    case Kind::kDuration:
      if (!to_number(value, number)) break;
      return human_duration(number);
    case Kind::kBytes:
      if (!to_number(value, number)) break;
      return number < 0 ? "-" : human_bytes(number);
    default:
      break;
  }
  return one_line(plain(value));
}

std::string csv_cell(const Column& column, const json::object& item) {
  const json::value value = value_of(column, item);
  std::int64_t number = 0;
  if (column.kind == Kind::kTime && to_number(value, number)) return base::to_iso8601(number);
  if (column.kind == Kind::kDuration && to_number(value, number)) {
    std::array<char, 48> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%lld.%06lld",
                  static_cast<long long>(number / base::kMicrosPerSecond),
                  static_cast<long long>(number % base::kMicrosPerSecond));
    return buffer.data();
  }
  return plain(value);
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
      line += cells[i];
      continue;
    }
    line += '"';
    for (const char c : cells[i]) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  return line + "\r\n";
}

}  // namespace pilothouse::cli
