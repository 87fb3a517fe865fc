from typing import Any

class Refused(ValueError):
    code: str

def verify(
    bundle: bytes,
    *,
    name: str,
    keys: list[str],
    threshold: int,
    least_version: str | None,
    revoked: list[str],
    max_bytes: int,
    max_risk: float | None,
    revocations: list[bytes],
    state_directory: str | None,
    python: str | None,
    distributed: str | None,
    remember: bool = True,
) -> dict[str, Any]: ...
