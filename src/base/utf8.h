#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pilothouse::base {

// Well-formed by the Unicode Standard, table 3-7: no surrogates, no overlong forms, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// Whether every byte is below 0x80, which makes every part of `text` UTF-8.
bool is_ascii(std::string_view text);

// The longest prefix of well-formed `text` that has at most `limit` bytes and ends between two code points.
std::string_view utf8_prefix(std::string_view text, std::size_t limit);

}  // namespace pilothouse::base
