#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pilothouse::audit {

// Writes JSON for people and programs, from front to back: one member or element a line, indented; what is
// `flat` stays on one line. Bytes that are not UTF-8 become U+FFFD. What could steer a terminal is escaped.
// Signatures cover the hash of these bytes: no library may decide how they look. The caller keeps begin and
// end in pairs.
class JsonWriter {
 public:
  void begin_object(bool flat = false) { open('{', flat); }
  void end_object() { close('}'); }
  void begin_array(bool flat = false) { open('[', flat); }
  void end_array() { close(']'); }

  void key(std::string_view name) {
    separate();
    quote(name);
    out_ += ": ";
    fresh_ = true;
    after_key_ = true;
  }

  void value(std::string_view text) {
    separate();
    quote(text);
  }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(const char* text) { value(std::string_view(text)); }
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) void value(Number number) {
    separate();
    out_ += std::to_string(number);
  }
  void value(bool truth) {
    separate();
    out_ += truth ? "true" : "false";
  }
  // The shortest text that is read as this number: 0.9.
  void value(double number);

  template <class T>
  void field(std::string_view name, const T& content) {
    key(name);
    value(content);
  }

  // With LF at the end.
  std::string take() { return std::move(out_) + "\n"; }

 private:
  void separate();
  void open(char bracket, bool flat);
  void close(char bracket);
  void quote(std::string_view text);

  std::string out_;
  std::vector<bool> flat_;  // of what is open
  bool fresh_ = true;       // no comma before the next value
  bool after_key_ = false;
};

}  // namespace pilothouse::audit
