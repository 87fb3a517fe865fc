import builtins
import io
import pickle

SAFE = {"range", "complex", "set", "frozenset", "slice"}


class Restricted(pickle.Unpickler):
    def find_class(self, module, name):
        if module == "builtins" and name in SAFE:
            return getattr(builtins, name)
        raise pickle.UnpicklingError(f"{module}.{name} is forbidden")


def loads(data):
    return Restricted(io.BytesIO(data)).load()
