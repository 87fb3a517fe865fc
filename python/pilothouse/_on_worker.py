"""What travels to workers and nannies, by value: a bundle that is verified again where it is loaded."""

from __future__ import annotations

from typing import Any


class Parcel:
    """Becomes the plugin itself where it is unpickled."""

    def __init__(self, bundle: bytes, policy: Any, revocations: list[bytes], kind: str):
        self.contents = (bundle, dict(vars(policy)), revocations, kind)

    def __reduce__(self) -> Any:
        return open_parcel, self.contents


def open_parcel(bundle: bytes, policy: dict[str, Any], revocations: list[bytes], kind: str) -> Any:
    """The verified plugin, or one that does nothing but say why. Never raises: that would keep a worker from starting."""
    import logging

    try:
        from pilothouse._bundle import load
        from pilothouse._config import PluginPolicy
        from pilothouse._plugins import verify_bundle

        # A worker's host has seen other versions than the scheduler's, and only reads what it remembers.
        return load(verify_bundle(bundle, PluginPolicy(**policy), revocations, remember=False))
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
    from distributed.diagnostics.plugin import NannyPlugin, WorkerPlugin

    logging.getLogger("distributed.pilothouse").warning(
        "This %s goes on without plugin %s: %s", kind, policy["name"], reason
    )
    base = NannyPlugin if kind == "nanny" else WorkerPlugin
    return type("RefusedPlugin", (base,), {"__doc__": reason})()
