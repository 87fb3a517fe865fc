#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace pilothouse::hub {

// The first thing found wrong in a payload, with its place such as "$[3].tasks.total".
struct Finding {
  std::string message;  // empty: nothing is wrong
  bool found() const { return !message.empty(); }
};

// Takes the fields of one object, each exactly once, then finish() refuses those nobody took. Once something
// is wrong, every later take gives an empty value, so that a record is read without a branch for each field.
class Fields {
 public:
  // `value`, `path` and `finding` outlive this.
  Fields(const boost::json::value& value, std::string path, Finding& finding);

  std::string text(std::string_view name);
  std::optional<std::string> text_or_null(std::string_view name);
  std::int64_t integer(std::string_view name);  // of any sign
  std::int64_t count(std::string_view name);    // 0 to 2^53
  std::optional<std::int64_t> count_or_null(std::string_view name);
  base::Micros time(std::string_view name);  // 1970 to 9999
  std::optional<base::Micros> time_or_null(std::string_view name);
  double number(std::string_view name);  // finite
  bool boolean(std::string_view name);
  std::optional<bool> boolean_or_null(std::string_view name);

  // The object in a field; finish() it too.
  Fields object(std::string_view name);

  // The value, for what is made of more than one; null when missing.
  const boost::json::value& any(std::string_view name);

  // The value as JSON text, checked to be of its form.
  std::string any_json(std::string_view name);
  std::string object_json(std::string_view name);
  std::string object_of_integers_json(std::string_view name);
  std::string texts_json(std::string_view name, std::size_t limit = SIZE_MAX);
  std::string texts_of_texts_json(std::string_view name);

  // Empty texts are refused too: for what identifies something.
  std::string identity(std::string_view name);

  void finish();

  std::string path_of(std::string_view name) const;
  void refuse(std::string_view name, std::string_view why);
  bool ok() const { return !finding_.found(); }

 private:
  const boost::json::value* take(std::string_view name);
  bool take_null(std::string_view name);

  const boost::json::object* object_ = nullptr;
  std::string path_;
  Finding& finding_;
  std::vector<std::string_view> taken_;
};

}  // namespace pilothouse::hub
