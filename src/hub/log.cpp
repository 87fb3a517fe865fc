#include "hub/log.h"

#include <algorithm>
#include <cstdio>

#include "base/clock.h"
#include "base/session_id.h"

namespace pilothouse::hub {

void log_line(std::string_view text) {
  std::string line = base::to_iso8601(base::wall_now()) + " pilothouse: " + std::string(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void SeldomLog::line(std::string_view text) {
  constexpr std::chrono::seconds kPause(10);
  const auto now = std::chrono::steady_clock::now();
  if (last_ && now - *last_ < kPause) {
    ++left_out_;
    return;
  }
  std::string line = std::string(about_) + ": " + std::string(text);
  if (left_out_ > 0) line += " (and " + std::to_string(left_out_) + " more before)";
  last_ = now;
  left_out_ = 0;
  log_line(line);
}

std::string log_failure(std::string_view what) {
  constexpr std::size_t kDigits = 12;
  std::string id = base::SessionId::random().to_string().substr(0, kDigits);
  log_line("error " + id + ": " + std::string(what));
  return id;
}

}  // namespace pilothouse::hub
