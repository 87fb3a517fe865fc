#pragma once

#include <cstddef>

namespace pilothouse::hub {

// What all uploads together may hold, as they came and decompressed. One alone needs at most 16 + 256 MiB.
inline constexpr std::size_t kUploadMemory = 384U << 20;
// What all answers together may hold until their clients have taken them; and those to clients without a
// token.
inline constexpr std::size_t kAnswerMemory = 128U << 20;
inline constexpr std::size_t kOpenAnswerMemory = 16U << 20;

// Counts what many hold of a limit. The network thread's.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t limit) : limit_(limit) {}

  // One holder's part; given back when it goes.
  class Share {
   public:
    explicit Share(MemoryBudget& budget) : budget_(budget) {}
    ~Share() { budget_.held_ -= held_; }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // False, and nothing taken, when there is not so much left.
    bool take(std::size_t bytes) {
      if (bytes > budget_.limit_ - budget_.held_) return false;
      budget_.held_ += bytes;
      held_ += bytes;
      return true;
    }

   private:
    MemoryBudget& budget_;
    std::size_t held_ = 0;
  };

 private:
  const std::size_t limit_;
  std::size_t held_ = 0;
};

}  // namespace pilothouse::hub
