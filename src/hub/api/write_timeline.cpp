#include "hub/api/write_timeline.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace pilothouse::hub {
namespace {

void write_texts(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name);
  out.begin_array();
  for (const std::string& text : texts) out.value(text);
  out.end_array();
}

// One number of each item; of_item(item) gives it.
template <class Items, class OfItem>
void write_column(JsonWriter& out, const Items& items, OfItem of_item) {
  out.begin_array();
  for (const auto& item : items) out.value(of_item(item));
  out.end_array();
}

// One object of columns for each lane. A column that is 0 everywhere is empty.
void write_cells(JsonWriter& out, const model::TimelineView& view) {
  const model::TimelineGrid& grid = view.cells;
  std::vector<std::size_t> buckets, places;  // of one lane
  out.begin_array();
  for (std::size_t lane = 0; lane < view.lanes.size(); ++lane) {
    buckets.clear();
    places.clear();
    for (std::size_t bucket = 0; bucket < grid.buckets(); ++bucket) {
      const std::size_t place = grid.place(bucket, lane);
      if (grid.group()[place] == model::TimelineGrid::kNothing) continue;
      buckets.push_back(bucket);
      places.push_back(place);
    }
    const auto column = [&](const auto& values) {
      write_column(out, places, [&](std::size_t place) { return values[place]; });
    };
    const auto sparse_column = [&](const std::vector<std::int64_t>& values) {
      const auto nothing = [&](std::size_t place) { return values[place] == 0; };
      if (!values.empty() && !std::all_of(places.begin(), places.end(), nothing)) return column(values);
      out.begin_array();
      out.end_array();
    };
    out.begin_object();
    out.key("bucket");
    std::size_t before = 0;
    write_column(out, buckets, [&](std::size_t bucket) { return bucket - std::exchange(before, bucket); });
    out.key("spans");
    column(grid.spans());
    out.key("erred");
    sparse_column(grid.erred());
    out.key("group");
    column(grid.group());
    out.key("busy_us");
    out.begin_array();
    for (std::size_t action = 0; action < model::kTimelineActions.size(); ++action) {
      sparse_column(grid.busy_us(action));
    }
    out.end_array();
    out.end_object();
  }
  out.end_array();
}

// Columns of runs, and columns of all their actions one after the other.
void write_runs(JsonWriter& out, const model::TimelineView& view) {
  using model::TimelineRun;
  const auto& runs = *view.runs;
  out.begin_object();
  const auto column = [&](std::string_view name, auto of_run) {
    out.key(name);
    write_column(out, runs, of_run);
  };
  column("key", [](const TimelineRun& run) -> const std::string& { return run.key; });
  column("lane", [](const TimelineRun& run) { return run.lane; });
  column("group", [](const TimelineRun& run) { return run.group; });
  column("erred", [](const TimelineRun& run) { return run.erred ? 1 : 0; });
  column("actions", [](const TimelineRun& run) { return run.actions.size(); });
  const auto action_column = [&](std::string_view name, auto of_action) {
    out.key(name);
    out.begin_array();
    for (const TimelineRun& run : runs) {
      for (const TimelineRun::Action& action : run.actions) out.value(of_action(action));
    }
    out.end_array();
  };
  action_column("action", [](const TimelineRun::Action& action) { return action.action; });
  action_column("start", [&](const TimelineRun::Action& action) { return action.start_us - view.from_us; });
  action_column("duration",
                [](const TimelineRun::Action& action) { return action.stop_us - action.start_us; });
  out.end_object();
}

}  // namespace

void write_timeline_texts(JsonWriter& out, const model::TimelineView& view) {
  out.field("first_lane", view.first_lane);
  out.key("lanes");
  out.begin_array();
  for (const model::TimelineLane& lane : view.lanes) {
    out.begin_object();
    out.field("worker", lane.worker);
    out.field("name", lane.name);
    out.field("thread", lane.thread);
    out.end_object();
  }
  out.end_array();
  write_texts(out, "groups", view.groups);
  write_texts(out, "actions", view.actions);
}

void write(JsonWriter& out, const model::TimelineView& view) {
  out.begin_object();
  out.field("computation_id", view.computation_id);
  out.field("from_us", view.from_us);
  out.field("to_us", view.to_us);
  out.field("bucket_us", view.bucket_us);
  out.field("buckets", view.buckets);
  out.field("complete", view.complete);
  out.field("lanes_total", view.lanes_total);
  write_timeline_texts(out, view);
  out.key("cells");
  if (view.runs) {
    out.null();
  } else {
    write_cells(out, view);
  }
  out.key("runs");
  if (view.runs) {
    write_runs(out, view);
  } else {
    out.null();
  }
  out.end_object();
}

}  // namespace pilothouse::hub
