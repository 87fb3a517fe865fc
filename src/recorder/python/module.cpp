// The CPython extension `pilothouse._recorder`: the types Recorder and Redactor. python/pilothouse/_plugin.py
// is its user, and _config.py, which checks what a Redactor is configured with.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include "base/clock.h"
#include "base/paths.h"
#include "base/session_id.h"
#include "recorder/core/recorder.h"
#include "recorder/core/uploader.h"
#include "recorder/python/names.h"
#include "recorder/python/redactor.h"
#include "recorder/python/text.h"
#include "recorder/python/transition.h"
#include "tape/spool.h"

namespace pilothouse::recorder {
namespace {

// In `directory` when that can be; else in memory, and `problem` says why.
std::shared_ptr<tape::Spool> make_spool(const std::filesystem::path& directory,
                                        const tape::SpoolOptions& options, std::string& problem) {
  if (!directory.empty()) {
    const auto ready = base::make_private_directory(directory);
    auto spool = ready ? tape::Spool::create(directory, options) : ready.error();
    if (spool) return std::move(*spool);
    problem = spool.error().message;
  }
  auto spool = tape::Spool::create_in_memory(options);
  if (!spool) throw std::runtime_error(spool.error().message);
  return std::move(*spool);
}

struct Core {
  Core(UploaderOptions upload, const tape::SpoolOptions& options, const std::filesystem::path& directory,
       PyObject* tasks, std::shared_ptr<Redactor> redactor)
      : spool(make_spool(directory, options, spool_problem)),
        uploader(std::move(upload), spool),
        recorder(spool, [this] { uploader.wake(); }),
        reader(tasks, std::move(redactor)) {}
  std::string spool_problem;
  std::shared_ptr<tape::Spool> spool;
  Uploader uploader;
  Recorder recorder;
  TransitionReader reader;
};

struct RecorderObject {
  PyObject_HEAD Core* core;  // nullptr before __init__ and in a forked child
};

Core* core_of(PyObject* self) { return reinterpret_cast<RecorderObject*>(self)->core; }

// Runs `work`; a C++ exception (there is no memory, say) becomes a Python one.
template <class Work>
PyObject* guarded(PyObject* self, Work work) {
  Core* core = core_of(self);
  if (core == nullptr) Py_RETURN_NONE;
  try {
    return work(*core);
  } catch (const std::exception& failure) {
    PyErr_SetString(PyExc_RuntimeError, failure.what());
    return nullptr;
  }
}

PyObject* unicode(std::string_view text) {
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
}

int init(PyObject* self, PyObject* args, PyObject* kwargs) {
  static const char* keywords[] = {"tasks",     "address",   "token",    "session", "max_bytes",
                                   "directory", "heartbeat", "redactor", "ca_pem",  nullptr};
  PyObject* tasks = nullptr;
  const char* address = nullptr;
  const char* token = nullptr;
  const char* session = nullptr;
  Py_ssize_t max_bytes = 0;
  const char* directory = nullptr;
  double heartbeat = 0;
  PyObject* given_redactor = nullptr;
  const char* ca_pem = nullptr;
  if (PyArg_ParseTupleAndKeywords(args, kwargs, "$O!sssnsdOs", const_cast<char**>(keywords), &PyDict_Type,
                                  &tasks, &address, &token, &session, &max_bytes, &directory, &heartbeat,
                                  &given_redactor, &ca_pem) == 0) {
    return -1;
  }
  if (max_bytes < 1 << 20 || max_bytes > 1 << 30 || !(heartbeat > 0) || heartbeat > 3600) {
    PyErr_SetString(PyExc_ValueError,
                    "max_bytes is 1 MiB to 1 GiB, heartbeat more than 0 and at most 3600 s");
    return -1;
  }
  const auto where = net::HubAddress::parse(address);
  auto hub = where ? net::HubAccess::make(*where, token, ca_pem) : where.error();
  if (!hub) {
    PyErr_SetString(PyExc_ValueError, hub.error().message.c_str());
    return -1;
  }

  tape::SpoolOptions spool;
  spool.bytes = static_cast<std::size_t>(max_bytes) / 4096 * 4096;
  spool.session = base::SessionId::random();
  spool.session_json = session;
  spool.hub = where->to_string();
  spool.hub_print = tape::hub_print(spool.hub, token);
  spool.created_us = base::wall_now();
  UploaderOptions options;
  options.hub = std::move(*hub);
  options.heartbeat = std::chrono::milliseconds(static_cast<std::int64_t>(heartbeat * 1000) + 1);
  try {
    auto* object = reinterpret_cast<RecorderObject*>(self);
    delete object->core;
    object->core = nullptr;
    std::shared_ptr<Redactor> redactor;
    if (!redactor_of(given_redactor, redactor)) return -1;
    object->core = new Core(std::move(options), spool, directory, tasks, std::move(redactor));
  } catch (const std::exception& failure) {
    PyErr_SetString(PyExc_RuntimeError, failure.what());
    return -1;
  }
  return 0;
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  if (Core* core = core_of(self)) Py_VISIT(core->reader.tasks());
  return 0;
}

int clear(PyObject* self) {
  auto* object = reinterpret_cast<RecorderObject*>(self);
  Core* core = object->core;
  object->core = nullptr;
  delete core;
  return 0;
}

void dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  clear(self);
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* transition(PyObject* self, PyObject* args, PyObject* kwargs) {
  Core* core = core_of(self);
  if (core == nullptr || !TransitionReader::concerns(args)) Py_RETURN_NONE;
  try {
    core->reader.read(core->recorder, args, kwargs);
  } catch (const std::exception&) {
    core->recorder.count_drop(tape::Kind::kSpans, 1, 0);
  }
  Py_RETURN_NONE;
}

PyObject* open_computation(PyObject* self, PyObject* args) {
  const char* id = nullptr;
  long long start = 0;
  const char* details = nullptr;
  if (PyArg_ParseTuple(args, "sLs", &id, &start, &details) == 0) return nullptr;
  return guarded(self, [&](Core& core) {
    core.recorder.open_computation(id, start, details);
    Py_RETURN_NONE;
  });
}

PyObject* describe_computation(PyObject* self, PyObject* args) {
  const char* id = nullptr;
  const char* details = nullptr;
  if (PyArg_ParseTuple(args, "ss", &id, &details) == 0) return nullptr;
  return guarded(self, [&](Core& core) {
    core.recorder.describe_computation(id, details);
    Py_RETURN_NONE;
  });
}

bool kind_of(std::string_view name, tape::Kind& kind) {
  const auto found = std::find(tape::kKindNames.begin() + 1, tape::kKindNames.end(), name);
  if (found == tape::kKindNames.end()) {
    PyErr_Format(PyExc_ValueError, "no such kind: %s", name.data());
    return false;
  }
  kind = static_cast<tape::Kind>(found - tape::kKindNames.begin());
  return true;
}

PyObject* put(PyObject* self, PyObject* args) {
  const char* name = nullptr;
  const char* text = nullptr;
  Py_ssize_t size = 0;
  tape::Kind kind{};
  if (PyArg_ParseTuple(args, "ss#", &name, &text, &size) == 0 || !kind_of(name, kind)) return nullptr;
  return guarded(self, [&](Core& core) {
    core.recorder.put_record(kind, {text, static_cast<std::size_t>(size)});
    Py_RETURN_NONE;
  });
}

PyObject* drop(PyObject* self, PyObject* args) {
  const char* name = nullptr;
  unsigned long long count = 0;
  tape::Kind kind{};
  if (PyArg_ParseTuple(args, "sK", &name, &count) == 0 || !kind_of(name, kind)) return nullptr;
  return guarded(self, [&](Core& core) {
    core.recorder.count_drop(kind, count, 0);
    Py_RETURN_NONE;
  });
}

PyObject* preset_group(PyObject* self, PyObject* args) {
  const char* name = nullptr;
  unsigned long long total = 0;
  unsigned long long memory = 0;
  unsigned long long erred = 0;
  if (PyArg_ParseTuple(args, "sKKK", &name, &total, &memory, &erred) == 0) return nullptr;
  return guarded(self, [&](Core& core) {
    core.recorder.preset_group(name, total, memory, erred);
    Py_RETURN_NONE;
  });
}

PyObject* groups(PyObject* self, PyObject*) {
  return guarded(self, [&](Core& core) -> PyObject* {
    const auto stale = core.recorder.groups_to_refresh();
    PyObject* list = PyList_New(static_cast<Py_ssize_t>(stale.size()));
    if (list == nullptr) return nullptr;
    for (std::size_t i = 0; i < stale.size(); ++i) {
      PyObject* pair = Py_BuildValue("IN", stale[i].slot, unicode(stale[i].name));
      if (pair == nullptr) {
        Py_DECREF(list);
        return nullptr;
      }
      PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i), pair);
    }
    return list;
  });
}

