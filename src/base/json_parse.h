#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "base/error.h"

namespace pilothouse::base {

// Objects and arrays within one another, at most; deeper text is refused.
inline constexpr std::size_t kMaxJsonDepth = 64;

// Values and names of members, at most: each takes many times the memory of its text.
inline constexpr std::size_t kMaxJsonValues = 1U << 20;

// One JSON value and nothing else, in UTF-8, no object naming a member twice, no number beyond a double; else
// kMalformed with the reason.
Result<boost::json::value> parse_json(std::string_view text);

}  // namespace pilothouse::base
