#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.h"
#include "model/timeline.h"
#include "model/timeline_tile.h"

namespace pilothouse::model {

// Sums runs and finer cells up to one tile at the finest width at which it is no larger than wanted. Belongs
// to one thread.
class TimelineBuilder {
 public:
  struct Action {
    std::size_t kind;  // index in kTimelineActions
    base::Micros start, stop;
  };

  // Only guides how memory is used.
  struct Extent {
    base::Micros first_us, last_us;
    std::size_t lanes;   // lanes count from 0
    std::size_t places;  // lanes times buckets at most that are found without hashing, at 4 bytes each
  };

  // Begins at `shift`. Once there is more than `limit`, it goes on at the next width, up to the coarsest.
  TimelineBuilder(int shift, const Extent& extent, std::size_t limit);

  // One run, with all its actions whose times are possible, at least one.
  void add_run(std::int64_t lane, std::int64_t group, bool erred, std::span<const Action> actions);

  // A cell whose bucket is of a width that is no coarser than where the builder began.
  void add_cell(const TimelineCell& cell, int shift);

  int shift() const { return shift_; }

  // About its size: cells, long runs and their actions.
  std::size_t weight() const { return cells_.size() + long_runs_.size() + long_actions_.size(); }

  // Lanes and groups of the tile are indices into `lanes` and `groups`, which become those that occur.
  TimelineTile take(std::vector<std::uint64_t>& lanes, std::vector<std::uint64_t>& groups);

 private:
  struct LongRun {
    std::int64_t lane, group;
    bool erred;
    base::Micros start, stop;
    std::size_t first_action, actions;  // in long_actions_
  };

  TimelineCells make_cells() const;
  void add_to_cells(std::int64_t lane, std::int64_t group, bool erred, base::Micros start,
                    std::span<const Action> actions);
  void coarsen();
  void refit_long_runs();

  int shift_;
  Extent extent_;
  std::size_t limit_;
  TimelineCells cells_;
  std::vector<LongRun> long_runs_;
  std::vector<Action> long_actions_;
};

}  // namespace pilothouse::model
