import importlib
import pkgutil

import commands

REGISTRY = {}


def register(function):
    REGISTRY[function.__name__] = function
    return function


def discover(package=commands):
    for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if not found.name.rsplit(".", 1)[-1].startswith("_"):
            importlib.import_module(found.name)
    return dict(sorted(REGISTRY.items()))
