#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace pilothouse::cli {

Terminal look_at_stdout(const Environment& environment) {
  Terminal terminal;
  terminal.now = base::wall_now();
  terminal.utf8 = environment.utf8;
  terminal.interactive = isatty(STDOUT_FILENO) == 1;
  if (!terminal.interactive) return terminal;
  terminal.color = !environment.plain;
  winsize size{};
  terminal.width = 80;
  if (environment.columns) {
    terminal.width = static_cast<std::size_t>(*environment.columns);
  } else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.width = size.ws_col;
  }
  return terminal;
}

void Output::write(std::string_view text) {
  if (error_ != 0 || text.empty()) return;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) error_ = errno;
}

void Output::flush() {
  if (error_ == 0 && std::fflush(stdout) != 0) error_ = errno;
}

base::Result<void> Output::finish() {
  flush();
  if (error_ == 0 || error_ == EPIPE) return {};
  return base::error(base::Errc::kStorage, std::string("standard output: ") + std::strerror(error_));
}

}  // namespace pilothouse::cli
