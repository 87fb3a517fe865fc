#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace pilothouse::pages {

// One file of the pages.
struct Asset {
  std::string_view path;  // "/index.html"
  std::string_view media_type;
  std::span<const unsigned char> gzip;
  std::size_t size = 0;   // decompressed
  std::string_view etag;  // a weak one: it is the same whether compressed or not
  bool immutable = false;
};

}  // namespace pilothouse::pages
