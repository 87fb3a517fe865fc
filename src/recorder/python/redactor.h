#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <memory>

#include "recorder/core/redact.h"

namespace pilothouse::recorder {

// The type `pilothouse._recorder.Redactor`, a new reference; nullptr with a Python error set. Once a process.
PyObject* make_redactor_type();

// What a Recorder is given for its `redactor`: a Redactor, or None for none. False, with a Python error set,
// for anything else.
bool redactor_of(PyObject* object, std::shared_ptr<Redactor>& redactor);

}  // namespace pilothouse::recorder
