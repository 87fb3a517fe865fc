#include "recorder/python/redactor.h"

#include <exception>
#include <string>
#include <vector>

#include "recorder/python/text.h"

namespace pilothouse::recorder {
namespace {

PyObject* type = nullptr;  // lives as long as the process

struct RedactorObject {
  PyObject_HEAD std::shared_ptr<Redactor>* redactor;  // nullptr before __init__
};

Redactor* redactor_in(PyObject* self) {
  auto* held = reinterpret_cast<RedactorObject*>(self)->redactor;
  if (held != nullptr) return held->get();
  PyErr_SetString(PyExc_RuntimeError, "this Redactor was not initialized");
  return nullptr;
}

PyObject* unicode(std::string_view text) {
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
}

std::vector<std::string> texts_of(PyObject* list) {
  std::vector<std::string> texts;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); ++i) {
    std::string scratch;
    texts.emplace_back(utf8_of(PyList_GET_ITEM(list, i), scratch));
  }
  return texts;
}

int init(PyObject* self, PyObject* args, PyObject* kwargs) {
  static const char* keywords[] = {"patterns", "ignore", nullptr};
  PyObject* patterns = nullptr;
  PyObject* ignore = nullptr;
  if (PyArg_ParseTupleAndKeywords(args, kwargs, "|$O!O!", const_cast<char**>(keywords), &PyList_Type,
                                  &patterns, &PyList_Type, &ignore) == 0) {
    return -1;
  }
  try {
    RedactOptions options;
    if (patterns != nullptr) options.patterns = texts_of(patterns);
    if (ignore != nullptr) options.ignore = texts_of(ignore);
    auto made = Redactor::create(options);
    if (!made) {
      PyErr_SetString(PyExc_ValueError, made.error().message.c_str());
      return -1;
    }
    auto* object = reinterpret_cast<RedactorObject*>(self);
    delete object->redactor;
    object->redactor = nullptr;
    object->redactor = new std::shared_ptr<Redactor>(std::make_shared<Redactor>(std::move(*made)));
  } catch (const std::exception& failure) {
    PyErr_SetString(PyExc_RuntimeError, failure.what());
    return -1;
  }
  return 0;
}

void dealloc(PyObject* self) {
  delete reinterpret_cast<RedactorObject*>(self)->redactor;
  PyTypeObject* its_type = Py_TYPE(self);
  its_type->tp_free(self);
  Py_DECREF(its_type);
}

// How many bytes the first `characters` of well-formed `text` have.
std::size_t bytes_of(std::string_view text, Py_ssize_t characters) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
    if (begins && characters-- == 0) break;
  }
  return at;
}

PyObject* redact(PyObject* self, PyObject* args) {
  Redactor* redactor = redactor_in(self);
  PyObject* object = nullptr;
  Py_ssize_t keep = -1;
  if (redactor == nullptr || PyArg_ParseTuple(args, "U|n", &object, &keep) == 0) return nullptr;
  std::string scratch;
  const std::string_view text = utf8_of(object, scratch);
  // What cannot be read must not look like an empty text.
  if (text.empty() && PyUnicode_GET_LENGTH(object) > 0) return unicode(kRedactedWhole);
  if (keep < 0) return unicode(redactor->redact(text));
  const std::size_t bytes =
      PyUnicode_IS_COMPACT_ASCII(object) ? static_cast<std::size_t>(keep) : bytes_of(text, keep);
  return unicode(redactor->redact(text, bytes));
}

PyObject* redact_member(PyObject* self, PyObject* name) {
  Redactor* redactor = redactor_in(self);
  if (redactor == nullptr) return nullptr;
  std::string scratch;
  const std::string mark = redactor->redact_member(utf8_of(name, scratch));
  if (mark.empty()) Py_RETURN_NONE;
  return unicode(mark);
}