PyObject* set_group(PyObject* self, PyObject* args) {
  unsigned slot = 0;
  unsigned long long counts[4] = {};
  const char* prefix = nullptr;
  PyObject* dependencies = nullptr;
  if (PyArg_ParseTuple(args, "IKKKKsO!", &slot, &counts[0], &counts[1], &counts[2], &counts[3], &prefix,
                       &PyList_Type, &dependencies) == 0) {
    return nullptr;
  }
  return guarded(self, [&](Core& core) {
    std::vector<std::string> texts;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(dependencies); ++i) {
      std::string scratch;
      texts.emplace_back(utf8_of(PyList_GET_ITEM(dependencies, i), scratch));
    }
    core.recorder.set_gauges(slot, {counts[0], counts[1], counts[2], counts[3]});
    core.recorder.describe_group(slot, prefix, std::move(texts));
    Py_RETURN_NONE;
  });
}

PyObject* flush(PyObject* self, PyObject*) {
  return guarded(self, [](Core& core) {
    core.recorder.flush();
    core.uploader.wake();
    Py_RETURN_NONE;
  });
}

PyObject* take_resync(PyObject* self, PyObject*) {
  return guarded(self, [](Core& core) {
    const bool asked = core.uploader.take_resync();
    if (asked) core.recorder.describe_all_again();
    return PyBool_FromLong(asked);
  });
}

