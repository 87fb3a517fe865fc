#pragma once

#include <string>

namespace pilothouse::base {

// What this machine calls itself.
std::string host_name();

// The user this process runs as; its number where it has no name.
std::string user_name();

}  // namespace pilothouse::base
