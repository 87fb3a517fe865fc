#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "recorder/core/recorder.h"
#include "recorder/core/redact.h"
#include "recorder/python/known_objects.h"
#include "recorder/python/named_values.h"
#include "recorder/python/names.h"
#include "recorder/python/object.h"

namespace pilothouse::recorder {

// Dask's transition hook: reads the arguments and tells the recorder. Keeps scratch space from call to call.
// Needs the GIL; never raises.
class TransitionReader {
 public:
  // `tasks` is the scheduler's dict of TaskState by key. Texts of exceptions go through `redactor`, if there
  // is one. The names must have been made.
  TransitionReader(PyObject* tasks, std::shared_ptr<Redactor> redactor);
  ~TransitionReader();
  TransitionReader(const TransitionReader&) = delete;
  TransitionReader& operator=(const TransitionReader&) = delete;

  // Whether `read` has anything to do: it has not for most calls, and that shows at once.
  static bool concerns(PyObject* args) {
    if (PyTuple_GET_SIZE(args) < 3) return false;
    const PyObject* finish = PyTuple_GET_ITEM(args, 2);
    return finish != names.processing && finish != names.queued &&
           !(finish == names.waiting && PyTuple_GET_ITEM(args, 1) == names.waiting);
  }

  // args: key, start, finish, as Dask's hook has them, which concern it; kwargs may be nullptr. A tuple and a
  // dictionary are what Dask's call makes anyhow; a vectorcall would have to take the dictionary apart.
  void read(Recorder& recorder, PyObject* args, PyObject* kwargs);

  PyObject* tasks() const { return tasks_; }

 private:
  struct Group {
    std::string text;
    std::string opening;  // of the keys that begin with its name
    GroupPlace place;
  };
  PyObject* find_task(PyObject* key);
  bool has_result(PyObject* key);
  Group& group_named(std::string_view name);
  struct Found {
    Group* group = nullptr;  // nullptr when the scheduler does not know the key
    bool opens_key = false;  // the key is a tuple of several items, and the group's name its first
  };
  Found group_of(PyObject* key);
  std::string_view text_of(PyObject* key, const Found& found);
  Span read_span(Recorder& recorder, Group& group, std::string_view key, PyObject* kwargs);
  void read_actions(Recorder& recorder, PyObject* startstops);
  std::string kept(std::string_view text, std::size_t limit, bool& truncated);
  void erred(Recorder& recorder, PyObject* state, PyObject* key, PyObject* start, PyObject* kwargs);

  PyObject* tasks_;
  std::shared_ptr<Redactor> redactor_;
  SlotMember task_group_, group_name_, task_nbytes_;
  NamedValues<5> run_;
  NamedValues<3> failure_, action_;
  std::array<Group, 64> groups_;              // seen lately, by their names
  KnownObjects<std::uint32_t, 256> workers_;  // their numbers
  std::vector<Action> actions_;
  std::string key_text_, scratch_;
};

}  // namespace pilothouse::recorder
