#pragma once

#include <string>
#include <string_view>

namespace pilothouse::cli {

// As it may stand in any part of a URL: but for letters, digits, '-', '.', '_' and '~', every byte as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace pilothouse::cli
