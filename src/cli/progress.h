#pragma once

#include <chrono>
#include <string>

namespace pilothouse::cli {

// One line on standard error that says how far something is, when that is a terminal and nowhere else. It is
// wiped when the object goes.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // At most ten times a second.
  void show(const std::string& text);

 private:
  bool shown_ = false;
  const bool terminal_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace pilothouse::cli
