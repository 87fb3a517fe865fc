#pragma once

#include <string>
#include <string_view>

namespace pilothouse::hub {

// One line to stderr, with the time. Any thread.
void log_line(std::string_view text);

// Logs a failure under a fresh id, and gives the id for the one who asked.
std::string log_failure(std::string_view what);

}  // namespace pilothouse::hub
