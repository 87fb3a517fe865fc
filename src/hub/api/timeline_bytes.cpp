#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "hub/api/write_timeline.h"
#include "model/timeline_format.h"
#include "tape/bytes.h"

namespace pilothouse::hub {
namespace {

using tape::put;
namespace timeline_format = model::timeline_format;
using timeline_format::Column;

std::size_t padded(std::size_t size) {
  return (size + timeline_format::kAlignment - 1) / timeline_format::kAlignment * timeline_format::kAlignment;
}

// The narrowest integers that hold numbers with these bits.
std::uint32_t width_of(std::uint64_t bits) {
  const auto needed = static_cast<std::uint32_t>(std::bit_width(bits));
  return needed <= 8 ? 1 : needed <= 16 ? 2 : needed <= 32 ? 4 : 8;
}

// Columns one behind the other; the table of them is known at last.
class Columns {
 public:
  // Values that are of this width, or bits.
  char* add(std::uint32_t id, std::uint32_t width, std::size_t values) {
    put(table_, id);
    put(table_, width);
    put(table_, std::uint64_t{values});
    ++count_;
    const std::size_t begin = bytes_.size();
    bytes_.resize(begin + padded(width == timeline_format::kBits ? (values + 7) / 8 : values * width));
    return bytes_.data() + begin;
  }

  // of_item(i) for each of `count` items. Nothing when all are 0.
  template <class OfItem>
  void add_numbers(std::uint32_t id, std::size_t count, OfItem of_item) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < count; ++i) bits |= static_cast<std::uint64_t>(of_item(i));
    if (bits == 0) return;
    const std::uint32_t width = width_of(bits);
    char* const to = add(id, width, count);
    const auto fill = [&]<class Number>(Number) {
      for (std::size_t i = 0; i < count; ++i) {
        const auto number = static_cast<Number>(of_item(i));
        std::memcpy(to + i * sizeof number, &number, sizeof number);
      }
    };
    if (width == 1) return fill(std::uint8_t{});
    if (width == 2) return fill(std::uint16_t{});
    if (width == 4) return fill(std::uint32_t{});
    fill(std::uint64_t{});
  }
  template <class OfItem>
  void add_numbers(Column id, std::size_t count, OfItem of_item) {
    add_numbers(static_cast<std::uint32_t>(id), count, of_item);
  }

  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  std::uint32_t count() const { return count_; }
  const std::string& table() const { return table_; }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string table_, bytes_;
  std::uint32_t count_ = 0;
};

// Bucket by bucket, and of each bucket lane by lane.
std::size_t add_cells(const model::TimelineView& view, Columns& columns) {
  const model::TimelineGrid& grid = view.cells;
  const std::size_t lanes = view.lanes.size();
  std::vector<std::uint32_t> places;
  places.reserve(grid.buckets() * lanes);
  char* const bits = columns.add(static_cast<std::uint32_t>(Column::kPlaces), timeline_format::kBits,
                                 grid.buckets() * lanes);
  for (std::size_t bucket = 0, bit = 0; bucket < grid.buckets(); ++bucket) {
    const std::size_t first = grid.place(bucket, 0);
    for (std::size_t place = first; place < first + lanes; ++place, ++bit) {
      if (grid.group()[place] == model::TimelineGrid::kNothing) continue;
      bits[bit / 8] = static_cast<char>(bits[bit / 8] | 1 << bit % 8);
      places.push_back(static_cast<std::uint32_t>(place));
    }
  }
  columns.reserve(columns.bytes().size() + places.size() * 16 + 64);
  const auto add = [&](std::uint32_t id, const auto& values) {
    if (!values.empty())
      columns.add_numbers(id, places.size(), [&](std::size_t i) { return values[places[i]]; });
  };
  add(static_cast<std::uint32_t>(Column::kSpans), grid.spans());
  add(static_cast<std::uint32_t>(Column::kErred), grid.erred());
  add(static_cast<std::uint32_t>(Column::kGroup), grid.group());
  for (std::uint32_t action = 0; action < model::kTimelineActions.size(); ++action) {
    add(static_cast<std::uint32_t>(Column::kBusy) + action, grid.busy_us(action));
  }
  return places.size();
}

std::size_t add_runs(const model::TimelineView& view, Columns& columns, std::size_t& actions) {
  const std::vector<model::TimelineRun>& runs = *view.runs;
  const auto add = [&](Column id, auto of_run) {
    columns.add_numbers(id, runs.size(), [&](std::size_t i) { return of_run(runs[i]); });
  };
  std::string keys;
  std::vector<model::TimelineRun::Action> all;
  for (const model::TimelineRun& run : runs) {
    keys += run.key;
    all.insert(all.end(), run.actions.begin(), run.actions.end());
  }
  actions = all.size();
  add(Column::kKeyLength, [](const auto& run) { return run.key.size(); });
  columns.add_numbers(Column::kKeyText, keys.size(),
                      [&](std::size_t i) { return static_cast<unsigned char>(keys[i]); });
  add(Column::kLane, [](const auto& run) { return run.lane; });
  add(Column::kGroup, [](const auto& run) { return run.group; });
  add(Column::kErred, [](const auto& run) { return run.erred ? 1 : 0; });
  add(Column::kActionCount, [](const auto& run) { return run.actions.size(); });
  const auto add_action = [&](Column id, auto of_action) {
    columns.add_numbers(id, all.size(), [&](std::size_t i) { return of_action(all[i]); });
  };
  add_action(Column::kAction, [](const auto& action) { return action.action; });
  add_action(Column::kStart, [&](const auto& action) { return action.start_us - view.from_us; });
  add_action(Column::kDuration, [](const auto& action) { return action.stop_us - action.start_us; });
  return runs.size();
}

}  // namespace

std::string timeline_bytes(const model::TimelineView& view) {
  Columns columns;
  std::size_t actions = 0;
  const std::size_t items = view.runs ? add_runs(view, columns, actions) : add_cells(view, columns);
  JsonWriter json;
  json.begin_object();
  write_timeline_texts(json, view);
  json.end_object();
  std::string texts = json.take();
  texts.resize(padded(texts.size()), ' ');

  std::string out;
  out.reserve(timeline_format::kHeaderSize + texts.size() + columns.table().size() + columns.bytes().size());
  out += timeline_format::kMagic;
  put(out, timeline_format::kVersion);
  put(out, (view.complete ? timeline_format::kComplete : 0) | (view.runs ? timeline_format::kRuns : 0));
  for (const std::int64_t number :
       {view.computation_id, view.from_us, view.to_us, view.bucket_us, view.buckets, view.lanes_total,
        static_cast<std::int64_t>(items), static_cast<std::int64_t>(actions)}) {
    put(out, number);
  }
  put(out, columns.count());
  put(out, static_cast<std::uint32_t>(texts.size()));
  out += texts;
  out += columns.table();
  out += columns.bytes();
  return out;
}

}  // namespace pilothouse::hub
