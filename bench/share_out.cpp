#include "share_out.h"

#include <atomic>
#include <future>
#include <vector>

namespace pilothouse::bench {

void share_out(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::future<void>> running;
  for (std::size_t i = 0; i < threads; ++i) {
    running.push_back(std::async(std::launch::async, [&] {
      for (std::size_t number = next++; number < count; number = next++) work(number);
    }));
  }
  // One that is not asked any more waits for its thread when it is destroyed.
  for (auto& thread : running) thread.get();
}

}  // namespace pilothouse::bench
