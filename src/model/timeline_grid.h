#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/saturate.h"
#include "model/timeline.h"
#include "model/timeline_tile.h"

namespace pilothouse::model {

// What is shown of lanes in buckets: sums in dense columns, bucket by bucket, as tiles are read. A column
// that is 0 everywhere is empty. Belongs to one thread.
class TimelineGrid {
 public:
  static constexpr std::int32_t kNothing = -1;  // the group of a place without runs
  static constexpr std::size_t kNowhere = 0;    // a place that is not shown

  TimelineGrid() = default;
  TimelineGrid(std::size_t buckets, std::size_t lanes)
      : buckets_(buckets),
        stride_(lanes),
        group_(kFirst + buckets * lanes, kNothing),
        group_us_(group_.size()),
        spans_(group_.size()) {}

  std::size_t buckets() const { return buckets_; }
  std::size_t stride() const { return stride_; }  // from a place to the same lane's in the next bucket

  // Where a lane's bucket is in the columns.
  std::size_t place(std::size_t bucket, std::size_t lane) const { return kFirst + bucket * stride_ + lane; }

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

  // The cells of a tile at their places; groups[] gives the groups of the tile's.
  void add_cells(const TimelineTile& tile, const std::vector<std::uint32_t>& places,
                 const std::vector<std::int32_t>& groups);

  // Group i becomes numbers[i].
  void regroup(const std::vector<std::int32_t>& numbers);

 private:
  static void add(std::int64_t& sum, std::int64_t value) { sum = base::saturating_add(sum, value); }

  // As TimelineCell::vote does, without branches, which nobody could predict.
  void vote(std::size_t place, std::int32_t candidate, std::int64_t us) {
    std::int32_t& group = group_[place];
    std::int64_t& ahead = group_us_[place];
    const std::int64_t lead = us - ahead;
    const std::int64_t sign = lead >> 63;
    const std::int64_t same = -static_cast<std::int64_t>(group == candidate);
    const auto sum = static_cast<std::int64_t>(std::min<std::uint64_t>(
        static_cast<std::uint64_t>(ahead) + static_cast<std::uint64_t>(us), INT64_MAX));
    const std::int32_t wins = -static_cast<std::int32_t>((lead > 0) | (group < 0));
    ahead = (sum & same) | (((lead ^ sign) - sign) & ~same);
    group ^= (group ^ candidate) & wins;
  }

  std::vector<std::int64_t>& column(std::vector<std::int64_t>& sparse) {
    if (sparse.empty()) make_column(sparse);
    return sparse;
  }
  void make_column(std::vector<std::int64_t>& sparse) const { sparse.resize(group_.size()); }

  static constexpr std::size_t kFirst = 8;  // of the places that are shown

  std::size_t buckets_ = 0;
  std::size_t stride_ = 0;
  std::vector<std::int32_t> group_;
  std::vector<std::int64_t> group_us_, spans_, erred_;
  std::array<std::vector<std::int64_t>, kTimelineActions.size()> busy_us_;
};

}  // namespace pilothouse::model
