#include "hub/ingest/fields.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <utility>

#include "base/utf8.h"

namespace pilothouse::hub {
namespace {

namespace json = boost::json;

constexpr std::int64_t kHighestCount = std::int64_t{1} << 53;
constexpr base::Micros kLastTime = 253'402'300'799'999'999;  // 9999-12-31

std::optional<std::int64_t> as_integer(const json::value& value) {
  if (value.is_int64()) return value.get_int64();
  if (value.is_uint64() && std::in_range<std::int64_t>(value.get_uint64())) {
    return static_cast<std::int64_t>(value.get_uint64());
  }
  return std::nullopt;
}

bool are_texts(const json::value& value) {
  const json::array* array = value.if_array();
  return array != nullptr &&
         std::all_of(array->begin(), array->end(), [](const json::value& item) { return item.is_string(); });
}

}  // namespace

Fields::Fields(const json::value& value, std::string path, Finding& finding)
    : path_(std::move(path)), finding_(finding) {
  object_ = value.if_object();
  if (object_ == nullptr && ok()) finding_.message = path_ + " is not an object";
}

std::string Fields::path_of(std::string_view name) const { return path_ + "." + std::string(name); }

void Fields::refuse(std::string_view name, std::string_view why) {
  if (ok()) finding_.message = path_of(name) + " " + std::string(why);
}

const json::value* Fields::take(std::string_view name) {
  if (!ok()) return nullptr;
  taken_.push_back(name);
  const json::value* value = object_->if_contains(name);
  if (value == nullptr) refuse(name, "is missing");
  return value;
}

bool Fields::take_null(std::string_view name) {
  if (!ok()) return false;
  const json::value* value = object_->if_contains(name);
  if (value == nullptr || !value->is_null()) return false;
  taken_.push_back(name);
  return true;
}

std::string Fields::text(std::string_view name) {
  const json::value* value = take(name);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    refuse(name, "is not a text");
    return {};
  }
  return std::string(value->get_string());
}

std::optional<std::string> Fields::text_or_null(std::string_view name) {
  const json::value* value = take(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_string()) {
    refuse(name, "is neither a text nor null");
    return std::nullopt;
  }
  return std::string(value->get_string());
}

std::string Fields::identity(std::string_view name) {
  std::string value = text(name);
  if (value.empty()) refuse(name, "is empty");
  return value;
}

std::int64_t Fields::integer(std::string_view name) {
  const json::value* value = take(name);
  if (value == nullptr) return 0;
  const auto number = as_integer(*value);
  if (!number) refuse(name, "is not an integer of 64 bits");
  return number.value_or(0);
}

std::int64_t Fields::count(std::string_view name) {
  const std::int64_t value = integer(name);
  if (value < 0 || value > kHighestCount) refuse(name, "is not a count");
  return value;
}

std::optional<std::int64_t> Fields::count_or_null(std::string_view name) {
  if (take_null(name)) return std::nullopt;
  return count(name);
}

base::Micros Fields::time(std::string_view name) {
  const std::int64_t value = integer(name);
  if (value < 0 || value > kLastTime) refuse(name, "is no time in microseconds since 1970");
  return value;
}

std::optional<base::Micros> Fields::time_or_null(std::string_view name) {
  if (take_null(name)) return std::nullopt;
  return time(name);
}

double Fields::number(std::string_view name) {
  const json::value* value = take(name);
  if (value == nullptr) return 0;
  if (!value->is_number()) {
    refuse(name, "is not a number");
    return 0;
  }
  const auto number = value->to_number<double>();
  if (!std::isfinite(number)) refuse(name, "is not a finite number");
  return number;
}

bool Fields::boolean(std::string_view name) {
  const json::value* value = take(name);
  if (value == nullptr) return false;
  if (!value->is_bool()) {
    refuse(name, "is neither true nor false");
    return false;
  }
  return value->get_bool();
}

std::optional<bool> Fields::boolean_or_null(std::string_view name) {
  if (take_null(name)) return std::nullopt;
  return boolean(name);
}

Fields Fields::object(std::string_view name) {
  const json::value& value = any(name);
  return Fields(value, path_of(name), finding_);
}

const json::value& Fields::any(std::string_view name) {
  static const json::value kNull;
  const json::value* value = take(name);
  return value == nullptr ? kNull : *value;
}

std::string Fields::any_json(std::string_view name) { return json::serialize(any(name)); }

std::string Fields::object_json(std::string_view name) {
  const json::value& value = any(name);
  if (!value.is_object()) refuse(name, "is not an object");
  return json::serialize(value);
}

std::string Fields::object_of_integers_json(std::string_view name) {
  const json::value& value = any(name);
  const json::object* object = value.if_object();
  const bool fits = object != nullptr && std::all_of(object->begin(), object->end(), [](const auto& member) {
                      return as_integer(member.value()).has_value();
                    });
  if (!fits) refuse(name, "is not an object of integers");
  return json::serialize(value);
}

std::string Fields::texts_json(std::string_view name, std::size_t limit) {
  const json::value& value = any(name);
  if (!are_texts(value)) {
    refuse(name, "is not an array of texts");
  } else if (value.get_array().size() > limit) {
    refuse(name, "has more than " + std::to_string(limit) + " texts");
  }
  return json::serialize(value);
}

std::string Fields::texts_of_texts_json(std::string_view name) {
  const json::value& value = any(name);
  const json::array* array = value.if_array();
  const bool fits = array != nullptr && std::all_of(array->begin(), array->end(), are_texts);
  if (!fits) refuse(name, "is not an array of arrays of texts");
  return json::serialize(value);
}

void Fields::finish() {
  if (!ok() || taken_.size() == object_->size()) return;
  for (const auto& member : *object_) {
    if (std::find(taken_.begin(), taken_.end(), std::string_view(member.key())) == taken_.end()) {
      refuse(base::utf8_prefix(member.key(), 64), "is not a field of this record");
      return;
    }
  }
}

}  // namespace pilothouse::hub
