#include "base/json_parse.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

namespace pilothouse::base {
namespace {

namespace json = boost::json;
using error_code = boost::system::error_code;

// What Boost's own parser does, and it looks for repeated names, of which that one keeps the last in silence.
// The names of open objects lie one after the other in names_.
class Handler {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  json::value_stack stack;

  bool on_document_begin(error_code&) {
    stack.reset();
    return true;
  }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t size, error_code& failure) {
    const auto first = names_.end() - static_cast<std::ptrdiff_t>(size);
    std::sort(first, names_.end());
    if (std::adjacent_find(first, names_.end()) != names_.end()) {
      failure = make_error_code(boost::system::errc::invalid_argument);
      return false;
    }
    names_.erase(first, names_.end());
    stack.push_object(size);
    return count(failure);
  }

  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t size, error_code& failure) {
    stack.push_array(size);
    return count(failure);
  }

  bool on_key_part(json::string_view part, std::size_t, error_code&) {
    name_ += part;
    stack.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, error_code& failure) {
    name_ += part;
    names_.push_back(std::move(name_));
    name_.clear();
    stack.push_key(part);
    return count(failure);
  }
  bool on_string_part(json::string_view part, std::size_t, error_code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t, error_code& failure) {
    stack.push_string(part);
    return count(failure);
  }

  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, error_code& failure) {
    stack.push_int64(number);
    return count(failure);
  }
  bool on_uint64(std::uint64_t number, json::string_view, error_code& failure) {
    stack.push_uint64(number);
    return count(failure);
  }
  // Boost's number may be one unit in the last place off. The whole text is here, for it is parsed in one
  // piece.
  bool on_double(double number, json::string_view text, error_code& failure) {
    std::from_chars(text.data(), text.data() + text.size(), number);
    if (!std::isfinite(number)) {
      failure = make_error_code(boost::system::errc::result_out_of_range);
      return false;
    }
    stack.push_double(number);
    return count(failure);
  }
  bool on_bool(bool value, error_code& failure) {
    stack.push_bool(value);
    return count(failure);
  }
  bool on_null(error_code& failure) {
    stack.push_null();
    return count(failure);
  }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }

 private:
  bool count(error_code& failure) {
    if (++count_ <= kMaxJsonValues) return true;
    failure = make_error_code(boost::system::errc::value_too_large);
    return false;
  }

  std::size_t count_ = 0;
  std::string name_;
  std::vector<std::string> names_;
};

}  // namespace

Result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  json::basic_parser<Handler> parser(options);
  error_code failure;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), failure);
  if (failure == boost::system::errc::invalid_argument) {
    return error(Errc::kMalformed, "an object names a member twice");
  }
  if (failure == boost::system::errc::value_too_large) {
    return error(Errc::kMalformed, "more than " + std::to_string(kMaxJsonValues) + " values");
  }
  if (!failure && read < text.size()) failure = json::error::extra_data;
  if (failure) return error(Errc::kMalformed, "not JSON: " + failure.message());
  return parser.handler().stack.release();
}

}  // namespace pilothouse::base
