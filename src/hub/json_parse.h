#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "base/error.h"

namespace pilothouse::hub {

// Objects and arrays within one another, at most; deeper text is refused.
inline constexpr std::size_t kMaxJsonDepth = 64;

// One JSON value and nothing else, in UTF-8, no object naming a member twice; else kMalformed with the
// reason.
base::Result<boost::json::value> parse_json(std::string_view text);

}  // namespace pilothouse::hub
