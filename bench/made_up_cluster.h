#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sender.h"

namespace pilothouse::bench {

struct MadeUpComputation {
  std::size_t tasks = 100;
  std::size_t groups = 4;
  std::size_t erred_every = 0;  // 0: none errs
};

// What a cluster that never was has done. The same plan with the same seed gives the same.
struct MadeUpCluster {
  std::uint64_t seed = 1;
  std::string name, user;
  base::Micros begin = 0;
  std::size_t workers = 2;
  std::size_t threads = 2;  // of each
  std::vector<MadeUpComputation> computations;
  bool ended = true;  // else it is lost
};

// Tells the hub as the cluster's recorder would have.
void send_made_up(const Hub& hub, const MadeUpCluster& plan);

}  // namespace pilothouse::bench
