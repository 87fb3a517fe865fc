#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "cli/environment.h"

namespace pilothouse::cli {

// What standard output is.
struct Terminal {
  bool interactive = false;
  bool color = false;
  std::size_t width = 0;
  base::Micros now = 0;  // for relative times
  bool utf8 = false;     // box characters may be drawn; known of every output, not only of terminals
};

Terminal look_at_stdout(const Environment& environment);

// Standard output. A reader that went away (`| head`) is no failure: what follows is dropped and closed()
// tells.
class Output {
 public:
  void write(std::string_view text);
  void flush();
  bool closed() const { return error_ != 0; }
  base::Result<void> finish();

 private:
  int error_ = 0;
};

}  // namespace pilothouse::cli
