#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace pilothouse::recorder {

// The built-in rules of redaction, as data. An expression is only tried where one of its literals occurs
// (letters are the same in both cases), and has to match from there on. Of its groups the first that took
// part is the secret. What `ordinary` matches wholly is none. Expressions work on bytes.

// Where an expression begins, seen from the literal.
enum class Begin : std::uint8_t {
  kLiteral,  // there
  kName,     // where the name begins that it is a part of
  kMark,     // at the `?`, `&` or `;` in front of that name
  kWord,     // one word earlier on the same line: "host=db password=..."
  kLine,     // where the line begins, if nothing but indentation stands before the name
};

struct RedactRule {
  std::string_view name;
  std::initializer_list<std::string_view> literals;
  std::string_view pattern;
  std::string_view ordinary;
};

// What is named like a secret. `pattern` is a name in small letters, the words before it included.
struct SecretName {
  std::string_view name;
  std::initializer_list<std::string_view> literals;
  std::string_view pattern;
  std::string_view ordinary_name;  // names that only look like it
  std::string_view ordinary;       // values that are none, beside those of the form
};

// How a name is given a value. "{name}" and, in capitals, "{NAME}" stand for the name's pattern, others for
// kSecretParts.
struct SecretForm {
  Begin begin;
  std::string_view pattern;
  std::string_view ordinary;  // beside kNoSecret
};

extern const std::initializer_list<RedactRule> kRedactRules;
extern const std::initializer_list<SecretName> kSecretNames;
extern const std::initializer_list<SecretForm> kSecretForms;
extern const std::initializer_list<std::pair<std::string_view, std::string_view>> kSecretParts;
extern const std::string_view kNoSecret;

}  // namespace pilothouse::recorder
