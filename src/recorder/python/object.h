#pragma once

#include <Python.h>
#include <structmember.h>

#include <utility>

namespace pilothouse::recorder {

// An owned reference that is released at the end of the scope; a failed lookup is no error here.
class Owned {
 public:
  Owned() = default;
  explicit Owned(PyObject* object) : object_(object) {
    if (object_ == nullptr) PyErr_Clear();
  }
  Owned(Owned&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Owned& operator=(Owned&&) = delete;
  ~Owned() { Py_XDECREF(object_); }
  PyObject* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr && object_ != Py_None; }

 private:
  PyObject* object_ = nullptr;
};

// An attribute that is a member of `__slots__`, as most of Dask's are: read where it lies in the object once
// its class is known. Any other attribute is read as Python does.
class SlotMember {
 public:
  explicit SlotMember(PyObject* name) : name_(name) {}
  ~SlotMember() { Py_XDECREF(type_); }
  SlotMember(const SlotMember&) = delete;
  SlotMember& operator=(const SlotMember&) = delete;

  // Borrowed, and no Python code is run; nullptr when it is no such member, or has no value.
  PyObject* peek(PyObject* object) {
    if (Py_TYPE(object) != type_) look_up(Py_TYPE(object));
    if (offset_ == 0) return nullptr;
    return *reinterpret_cast<PyObject**>(reinterpret_cast<char*>(object) + offset_);
  }

  Owned get(PyObject* object) {
    PyObject* value = peek(object);
    if (value == nullptr) return Owned(PyObject_GetAttr(object, name_));
    Py_INCREF(value);
    return Owned(value);
  }

 private:
  void look_up(PyTypeObject* type) {
    Py_INCREF(type);
    Py_XDECREF(std::exchange(type_, type));
    offset_ = 0;
    if (type->tp_getattro != PyObject_GenericGetAttr) return;
    const Owned found(PyObject_GetAttr(reinterpret_cast<PyObject*>(type), name_));
    if (found.get() == nullptr || Py_TYPE(found.get()) != &PyMemberDescr_Type) return;
    const PyMemberDef* member = reinterpret_cast<PyMemberDescrObject*>(found.get())->d_member;
    if (member->type == T_OBJECT_EX) offset_ = member->offset;
  }

  PyObject* name_;                // interned, lives as long as the module
  PyTypeObject* type_ = nullptr;  // owned, so that no other class comes to lie at its address
  Py_ssize_t offset_ = 0;
};

}  // namespace pilothouse::recorder
