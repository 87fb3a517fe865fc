#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pilothouse::cli {

// A secret, or none. It is overwritten when it is not needed any more. Movable, not copied.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept {
    wipe();
    text_ = std::move(other.text_);
    other.wipe();
    return *this;
  }
  ~Secret() { wipe(); }

  // Stays with this object.
  const std::optional<std::string>& text() const { return text_; }

 private:
  void wipe();
  std::optional<std::string> text_;
};

// One line from the terminal of this process, whatever standard input is, without showing it. A signal that
// ends or stops the process does so with the terminal as it was. kStorage when there is no terminal.
base::Result<Secret> ask_passphrase(std::string_view prompt);

}  // namespace pilothouse::cli
