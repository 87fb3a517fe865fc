#pragma once

#include <filesystem>
#include <memory>

#include "base/error.h"

namespace pilothouse::base {

// Held as long as a hub serves a state directory, or as long as something works on it that no hub may see
// half done. The kernel lets go of it however the process ends.
class StateLock {
 public:
  // Makes the directory if need be. kConflict when a hub serves it; the message says what is so, not
  // what to do.
  static Result<std::unique_ptr<StateLock>> take(const std::filesystem::path& state_dir);
  ~StateLock();
  StateLock(const StateLock&) = delete;
  StateLock& operator=(const StateLock&) = delete;

 private:
  explicit StateLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace pilothouse::base
