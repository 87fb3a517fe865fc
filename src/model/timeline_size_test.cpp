#include "model/timeline_size.h"

#include <gtest/gtest.h>

#include <string>

namespace pilothouse::model {
namespace {

TimelineView view_of(std::size_t buckets, std::size_t lanes, std::size_t groups) {
  TimelineView view;
  view.buckets = static_cast<std::int64_t>(buckets);
  for (std::size_t i = 0; i < lanes; ++i) view.lanes.push_back({"tcp://1", "w", i});
  for (std::size_t i = 0; i < groups; ++i) view.groups.push_back("g" + std::to_string(100 + i));
  view.cells = TimelineGrid(buckets, lanes);
  return view;
}

TEST(TimelineSize, CellsTakeWhatTheirColumnsTake) {
  TimelineView view = view_of(100, 8, 2);
  EXPECT_EQ(timeline_bytes_of_cells(view), 100U);
  for (std::size_t bucket = 0; bucket < 10; ++bucket)
    view.cells.add_run(view.cells.place(bucket, 3), 1, false);
  EXPECT_EQ(timeline_bytes_of_cells(view), 100U + 10 * (1 + 1));
  view.cells.add_busy(view.cells.place(0, 3), 1, 0, 70'000);
  view.cells.add_busy(view.cells.place(5, 3), 1, 2, 300);
  view.cells.add_busy(view.cells.place(9, 7), 1, 5, 1LL << 40);
  EXPECT_EQ(timeline_bytes_of_cells(view), 100U + 11 * (1 + 1 + 4 + 2 + 8));
}

TEST(TimelineSize, TextsAreCountedAsJsonWritesThem) {
  EXPECT_EQ(timeline_bytes_of(std::string_view("ab")), 5U);
  EXPECT_EQ(timeline_bytes_of(std::string_view("\"\\\n")), 3U + 2 + 2 + 6);
  TimelineRun run;
  run.key = "key";
  run.actions.resize(3);
  EXPECT_GE(timeline_bytes_of(run), 3U + 3 * 17);
}

TEST(TimelineSize, ThereIsMoreRoomForMore) {
  const TimelineView view = view_of(1, 1, 1);
  EXPECT_LT(TimelineRoom(1024, 128).cells(view), 1'000'000U);
  EXPECT_EQ(TimelineRoom(1, 1).runs(), TimelineRoom(1024, 128).runs());
  EXPECT_EQ(TimelineRoom(1025, 129).runs(), 4 * TimelineRoom(1024, 128).runs());
  const TimelineRoom room(1024, 128);
  EXPECT_LE(room.lanes() + room.groups() + room.runs(), 950'000U);
}

TEST(TimelineSize, GroupsThatAreSeenMostAreKept) {
  TimelineView view = view_of(10, 1, 5);
  for (std::size_t bucket = 0; bucket < 10; ++bucket) {
    view.cells.add_run(view.cells.place(bucket, 0), bucket < 5 ? 3 : bucket < 8 ? 1 : 0, false);
  }
  bound_groups(view, 1000);
  EXPECT_EQ(view.groups.size(), 5U);
  bound_groups(view, timeline_bytes_of(kOtherGroups) + 2 * timeline_bytes_of(std::string_view("g100")));
  EXPECT_EQ(view.groups, (std::vector<std::string>{std::string(kOtherGroups), "g103", "g101"}));
  EXPECT_EQ(view.cells.group()[view.cells.place(0, 0)], 1);
  EXPECT_EQ(view.cells.group()[view.cells.place(7, 0)], 2);
  EXPECT_EQ(view.cells.group()[view.cells.place(9, 0)], 0);
}

TEST(TimelineSize, GroupsOfRunsAreBoundedToo) {
  TimelineView view = view_of(1, 1, 9);
  view.runs.emplace(4);
  for (std::size_t i = 0; i < 4; ++i) (*view.runs)[i].group = i < 3 ? 2 : 0;
  bound_groups(view, timeline_bytes_of(kOtherGroups) + timeline_bytes_of(std::string_view("g100")));
  EXPECT_EQ(view.groups, (std::vector<std::string>{std::string(kOtherGroups), "g102"}));
  EXPECT_EQ((*view.runs)[0].group, 1);
  EXPECT_EQ((*view.runs)[3].group, 0);
}

}  // namespace
}  // namespace pilothouse::model
