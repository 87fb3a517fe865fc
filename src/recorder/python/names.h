#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

// The words of Dask's hooks.
namespace pilothouse::recorder {

// Interned, so that comparing a name is comparing a pointer. Live as long as the process.
struct Names {
  PyObject *released, *waiting, *queued, *no_worker, *processing, *memory, *erred, *forgotten;
  PyObject *worker, *nbytes, *type_name, *startstops, *thread;
  PyObject *cause, *exception_text, *traceback_text;
  PyObject *action, *start, *stop;
  PyObject *group, *name, *key, *exception_blame, *erred_on, *suspicious;
};
extern Names names;

// Makes them, once; false with an exception set when that cannot be. Needs the GIL.
bool make_names();

// Whether a str is this name.
inline bool same(PyObject* given, PyObject* name) {
  if (given == name) return true;
  if (PyUnicode_CHECK_INTERNED(given) != 0) return false;
  return PyUnicode_Compare(given, name) == 0;
}

}  // namespace pilothouse::recorder