PyObject* end(PyObject* self, PyObject* args) {
  long long stop = 0;
  const char* reason = nullptr;
  if (PyArg_ParseTuple(args, "Ls", &stop, &reason) == 0) return nullptr;
  return guarded(self, [&](Core& core) {
    core.recorder.end(stop, reason);
    Py_RETURN_NONE;
  });
}

PyObject* finish(PyObject* self, PyObject* args) {
  double timeout = 0;
  if (PyArg_ParseTuple(args, "d", &timeout) == 0) return nullptr;
  return guarded(self, [&](Core& core) {
    bool sent = false;
    Py_BEGIN_ALLOW_THREADS;
    sent = core.uploader.finish(std::chrono::milliseconds(static_cast<std::int64_t>(timeout * 1000)));
    Py_END_ALLOW_THREADS;
    return PyBool_FromLong(sent);
  });
}

PyObject* status(PyObject* self, PyObject*) {
  return guarded(self, [](Core& core) -> PyObject* {
    const UploadStatus now = core.uploader.status();
    const char* links[] = {"starting", "connected", "away", "refused"};
    PyObject* drops = PyDict_New();
    if (drops == nullptr) return nullptr;
    const tape::Drops counts = tape::all_drops(core.spool->journal());
    for (std::size_t kind = 1; kind < counts.size(); ++kind) {
      if (counts[kind].count == 0) continue;
      PyObject* count = PyLong_FromUnsignedLongLong(counts[kind].count);
      if (count == nullptr || PyDict_SetItemString(drops, tape::kKindNames[kind].data(), count) != 0) {
        Py_XDECREF(count);
        Py_DECREF(drops);
        return nullptr;
      }
      Py_DECREF(count);
    }
    return Py_BuildValue("{s:s,s:N,s:L,s:K,s:O,s:N,s:s,s:s,s:s,s:K}", "link",
                         links[static_cast<int>(now.link)], "problem", unicode(now.problem), "cluster",
                         static_cast<long long>(now.cluster), "mark",
                         static_cast<unsigned long long>(now.mark), "close_requested",
                         now.close_requested ? Py_True : Py_False, "drops", drops, "session",
                         core.spool->identity().session.to_string().c_str(), "spool",
                         core.spool->file().c_str(), "spool_problem", core.spool_problem.c_str(), "recovered",
                         static_cast<unsigned long long>(now.recovered));
  });
}

