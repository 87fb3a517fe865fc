#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pilothouse::audit {

constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";

// The encoding that a source declares in a comment on its first or second line (PEP 263), as it is written
// there; empty when it declares none.
std::string_view declared_encoding(std::string_view bytes);

// One name for all that Python takes for the same encoding: "UTF8", "u8" and "utf-8-sig" are "utf-8".
std::string encoding_name(std::string_view declared);

struct Decoded {
  bool known = true;                            // the encoding
  std::string text;                             // UTF-8, all or what stands before `bad_at`
  std::size_t bad_at = std::string_view::npos;  // the first byte that cannot be decoded
};

// By a name from encoding_name().
Decoded decode_as(std::string_view encoding, std::string_view bytes);

}  // namespace pilothouse::audit
