"""Feature checks of the interpreter."""

import sys


def supports(expression):
    try:
        compile(expression, "<feature>", "eval")
    except SyntaxError:
        return False
    return True


WALRUS = supports("(x := 1)")
STAR_SUBSCRIPT = supports("a[*b]")
LAZY = eval("lambda: 42")

if sys.version_info >= (3, 10):
    exec("def matches(value):\n    match value:\n        case [_, *_]:\n            return True\n    return False")
