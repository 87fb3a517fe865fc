#pragma once

#include <boost/json/object.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

// The JSON objects that small bodies are. Failures are kMalformed and name the field.
namespace pilothouse::hub {

// An object that has no other fields than `known`. No body at all is an object without any.
base::Result<boost::json::object> read_object(std::string_view body,
                                              std::initializer_list<std::string_view> known);

base::Result<std::string> text_field(const boost::json::object& object, std::string_view name);

// Nothing when it is not there, or null.
base::Result<std::optional<std::string>> optional_text_field(const boost::json::object& object,
                                                             std::string_view name);

base::Result<std::vector<std::string>> texts_field(const boost::json::object& object, std::string_view name);

// What is wrong with a field, where its type is right.
base::Error bad_field(std::string_view name, std::string_view why);

}  // namespace pilothouse::hub
