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
  void finished(Recorder& recorder, PyObject* key, const Arguments& given);
  void adopted(Recorder& recorder, PyObject* key);
  void erred(Recorder& recorder, PyObject* key, PyObject* start, const Arguments& given);
  PyObject* task_of(PyObject* key) const;                       // borrowed
  std::string_view group_of(PyObject* task, PyObject*& owner);  // valid while `owner` is held
  void read_actions(PyObject* startstops);

  PyObject* tasks_;
  Places finished_places_{}, erred_places_{};
  std::vector<Action> actions_;
  std::string key_text_, group_text_, worker_text_, type_text_;
};

}  // namespace pilothouse::recorder
