#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/views.h"

// How many bytes the binary form of a timeline takes, and how many it may take: docs/formats/timeline.md
namespace pilothouse::model {

// What an answer may take altogether, and parts of it. A million bytes for each 1024 buckets of 128 lanes
// that are asked for, or a part of them.
class TimelineRoom {
 public:
  TimelineRoom(std::int64_t width, std::int64_t lanes)
      : total_(1'000'000 * static_cast<std::size_t>(((width - 1) / 1024 + 1) * ((lanes - 1) / 128 + 1))) {}

  std::size_t lanes() const { return total_ / 10; }
  std::size_t groups() const { return total_ / 20 * 3; }
  std::size_t runs() const { return total_ / 10 * 7; }
  std::size_t cells(const TimelineView& view) const;  // beside the texts that the view has

 private:
  std::size_t total_;
};

std::size_t timeline_bytes_of(std::string_view text);
std::size_t timeline_bytes_of(const TimelineLane& lane);
std::size_t timeline_bytes_of(const TimelineRun& run);
std::size_t timeline_bytes_of_cells(const TimelineView& view);

// Keeps the groups that most cells or runs are of and whose names take at most `most` bytes, if not all do;
// all others become kOtherGroups.
void bound_groups(TimelineView& view, std::size_t most);

}  // namespace pilothouse::model
