#include "recorder/python/transition.h"

#include <cstring>
#include <utility>

#include "base/utf8.h"
#include "recorder/core/exception_text.h"
#include "recorder/python/text.h"

namespace pilothouse::recorder {
namespace {

constexpr std::size_t kMaxMessage = 16U << 10;
constexpr std::size_t kMaxTraceback = 64U << 10;
constexpr std::size_t kMaxWorkers = 32;

Owned attribute(PyObject* object, PyObject* name) { return Owned(PyObject_GetAttr(object, name)); }

std::int64_t int64_of(PyObject* object, std::int64_t otherwise) {
  if (object == nullptr || !PyLong_Check(object)) return otherwise;
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
  return overflow != 0 ? otherwise : value;
}

// Modulo 2^64.
std::uint64_t uint64_of(PyObject* object) {
  return object != nullptr && PyLong_Check(object) ? PyLong_AsUnsignedLongLongMask(object) : 0;
}

// Seconds to microseconds; 0 for what cannot be a time of day on this planet.
base::Micros micros_of(PyObject* object) {
  if (object == nullptr) return 0;
  double seconds = 0;
  if (PyFloat_Check(object)) {
    seconds = PyFloat_AS_DOUBLE(object);
  } else if (PyLong_Check(object)) {
    seconds = static_cast<double>(int64_of(object, 0));
  }
  constexpr double kYear9999 = 253402300800.0;
  if (!(seconds > 0) || seconds > kYear9999) return 0;
  // std::llround would be a call.
  const double micros = seconds * 1e6;
  const auto whole = static_cast<base::Micros>(micros);
  return whole + (micros - static_cast<double>(whole) >= 0.5 ? 1 : 0);
}

}  // namespace

TransitionReader::TransitionReader(PyObject* tasks, std::shared_ptr<Redactor> redactor)
    : tasks_(tasks),
      redactor_(std::move(redactor)),
      task_group_(names.group),
      group_name_(names.name),
      task_nbytes_(names.nbytes),
      run_({names.worker, names.nbytes, names.type_name, names.thread, names.startstops}),
      failure_({names.cause, names.exception_text, names.traceback_text}),
      action_({names.action, names.start, names.stop}) {
  Py_INCREF(tasks_);
  actions_.reserve(16);
}

TransitionReader::~TransitionReader() { Py_DECREF(tasks_); }

// Borrowed; nullptr when the scheduler does not know the key.
PyObject* TransitionReader::find_task(PyObject* key) {
  PyObject* state = PyDict_GetItemWithError(tasks_, key);
  if (state == nullptr) PyErr_Clear();
  return state;
}

bool TransitionReader::has_result(PyObject* key) {
  PyObject* state = find_task(key);
  return state != nullptr && int64_of(task_nbytes_.get(state).get(), -1) >= 0;
}

TransitionReader::Group& TransitionReader::group_named(std::string_view name) {
  // Names of groups mostly end in a hash.
  std::uint64_t end = name.size();
  if (name.size() >= sizeof end) std::memcpy(&end, name.data() + name.size() - sizeof end, sizeof end);
  Group& group = groups_[(end * 0x9e3779b97f4a7c15) >> 58];
  if (group.text != name) group = {std::string(name), key_opening(name), {}};
  return group;
}

TransitionReader::Found TransitionReader::group_of(PyObject* key) {
  // Dask's rule for keys that are tuples: to look for the task would cost more than all the rest.
  if (PyTuple_CheckExact(key) && PyTuple_GET_SIZE(key) > 0) {
    PyObject* first = PyTuple_GET_ITEM(key, 0);
    if (PyUnicode_CheckExact(first) && PyUnicode_IS_COMPACT_ASCII(first) &&
        PyUnicode_GET_LENGTH(first) <= static_cast<Py_ssize_t>(kMaxKeyBytes)) {
      return {&group_named(ascii_of(first)), PyTuple_GET_SIZE(key) > 1};
    }
  }
  PyObject* state = find_task(key);
  if (state == nullptr) return {};
  const Owned group = task_group_.get(state);
  const Owned name = group ? group_name_.get(group.get()) : Owned();
  return {&group_named(name ? key_text(name.get(), key_text_) : std::string_view())};
}

std::string_view TransitionReader::text_of(PyObject* key, const Found& found) {
  return found.opens_key && !found.group->opening.empty() ? key_text(found.group->opening, key, key_text_)
                                                          : key_text(key, key_text_);
}

void TransitionReader::read_actions(Recorder& recorder, PyObject* startstops) {
  if (startstops == nullptr || (!PyList_Check(startstops) && !PyTuple_Check(startstops))) return;
  const Py_ssize_t count = PySequence_Fast_GET_SIZE(startstops);
  for (Py_ssize_t i = 0; i < count && actions_.size() < kMaxActionsPerSpan; ++i) {
    PyObject* entry = PySequence_Fast_GET_ITEM(startstops, i);
    if (!PyDict_Check(entry)) continue;
    const auto [action, start, stop] = action_.of(entry);
    // Action names are Dask's own plain ASCII words; anything else is not one.
    if (action == nullptr || !PyUnicode_CheckExact(action) || !PyUnicode_IS_COMPACT_ASCII(action)) continue;
    actions_.push_back({recorder.action_number(ascii_of(action)), micros_of(start), micros_of(stop)});
  }
}

// What a span has in common however its task ended. Needs `group`, `actions_` and the key's text until the
// span is recorded.
Span TransitionReader::read_span(Recorder& recorder, Group& group, std::string_view key, PyObject* kwargs) {
  Span span;
  span.key = key;
  span.group = group.text;
  span.place = &group.place;
  actions_.clear();
  if (kwargs != nullptr) {
    const auto [worker, nbytes, type_name, thread, startstops] = run_.of(kwargs);
    if (worker != nullptr && PyUnicode_CheckExact(worker)) {
      span.worker = workers_.of(
          worker, [&](PyObject* text) { return recorder.worker_number(utf8_of(text, scratch_)); });
    }
    span.type = recorder.type_number(utf8_of(type_name, scratch_));
    span.thread = uint64_of(thread);
    span.nbytes = int64_of(nbytes, -1);
    read_actions(recorder, startstops);
  }
  span.actions = actions_.data();
  span.action_count = actions_.size();
  return span;
}

// What is recorded of a text: it is redacted before it is cut, for half a secret does not look like one.
std::string TransitionReader::kept(std::string_view text, std::size_t limit, bool& truncated) {
  const std::string_view front = base::utf8_prefix(text, limit);
  std::string result = redactor_ == nullptr ? std::string(front) : redactor_->redact(text, front.size());
  if (front.size() == text.size() && result.size() <= limit) return result;
  truncated = true;
  result.resize(base::utf8_prefix(result, limit).size());
  return result + "\n...[cut, " + std::to_string(text.size()) + " bytes]";
}

void TransitionReader::erred(Recorder& recorder, PyObject* state, PyObject* key, PyObject* start,
                             PyObject* kwargs) {
  std::array<PyObject*, 3> given{};
  if (kwargs != nullptr) given = failure_.of(kwargs);
  const auto [cause, exception_text, traceback_text] = given;
  const bool own = cause != nullptr && cause != Py_None && PyObject_RichCompareBool(cause, key, Py_EQ) == 1;
  if (PyErr_Occurred() != nullptr) PyErr_Clear();
  if (!own) {
    const Owned blame = attribute(state, names.exception_blame);
    if (!blame) return;
    const Owned blamed_key = attribute(blame.get(), names.key);
    std::string storage;
    const std::string_view blamed = blamed_key ? key_text(blamed_key.get(), storage) : std::string_view();
    const Found found = group_of(key);
    if (found.group == nullptr) return;
    const std::string_view text = key_text(key, key_text_);
    recorder.task_blamed(text, found.group->text, blamed, same(start, names.released));
    return;
  }

  Failure failure;
  const Owned erred_on = attribute(state, names.erred_on);
  if (erred_on) {
    const Owned iterator(PyObject_GetIter(erred_on.get()));
    while (iterator && failure.workers.size() < kMaxWorkers) {
      const Owned worker(PyIter_Next(iterator.get()));
      if (worker.get() == nullptr) break;
      std::string scratch;
      failure.workers.emplace_back(utf8_of(worker.get(), scratch));
    }
  }
  std::string scratch;
  if (exception_text != nullptr && exception_text != Py_None) {
    ExceptionText text = split_exception_text(utf8_of(exception_text, scratch));
    failure.type = std::move(text.type);
    failure.message = kept(text.message, kMaxMessage, failure.truncated);
  } else {
    // Only the scheduler itself gives no text, when workers died under a task.
    const Owned deaths = attribute(state, names.suspicious);
    failure.type = "KilledWorker";
    failure.message = kept("Attempted to run task " + std::string(key_text(key, key_text_)) + " on " +
                               std::to_string(int64_of(deaths.get(), 0)) +
                               " different workers, but all those workers died while running it.",
                           kMaxMessage, failure.truncated);
  }
  if (traceback_text != nullptr) {
    failure.traceback = kept(utf8_of(traceback_text, scratch), kMaxTraceback, failure.truncated);
  }

  const Found found = group_of(key);
  if (found.group == nullptr) return;
  const std::string_view text = key_text(key, key_text_);
  recorder.task_failed(read_span(recorder, *found.group, text, kwargs), std::move(failure));
}

void TransitionReader::read(Recorder& recorder, PyObject* args, PyObject* kwargs) {
  if (PyTuple_GET_SIZE(args) < 3) return;
  PyObject* key = PyTuple_GET_ITEM(args, 0);
  PyObject* start = PyTuple_GET_ITEM(args, 1);
  PyObject* finish = PyTuple_GET_ITEM(args, 2);
  if (!PyUnicode_Check(start) || !PyUnicode_Check(finish)) return;

  if (same(finish, names.memory)) {
    const bool ran = same(start, names.processing);
    if (!ran && !same(start, names.waiting)) return;
    const Found found = group_of(key);
    if (found.group == nullptr) return;
    if (ran) {
      recorder.task_finished(read_span(recorder, *found.group, text_of(key, found), kwargs));
    } else {
      recorder.task_adopted(found.group->text);
    }
  } else if (same(finish, names.waiting)) {
    if (!same(start, names.released)) return;
    const Found found = group_of(key);
    if (found.group == nullptr) return;
    const bool had_result = recorder.has_results(found.group->text, &found.group->place) && has_result(key);
    const std::string_view text = recorder.remembers_keys() ? text_of(key, found) : std::string_view();
    recorder.task_entered(text, found.group->text, had_result, &found.group->place);
  } else if (same(finish, names.erred)) {
    PyObject* state = find_task(key);
    if (state == nullptr) return;
    erred(recorder, state, key, start, kwargs);
  } else if (same(finish, names.released)) {
    if (same(start, names.memory)) return;
    const Withdrawal why = same(start, names.erred)        ? Withdrawal::kErred
                           : same(start, names.processing) ? Withdrawal::kRunning
                                                           : Withdrawal::kNotStarted;
    recorder.task_withdrawn(key_text(key, key_text_), why);
  } else if (same(finish, names.forgotten)) {
    if (recorder.remembers_keys()) recorder.task_forgotten(key_text(key, key_text_));
  }
}

}  // namespace pilothouse::recorder
