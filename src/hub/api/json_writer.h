#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pilothouse::hub {

// Writes JSON text from front to back with RapidJSON, in the words of the hub. Texts must be UTF-8, doubles
// finite. The caller keeps begin and end in pairs.
class JsonWriter {
 public:
  void begin_object() { writer_.StartObject(); }
  void end_object() { writer_.EndObject(); }
  void begin_array() { writer_.StartArray(); }
  void end_array() { writer_.EndArray(); }

  void key(std::string_view name) { writer_.Key(name.data(), size_of(name)); }

  void value(std::string_view text) {
    writer_.String(text.empty() ? "" : text.data(), size_of(text));  // a null pointer is no text to RapidJSON
  }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(const char* text) { value(std::string_view(text)); }
  template <std::signed_integral Number>
  void value(Number number) {
    writer_.Int64(number);
  }
  template <std::unsigned_integral Number>
  requires(!std::same_as<Number, bool>) void value(Number number) { writer_.Uint64(number); }
  void value(bool truth) { writer_.Bool(truth); }
  void value(double number) { writer_.Double(number); }
  template <class T>
  void value(const std::optional<T>& maybe) {
    if (maybe) {
      value(*maybe);
    } else {
      null();
    }
  }
  void null() { writer_.Null(); }

  // A value that is JSON text already.
  void raw(std::string_view json) { writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType); }

  template <class T>
  void field(std::string_view name, const T& content) {
    key(name);
    value(content);
  }
  void raw_field(std::string_view name, std::string_view json) {
    key(name);
    raw(json);
  }

  // What was written. Ends the writing.
  std::string take() { return {text_.GetString(), text_.GetSize()}; }

 private:
  static rapidjson::SizeType size_of(std::string_view text) {
    return static_cast<rapidjson::SizeType>(text.size());
  }

  rapidjson::StringBuffer text_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{text_};
};

}  // namespace pilothouse::hub
