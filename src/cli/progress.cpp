#include "cli/progress.h"

#include <unistd.h>

#include <cstdio>

namespace pilothouse::cli {
namespace {

constexpr std::chrono::milliseconds kInterval(100);
constexpr const char* kWipe = "\r\x1b[K";

}  // namespace

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_) std::fputs(kWipe, stderr);
}

void Progress::show(const std::string& text) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now < next_) return;
  next_ = now + kInterval;
  shown_ = true;
  std::fputs((kWipe + text).c_str(), stderr);
}

}  // namespace pilothouse::cli
