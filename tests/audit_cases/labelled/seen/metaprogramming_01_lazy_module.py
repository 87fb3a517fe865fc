"""Imports submodules when they are first used (PEP 562)."""

import importlib

_SUBMODULES = {"stats", "plots", "tables"}
_ATTRIBUTES = {"mean": "stats", "draw": "plots"}


def __getattr__(name):
    if name in _SUBMODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _ATTRIBUTES:
        return getattr(importlib.import_module(f"{__name__}.{_ATTRIBUTES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(_SUBMODULES | set(_ATTRIBUTES))
