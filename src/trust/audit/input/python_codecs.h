#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trust/audit/input/encoding.h"

// Encodings in which a source can look like another one. Python accepts them in a declaration.
namespace pilothouse::audit {

// `code` is a Unicode scalar value.
void append_utf8(std::string& text, std::uint32_t code);

// RFC 2152, and every ASCII character stands for itself outside of "+...-", as in Python.
Decoded from_utf7(std::string_view bytes);

enum class Escapes : std::uint8_t {
  kAll,          // unicode_escape: those of string literals, but for \N{...}
  kUnicodeOnly,  // raw_unicode_escape: \uXXXX and \UXXXXXXXX
};
// Latin-1 with escapes.
Decoded from_unicode_escape(std::string_view bytes, Escapes escapes);

}  // namespace pilothouse::audit
