"""A module whose attributes warn when they are deprecated."""

import sys
import types
import warnings


class _Module(types.ModuleType):
    _old = {"colour": "color", "centre": "center"}

    def __getattr__(self, name):
        if name in self._old:
            warnings.warn(f"{name} is now {self._old[name]}", DeprecationWarning, stacklevel=2)
            return getattr(self, self._old[name])
        raise AttributeError(name)


color = "black"
center = (0, 0)
sys.modules[__name__].__class__ = _Module
