#include "hub/silence.h"

#include "hub/backend.h"
#include "hub/sleep.h"

namespace pilothouse::hub {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kLook = 1s;

}  // namespace

std::vector<Silence::Cluster> Silence::take_silent(Clock::time_point since) {
  std::vector<Cluster> silent;
  for (auto entry = last_.begin(); entry != last_.end();) {
    if (entry->second >= since) {
      ++entry;
      continue;
    }
    silent.push_back(entry->first);
    entry = last_.erase(entry);
  }
  return silent;
}

asio::awaitable<void> tell_of_silence(Backend& backend, base::Micros lost_after) {
  // The store counts in microseconds since the epoch and may have heard a moment later.
  const auto patience = std::chrono::microseconds(lost_after) + kLook;
  while (true) {
    for (const auto& [workspace, cluster] : backend.silence().take_silent(Silence::Clock::now() - patience)) {
      backend.changes().note(workspace, cluster);
    }
    co_await sleep(kLook);
  }
}

}  // namespace pilothouse::hub
