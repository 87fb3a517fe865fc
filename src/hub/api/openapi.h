#pragma once

#include <string_view>

namespace pilothouse::hub {

// openapi.json, beside this file, as it was when the hub was built.
std::string_view openapi_document();

}  // namespace pilothouse::hub
