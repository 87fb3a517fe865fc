import os
from dataclasses import dataclass, fields


@dataclass
class Settings:
    host: str = "127.0.0.1"
    port: int = 8080
    debug: bool = False

    @classmethod
    def from_environment(cls, prefix="SITE_"):
        values = {}
        for field in fields(cls):
            text = os.environ.get(prefix + field.name.upper())
            if text is None:
                continue
            convert = {"int": int, "bool": lambda t: t == "1"}.get(getattr(field.type, "__name__", field.type), str)
            values[field.name] = convert(text)
        return cls(**values)
