#pragma once

#include <boost/json.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal.h"

namespace pilothouse::cli {

enum class Kind { kText, kState, kCount, kBytes, kTime, kDuration, kJson };

// Where a column is shown. CSV has all of them; a terminal that is too narrow loses the kWide ones, the last
// one first.
enum class Shown { kAlways, kWide, kCsvOnly };

// One column of a listing. `path` leads into the API's object, "workers.now"; `value`, when there, is used
// instead.
struct Column {
  std::string_view title;
  Kind kind = Kind::kText;
  std::string_view path;
  Shown shown = Shown::kAlways;
  std::function<boost::json::value(const boost::json::object&)> value = {};
};

using Columns = std::vector<Column>;

// nullptr when there is no such field.
const boost::json::value* find(const boost::json::object& object, std::string_view path);
std::string text_at(const boost::json::object& object, std::string_view path);
std::int64_t number_at(const boost::json::object& object, std::string_view path);

// One line for a table: relative times on a terminal, ISO 8601 elsewhere.
std::string table_cell(const Column& column, const boost::json::object& item, const Terminal& terminal);

// For programs: ISO 8601 times, durations in seconds, sizes in bytes.
std::string csv_cell(const Column& column, const boost::json::object& item);

// RFC 4180.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace pilothouse::cli
