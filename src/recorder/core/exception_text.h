#pragma once

#include <string>
#include <string_view>

namespace pilothouse::recorder {

struct ExceptionText {
  std::string type;     // "ValueError"; "unknown" when the text does not start with a name and a parenthesis
  std::string message;  // the sole string argument, unquoted; otherwise the arguments as they are written
};

// Takes apart what Dask sends for an exception, its repr(): "ValueError('no such flight')".
ExceptionText split_exception_text(std::string_view text);

}  // namespace pilothouse::recorder
