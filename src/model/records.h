#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/latency_sketch.h"

// What a tape says (docs/formats/tape.md), checked and in plain structs. Members named *_json hold JSON text
// that is kept and handed on as it is.
namespace pilothouse::model {

struct TaskCounts {
  std::int64_t total = 0;
  std::int64_t waiting = 0;
  std::int64_t queued = 0;
  std::int64_t processing = 0;
  std::int64_t no_worker = 0;
  std::int64_t memory = 0;
  std::int64_t erred = 0;
  std::int64_t blamed = 0;
  std::int64_t released = 0;

  bool operator==(const TaskCounts&) const = default;
};

struct SessionRecord {
  std::string scheduler_id;
  std::string name;
  std::string address;
  std::optional<std::string> dashboard;
  std::string host;
  std::string user;
  std::string os;
  std::string python;
  std::string dask;
  std::string distributed;
  std::string pilothouse;
  std::int64_t pid = 0;
  base::Micros start_us = 0;
  std::int64_t flush_interval_us = 0;
};

struct WorkerRecord {
  std::string address;
  std::string name;
  std::string host;
  std::int64_t nthreads = 0;
  std::int64_t memory_limit = 0;
  base::Micros joined_us = 0;
  std::optional<base::Micros> left_us;
  std::optional<bool> expected;
  std::optional<std::string> reason;
  std::int64_t processing = 0;
  std::int64_t lost_results = 0;
  std::int64_t lost_scattered = 0;
  std::string processing_keys_json;
};

struct ClientRecord {
  std::string client;
  base::Micros joined_us = 0;
  std::optional<base::Micros> left_us;
};

struct ComputationRecord {
  std::string dask_id;
  base::Micros start_us = 0;
  std::optional<base::Micros> stop_us;
  std::string state;
  std::optional<std::string> client;
  std::string code_json;
  std::string annotations_json;
  std::string tags_json;
  TaskCounts tasks;
};

// The part of a ComputationRecord that changes while it runs.
struct ProgressRecord {
  std::string dask_id;
  std::optional<base::Micros> stop_us;
  std::string state;
  TaskCounts tasks;
};

struct GroupRecord {
  std::string computation;
  std::string name;
  std::string prefix;
  TaskCounts tasks;
  std::int64_t runs = 0;
  std::string durations_us_json;
  std::int64_t nbytes = 0;
  std::string types_json;
  std::optional<base::Micros> first_start_us;
  std::optional<base::Micros> last_stop_us;
  std::string dependencies_json;
};

struct EventRecord {
  std::string topic;
  base::Micros time_us = 0;
  std::string payload_json;
  bool truncated = false;
};

struct ExceptionRecord {
  std::int64_t id = 0;
  std::optional<std::string> computation;
  std::string key;
  std::string group;
  std::string workers_json;
  std::string type;
  std::string message;
  std::string traceback;
  base::Micros time_us = 0;
  std::int64_t attempt = 1;
  bool truncated = false;
  std::string fingerprint;  // not of the tape: store/exception_fingerprint.h
};

struct BlameRecord {
  std::int64_t exception = 0;
  std::int64_t blamed = 0;
};

struct SampleRecord {
  base::Micros time_us = 0;
  std::string address;
  double cpu = 0;
  std::int64_t memory = 0;
  std::int64_t managed = 0;
  std::int64_t unmanaged = 0;
  std::int64_t spilled = 0;
  std::int64_t executing = 0;
  std::int64_t ready = 0;
};

struct DropRecord {
  std::string kind;
  std::int64_t count = 0;
  std::int64_t bytes = 0;
};

struct ControlRecord {
  std::string state;
  base::Micros acknowledged_us = 0;
};

// What became of one signed plugin. Of a bundle that was refused, what could be believed of it.
struct PluginRecord {
  std::string name;
  std::optional<std::string> version;
  std::optional<std::string> kind;    // scheduler, worker or nanny
  std::optional<std::string> sha256;  // of the signed bytes, hexadecimal
  std::string signed_by_json;         // the pinned keys that signed it
  std::string state;                  // loaded or refused
  std::optional<std::string> code;    // of the refusal
  std::optional<std::string> reason;
  base::Micros time_us = 0;
};

struct EndRecord {
  base::Micros stop_us = 0;
  std::string reason;
};

// The name under which groups are put together when there are too many.
inline constexpr std::string_view kOtherGroups = "(other groups)";

// What the timeline keeps of one part of a block: an encoded TimelineTile.
struct TileShare {
  int shift = 0;
  std::size_t weight = 0;             // TimelineBuilder::weight()
  std::vector<std::uint64_t> lanes;   // of the tile, as indices into SpanBlockRecord::lanes
  std::vector<std::uint64_t> groups;  // and into Share::groups
  std::string bytes;
};

// A span block stays compressed as it came; what the hub must know of it is counted once, when it arrives.
struct SpanBlockRecord {
  struct SlowSpan {
    std::int64_t duration_us = 0;  // of its compute action
    base::Micros start_us = 0;     // of its first action
    std::string key;
    std::optional<std::string> worker;
    std::uint64_t thread = 0;
  };

  // What the spans add to the roll-up of their group.
  struct GroupShare {
    std::string name;
    std::int64_t memory = 0;
    std::int64_t erred = 0;
    std::int64_t nbytes = 0;
    std::vector<std::pair<std::string, std::int64_t>> durations_us;  // by action
    std::vector<std::pair<std::string, std::int64_t>> types;
    std::optional<base::Micros> first_start_us;
    std::optional<base::Micros> last_stop_us;
    LatencySketch latency;          // of compute actions
    std::vector<SlowSpan> slowest;  // longest first, at most kSlowest
  };
  static constexpr std::size_t kSlowest = 10;

  // One computation's part of the block.
  struct Share {
    std::string computation;  // Dask's id
    std::int64_t spans = 0;
    std::int64_t erred = 0;
    std::optional<base::Micros> first_us;
    std::optional<base::Micros> last_us;
    std::vector<GroupShare> groups;
    std::optional<TileShare> tile;  // none: there is nothing to sum up, or summing up makes it hardly smaller
  };

  struct Lane {
    std::optional<std::string> worker;
    std::uint64_t thread = 0;
  };

  std::int64_t spans = 0;
  std::optional<base::Micros> first_us;
  std::optional<base::Micros> last_us;
  bool compressed = false;
  std::int64_t raw_length = 0;
  std::string payload;
  std::vector<Share> shares;  // one for each computation that has spans in the block, by its id
  std::vector<Lane> lanes;
  std::int64_t impossible_runs = 0;  // that end before they begin, or after the year 9999: without duration
};

}  // namespace pilothouse::model
