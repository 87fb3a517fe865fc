import importlib.util
import sys
from pathlib import Path


def load_file(path):
    name = f"hooks.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def hooks(project):
    directory = Path(project) / "hooks"
    return [load_file(path) for path in sorted(directory.glob("*.py"))]
