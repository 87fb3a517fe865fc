#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace pilothouse::recorder {

inline constexpr std::size_t kMaxKeyBytes = 1024;  // of a key's or a group's text

// All of these need the GIL, never raise (an error is cleared), and give well-formed UTF-8.

// The text of a Python str; lone surrogates become \udcXX. Points into `object` or into `storage`.
std::string_view utf8_of(PyObject* object, std::string& storage);

// A task key as text, in `storage`: a str as it is, anything else as its repr, the way Dask writes it. What
// is longer than kMaxKeyBytes is cut, with the mark "...[N bytes]" and N its full length.
std::string_view key_text(PyObject* key, std::string& storage);

}  // namespace pilothouse::recorder
