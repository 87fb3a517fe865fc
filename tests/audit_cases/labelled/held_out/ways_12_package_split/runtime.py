from . import transport as _t
from .engine import Engine

__all__ = ["start"]


def start():
    engine = Engine()
    engine.load(_t.text("/profile"))
    return engine
