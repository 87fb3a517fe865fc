#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/record_store.h"

namespace pilothouse::hub {

// A store cursor as clients see it: opaque, safe in a URL, and good only for the listing it came from.
std::string encode_cursor(std::string_view listing, const store::Cursor& cursor);
std::optional<store::Cursor> decode_cursor(std::string_view listing, std::string_view text);

}  // namespace pilothouse::hub
