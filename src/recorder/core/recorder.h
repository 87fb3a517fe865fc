#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/text_hash.h"
#include "recorder/core/intern_table.h"
#include "tape/span_block.h"
#include "tape/spool.h"

namespace pilothouse::recorder {

inline constexpr std::size_t kMaxActionsPerSpan = 255;
inline constexpr std::size_t kMaxActionNames = 16;
inline constexpr std::size_t kMaxSlots = 65'536;
inline constexpr std::size_t kMaxRemembered = 262'144;  // keys with a past worth remembering

struct Action {
  std::uint32_t name = tape::kNone;  // its number
  base::Micros start = 0;
  base::Micros stop = 0;
};

// Where a group was found last. Who calls with the same group again may keep it, and saves the search.
struct GroupPlace {
  std::uint32_t slot = tape::kNone;
  std::uint64_t serial = 0;
};

// Times are microseconds since the epoch.
struct Span {
  std::string_view key, group;
  GroupPlace* place = nullptr;                             // of the group
  std::uint32_t worker = tape::kNone, type = tape::kNone;  // their numbers
  std::uint64_t thread = 0;
  std::int64_t nbytes = -1;
  const Action* actions = nullptr;
  std::size_t action_count = 0;
};

// A task's failure, as Dask reports it.
struct Failure {
  std::string_view key, group;
  std::vector<std::string> workers;
  std::string type, message, traceback;
  bool truncated = false;
};

// What a group's tasks do at this moment, from Dask's own TaskGroup.states.
struct Gauges {
  std::uint64_t waiting = 0, queued = 0, processing = 0, no_worker = 0;
  std::uint64_t active() const { return waiting + queued + processing + no_worker; }
};

// Why a task went back to `released` without a result.
enum class Withdrawal : std::uint8_t { kNotStarted, kRunning, kErred };

struct GroupToRefresh {
  std::uint32_t slot = 0;
  std::string name;
};

// What happens inside one scheduler, from its hooks to the journal. Belongs to the thread that calls, the
// scheduler's event loop; no call waits or does I/O. What finds no room in the journal is counted as a drop.
class Recorder {
 public:
  // `block_full` is called when there is a block to encode before the next flush.
  Recorder(std::shared_ptr<tape::Spool> spool, std::function<void()> block_full)
      : spool_(std::move(spool)), block_full_(std::move(block_full)), journal_(spool_->writer()) {}

  // --- from the transition hook
  // ------------------------------------------------------------------------------- A task of `group` left
  // `released` to be run. `had_result`: it ran before, and its result was lost.
  void task_entered(std::string_view key, std::string_view group, bool had_result,
                    GroupPlace* place = nullptr);
  // Whether a task of the group may have lost its result: asking each whether it has is dear.
  bool has_results(std::string_view group, GroupPlace* place);
  void task_withdrawn(std::string_view key, Withdrawal why);
  void task_forgotten(std::string_view key);
  void task_finished(const Span& span);                 // processing -> memory
  void task_adopted(std::string_view group);            // in memory without having run
  void task_failed(const Span& span, Failure failure);  // its own failure
  // Erred because `cause_key` did. `from_released`: it may never have entered.
  void task_blamed(std::string_view key, std::string_view group, std::string_view cause_key,
                   bool from_released);
  bool remembers_keys() const { return !withdrawn_.empty() || !attempts_.empty(); }
  // Numbers of texts, good as long as the recorder lives; kNone for an empty one, and when there are too
  // many.
  std::uint32_t worker_number(std::string_view text) { return workers_.intern(text); }
  std::uint32_t type_number(std::string_view text) { return types_.intern(text); }
  std::uint32_t action_number(std::string_view text) { return actions_.intern(text); }

  // --- from the rare hooks
  // ------------------------------------------------------------------------------------ Later tasks belong
  // to this computation. `details`: {"client":...,"code":...,"annotations":...,"tags":...}
  void open_computation(std::string_view id, base::Micros start, std::string details);
  void describe_computation(std::string_view id, std::string details);
  // One finished JSON record of the kinds workers, clients, events, samples, control.
  void put_record(tape::Kind kind, std::string_view json);
  void count_drop(tape::Kind kind, std::uint64_t count, std::uint64_t bytes);
  // A group that was there before the recorder.
  void preset_group(std::string_view group, std::uint64_t total, std::uint64_t memory, std::uint64_t erred);

