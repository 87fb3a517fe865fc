#pragma once

#include <string_view>

namespace pilothouse::base {

// Below 0, 0 or above: numbers inside texts count as numbers, so "worker-2" is before "worker-10". Texts that
// differ only in leading zeros are ordered by their bytes; 0 only for the same text.
int natural_compare(std::string_view a, std::string_view b);

}  // namespace pilothouse::base
