#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <array>
#include <vector>

#include "recorder/core/recorder.h"

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

  // args: key, start, finish. kwnames and the values behind args as in PEP 590.
  void read(Recorder& recorder, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames);

  PyObject* tasks() const { return tasks_; }

 private:
  struct Arguments;
  using Places = std::array<Py_ssize_t, 8>;
  struct Task {
    PyObject* state = nullptr;  // borrowed; nullptr when the scheduler does not know the key
    std::string_view group;
  };
  Task find_task(PyObject* key);
  Span read_span(const Task& task, PyObject* key, const Arguments& given);
  void erred(Recorder& recorder, const Task& task, PyObject* key, PyObject* start, const Arguments& given);
  void read_actions(PyObject* startstops);

  PyObject* tasks_;
  Places finished_places_{}, erred_places_{};
  std::vector<Action> actions_;
  std::string key_text_, group_text_, worker_text_, type_text_;
};

}  // namespace pilothouse::recorder
