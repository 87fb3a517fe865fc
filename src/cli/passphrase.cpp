#include "cli/passphrase.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "trust/signatures/private_key.h"

namespace pilothouse::cli {
namespace {

using base::Errc;
using base::error;

// The terminal without echo. Signals wait until it is as it was before: then they do what they always do.
class QuietTerminal {
 public:
  QuietTerminal() : terminal_(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (terminal_ < 0 || ::tcgetattr(terminal_, &before_) != 0) return;
    sigset_t held;
    sigemptyset(&held);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) sigaddset(&held, signal);
    if (::pthread_sigmask(SIG_BLOCK, &held, &mask_) != 0) return;
    masked_ = true;
    signals_ = ::signalfd(-1, &held, SFD_CLOEXEC);
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
    quiet.c_lflag |= ICANON | ISIG;
    quiet_ = signals_ >= 0 && ::tcsetattr(terminal_, TCSAFLUSH, &quiet) == 0;
  }
  ~QuietTerminal() {
    if (quiet_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    if (terminal_ >= 0) ::close(terminal_);
    if (signals_ >= 0) ::close(signals_);
    if (masked_) ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

  bool quiet() const { return quiet_; }

  bool write(std::string_view text) const {
    return ::write(terminal_, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  }

  // False when a signal came first, or there is no more.
  bool read(char& byte) const {
    std::array<pollfd, 2> sources{{{terminal_, POLLIN, 0}, {signals_, POLLIN, 0}}};
    int ready = 0;
    do {
      ready = ::poll(sources.data(), sources.size(), -1);
    } while (ready < 0 && errno == EINTR);
    return ready > 0 && sources[1].revents == 0 && ::read(terminal_, &byte, 1) == 1;
  }

 private:
  int terminal_ = -1;
  int signals_ = -1;
  termios before_{};
  sigset_t mask_{};
  bool masked_ = false;
  bool quiet_ = false;
};

}  // namespace

void Secret::wipe() {
  if (text_) trust::forget(*text_);
}

base::Result<Secret> ask_passphrase(std::string_view prompt) {
  const QuietTerminal terminal;
  if (!terminal.quiet() || !terminal.write(prompt)) {
    return error(Errc::kStorage,
                 "there is no terminal on which to ask for the passphrase\n"
                 "Use --passphrase-file FILE, or set PILOTHOUSE_KEY_PASSPHRASE.");
  }
  std::string line;
  line.reserve(trust::kMaxPassphrase + 1);  // it must not move: the old place would not be overwritten
  char byte = 0;
  bool whole = false;
  while (line.size() <= trust::kMaxPassphrase && terminal.read(byte)) {
    whole = byte == '\n';
    if (whole) break;
    line += byte;
  }
  Secret secret(std::move(line));
  terminal.write("\n");
  if (secret.text()->size() > trust::kMaxPassphrase) {
    return error(Errc::kStorage, "a passphrase has at most 1024 bytes");
  }
  if (!whole || secret.text()->empty()) return error(Errc::kStorage, "no passphrase was given");
  return secret;
}

}  // namespace pilothouse::cli
