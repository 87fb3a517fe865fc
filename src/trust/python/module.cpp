#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "trust/audit/bundle_audit.h"
#include "trust/signatures/verify.h"

// pilothouse._trust: verify() and the exception that it raises. It holds no state.
namespace pilothouse::trust {
namespace {

struct Release {
  void operator()(PyObject* object) const { Py_DECREF(object); }
};
using Owned = std::unique_ptr<PyObject, Release>;

PyObject* refused_type = nullptr;  // lives as long as the process

PyObject* text(std::string_view value) {
  return PyUnicode_DecodeUTF8(value.data(), static_cast<Py_ssize_t>(value.size()), "replace");
}

PyObject* bytes(std::string_view value) {
  return PyBytes_FromStringAndSize(value.data(), static_cast<Py_ssize_t>(value.size()));
}

// Raises Refused(message) with the attribute `code`.
PyObject* raise_refused(const Refusal& refusal) {
  const Owned message(text(refusal.message));
  const Owned code(text(name_of(refusal.code)));
  if (!message || !code) return nullptr;
  const Owned raised(PyObject_CallFunctionObjArgs(refused_type, message.get(), nullptr));
  if (!raised || PyObject_SetAttrString(raised.get(), "code", code.get()) != 0) return nullptr;
  PyErr_SetObject(refused_type, raised.get());
  return nullptr;
}

// False with a Python error set.
bool take_keys(PyObject* list, const char* name, std::vector<PublicKey>& keys) {
  const Owned sequence(PySequence_Fast(list, "keys must be a list of texts"));
  if (!sequence) return false;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence.get()); ++i) {
    Py_ssize_t size = 0;
    const char* id = PyUnicode_AsUTF8AndSize(PySequence_Fast_GET_ITEM(sequence.get(), i), &size);
    if (id == nullptr) return false;
    const auto key = PublicKey::parse({id, static_cast<std::size_t>(size)});
    if (!key) {
      PyErr_Format(PyExc_ValueError, "%s: %s", name, key.error().message.c_str());
      return false;
    }
    keys.push_back(*key);
  }
  return true;
}

bool take_statements(PyObject* list, std::vector<std::string>& statements) {
  const Owned sequence(PySequence_Fast(list, "revocations must be a list of bytes"));
  if (!sequence) return false;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence.get()); ++i) {
    char* data = nullptr;
    Py_ssize_t size = 0;
    if (PyBytes_AsStringAndSize(PySequence_Fast_GET_ITEM(sequence.get(), i), &data, &size) != 0) return false;
    statements.emplace_back(data, static_cast<std::size_t>(size));
  }
  return true;
}

bool set_item(PyObject* dict, const char* name, PyObject* value) {
  const Owned owned(value);
  return owned && PyDict_SetItemString(dict, name, owned.get()) == 0;
}

PyObject* list_of(const std::vector<PublicKey>& keys) {
  Owned list(PyList_New(0));
  if (!list) return nullptr;
  for (const PublicKey& key : keys) {
    const Owned id(text(key.to_string()));
    if (!id || PyList_Append(list.get(), id.get()) != 0) return nullptr;
  }
  return list.release();
}

PyObject* dict_of(const Files& files) {
  Owned dict(PyDict_New());
  if (!dict) return nullptr;
  for (const auto& [path, content] : files) {
    if (!set_item(dict.get(), path.c_str(), bytes(content))) return nullptr;
  }
  return dict.release();
}

PyObject* dict_of(const Verified& verified) {
  const Manifest& manifest = verified.manifest;
  Owned dict(PyDict_New());
  PyObject* const result = dict.get();
  const bool made =
      result != nullptr && set_item(result, "name", text(manifest.name)) &&
      set_item(result, "version", text(manifest.version)) && set_item(result, "kind", text(manifest.kind)) &&
      set_item(result, "entry", text(manifest.entry)) &&
      set_item(result, "publisher", text(manifest.publisher.to_string())) &&
      set_item(result, "expires_us", PyLong_FromLongLong(manifest.expires_us)) &&
      set_item(result, "sha256", text(verified.sha256)) && set_item(result, "keys", list_of(verified.keys)) &&
      set_item(result, "signers", list_of(verified.signers)) &&
      set_item(result, "files", dict_of(verified.files));
  return made ? dict.release() : nullptr;
}

struct Arguments {
  std::string bundle;
  Policy policy;
  std::vector<std::string> revocations;
  std::optional<Memory> memory;
};

