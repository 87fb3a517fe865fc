#pragma once

#include <string>
#include <string_view>

namespace pilothouse::store {

// What makes two exceptions the same: the type, the message with its numbers masked, and the last frame of
// the traceback (its file, line and function). "1-" and 32 hexadecimal digits; the first number tells the
// normalisation:
//   1  In the first 1000 bytes of the message, "0x" with hexadecimal digits, a word of 8 or more hexadecimal
//      digits with a decimal one among them, and any other run of decimal digits each become "#". The last
//      frame is the last line of the traceback that begins with `File "`, whatever its indent.
std::string exception_fingerprint(std::string_view type, std::string_view message,
                                  std::string_view traceback);

}  // namespace pilothouse::store
