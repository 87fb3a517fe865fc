#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pilothouse::tape {

// Appends `raw` as one zstd frame if that is shorter; false, and nothing appended, if it is not.
bool append_zstd_frame(std::string& out, std::string_view raw, int level);

// Exactly `size` bytes into `raw`; false when the frame holds anything else. Needs no more memory than `raw`.
bool read_zstd_frame(std::string_view frame, char* raw, std::size_t size);

}  // namespace pilothouse::tape