PyObject* counts(PyObject* self, PyObject*) {
  Redactor* redactor = redactor_in(self);
  PyObject* all = redactor == nullptr ? nullptr : PyDict_New();
  if (all == nullptr) return nullptr;
  try {
    for (const auto& [name, count] : redactor->counts()) {
      PyObject* number = PyLong_FromUnsignedLongLong(count);
      const bool kept = number != nullptr && PyDict_SetItemString(all, name.c_str(), number) == 0;
      Py_XDECREF(number);
      if (kept) continue;
      Py_DECREF(all);
      return nullptr;
    }
  } catch (const std::exception& failure) {
    Py_DECREF(all);
    PyErr_SetString(PyExc_RuntimeError, failure.what());
    return nullptr;
  }
  return all;
}

// A list of what `make` gives for each item; nullptr with a Python error set.
template <class Items, class Make>
PyObject* list_of(const Items& items, Make make) {
  PyObject* list = PyList_New(static_cast<Py_ssize_t>(items.size()));
  for (std::size_t i = 0; list != nullptr && i < items.size(); ++i) {
    PyObject* item = make(items[i]);
    if (item == nullptr) {
      Py_CLEAR(list);
    } else {
      PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i), item);
    }
  }
  return list;
}

PyObject* rules(PyObject* self, PyObject*) {
  Redactor* redactor = redactor_in(self);
  if (redactor == nullptr) return nullptr;
  try {
    return list_of(redactor->rules(), [](const RedactRuleText& rule) {
      return Py_BuildValue("NN", unicode(rule.name), unicode(rule.pattern));
    });
  } catch (const std::exception& failure) {
    PyErr_SetString(PyExc_RuntimeError, failure.what());
    return nullptr;
  }
}

PyObject* rule_names(PyObject*, PyObject*) {
  try {
    return list_of(Redactor::rule_names(), [](const std::string& name) { return unicode(name); });
  } catch (const std::exception& failure) {
    PyErr_SetString(PyExc_RuntimeError, failure.what());
    return nullptr;
  }
}

PyMethodDef methods[] = {
    {"redact", redact, METH_VARARGS,
     "redact(text, keep=-1) -> str: without secrets; of the first `keep` characters, the rest only tells "
     "what\n"
     "a secret is that begins there."},
    {"redact_member", redact_member, METH_O,
     "redact_member(name) -> str | None: what stands for the value of a member of this name."},
    {"counts", counts, METH_NOARGS, "counts() -> dict: how often each rule took something out."},
    {"rules", rules, METH_NOARGS, "rules() -> [(name, expression)]: those in use."},
    {"rule_names", rule_names, METH_NOARGS | METH_STATIC, "rule_names() -> list: of all built-in rules."},
    {nullptr, nullptr, 0, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_doc,
     const_cast<char*>("Takes secrets out of texts, by the built-in rules and further expressions.")},
    {Py_tp_init, reinterpret_cast<void*>(init)},
    {Py_tp_new, reinterpret_cast<void*>(PyType_GenericNew)},
    {Py_tp_dealloc, reinterpret_cast<void*>(dealloc)},
    {Py_tp_methods, methods},
    {0, nullptr},
};

PyType_Spec spec = {"pilothouse._recorder.Redactor", sizeof(RedactorObject), 0, Py_TPFLAGS_DEFAULT, slots};

}  // namespace

PyObject* make_redactor_type() {
  if (type == nullptr) type = PyType_FromSpec(&spec);
  Py_XINCREF(type);
  return type;
}

bool redactor_of(PyObject* object, std::shared_ptr<Redactor>& redactor) {
  if (object == Py_None) return true;
  if (Py_TYPE(object) != reinterpret_cast<PyTypeObject*>(type)) {
    PyErr_SetString(PyExc_TypeError, "redactor is a Redactor or None");
    return false;
  }
  if (redactor_in(object) == nullptr) return false;
  redactor = *reinterpret_cast<RedactorObject*>(object)->redactor;
  return true;
}

}  // namespace pilothouse::recorder
