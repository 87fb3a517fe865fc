"""A small record type whose __init__ is generated, as dataclasses do it."""

import keyword

_TEMPLATE = """def __init__(self, {parameters}):
{body}
"""


def record(name, fields):
    for field in fields:
        if not field.isidentifier() or keyword.iskeyword(field):
            raise ValueError(f"{field!r} is not a field name")
    body = "\n".join(f"    self.{field} = {field}" for field in fields)
    scope = {}
    exec(_TEMPLATE.format(parameters=", ".join(fields), body=body), scope)
    return type(name, (), {"__init__": scope["__init__"], "__slots__": tuple(fields)})


Point = record("Point", ["x", "y"])
