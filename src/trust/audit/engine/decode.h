#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pilothouse::audit {

// What Python's decoders give for constants, nothing when they would raise or the result is over kMaxDecoded.
inline constexpr std::size_t kMaxDecoded = 8U << 20;

std::optional<std::string> base64_decode(std::string_view text, bool url_safe);
std::optional<std::string> base32_decode(std::string_view text);
std::optional<std::string> base85_decode(std::string_view text);
std::optional<std::string> ascii85_decode(std::string_view text);
std::optional<std::string> hex_decode(std::string_view text);
std::optional<std::string> inflate(std::string_view bytes);  // zlib, gzip or raw
std::optional<std::string> bunzip2(std::string_view bytes);
std::optional<std::string> unlzma(std::string_view bytes);  // .xz and .lzma
std::string rot13(std::string_view text);
std::optional<std::string> percent_decode(std::string_view text);  // urllib.parse.unquote

std::string base64_encode(std::string_view bytes);
std::string hex_encode(std::string_view bytes);

}  // namespace pilothouse::audit
