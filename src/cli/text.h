#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

// Texts for people. What comes from the hub was written by others: nothing here lets a control character
// through to a terminal.
namespace pilothouse::cli {

// Line breaks and tabs become spaces, what could steer a terminal becomes U+FFFD.
std::string one_line(std::string_view text);

// The same, but line breaks and tabs stay.
std::string many_lines(std::string_view text);

// The first line of `text` that has something in it, without space around it.
std::string_view first_line(std::string_view text);

// Columns on a terminal. `text` is the result of one_line().
std::size_t display_width(std::string_view text);

// At most `width` columns, with an ellipsis when something was cut.
std::string cut_to_width(std::string_view text, std::size_t width);

std::string human_bytes(std::int64_t bytes);        // "1.5 GiB"
std::string human_duration(base::Micros duration);  // "340 ms", "12.3 s", "4 min 5 s"
std::string human_ago(base::Micros ago);            // "3 min ago"

}  // namespace pilothouse::cli