bool read(PyObject* args, PyObject* kwargs, Arguments& out) {
  static const char* const kNames[] = {"bundle",  "name",        "keys",     "threshold",   "least_version",
                                       "revoked", "max_bytes",   "max_risk", "revocations", "state_directory",
                                       "python",  "distributed", "remember", nullptr};
  const char* data = nullptr;
  Py_ssize_t size = 0;
  const char *name = nullptr, *least = nullptr, *directory = nullptr, *python = nullptr,
             *distributed = nullptr;
  PyObject *keys = nullptr, *revoked = nullptr, *max_risk = nullptr, *revocations = nullptr;
  Py_ssize_t threshold = 1;
  Py_ssize_t max_bytes = kDefaultMaxBundle;
  int remember = 1;
  if (PyArg_ParseTupleAndKeywords(args, kwargs, "y#|$sOnzOnOOzzzp", const_cast<char**>(kNames), &data, &size,
                                  &name, &keys, &threshold, &least, &revoked, &max_bytes, &max_risk,
                                  &revocations, &directory, &python, &distributed, &remember) == 0) {
    return false;
  }
  // Behind | and $ the C API takes all for optional.
  for (const char* const* required = kNames + 1; std::string_view(*required) != "remember"; ++required) {
    if (kwargs == nullptr || PyDict_GetItemString(kwargs, *required) == nullptr) {
      PyErr_Format(PyExc_TypeError, "verify() misses the argument %s", *required);
      return false;
    }
  }
  out.bundle.assign(data, static_cast<std::size_t>(size));
  out.policy.name = name;
  if (threshold < 1) {
    PyErr_SetString(PyExc_ValueError, "threshold must be at least 1");
    return false;
  }
  out.policy.threshold = static_cast<std::size_t>(threshold);
  if (least != nullptr) {
    const auto version = Version::parse(least);
    if (!version) {
      PyErr_SetString(PyExc_ValueError, version.error().message.c_str());
      return false;
    }
    out.policy.least_version = *version;
  }
  if (max_bytes < 0) {
    PyErr_SetString(PyExc_ValueError, "max_bytes must not be negative");
    return false;
  }
  out.policy.max_bytes = static_cast<std::uint64_t>(max_bytes);
  if (max_risk != Py_None) {
    const double most = PyFloat_AsDouble(max_risk);
    if (most == -1.0 && PyErr_Occurred() != nullptr) return false;
    if (!(most >= 0 && most <= 1)) {
      PyErr_SetString(PyExc_ValueError, "max_risk must be from 0 to 1");
      return false;
    }
    out.policy.examine = audit::risk_examiner(most);
  }
  if (python != nullptr) out.policy.python = python;
  if (distributed != nullptr) out.policy.distributed = distributed;
  if (directory != nullptr) out.memory = Memory{directory, remember != 0};
  return take_keys(keys, "keys", out.policy.keys) && take_keys(revoked, "revoked", out.policy.revoked) &&
         take_statements(revocations, out.revocations);
}

PyObject* module_verify(PyObject*, PyObject* args, PyObject* kwargs) {
  try {
    Arguments given;
    if (!read(args, kwargs, given)) return nullptr;
    PyThreadState* const without_gil = PyEval_SaveThread();
    std::optional<Checked<Verified>> verified;
    std::string failure;
    try {
      verified.emplace(verify(given.bundle, given.policy, given.revocations, given.memory, base::wall_now()));
    } catch (const std::exception& thrown) {
      failure = thrown.what();
    }
    PyEval_RestoreThread(without_gil);
    if (!verified) {
      PyErr_SetString(PyExc_RuntimeError, failure.c_str());
      return nullptr;
    }
    return *verified ? dict_of(**verified) : raise_refused(verified->error());
  } catch (const std::exception& thrown) {
    PyErr_SetString(PyExc_RuntimeError, thrown.what());
    return nullptr;
  }
}

PyMethodDef methods[] = {
    {"verify", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(module_verify)),
     METH_VARARGS | METH_KEYWORDS,
     "verify(bundle, *, name, keys, threshold, least_version, revoked, max_bytes, max_risk, revocations, "
     "state_directory, python, distributed, remember=True) -> dict: what is sure of a bundle, with its "
     "files. Raises "
     "Refused."},
    {nullptr, nullptr, 0, nullptr},
};

int exec_module(PyObject* module) {
  if (refused_type == nullptr) {
    refused_type = PyErr_NewExceptionWithDoc("pilothouse._trust.Refused",
                                             "A bundle is not taken; `code` says why, for programs.",
                                             PyExc_ValueError, nullptr);
    if (refused_type == nullptr) return -1;
  }
  Py_INCREF(refused_type);
  if (PyModule_AddObject(module, "Refused", refused_type) == 0) return 0;
  Py_DECREF(refused_type);
  return -1;
}

PyModuleDef_Slot module_slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec_module)}, {0, nullptr}};

PyModuleDef module_def = {PyModuleDef_HEAD_INIT,
                          "_trust",
                          "Whether a signed plugin may be loaded.",
                          0,
                          methods,
                          module_slots,
                          nullptr,
                          nullptr,
                          nullptr};

}  // namespace
}  // namespace pilothouse::trust

PyMODINIT_FUNC PyInit__trust() { return PyModuleDef_Init(&pilothouse::trust::module_def); }
