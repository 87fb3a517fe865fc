#include "recorder/python/text.h"

#include <array>
#include <charconv>

#include "base/utf8.h"

namespace pilothouse::recorder {
namespace {

// repr() of a str that needs neither escapes nor another quote.
bool append_plain_str(PyObject* object, std::string& out) {
  if (!PyUnicode_IS_COMPACT_ASCII(object)) return false;
  const auto* text = reinterpret_cast<const char*>(PyUnicode_1BYTE_DATA(object));
  const std::string_view view(text, static_cast<std::size_t>(PyUnicode_GET_LENGTH(object)));
  for (const char c : view) {
    if (c < 0x20 || c == 0x7f || c == '\'' || c == '\\') return false;
  }
  out += '\'';
  out += view;
  out += '\'';
  return true;
}

bool append_small_int(PyObject* object, std::string& out) {
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
  if (overflow != 0) return false;
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
  return true;
}

// What repr() gives for the tuples Dask makes, without its cost; false for anything unusual in them.
bool append_plain_tuple(PyObject* tuple, std::string& out) {
  const Py_ssize_t size = PyTuple_GET_SIZE(tuple);
  if (size == 0) return false;
  out += '(';
  for (Py_ssize_t i = 0; i < size; ++i) {
    PyObject* item = PyTuple_GET_ITEM(tuple, i);
    if (i > 0) out += ", ";
    if (PyUnicode_CheckExact(item)) {
      if (!append_plain_str(item, out)) return false;
    } else if (PyLong_CheckExact(item)) {
      if (!append_small_int(item, out)) return false;
    } else if (!PyTuple_CheckExact(item) || out.size() > kMaxKeyBytes || !append_plain_tuple(item, out)) {
      return false;
    }
  }
  out += size == 1 ? ",)" : ")";
  return true;
}

}  // namespace

std::string_view utf8_of(PyObject* object, std::string& storage) {
  if (object == nullptr || !PyUnicode_Check(object)) return {};
  Py_ssize_t size = 0;
  if (const char* text = PyUnicode_AsUTF8AndSize(object, &size))
    return {text, static_cast<std::size_t>(size)};
  PyErr_Clear();
  PyObject* bytes = PyUnicode_AsEncodedString(object, "utf-8", "backslashreplace");
  if (bytes == nullptr) {
    PyErr_Clear();
    return {};
  }
  storage.assign(PyBytes_AS_STRING(bytes), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes)));
  Py_DECREF(bytes);
  return storage;
}

std::string_view key_text(PyObject* key, std::string& storage) {
  std::string_view text;
  storage.clear();
  if (PyUnicode_Check(key)) {
    text = utf8_of(key, storage);
  } else if (PyTuple_CheckExact(key) && append_plain_tuple(key, storage)) {
    text = storage;
  } else {
    PyObject* repr = PyObject_Repr(key);
    if (repr == nullptr) {
      PyErr_Clear();
      return "<unprintable key>";
    }
    std::string scratch;
    storage = utf8_of(repr, scratch);
    Py_DECREF(repr);
    text = storage;
  }
  if (text.size() <= kMaxKeyBytes) return text;

  const std::string mark = "...[" + std::to_string(text.size()) + " bytes]";
  std::string cut(base::utf8_prefix(text, kMaxKeyBytes - mark.size()));
  storage = std::move(cut) + mark;
  return storage;
}

}  // namespace pilothouse::recorder
