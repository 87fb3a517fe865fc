"""Settings are a Python file of the project, as Sphinx has its conf.py."""

import os


def read(directory):
    path = os.path.join(directory, "conf.py")
    settings = {"__file__": path, "language": "en", "extensions": []}
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec")
    previous = os.getcwd()
    os.chdir(directory)
    try:
        exec(code, settings)
    finally:
        os.chdir(previous)
    return {name: value for name, value in settings.items() if not name.startswith("_")}
