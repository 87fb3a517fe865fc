#pragma once

#include <string>
#include <string_view>

namespace pilothouse::store {

// What makes two exceptions the same: the type, the message with its numbers masked, and the last frame of
// the traceback (its file, line and function). "2-" and 32 hexadecimal digits; the first number tells the
// normalisation:
//   2  In the first 1000 bytes of the message, "0x" with hexadecimal digits, a word of 8 or more hexadecimal
//      digits with a decimal one among them, and any other run of decimal digits each become "#". The last
//      frame is the last line of the traceback that begins with `File "`, whatever its indent. Of its path
//      counts what does not tell on which machine, by whom or in which kernel the code was run: all behind
//      the last "site-packages" or "dist-packages", else the file's name. In "<ipython-input-...>" numbers
//      become "#" as in the message.
//   1  The same with the whole path. A database of before is brought to 2.
std::string exception_fingerprint(std::string_view type, std::string_view message,
                                  std::string_view traceback);

}  // namespace pilothouse::store
