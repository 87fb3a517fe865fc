#include "recorder/core/recorder.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstring>
#include <utility>

namespace pilothouse::recorder {
namespace {

namespace json = boost::json;
using tape::Kind;
using tape::kNone;
using tape::Table;

constexpr std::uint32_t kSpansPerBlock = 4096;
constexpr std::size_t kTypesPerSlot = 32;

json::object tasks_json(const auto& tasks) {
  return {{"total", tasks.total},
          {"waiting", tasks.gauges.waiting},
          {"queued", tasks.gauges.queued},
          {"processing", tasks.gauges.processing},
          {"no_worker", tasks.gauges.no_worker},
          {"memory", tasks.memory},
          {"erred", tasks.erred},
          {"blamed", tasks.blamed},
          {"released", tasks.released()}};
}

std::string_view state_of(const auto& tasks) {
  if (tasks.gauges.active() > 0) return "running";
  if (tasks.erred + tasks.blamed > 0) return "erred";
  return tasks.released() > 0 ? "cancelled" : "done";
}

// The end of the computation so far; null while it runs.
json::value stop_of(const auto& computation, std::string_view state) {
  if (state == "running") return nullptr;
  return std::max(computation.last_stop, computation.start);
}

void decrement(std::uint64_t& count) {
  if (count > 0) --count;
}

}  // namespace

std::uint64_t Recorder::Tasks::released() const {
  const std::uint64_t known = memory + erred + blamed + gauges.active();
  return total > known ? total - known : 0;
}

void Recorder::Tasks::add(const Tasks& other) {
  total += other.total;
  memory += other.memory;
  erred += other.erred;
  blamed += other.blamed;
  gauges.waiting += other.gauges.waiting;
  gauges.queued += other.gauges.queued;
  gauges.processing += other.gauges.processing;
  gauges.no_worker += other.gauges.no_worker;
}

// --- slots
// ------------------------------------------------------------------------------------------------------

Recorder::Slot* Recorder::add_slot(std::string_view group) {
  std::uint32_t number = 0;
  if (!free_slots_.empty()) {
    number = free_slots_.back();
    free_slots_.pop_back();
  } else if (slots_.size() < kMaxSlots) {
    number = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    count_drop(Kind::kGroups, 1, 0);
    return nullptr;
  }

  Slot& slot = slots_[number];
  slot = Slot{};
  slot.group = group;
  slot.used = true;
  slot.computation = current_computation_;
  if (const auto open = computations_.find(current_computation_); open != computations_.end()) {
    ++open->second.open_slots;
  }
  const bool is_first = slot_by_group_.insert_or_assign(slot.group, number).second;
  if (!is_first) ++slots_serial_;
  return &slot;
}

Recorder::Slot* Recorder::find_slot(std::string_view group, GroupPlace* place) {
  if (place != nullptr && place->serial == slots_serial_) return &slots_[place->slot];
  const auto found = slot_by_group_.find(group);
  if (found == slot_by_group_.end()) return nullptr;
  if (place != nullptr) *place = {found->second, slots_serial_};
  return &slots_[found->second];
}

Recorder::Slot* Recorder::slot_of(std::string_view group, GroupPlace* place) {
  Slot* slot = find_slot(group, place);
  return slot != nullptr ? slot : add_slot(group);
}

Recorder::Slot* Recorder::slot_for_entry(std::string_view group, GroupPlace* place) {
  Slot* slot = find_slot(group, place);
  return slot != nullptr && slot->computation == current_computation_ ? slot : add_slot(group);
}

// A slot is kept as long as its computation is the newest or something of it is under way.
void Recorder::release_idle_slots() {
  for (std::uint32_t number = 0; number < slots_.size(); ++number) {
    Slot& slot = slots_[number];
    if (!slot.used || slot.dirty || slot.computation == current_computation_) continue;
    const auto newest = slot_by_group_.find(slot.group);
    const bool is_newest = newest != slot_by_group_.end() && newest->second == number;
    if (is_newest && slot.tasks.gauges.active() > 0) continue;

    if (const auto open = computations_.find(slot.computation); open != computations_.end()) {
      slot.tasks.gauges = {};
      open->second.closed_tasks.add(slot.tasks);
      --open->second.open_slots;
    }
    if (is_newest) {
      slot_by_group_.erase(newest);
      ++slots_serial_;
    }
    slot = Slot{};
    free_slots_.push_back(number);
  }
}

// --- transitions
// --------------------------------------------------------------------------------------------------

void Recorder::task_entered(std::string_view key, std::string_view group, bool had_result,
                            GroupPlace* place) {
  if (!withdrawn_.empty()) {
    const auto withdrawn = withdrawn_.find(hash_text(key));
    if (withdrawn != withdrawn_.end()) {
      const bool erred = withdrawn->second == Withdrawal::kErred;
      withdrawn_.erase(withdrawn);
      Slot* slot = slot_of(group, place);
      if (slot == nullptr) return;
      slot->dirty = true;
      // A retry: it is no longer failed. Which of the two it was is not remembered per task.
      if (erred) decrement(slot->tasks.erred > 0 ? slot->tasks.erred : slot->tasks.blamed);
      return;
    }
  }

  Slot* slot = slot_for_entry(group, place);
  if (slot == nullptr) return;
  slot->dirty = true;
  if (had_result && slot->tasks.memory > 0) {
    --slot->tasks.memory;  // it is counted already
  } else {
    ++slot->tasks.total;
  }
}

bool Recorder::has_results(std::string_view group, GroupPlace* place) {
  const Slot* slot = find_slot(group, place);
  return slot != nullptr && slot->tasks.memory > 0;
}

void Recorder::task_withdrawn(std::string_view key, Withdrawal why) {
  const std::uint64_t hash = hash_text(key);
  if (withdrawn_.size() < kMaxRemembered) withdrawn_[hash] = why;
  if (why == Withdrawal::kRunning && attempts_.size() < kMaxRemembered) ++attempts_[hash];
}

void Recorder::task_forgotten(std::string_view key) {
  const std::uint64_t hash = hash_text(key);
  withdrawn_.erase(hash);
  attempts_.erase(hash);
}

void Recorder::task_finished(const Span& span) {
  if (!attempts_.empty()) attempts_.erase(hash_text(span.key));
  Slot* slot = slot_of(span.group, span.place);
  if (slot != nullptr) ++slot->tasks.memory;
  append_span(span, tape::SpanStatus::kMemory, slot);
}

void Recorder::task_adopted(std::string_view group) {
  Slot* slot = slot_of(group);
  if (slot == nullptr) return;
  ++slot->tasks.memory;
  slot->dirty = true;
}

void Recorder::task_failed(const Span& span, Failure failure) {
  const std::uint64_t hash = hash_text(span.key);
  std::uint32_t attempt = 1;
  if (const auto before = attempts_.find(hash); before != attempts_.end()) {
    attempt += before->second;
    attempts_.erase(before);
  }

  Slot* slot = slot_of(span.group, span.place);
  json::value computation = nullptr;
  if (slot != nullptr) {
    ++slot->tasks.erred;
    if (const auto open = computations_.find(slot->computation); open != computations_.end()) {
      computation = json::value(open->second.id);
    }
  }

  const Action now{action_number("erred"), base::wall_now(), base::wall_now()};
  Span timed = span;
  if (timed.action_count == 0) {
    timed.actions = &now;
    timed.action_count = 1;
  }
  append_span(timed, tape::SpanStatus::kErred, slot);

  if (erred_.size() >= kMaxRemembered) {
    emit_blames();
    erred_.clear();
  }
  erred_[hash] = {next_exception_, 0};

  json::array workers;
  for (const std::string& worker : failure.workers) workers.emplace_back(worker);
  put_record(Kind::kExceptions, json::serialize(json::object{{"id", next_exception_},
                                                             {"computation", computation},
                                                             {"key", span.key},
                                                             {"group", span.group},
                                                             {"workers", std::move(workers)},
                                                             {"type", failure.type},
                                                             {"message", failure.message},
                                                             {"traceback", failure.traceback},
                                                             {"time_us", now.start},
                                                             {"attempt", attempt},
                                                             {"truncated", failure.truncated}}));
  ++next_exception_;
}

void Recorder::task_blamed(std::string_view key, std::string_view group, std::string_view cause_key,
                           bool from_released) {
  const bool entered = withdrawn_.erase(hash_text(key)) > 0 || !from_released;
  if (Slot* slot = entered ? slot_of(group) : slot_for_entry(group); slot != nullptr) {
    if (!entered) ++slot->tasks.total;
    ++slot->tasks.blamed;
    slot->dirty = true;
  }
  const std::uint64_t hash = hash_text(cause_key);
  if (const auto cause = erred_.find(hash); cause != erred_.end()) {
    ++cause->second.blamed;
    if (blamed_since_flush_.empty() || blamed_since_flush_.back() != hash)
      blamed_since_flush_.push_back(hash);
  }
}

// --- spans
// ----------------------------------------------------------------------------------------------------------

void Recorder::seal_block() {
  if (block_bytes_ == 0 || !journal_.put_seal()) return;
  ++block_serial_;
  block_entries_ = {};
  block_spans_ = 0;
  block_bytes_ = 0;
}

// The index of a new entry of the open block's tables; kNone when the journal is full.
std::uint32_t Recorder::define(Table table, std::string_view text, std::uint32_t computation) {
  if (!journal_.put_definition(table, computation, text, span_reserve())) return kNone;
  return block_entries_[static_cast<std::size_t>(table)]++;
}

std::uint32_t Recorder::index_in_block(InternTable& texts, Table table, std::uint32_t number) {
  return texts.index_in_block(number, block_serial_,
                              [&](std::string_view text) { return define(table, text); });
}

std::uint32_t Recorder::computation_in_block(std::uint32_t number) {
  const auto open = computations_.find(number);
  if (open == computations_.end()) return kNone;
  Computation& computation = open->second;
  if (computation.block != block_serial_) {
    computation.block_index = define(Table::kComputation, computation.id);
    if (computation.block_index == kNone) return kNone;
    computation.block = block_serial_;
  }
  return computation.block_index;
}

std::uint32_t Recorder::group_in_block(Slot* slot, std::string_view group) {
  if (slot == nullptr) return define(Table::kGroup, group);
  if (slot->block != block_serial_) {
    slot->block_index = define(Table::kGroup, group, computation_in_block(slot->computation));
    if (slot->block_index == kNone) return kNone;
    slot->block = block_serial_;
  }
  return slot->block_index;
}

void Recorder::append_span(const Span& span, tape::SpanStatus status, Slot* slot) {
  const std::size_t given = std::min(span.action_count, kMaxActionsPerSpan);
  std::array<tape::ActionField, kMaxActionsPerSpan> actions;  // NOLINT: only what is used is filled
  std::size_t kept = 0;
  for (std::size_t i = 0; i < given; ++i) {
    const Action& action = span.actions[i];
    if (action.name == kNone) continue;
    const std::uint32_t index = index_in_block(actions_, Table::kAction, action.name);
    const base::Micros duration = action.stop - action.start;
    if (index != kNone)
      actions[kept++] = {action.start,
                         static_cast<std::int64_t>(static_cast<std::uint64_t>(duration) << 8 | index)};
    if (slot == nullptr) continue;
    if (duration > 0) slot->durations[action.name] += static_cast<std::uint64_t>(duration);
    if (slot->first_start == 0 || action.start < slot->first_start) slot->first_start = action.start;
    slot->last_stop = std::max(slot->last_stop, action.stop);
  }
  if (slot != nullptr) add_to_rollup(*slot, span);

  const tape::SpanFrame frame{
      {static_cast<std::uint32_t>(
           tape::frame_size(sizeof frame + kept * sizeof(tape::ActionField) + span.key.size())),
       tape::FrameType::kSpan, static_cast<std::uint16_t>(kept << 8 | static_cast<std::size_t>(status))},
      group_in_block(slot, span.group),
      index_in_block(workers_, Table::kWorker, span.worker),
      index_in_block(types_, Table::kType, span.type),
      static_cast<std::uint32_t>(span.key.size()),
      span.thread,
      span.nbytes};
  char* at = frame.group == kNone ? nullptr : journal_.reserve(frame.header.size, span_reserve());
  if (at == nullptr) {
    count_drop(Kind::kSpans, 1, frame.header.size);
    return;
  }
  std::memcpy(at, &frame, sizeof frame);
  at += sizeof frame;
  for (std::size_t i = 0; i < kept; ++i, at += sizeof(tape::ActionField)) {
    std::memcpy(at, &actions[i], sizeof(tape::ActionField));
  }
  std::memcpy(at, span.key.data(), span.key.size());
  journal_.commit(frame.header.size);

  block_bytes_ += frame.header.size;
  if (++block_spans_ < kSpansPerBlock && block_bytes_ < journal_.size() / 4) return;
  seal_block();
  block_full_();
}

void Recorder::add_to_rollup(Slot& slot, const Span& span) {
  slot.dirty = true;
  ++slot.runs;
  if (span.nbytes > 0) slot.nbytes += span.nbytes;
  if (span.type == kNone) return;
  const auto known = std::find_if(slot.types.begin(), slot.types.end(),
                                  [&](const auto& entry) { return entry.first == span.type; });
  if (known != slot.types.end()) {
    ++known->second;
  } else if (slot.types.size() < kTypesPerSlot) {
    slot.types.emplace_back(span.type, 1);
  }
}

// --- rare hooks
// -------------------------------------------------------------------------------------------------------

void Recorder::put_record(Kind kind, std::string_view text) {
  if (text.size() <= journal_.size() / 4 && journal_.put_record(kind, text)) {
    block_bytes_ += text.size();
  } else {
    count_drop(kind, 1, text.size());
  }
}

void Recorder::count_drop(Kind kind, std::uint64_t count, std::uint64_t bytes) {
  tape::count_drop(spool_->journal().writer_drops, kind, count, bytes);
}

void Recorder::open_computation(std::string_view id, base::Micros start, std::string details) {
  current_computation_ = next_computation_++;
  Computation& computation = computations_[current_computation_];
  computation.id = id;
  computation.start = start;
  computation.details = std::move(details);
  computation.described = write_description(computation, {}, "running");
}

void Recorder::describe_computation(std::string_view id, std::string details) {
  for (auto& [number, computation] : computations_) {
    if (computation.id != id || computation.details == details) continue;
    computation.details = std::move(details);
    computation.described = false;
    return;
  }
}

void Recorder::preset_group(std::string_view group, std::uint64_t total, std::uint64_t memory,
                            std::uint64_t erred) {
  Slot* slot = slot_for_entry(group);
  if (slot == nullptr) return;
  slot->tasks.total = total;
  slot->tasks.memory = memory;
  slot->tasks.erred = erred;
  slot->dirty = true;
}

// --- flush
// ------------------------------------------------------------------------------------------------------------

std::vector<GroupToRefresh> Recorder::groups_to_refresh() const {
  std::vector<GroupToRefresh> groups;
  for (const auto& [name, number] : slot_by_group_) {
    const Slot& slot = slots_[number];
    if (slot.dirty || slot.tasks.gauges.active() > 0) groups.push_back({number, name});
  }
  return groups;
}

void Recorder::set_gauges(std::uint32_t number, const Gauges& gauges) {
  if (number >= slots_.size() || !slots_[number].used) return;
  slots_[number].tasks.gauges = gauges;
  slots_[number].dirty = true;
}

void Recorder::describe_group(std::uint32_t number, std::string prefix,
                              std::vector<std::string> dependencies) {
  if (number >= slots_.size() || !slots_[number].used) return;
  slots_[number].prefix = std::move(prefix);
  slots_[number].dependencies = std::move(dependencies);
}

void Recorder::flush() {
  // A slot that lost its name to a newer computation has nothing under way: Dask opens one only when it is
  // idle.
  for (std::uint32_t number = 0; number < slots_.size(); ++number) {
    Slot& slot = slots_[number];
    if (!slot.used || slot.tasks.gauges.active() == 0) continue;
    const auto newest = slot_by_group_.find(slot.group);
    if (newest == slot_by_group_.end() || newest->second != number) {
      slot.tasks.gauges = {};
      slot.dirty = true;
    }
  }
  emit_computations();
  emit_groups();
  emit_blames();
  release_idle_slots();
  seal_block();
  spool_->journal().alive.store(base::wall_now(), std::memory_order_relaxed);
}

bool Recorder::put_rollup(Kind kind, std::string_view text) {
  if (journal_.free() < text.size() + journal_.size() / 4 || !journal_.put_record(kind, text)) return false;
  block_bytes_ += text.size();
  return true;
}

bool Recorder::write_description(Computation& computation, const Tasks& tasks, std::string_view state) {
  std::string text = json::serialize(json::object{{"id", computation.id},
                                                  {"start_us", computation.start},
                                                  {"stop_us", stop_of(computation, state)},
                                                  {"state", state},
                                                  {"tasks", tasks_json(tasks)}});
  text.back() = ',';  // "details" is an object too: one closes what the other opened
  return put_rollup(Kind::kComputations, text.append(computation.details, 1));
}

void Recorder::emit_computations() {
  std::map<std::uint32_t, Tasks> sums;
  for (const Slot& slot : slots_) {
    const auto open = slot.used ? computations_.find(slot.computation) : computations_.end();
    if (open == computations_.end()) continue;
    sums[slot.computation].add(slot.tasks);
    if (slot.dirty) open->second.dirty = true;
    open->second.last_stop = std::max(open->second.last_stop, slot.last_stop);
  }

  for (auto entry = computations_.begin(); entry != computations_.end();) {
    auto& [number, computation] = *entry;
    Tasks tasks = computation.closed_tasks;
    tasks.add(sums[number]);
    const std::string_view state = state_of(tasks);
    if (!computation.described) computation.described = write_description(computation, tasks, state);
    if (computation.dirty) {
      computation.dirty =
          !put_rollup(Kind::kProgress, json::serialize(json::object{{"id", computation.id},
                                                                    {"stop_us", stop_of(computation, state)},
                                                                    {"state", state},
                                                                    {"tasks", tasks_json(tasks)}}));
    }
    const bool over = number != current_computation_ && computation.open_slots == 0 &&
                      computation.described && !computation.dirty;
    entry = over ? computations_.erase(entry) : std::next(entry);
  }
}

void Recorder::emit_groups() {
  for (Slot& slot : slots_) {
    if (!slot.used || !slot.dirty) continue;
    const auto open = computations_.find(slot.computation);
    if (open == computations_.end()) {
      slot.dirty = false;
      continue;
    }

    json::object durations;
    for (std::uint32_t action = 0; action < actions_.size(); ++action) {
      if (slot.durations[action] > 0) durations[actions_.text(action)] = slot.durations[action];
    }
    json::object types;
    for (const auto& [type, count] : slot.types) types[types_.text(type)] = count;
    json::value first_start = nullptr;
    json::value last_stop = nullptr;
    if (slot.first_start > 0) {
      first_start = slot.first_start;
      last_stop = slot.last_stop;
    }
    slot.dirty =
        !put_rollup(Kind::kGroups,
                    json::serialize(json::object{{"computation", open->second.id},
                                                 {"name", slot.group},
                                                 {"prefix", slot.prefix.empty() ? slot.group : slot.prefix},
                                                 {"tasks", tasks_json(slot.tasks)},
                                                 {"runs", slot.runs},
                                                 {"durations_us", std::move(durations)},
                                                 {"nbytes", slot.nbytes},
                                                 {"types", std::move(types)},
                                                 {"first_start_us", first_start},
                                                 {"last_stop_us", last_stop},
                                                 {"dependencies", json::value_from(slot.dependencies)}}));
  }
}

void Recorder::emit_blames() {
  for (const std::uint64_t hash : blamed_since_flush_) {
    const auto cause = erred_.find(hash);
    if (cause == erred_.end()) continue;
    put_record(Kind::kBlames, json::serialize(json::object{{"exception", cause->second.exception},
                                                           {"blamed", cause->second.blamed}}));
  }
  blamed_since_flush_.clear();
}

void Recorder::describe_all_again() {
  for (auto& [number, computation] : computations_) {
    computation.described = false;
    computation.dirty = true;
  }
  for (Slot& slot : slots_) slot.dirty = slot.used;
}

void Recorder::end(base::Micros stop, std::string_view reason) {
  flush();
  put_record(Kind::kEnd, json::serialize(json::object{{"stop_us", stop}, {"reason", reason}}));
  seal_block();
}

}  // namespace pilothouse::recorder
