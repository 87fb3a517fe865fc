#include "recorder/python/transition.h"

#include <array>
#include <cmath>
#include <utility>

#include "base/utf8.h"
#include "recorder/core/exception_text.h"
#include "recorder/python/text.h"

namespace pilothouse::recorder {
namespace {

constexpr std::size_t kMaxMessage = 16U << 10;
constexpr std::size_t kMaxTraceback = 64U << 10;
constexpr std::size_t kMaxWorkers = 32;

// Interned, so that comparing a name is comparing a pointer.
struct Names {
  PyObject *released, *waiting, *queued, *no_worker, *processing, *memory, *erred, *forgotten;
  PyObject *worker, *nbytes, *type_name, *startstops, *thread;
  PyObject *cause, *exception_text, *traceback_text;
  PyObject *action, *start, *stop;
  PyObject *group, *name, *key, *exception_blame, *erred_on, *suspicious;
};
Names names;

bool same(PyObject* given, PyObject* name) {
  if (given == name) return true;
  if (PyUnicode_CHECK_INTERNED(given) != 0) return false;
  return PyUnicode_Compare(given, name) == 0;
}

// Picks the values of some names out of a dictionary.
template <std::size_t N>
void walk(PyObject* dictionary, const std::array<std::pair<PyObject*, PyObject**>, N>& wanted) {
  Py_ssize_t place = 0;
  PyObject* name = nullptr;
  PyObject* value = nullptr;
  while (PyDict_Next(dictionary, &place, &name, &value) != 0) {
    const bool interned = PyUnicode_Check(name) && PyUnicode_CHECK_INTERNED(name) != 0;
    for (const auto& [known, slot] : wanted) {
      if (name != known && (interned || !PyUnicode_Check(name) || !same(name, known))) continue;
      *slot = value;
      break;
    }
  }
}

Owned attribute(PyObject* object, PyObject* name) { return Owned(PyObject_GetAttr(object, name)); }

std::int64_t int64_of(PyObject* object, std::int64_t otherwise) {
  if (object == nullptr || !PyLong_Check(object)) return otherwise;
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
  return overflow != 0 ? otherwise : value;
}

std::uint64_t uint64_of(PyObject* object) {
  if (object == nullptr || !PyLong_Check(object)) return 0;
  const auto value = PyLong_AsUnsignedLongLongMask(object);
  if (PyErr_Occurred() != nullptr) PyErr_Clear();
  return value;
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
  return std::llround(seconds * 1e6);
}

std::string cut(std::string_view text, std::size_t limit, bool& truncated) {
  if (text.size() <= limit) return std::string(text);
  truncated = true;
  return std::string(base::utf8_prefix(text, limit)) + "\n...[cut, " + std::to_string(text.size()) +
         " bytes]";
}

}  // namespace

bool TransitionReader::prepare() {
  if (names.released != nullptr) return true;
  // `released` comes last: it says that all the others are there.
  for (const auto& [slot, text] : {std::pair{&names.waiting, "waiting"},
                                   {&names.queued, "queued"},
                                   {&names.no_worker, "no-worker"},
                                   {&names.processing, "processing"},
                                   {&names.memory, "memory"},
                                   {&names.erred, "erred"},
                                   {&names.forgotten, "forgotten"},
                                   {&names.worker, "worker"},
                                   {&names.nbytes, "nbytes"},
                                   {&names.type_name, "typename"},
                                   {&names.startstops, "startstops"},
                                   {&names.thread, "thread"},
                                   {&names.cause, "cause"},
                                   {&names.exception_text, "exception_text"},
                                   {&names.traceback_text, "traceback_text"},
                                   {&names.action, "action"},
                                   {&names.start, "start"},
                                   {&names.stop, "stop"},
                                   {&names.group, "group"},
                                   {&names.name, "name"},
                                   {&names.key, "key"},
                                   {&names.exception_blame, "exception_blame"},
                                   {&names.erred_on, "erred_on"},
                                   {&names.suspicious, "suspicious"},
                                   {&names.released, "released"}}) {
    *slot = PyUnicode_InternFromString(text);
    if (*slot == nullptr) return false;
  }
  return true;
}

TransitionReader::TransitionReader(PyObject* tasks)
    : tasks_(tasks), task_group_(names.group), group_name_(names.name), task_nbytes_(names.nbytes) {
  Py_INCREF(tasks_);
  actions_.reserve(16);
}

TransitionReader::~TransitionReader() { Py_DECREF(tasks_); }

TransitionReader::Task TransitionReader::find_task(PyObject* key) {
  PyObject* state = PyDict_GetItemWithError(tasks_, key);
  if (state == nullptr) {
    PyErr_Clear();
    return {};
  }
  const Owned group = task_group_.get(state);
  Task task{state, group ? group_name_.get(group.get()) : Owned(), {}};
  if (task.name) task.group = key_text(task.name.get(), group_text_);
  return task;
}

void TransitionReader::read_actions(PyObject* startstops) {
  actions_.clear();
  if (startstops == nullptr || (!PyList_Check(startstops) && !PyTuple_Check(startstops))) return;
  const Py_ssize_t count = PySequence_Fast_GET_SIZE(startstops);
  for (Py_ssize_t i = 0; i < count && actions_.size() < kMaxActionsPerSpan; ++i) {
    PyObject* entry = PySequence_Fast_GET_ITEM(startstops, i);
    if (!PyDict_Check(entry)) continue;
    PyObject* action = nullptr;
    PyObject* start = nullptr;
    PyObject* stop = nullptr;
    walk(entry, std::array{std::pair{names.action, &action}, std::pair{names.start, &start},
                           std::pair{names.stop, &stop}});
    if (action == nullptr || !PyUnicode_Check(action)) continue;
    // Action names are Dask's own plain ASCII words; anything else is not one.
    if (!PyUnicode_IS_COMPACT_ASCII(action)) continue;
    const std::string_view name(reinterpret_cast<const char*>(PyUnicode_1BYTE_DATA(action)),
                                static_cast<std::size_t>(PyUnicode_GET_LENGTH(action)));
    actions_.push_back({name, micros_of(start), micros_of(stop)});
  }
}

// The keyword arguments that are read; borrowed, nullptr when not given.
struct TransitionReader::Given {
  PyObject* worker = nullptr;
  PyObject* nbytes = nullptr;
  PyObject* type_name = nullptr;
  PyObject* startstops = nullptr;
  PyObject* thread = nullptr;
  PyObject* cause = nullptr;
  PyObject* exception_text = nullptr;
  PyObject* traceback_text = nullptr;

