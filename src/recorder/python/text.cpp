#include "recorder/python/text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <system_error>

#include "base/utf8.h"

namespace pilothouse::recorder {
namespace {

// Of eight characters of plain ASCII: whether repr() would escape one, or choose other quotes because of it.
bool is_special(std::uint64_t eight) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  const auto has = [eight](char c) {
    const std::uint64_t zero = eight ^ (kEach * static_cast<unsigned char>(c));
    return (zero - kEach) & ~zero;
  };
  const std::uint64_t control = (eight - kEach * 0x20) & ~eight;
  return ((control | has('\'') | has('\\') | has('\x7f')) & kHigh) != 0;
}

// Writes what repr() gives for the tuples Dask makes, without its cost.
class PlainTuple {
 public:
  PlainTuple(char* at, std::size_t size) : at_(at), end_(at + size) {}

  // All of these: false when there is anything unusual in it, or too little room.
  bool write(PyObject* tuple) {
    return PyTuple_GET_SIZE(tuple) > 0 && write('(') && write_item(PyTuple_GET_ITEM(tuple, 0)) &&
           write_rest(tuple);
  }

  // What comes before the second item of a tuple that has one.
  bool write_opening(std::string_view first) {
    return write('(') && write_str(first) && write(',') && write(' ');
  }

  bool write_behind(std::string_view opening, PyObject* tuple) {
    std::memcpy(at_, opening.data(), opening.size());
    at_ += opening.size();
    return write_item(PyTuple_GET_ITEM(tuple, 1)) && write_rest(tuple, 2);
  }

  char* end() const { return at_; }

 private:
  bool write(char c) {
    if (at_ == end_) return false;
    *at_++ = c;
    return true;
  }

  bool write_rest(PyObject* tuple, Py_ssize_t from = 1) {
    const Py_ssize_t size = PyTuple_GET_SIZE(tuple);
    for (Py_ssize_t i = from; i < size; ++i) {
      if (!(write(',') && write(' ') && write_item(PyTuple_GET_ITEM(tuple, i)))) return false;
    }
    return (size > 1 || write(',')) && write(')');
  }

  bool write_item(PyObject* item) {
    if (PyUnicode_CheckExact(item)) return PyUnicode_IS_COMPACT_ASCII(item) && write_str(ascii_of(item));
    if (PyLong_CheckExact(item)) return write_int(item);
    return PyTuple_CheckExact(item) && write(item);
  }

  bool write_str(std::string_view text) {
    if (static_cast<std::size_t>(end_ - at_) < text.size() + 2) return false;
    *at_++ = '\'';
    if (!copy_plain(text)) return false;
    *at_++ = '\'';
    return true;
  }

  // By eights, the last of which may overlap the one before.
  bool copy_plain(std::string_view text) {
    constexpr std::size_t kEight = sizeof(std::uint64_t);
    std::uint64_t eight = kBlanks;
    if (text.size() < kEight) {
      std::memcpy(&eight, text.data(), text.size());
      std::memcpy(at_, text.data(), text.size());
      at_ += text.size();
      return !is_special(eight);
    }
    for (std::size_t done = 0; done < text.size(); done += kEight) {
      const std::size_t place = std::min(done, text.size() - kEight);
      std::memcpy(&eight, text.data() + place, kEight);
      if (is_special(eight)) return false;
      std::memcpy(at_ + place, &eight, kEight);
    }
    at_ += text.size();
    return true;
  }

  bool write_int(PyObject* object) {
    int overflow = 0;
    const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow != 0) return false;
    const auto [end, failed] = std::to_chars(at_, end_, value);
    at_ = end;
    return failed == std::errc();
  }

  static constexpr std::uint64_t kBlanks = 0x2020202020202020;

  char* at_;
  char* const end_;
};

}  // namespace

std::string_view any_utf8_of(PyObject* object, std::string& storage) {
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
  if (PyUnicode_Check(key)) {
    text = utf8_of(key, storage);
  } else {
    if (PyTuple_CheckExact(key)) {
      if (storage.size() < kMaxKeyBytes) storage.resize(kMaxKeyBytes);
      PlainTuple tuple(storage.data(), kMaxKeyBytes);
      if (tuple.write(key)) return {storage.data(), static_cast<std::size_t>(tuple.end() - storage.data())};
    }
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

std::string key_opening(std::string_view name) {
  std::string opening(kMaxKeyBytes / 2, '\0');
  PlainTuple tuple(opening.data(), opening.size());
  const bool is_plain = base::is_ascii(name) && tuple.write_opening(name);
  opening.resize(is_plain ? static_cast<std::size_t>(tuple.end() - opening.data()) : 0);
  return opening;
}

std::string_view key_text(std::string_view opening, PyObject* tuple, std::string& storage) {
  if (storage.size() < kMaxKeyBytes) storage.resize(kMaxKeyBytes);
  PlainTuple text(storage.data(), kMaxKeyBytes);
  if (!text.write_behind(opening, tuple)) return key_text(tuple, storage);
  return {storage.data(), static_cast<std::size_t>(text.end() - storage.data())};
}

}  // namespace pilothouse::recorder
