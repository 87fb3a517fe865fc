#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace pilothouse::recorder {

inline constexpr std::size_t kMaxKeyBytes = 1024;  // of a key's or a group's text

// All of these need the GIL, never raise (an error is cleared), and give well-formed UTF-8.

// Of a str that is plain ASCII, PyUnicode_IS_COMPACT_ASCII; points into it.
inline std::string_view ascii_of(PyObject* object) {
  return {reinterpret_cast<const char*>(PyUnicode_1BYTE_DATA(object)),
          static_cast<std::size_t>(PyUnicode_GET_LENGTH(object))};
}

// The text of a Python str; lone surrogates become \udcXX. Points into `object` or into `storage`. Empty for
// anything else, and for nullptr.
std::string_view any_utf8_of(PyObject* object, std::string& storage);
inline std::string_view utf8_of(PyObject* object, std::string& storage) {
  if (object != nullptr && PyUnicode_Check(object) && PyUnicode_IS_COMPACT_ASCII(object))
    return ascii_of(object);
  return any_utf8_of(object, storage);
}

// A task key as text, in the key or in `storage`: a str as it is, anything else as its repr, the way Dask
// writes it. What is longer than kMaxKeyBytes is cut, with the mark "...[N bytes]" and N its full length.
std::string_view key_text(PyObject* key, std::string& storage);

// Many keys are tuples that begin with the name of their group. How the text of such a key begins, up to its
// second item; empty when that is not the name as it is, between quotes.
std::string key_opening(std::string_view name);
// key_text of a tuple of at least two items, the first of which has this opening, which is not empty.
std::string_view key_text(std::string_view opening, PyObject* tuple, std::string& storage);

}  // namespace pilothouse::recorder
