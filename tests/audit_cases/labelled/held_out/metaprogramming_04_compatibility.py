"""Runs on Python 2 and 3."""

import sys
import types

PY3 = sys.version_info[0] == 3

if PY3:
    text = str

    def exec_(code, globs=None, locs=None):
        import builtins

        getattr(builtins, "exec")(code, globs, locs)
else:
    text = unicode  # noqa: F821


class _Moves(types.ModuleType):
    def __getattr__(self, name):
        module = __import__({"queue": "queue" if PY3 else "Queue"}[name])
        setattr(self, name, module)
        return module


moves = sys.modules[__name__ + ".moves"] = _Moves(__name__ + ".moves")
