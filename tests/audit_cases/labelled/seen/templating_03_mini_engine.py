"""Compiles a template to a function: what stands between {{ and }} is a name, nothing else."""

import re

_NAME = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")


def compile_template(text):
    pieces, at = [], 0
    for match in _NAME.finditer(text):
        pieces.append(repr(text[at : match.start()]))
        pieces.append(f"str(values[{match.group(1)!r}])")
        at = match.end()
    pieces.append(repr(text[at:]))
    scope = {}
    exec("def render(values):\n    return ''.join([" + ", ".join(pieces) + "])", scope)
    return scope["render"]


greeting = compile_template("Dear {{ name }}, you owe {{ amount }}.")
