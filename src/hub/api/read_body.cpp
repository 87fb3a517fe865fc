#include "hub/api/read_body.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/json_parse.h"
#include "base/utf8.h"

namespace pilothouse::hub {
namespace {

namespace json = boost::json;
using base::Errc;
using base::error;

base::Error must_be(std::string_view name, std::string_view what) {
  return error(Errc::kMalformed, "the field \"" + std::string(name) + "\" must be " + std::string(what));
}

}  // namespace

base::Error bad_field(std::string_view name, std::string_view why) {
  return error(Errc::kMalformed, "the field \"" + std::string(name) + "\": " + std::string(why));
}

base::Result<json::object> read_object(std::string_view body, std::initializer_list<std::string_view> known) {
  if (body.empty()) return json::object();
  auto value = base::parse_json(body);
  if (!value) return value.error();
  if (!value->is_object()) return error(Errc::kMalformed, "the body is not an object");
  for (const auto& member : value->get_object()) {
    if (std::find(known.begin(), known.end(), std::string_view(member.key())) == known.end()) {
      const std::string name(base::utf8_prefix(member.key(), 64));
      return error(Errc::kMalformed, "the field \"" + name + "\" is not one this path takes");
    }
  }
  return std::move(value->get_object());
}

base::Result<std::string> text_field(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return must_be(name, "a text");
  return std::string(value->get_string());
}

base::Result<std::optional<std::string>> optional_text_field(const json::object& object,
                                                             std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_string()) return must_be(name, "a text or null");
  return std::string(value->get_string());
}

base::Result<std::vector<std::string>> texts_field(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) return must_be(name, "an array of texts");
  std::vector<std::string> texts;
  for (const json::value& item : value->get_array()) {
    if (!item.is_string()) return must_be(name, "an array of texts");
    texts.emplace_back(item.get_string());
  }
  return texts;
}

}  // namespace pilothouse::hub
