#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace pilothouse::base {

// Lets a std::unordered_map with keys of std::string be asked for a std::string_view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

}  // namespace pilothouse::base
