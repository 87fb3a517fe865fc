#pragma once

#include <cstddef>
#include <cstdint>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "base/clock.h"
#include "tape/span_block.h"

namespace pilothouse::bench {

struct Shape {
  std::uint64_t seed = 7;
  std::size_t workers = 16;
  std::size_t threads = 4;  // of each worker
  std::size_t groups = 8;
  std::size_t spans_per_block = 4096;  // as a recorder's
  std::string computation = "2f0e9d4e-0d54-4c5b-9d6a-3a8f6b1d2c77";
  bool keys = true;
  base::Micros begin = 1'769'904'000'000'000;  // 2026-02-01
  std::size_t stages_over = 0;                 // so many spans: groups follow one another; 0: they are mixed
  std::size_t erred_every = 0;                 // 0: none errs
};

std::string worker_address(std::size_t worker);

// The spans of one computation, as a scheduler learns of them: each thread runs one task after the other and
// the one that ends first is told first. Groups differ in their log-normal durations and result sizes; every
// fourth task begins with a transfer. Half of the groups are of `client.map`, with keys like inc-<32 hex>,
// the others of dask.array, with keys like ('sum-<32 hex>', i, j). The same seed makes the same spans.
class SpanGenerator {
 public:
  explicit SpanGenerator(Shape shape);
  tape::SpanBlockBuilder next_block() { return next_block(shape_.spans_per_block); }
  tape::SpanBlockBuilder next_block(std::size_t spans);

 private:
  struct Group {
    std::string name;
    bool mapped = false;
    std::uint32_t type = 0;
    std::lognormal_distribution<double> duration, nbytes;
    std::size_t next = 0;
  };
  struct Run {
    base::Micros transfer = 0, transfer_stop = 0, start = 0, stop = 0;  // transfer 0: none
    std::size_t group = 0, lane = 0;
    bool operator>(const Run& other) const { return stop > other.stop; }
  };

  std::string hex();
  std::size_t next_group();
  Run next_run(std::size_t lane, base::Micros free_from);
  std::string next_key(Group& group);

  Shape shape_;
  std::mt19937_64 random_;
  std::vector<Group> groups_;
  std::size_t begun_ = 0, ended_ = 0;
  std::priority_queue<Run, std::vector<Run>, std::greater<>> running_;
};

std::vector<tape::SpanBlockBuilder> generate_blocks(const Shape& shape, std::size_t count);

}  // namespace pilothouse::bench
