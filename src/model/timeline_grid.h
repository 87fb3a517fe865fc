#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/saturate.h"
#include "model/timeline.h"
#include "model/timeline_tile.h"

namespace pilothouse::model {

// What is shown of lanes in buckets: sums in dense columns, lane by lane. A column that is 0 everywhere is
// empty. Belongs to one thread.
class TimelineGrid {
 public:
  static constexpr std::int32_t kNothing = -1;  // the group of a place without runs

  TimelineGrid() = default;

  // Room is kept for `lanes`, and made for more.
  TimelineGrid(std::size_t buckets, std::size_t lanes);

  std::size_t buckets() const { return buckets_; }
  std::size_t lanes() const { return lanes_; }

  // One more lane, without runs.
  void add_lane();

  // Where a lane's bucket is in the columns.
  std::size_t place(std::size_t lane, std::size_t bucket) const { return lane * stride_ + bucket; }

  const std::vector<std::int32_t>& group() const { return group_; }
  const std::vector<std::int64_t>& spans() const { return spans_; }
  const std::vector<std::int64_t>& erred() const { return erred_; }
  const std::vector<std::int64_t>& busy_us(std::size_t action) const { return busy_us_[action]; }

  // A run of `group` that begins at a place.
  void add_run(std::size_t place, std::int32_t group, bool erred) {
    vote(place, group, 0);
    ++spans_[place];
    if (erred) ++column(erred_)[place];
  }

  void add_busy(std::size_t place, std::int32_t group, std::size_t action, std::int64_t us) {
    vote(place, group, us);
    add(column(busy_us_[action])[place], us);
  }

  // Cells of a tile: of the i-th of `cells`, which is at places[i]; groups[] gives the groups of the tile's.
  void add_cells(const TimelineTile& tile, const std::vector<std::uint32_t>& cells,
                 const std::vector<std::size_t>& places, const std::vector<std::int32_t>& groups);

 private:
  static void add(std::int64_t& sum, std::int64_t value) { sum = base::saturating_add(sum, value); }

  // TimelineCell::vote
  void vote(std::size_t place, std::int32_t candidate, std::int64_t us) {
    std::int32_t& group = group_[place];
    std::int64_t& ahead = group_us_[place];
    if (group == candidate) {
      add(ahead, us);
    } else if (us > ahead || group == kNothing) {
      group = candidate;
      ahead = us - ahead;
    } else {
      ahead -= us;
    }
  }

  std::vector<std::int64_t>& column(std::vector<std::int64_t>& sparse) {
    if (sparse.empty()) make_column(sparse);
    return sparse;
  }
  void make_column(std::vector<std::int64_t>& sparse) const;

  std::size_t buckets_ = 0;
  std::size_t stride_ = 0;
  std::size_t lanes_ = 0;
  std::size_t room_ = 0;  // of each column
  std::vector<std::int32_t> group_;
  std::vector<std::int64_t> group_us_, spans_, erred_;
  std::array<std::vector<std::int64_t>, kTimelineActions.size()> busy_us_;
};

}  // namespace pilothouse::model
