#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace pilothouse::recorder {

// What is known of some Python objects that come again and again, found by their addresses. It owns a
// reference to each, so that no other object comes to lie there; a newer one takes the place of an older.
// Needs the GIL, but for the objects' destructors runs no Python code.
template <class Known, std::size_t N>
class KnownObjects {
 public:
  KnownObjects() = default;
  ~KnownObjects() {
    for (Entry& entry : entries_) Py_XDECREF(entry.object);
  }
  KnownObjects(const KnownObjects&) = delete;
  KnownObjects& operator=(const KnownObjects&) = delete;

  // `learn` makes a Known of an object that is new. The reference is good until the next call.
  template <class Learn>
  Known& of(PyObject* object, Learn learn) {
    const auto place = reinterpret_cast<std::uintptr_t>(object);
    Entry& entry = entries_[(place >> 4 ^ place >> 10) % N];
    if (entry.object != object) {
      entry.known = learn(object);
      Py_INCREF(object);
      Py_XDECREF(std::exchange(entry.object, object));
    }
    return entry.known;
  }

 private:
  struct Entry {
    PyObject* object = nullptr;
    Known known{};
  };
  std::array<Entry, N> entries_;
};

}  // namespace pilothouse::recorder
