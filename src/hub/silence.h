#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <map>
#include <vector>

#include "base/clock.h"
#include "store/record_store.h"

namespace pilothouse::hub {

class Backend;

// When recorders were heard of last. A cluster becomes lost by silence alone: nothing is stored that could be
// told to those who follow changes. The network thread's.
class Silence {
 public:
  using Clock = std::chrono::steady_clock;
  using Cluster = store::ClusterPlace;

  void heard(const Cluster& cluster) { last_[cluster] = Clock::now(); }

  // Those that nothing was heard of since; they are forgotten.
  std::vector<Cluster> take_silent(Clock::time_point since);

 private:
  std::map<Cluster, Clock::time_point> last_;
};

// Tells of the clusters that are silent for `lost_after`. On the network thread; `backend` must outlive the
// loop's run.
boost::asio::awaitable<void> tell_of_silence(Backend& backend, base::Micros lost_after);

}  // namespace pilothouse::hub
