#pragma once

#include <cstddef>

namespace pilothouse::hub {

// What all uploads together may hold, as they came and decompressed. One alone needs at most 16 + 256 MiB.
inline constexpr std::size_t kUploadMemory = 384U << 20;

// Counts it. The network thread's.
class UploadMemory {
 public:
  // One upload's part; given back when it goes.
  class Share {
   public:
    explicit Share(UploadMemory& memory) : memory_(memory) {}
    ~Share() { memory_.held_ -= held_; }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // False, and nothing taken, when there is not so much left.
    bool take(std::size_t bytes) {
      if (bytes > kUploadMemory - memory_.held_) return false;
      memory_.held_ += bytes;
      held_ += bytes;
      return true;
    }

   private:
    UploadMemory& memory_;
    std::size_t held_ = 0;
  };

 private:
  std::size_t held_ = 0;
};

}  // namespace pilothouse::hub
