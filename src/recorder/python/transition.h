#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <vector>

#include "recorder/core/recorder.h"
#include "recorder/python/object.h"

namespace pilothouse::recorder {

// Dask's transition hook: reads the arguments and tells the recorder. Keeps scratch space from call to call.
// Needs the GIL; never raises.
class TransitionReader {
 public:
  // `tasks` is the scheduler's dict of TaskState by key.
  explicit TransitionReader(PyObject* tasks);
  ~TransitionReader();
  TransitionReader(const TransitionReader&) = delete;
  TransitionReader& operator=(const TransitionReader&) = delete;

  // Interned names shared by all readers; false with an exception set when they cannot be made.
  static bool prepare();

  // args: key, start, finish, as Dask's hook has them; kwargs may be nullptr. A tuple and a dictionary are
  // what Dask's call makes anyhow; a vectorcall would have to take the dictionary apart.
  void read(Recorder& recorder, PyObject* args, PyObject* kwargs);

  PyObject* tasks() const { return tasks_; }

 private:
  struct Task {
    PyObject* state = nullptr;  // borrowed; nullptr when the scheduler does not know the key
    Owned name;                 // of its group; keeps `group` alive
    std::string_view group;
  };
  struct Given;
  Task find_task(PyObject* key);
  Span read_span(const Task& task, PyObject* key, const Given& given);
  void erred(Recorder& recorder, const Task& task, PyObject* key, PyObject* start, const Given& given);
  void read_actions(PyObject* startstops);

  PyObject* tasks_;
  SlotMember task_group_, group_name_, task_nbytes_;
  std::vector<Action> actions_;
  std::string key_text_, group_text_, worker_text_, type_text_;
};

}  // namespace pilothouse::recorder
