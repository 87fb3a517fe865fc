#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <array>
#include <cstddef>

#include "recorder/python/names.h"

namespace pilothouse::recorder {

// Picks the values of some names out of dictionaries that mostly resemble each other: it remembers where each
// name stood and looks there first. Needs the GIL, and runs no Python code.
template <std::size_t N>
class NamedValues {
 public:
  explicit NamedValues(const std::array<PyObject*, N>& wanted) : wanted_(wanted) { places_.fill(kUnknown); }

  // Borrowed, in the order of the names; nullptr for those that are not there.
  std::array<PyObject*, N> of(PyObject* dictionary) {
    std::array<PyObject*, N> values;  // NOLINT: filled here or by the walk
    for (std::size_t i = 0; i < N; ++i) {
      Py_ssize_t place = places_[i];
      PyObject* name = nullptr;
      // A place outside of the dictionary is no error, it only ends the walk.
      if (PyDict_Next(dictionary, &place, &name, &values[i]) == 0 || name != wanted_[i])
        return walk(dictionary);
    }
    return values;
  }

 private:
  static constexpr Py_ssize_t kUnknown = PY_SSIZE_T_MAX;  // outside of every dictionary

  std::array<PyObject*, N> walk(PyObject* dictionary) {
    std::array<PyObject*, N> values{};
    Py_ssize_t next = 0;
    Py_ssize_t place = 0;
    PyObject* name = nullptr;
    PyObject* value = nullptr;
    for (; PyDict_Next(dictionary, &next, &name, &value) != 0; place = next) {
      if (!PyUnicode_Check(name)) continue;
      for (std::size_t i = 0; i < N; ++i) {
        if (!same(name, wanted_[i])) continue;
        places_[i] = place;
        values[i] = value;
        break;
      }
    }
    return values;
  }

  const std::array<PyObject*, N> wanted_;  // interned
  std::array<Py_ssize_t, N> places_;
};

}  // namespace pilothouse::recorder
