from pathlib import Path

import yaml


class Loader(yaml.SafeLoader):
    """Also reads !path."""


def path(loader, node):
    return Path(loader.construct_scalar(node)).expanduser()


Loader.add_constructor("!path", path)


def load(file):
    with open(file, encoding="utf-8") as stream:
        values = yaml.load(stream, Loader=Loader)
    unknown = set(values) - {"inputs", "output", "threads"}
    if unknown:
        raise KeyError(f"unknown settings: {sorted(unknown)}")
    return values
