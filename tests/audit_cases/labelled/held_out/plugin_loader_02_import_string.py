from importlib import import_module


def import_string(path):
    """The object at a dotted path: "package.module.Class"."""
    try:
        module_path, name = path.rsplit(".", 1)
    except ValueError:
        raise ImportError(f"{path!r} is not a dotted path") from None
    module = import_module(module_path)
    try:
        return getattr(module, name)
    except AttributeError:
        raise ImportError(f"{module_path} has no {name}") from None


DEFAULT_BACKEND = "mailer.backends.smtp.Backend"


def backend(settings):
    return import_string(settings.get("backend", DEFAULT_BACKEND))(**settings.get("options", {}))
