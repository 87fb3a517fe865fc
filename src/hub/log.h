#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pilothouse::hub {

// One line to stderr, with the time. Any thread.
void log_line(std::string_view text);

// For what a stranger can cause as often as he likes: a line at most every ten seconds, which says how many
// were left out before it. One thread's.
class SeldomLog {
 public:
  explicit SeldomLog(std::string_view about) : about_(about) {}
  void line(std::string_view text);

 private:
  const std::string_view about_;  // a literal
  std::optional<std::chrono::steady_clock::time_point> last_;
  std::size_t left_out_ = 0;
};

// Logs a failure under a fresh id, and gives the id for the one who asked.
std::string log_failure(std::string_view what);

}  // namespace pilothouse::hub
