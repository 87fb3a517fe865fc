#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pilothouse::cli {

std::string gzip(std::string_view bytes);

// What this program has compressed itself, `size` bytes in all; less when that is not true.
std::string gunzip(std::span<const unsigned char> compressed, std::size_t size);

std::string base64(std::string_view bytes);

}  // namespace pilothouse::cli
