#pragma once

#include <string>

namespace pilothouse::base {

// What this machine calls itself.
std::string host_name();

}  // namespace pilothouse::base
