"""Verified plugin source, made into classes in memory. Nothing here reads a file or imports by path."""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any

from distributed.diagnostics.plugin import NannyPlugin, SchedulerPlugin, WorkerPlugin

from pilothouse._trust import Refused

KINDS: Mapping[str, type] = {"scheduler": SchedulerPlugin, "worker": WorkerPlugin, "nanny": NannyPlugin}


def refuse(code: str, reason: str) -> Refused:
    """A refusal that Python finds, of the same kind as the verifier's."""
    refused = Refused(reason)
    refused.code = code
    return refused


def load(verified: Mapping[str, Any]) -> Any:
    """An instance of the entry class, made from the bytes that `_trust.verify` has returned.

    The modules of a bundle form one package of their own: they import one another relatively, and nobody else finds
    them by accident. Raises Refused; then no module of it stays behind.
    """
    package = f"pilothouse_plugin_{verified['name'].replace('-', '_')}_{verified['sha256'][:16]}"
    finder = _Finder(package, f"{verified['name']}-{verified['version']}", verified["files"])
    sys.meta_path.append(finder)
    try:
        module_name, _, class_name = verified["entry"].partition(":")
        module = importlib.import_module(f"{package}.{module_name}")
        found = getattr(module, class_name, None)
        kind = KINDS[verified["kind"]]
        if not isinstance(found, type) or not issubclass(found, kind) or found.__module__ != module.__name__:
            raise refuse("bad_entry", f"{verified['entry']} is no {kind.__name__} of the bundle's own")
        return found()
    except BaseException as error:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name == package or name.startswith(package + ".")]:
            del sys.modules[name]
        if isinstance(error, (Exception, SystemExit)) and not isinstance(error, Refused):
            raise refuse("failed", f"loading it raised {type(error).__name__}: {error}") from error
        raise


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and loads the modules of one bundle."""

    def __init__(self, package: str, title: str, files: Mapping[str, bytes]):
        self._title = title
        self._paths = {package: ""}
        # As text: a coding line must not make the bytes mean something else than what a reader saw.
        self._sources = {"": ""}
        for path, content in files.items():
            parts = path[: -len(".py")].split("/")
            if parts[-1] == "__init__":
                parts.pop()
            self._paths[".".join([package, *parts])] = path
            self._sources[path] = content.decode()
            for depth in range(1, len(parts)):
                self._paths.setdefault(".".join([package, *parts[:depth]]), "")

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._paths:
            return None
        return importlib.util.spec_from_loader(
            fullname, self, origin=self._filename(fullname), is_package=self.is_package(fullname)
        )

    def is_package(self, fullname: str) -> bool:
        path = self._paths[fullname]
        return path == "" or path.endswith("__init__.py")

    def get_source(self, fullname: str) -> str:
        return self._sources[self._paths[fullname]]

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(
            self.get_source(fullname), self._filename(fullname), "exec", dont_inherit=True
        )
        return code

    def exec_module(self, module: ModuleType) -> None:
        exec(self.get_code(module.__name__), module.__dict__)

    def _filename(self, fullname: str) -> str:
        return f"<{self._title}/{self._paths[fullname]}>"