  // --- once per flush interval
  // ----------------------------------------------------------------------------------
  std::vector<GroupToRefresh> groups_to_refresh() const;
  void set_gauges(std::uint32_t slot, const Gauges& gauges);
  // `prefix` is the group's; `dependencies` are group names.
  void describe_group(std::uint32_t slot, std::string prefix, std::vector<std::string> dependencies);
  // Hands over everything recorded since the last flush.
  void flush();
  // Describes every open computation and group again at the next flush: the hub has forgotten them.
  void describe_all_again();

  void end(base::Micros stop, std::string_view reason);

 private:
  struct Tasks {
    std::uint64_t total = 0, memory = 0, erred = 0, blamed = 0;
    Gauges gauges;
    std::uint64_t released() const;  // entered, and neither finished nor under way
    void add(const Tasks& other);
  };

  struct Computation {
    std::string id;
    base::Micros start = 0;
    base::Micros last_stop = 0;
    std::string details;
    bool described = false;  // its record was written, with these details
    bool dirty = true;       // its progress was not
    std::uint32_t open_slots = 0;
    Tasks closed_tasks;  // of slots that are no longer kept
    std::uint32_t block_index = 0;
    std::uint64_t block = 0;
  };

  // Everything of one group within one computation.
  struct Slot {
    std::string group;
    std::uint32_t computation = tape::kNone;
    Tasks tasks;
    std::uint64_t runs = 0;
    std::int64_t nbytes = 0;
    std::array<std::uint64_t, kMaxActionNames> durations{};
    std::vector<std::pair<std::uint32_t, std::uint64_t>> types;  // type number, count
    base::Micros first_start = 0, last_stop = 0;
    std::string prefix;
    std::vector<std::string> dependencies;
    bool used = false, dirty = false;
    std::uint32_t block_index = 0;
    std::uint64_t block = 0;
  };

  struct ErredTask {
    std::uint64_t exception = 0;
    std::uint64_t blamed = 0;
  };

  // The newest of this name, or nullptr.
  Slot* find_slot(std::string_view group, GroupPlace* place);
  // nullptr when there is no room for another.
  Slot* slot_of(std::string_view group, GroupPlace* place = nullptr);
  // The one in the current computation.
  Slot* slot_for_entry(std::string_view group, GroupPlace* place = nullptr);
  Slot* add_slot(std::string_view group);
  void release_idle_slots();
  void append_span(const Span& span, tape::SpanStatus status, Slot* slot);
  static void add_to_rollup(Slot& slot, const Span& span);
  // What spans leave of the journal for records, which are fewer and worth more.
  std::size_t span_reserve() const { return journal_.size() / 4; }
  void seal_block();
  std::uint32_t define(tape::Table table, std::string_view text, std::uint32_t computation = tape::kNone);
  std::uint32_t index_in_block(InternTable& texts, tape::Table table, std::uint32_t number);
  std::uint32_t computation_in_block(std::uint32_t number);
  std::uint32_t group_in_block(Slot* slot, std::string_view group);
  // Roll-ups leave room in the journal for what cannot be told later; false: at the next flush, then.
  bool put_rollup(tape::Kind kind, std::string_view json);
  bool write_description(Computation& computation, const Tasks& tasks, std::string_view state);
  void emit_computations();
  void emit_groups();
  void emit_blames();

  std::shared_ptr<tape::Spool> spool_;
  std::function<void()> block_full_;
  tape::JournalWriter journal_;

  std::map<std::uint32_t, Computation> computations_;  // by number, while anything of them is open
  std::uint32_t next_computation_ = 0;
  std::uint32_t current_computation_ = tape::kNone;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t slots_serial_ = 1;  // changes when a name comes to mean another slot, or none
  std::unordered_map<std::string, std::uint32_t, base::TextHash, std::equal_to<>> slot_by_group_;

  InternTable workers_{65'536};
  InternTable types_{4'096};
  InternTable actions_{kMaxActionNames};

  // The open block: what the journal holds since the last seal.
  std::uint64_t block_serial_ = 1;
  std::array<std::uint32_t, 5> block_entries_{};  // by tape::Table
  std::uint32_t block_spans_ = 0;
  std::uint64_t block_bytes_ = 0;

  // By hash of the key.
  std::unordered_map<std::uint64_t, Withdrawal> withdrawn_;
  std::unordered_map<std::uint64_t, std::uint32_t> attempts_;  // failed ones so far
  std::unordered_map<std::uint64_t, ErredTask> erred_;
  std::vector<std::uint64_t> blamed_since_flush_;
  std::uint64_t next_exception_ = 1;
};

}  // namespace pilothouse::recorder