// In a child of fork(): nothing of the parent's recorder may be used, waited for or freed.
PyObject* forked(PyObject* self, PyObject*) {
  auto* object = reinterpret_cast<RecorderObject*>(self);
  if (object->core != nullptr) {
    object->core->spool->close_after_fork();
    object->core->uploader.forget_after_fork();
  }
  object->core = nullptr;
  Py_RETURN_NONE;
}

PyMethodDef methods[] = {
    {"transition", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(transition)),
     METH_VARARGS | METH_KEYWORDS, "transition(key, start, finish, *args, **kwargs): the scheduler's hook."},
    {"open_computation", open_computation, METH_VARARGS, "open_computation(id, start_us, details_json)"},
    {"describe_computation", describe_computation, METH_VARARGS, "describe_computation(id, details_json)"},
    {"put", put, METH_VARARGS, "put(kind, record_json)"},
    {"drop", drop, METH_VARARGS, "drop(kind, count): count records that could not be kept."},
    {"preset_group", preset_group, METH_VARARGS, "preset_group(name, total, memory, erred)"},
    {"groups", groups, METH_NOARGS, "groups() -> [(slot, name)]: those whose gauges are due."},
    {"set_group", set_group, METH_VARARGS,
     "set_group(slot, waiting, queued, processing, no_worker, prefix, dependencies)"},
    {"flush", flush, METH_NOARGS, "flush(): hand over what was recorded since the last flush."},
    {"take_resync", take_resync, METH_NOARGS,
     "take_resync() -> bool: the hub wants the cluster described again."},
    {"end", end, METH_VARARGS, "end(stop_us, reason): the last record."},
    {"finish", finish, METH_VARARGS,
     "finish(timeout) -> bool: send the rest; False when the hub did not take it."},
    {"status", status, METH_NOARGS, "status() -> dict"},
    {"forked", forked, METH_NOARGS, "forked(): make this object inert in a child process."},
    {nullptr, nullptr, 0, nullptr},
};

PyObject* module_key_text(PyObject*, PyObject* key) {
  std::string storage;
  return unicode(key_text(key, storage));
}

PyMethodDef module_methods[] = {
    {"key_text", module_key_text, METH_O, "key_text(key) -> str: how a task key or group name is recorded."},
    {nullptr, nullptr, 0, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>("The native recorder of one scheduler.")},
    {Py_tp_init, reinterpret_cast<void*>(init)},
    {Py_tp_new, reinterpret_cast<void*>(PyType_GenericNew)},
    {Py_tp_dealloc, reinterpret_cast<void*>(dealloc)},
    {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(clear)},
    {Py_tp_methods, methods},
    {0, nullptr},
};

PyType_Spec spec = {"pilothouse._recorder.Recorder", sizeof(RecorderObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots};

// Runs when the interpreter is gone and the process's statics are about to go.
void at_exit() { Uploader::stop_all(std::chrono::milliseconds(500)); }

int exec_module(PyObject* module) {
  if (!make_names()) return -1;
  if (Py_AtExit(at_exit) != 0) {
    PyErr_SetString(PyExc_RuntimeError, "no room for another exit function");
    return -1;
  }
  const auto add = [module](const char* name, PyObject* type) {
    if (type == nullptr) return -1;
    const int failed = PyModule_AddObject(module, name, type);
    if (failed != 0) Py_DECREF(type);
    return failed;
  };
  if (add("Recorder", PyType_FromSpec(&spec)) != 0) return -1;
  return add("Redactor", make_redactor_type());
}

PyModuleDef_Slot module_slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec_module)}, {0, nullptr}};

PyModuleDef module_def = {PyModuleDef_HEAD_INIT,
                          "_recorder",
                          "The native recorder.",
                          0,
                          module_methods,
                          module_slots,
                          nullptr,
                          nullptr,
                          nullptr};

}  // namespace
}  // namespace pilothouse::recorder

PyMODINIT_FUNC PyInit__recorder() { return PyModuleDef_Init(&pilothouse::recorder::module_def); }