  // One walk costs less than a look-up for each.
  explicit Given(PyObject* kwargs) {
    if (kwargs == nullptr) return;
    const std::array wanted{std::pair{names.worker, &worker},
                            std::pair{names.nbytes, &nbytes},
                            std::pair{names.type_name, &type_name},
                            std::pair{names.startstops, &startstops},
                            std::pair{names.thread, &thread},
                            std::pair{names.cause, &cause},
                            std::pair{names.exception_text, &exception_text},
                            std::pair{names.traceback_text, &traceback_text}};
    walk(kwargs, wanted);
  }
};

// What a span has in common however its task ended. Needs `actions_` and the texts until the span is
// recorded.
Span TransitionReader::read_span(const Task& task, PyObject* key, const Given& given) {
  Span span;
  span.group = task.group;
  span.key = key_text(key, key_text_);
  span.worker = utf8_of(given.worker, worker_text_);
  span.type = utf8_of(given.type_name, type_text_);
  span.thread = uint64_of(given.thread);
  span.nbytes = int64_of(given.nbytes, -1);
  read_actions(given.startstops);
  span.actions = actions_.data();
  span.action_count = actions_.size();
  return span;
}

void TransitionReader::erred(Recorder& recorder, const Task& task, PyObject* key, PyObject* start,
                             const Given& given) {
  const bool own = given.cause != nullptr && given.cause != Py_None &&
                   PyObject_RichCompareBool(given.cause, key, Py_EQ) == 1;
  if (PyErr_Occurred() != nullptr) PyErr_Clear();
  if (!own) {
    const Owned blame = attribute(task.state, names.exception_blame);
    if (!blame) return;
    const Owned cause_key = attribute(blame.get(), names.key);
    std::string cause_text;
    const std::string_view cause = cause_key ? key_text(cause_key.get(), cause_text) : std::string_view();
    recorder.task_blamed(key_text(key, key_text_), task.group, cause, same(start, names.released));
    return;
  }
  const Span span = read_span(task, key, given);

  Failure failure;
  const Owned erred_on = attribute(task.state, names.erred_on);
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
  if (given.exception_text != nullptr && given.exception_text != Py_None) {
    ExceptionText text = split_exception_text(utf8_of(given.exception_text, scratch));
    failure.type = std::move(text.type);
    failure.message = cut(text.message, kMaxMessage, failure.truncated);
  } else {
    // Only the scheduler itself gives no text, when workers died under a task.
    const Owned deaths = attribute(task.state, names.suspicious);
    failure.type = "KilledWorker";
    failure.message = "Attempted to run task " + std::string(span.key) + " on " +
                      std::to_string(int64_of(deaths.get(), 0)) +
                      " different workers, but all those workers died while running it.";
  }
  if (given.traceback_text != nullptr) {
    failure.traceback = cut(utf8_of(given.traceback_text, scratch), kMaxTraceback, failure.truncated);
  }

  recorder.task_failed(span, std::move(failure));
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
    const Task task = find_task(key);
    if (task.state == nullptr) return;
    if (ran) {
      recorder.task_finished(read_span(task, key, Given(kwargs)));
    } else {
      recorder.task_adopted(task.group);
    }
  } else if (same(finish, names.waiting)) {
    if (!same(start, names.released)) return;
    const Task task = find_task(key);
    if (task.state == nullptr) return;
    const Owned nbytes = task_nbytes_.get(task.state);
    const std::string_view text = recorder.remembers_keys() ? key_text(key, key_text_) : std::string_view();
    recorder.task_entered(text, task.group, int64_of(nbytes.get(), -1) >= 0);
  } else if (same(finish, names.erred)) {
    const Task task = find_task(key);
    if (task.state == nullptr) return;
    erred(recorder, task, key, start, Given(kwargs));
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
