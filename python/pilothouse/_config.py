"""The one place that reads Dask's configuration, section ``pilothouse``."""

from __future__ import annotations

import difflib
import getpass
import json
import os
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import dask.config
import yaml
from dask.utils import parse_bytes, parse_timedelta

from pilothouse._tls import read_ca_file

if TYPE_CHECKING:
    from pilothouse._recorder import Redactor

DEFAULT_ADDRESS = "http://127.0.0.1:8790"

_DEFAULTS_FILE = Path(__file__).with_name("pilothouse.yaml")
_MAX_CLIENT_FILE = 64 * 1024

_T = TypeVar("_T")


class ConfigError(ValueError):
    """A setting cannot be right. The message names the key and where its value comes from."""


class _Invalid(ValueError):
    """What a value must be; the key and its source are put before and behind it."""


@dataclass(frozen=True)
class HubLocation:
    """Where the hub is and how to be let in."""

    address: str
    token: str | None
    workspace: str | None
    ca_pem: str | None = None  #: the only certificates to trust; None: the system's CAs


@dataclass(frozen=True)
class PluginPolicy:
    """When a plugin may be loaded: an element of ``pilothouse.plugins``, and what ``pilothouse.trust`` says of all."""

    name: str
    keys: tuple[str, ...]  # pinned
    threshold: int
    least_version: str | None
    revoked: tuple[str, ...]
    max_bytes: int
    max_risk: float | None = None  #: of the auditor's, from 0 to 1; None: it is not asked


@dataclass(frozen=True)
class Settings:
    """Everything that can be configured, checked. Durations are seconds, sizes bytes."""

    address: str | None
    token: str | None
    workspace: str | None
    ca_pem: str | None
    name: str | None
    user: str
    disabled: bool
    flush_interval: float
    spool_directory: Path
    spool_max_bytes: int
    code_transmit: bool
    code_frames: int
    events_allow: tuple[str, ...]
    events_ignore: tuple[str, ...]
    events_max_bytes: int
    redact_enabled: bool
    redact_patterns: tuple[str, ...]
    redact_ignore: tuple[str, ...]
    plugins: tuple[PluginPolicy, ...]

    @classmethod
    def load(cls) -> Settings:
        """Read ``dask.config`` as it is now. Raises ConfigError."""
        _refuse_unknown_keys()
        return cls(
            address=_read("address", _optional(parse_address)),
            token=_read("token", _optional(parse_token)),
            workspace=_read("workspace", _optional(parse_text)),
            ca_pem=_read("tls.ca-file", _optional(parse_ca_file)),
            name=_read("name", _optional(parse_text)),
            user=_read("user", _optional(parse_text)) or _login_name(),
            disabled=_read("disabled", _parse_bool),
            flush_interval=_read("flush-interval", _duration(0.05, 60.0, "50 ms to 60 s")),
            spool_directory=_read("spool.directory", _optional(_parse_path)) or default_state_dir() / "spool",
            spool_max_bytes=_read("spool.max-bytes", _size(2**20, 2**30, "1 MiB to 1 GiB")),
            code_transmit=_read("code.transmit", _parse_bool),
            code_frames=_read("code.frames", _integer(1, 20)),
            events_allow=_read("events.allow", _parse_patterns),
            events_ignore=_read("events.ignore", _parse_patterns),
            events_max_bytes=_read("events.max-bytes", _size(256, 2**20, "256 B to 1 MiB")),
            redact_enabled=_read("redact.enabled", _parse_bool),
            redact_patterns=_read("redact.patterns", _parse_expressions),
            redact_ignore=_read("redact.ignore", _parse_rules),
            plugins=_read_plugins(),
        )

    def resolve_hub(self) -> HubLocation:
        """These settings, completed from the file that a hub on this machine leaves behind."""
        return resolve_hub(self.address, self.token, self.workspace, self.ca_pem)

    def make_redactor(self) -> Redactor | None:
        """What takes secrets out of recorded texts; None when that is switched off."""
        from pilothouse._recorder import Redactor

        if not self.redact_enabled:
            return None
        return Redactor(patterns=list(self.redact_patterns), ignore=list(self.redact_ignore))


def resolve_hub(
    address: str | None, token: str | None, workspace: str | None, ca_pem: str | None
) -> HubLocation:
    trusting = ca_pem is not None or address is None or not address.startswith("https:")
    if address is not None and token is not None and trusting:
        return HubLocation(address, token, workspace, ca_pem)
    local = _read_client_file(default_state_dir() / "client.json")
    if local is None:
        return HubLocation(address or DEFAULT_ADDRESS, token, workspace, ca_pem)
    if address is not None and not _same_hub(address, local.address):
        # The file's token is for the file's hub: another address must not get to see it.
        return HubLocation(address, token, workspace, ca_pem)
    ca_pem = ca_pem or local.ca_pem
    if token is not None:
        return HubLocation(address or local.address, token, workspace, ca_pem)
    return HubLocation(address or local.address, local.token, workspace or local.workspace, ca_pem)


def default_state_dir() -> Path:
    """Where a hub keeps its files unless told otherwise."""
    base = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".local" / "state") / "pilothouse"


def parse_address(value: Any) -> str:
    """``http://host[:port][/prefix]`` without a slash at its end. Raises ValueError."""
    text = parse_text(value).rstrip("/")
    shape = "must look like http://host:port"
    if any(c.isspace() for c in text):
        raise _Invalid(shape)
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _Invalid(shape)
    if parts.username is not None or parts.query or parts.fragment:
        raise _Invalid(f"{shape}, without user, query or fragment")
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise _Invalid(f"{shape}, with a port from 1 to 65535")
    return text


_KEY_ID = re.compile(r"ed25519:[A-Za-z0-9_-]{43}")
_PLUGIN_NAME = re.compile(r"[a-z](?:-?[a-z0-9]){1,63}")
_PLUGIN_VERSION = re.compile(r"(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){0,3}")
_MAX_PLUGINS = 64
_MAX_PLUGIN_KEYS = 16


def _read_plugins() -> tuple[PluginPolicy, ...]:
    revoked = _read("trust.revoked", _parse_keys)
    max_bytes = _read("trust.max-bytes", _size(1024, 2**24, "1 KiB to 16 MiB"))
    max_risk = _read("trust.max-risk", _optional(_fraction))

    def parse(value: Any) -> tuple[PluginPolicy, ...]:
        if not isinstance(value, (list, tuple)) or len(value) > _MAX_PLUGINS:
            raise _Invalid(f"must be a list of at most {_MAX_PLUGINS} plugins, each with its name and keys")
        policies = tuple(_parse_plugin(one, revoked, max_bytes, max_risk) for one in value)
        names = [policy.name for policy in policies]
        if len(set(names)) < len(names):
            raise _Invalid("names a plugin twice")
        return policies

    return _read("plugins", parse)


def _parse_plugin(
    value: Any, revoked: tuple[str, ...], max_bytes: int, max_risk: float | None
) -> PluginPolicy:
    if not isinstance(value, Mapping):
        raise _Invalid("must have a name and keys for each plugin")
    fields = {str(key).replace("_", "-"): item for key, item in value.items()}
    unknown = fields.keys() - {"name", "keys", "threshold", "least-version"}
    if unknown:
        raise _Invalid(f"has {sorted(unknown)[0]!r}, which no plugin has")
    name = fields.get("name")
    if not isinstance(name, str) or len(name) > 64 or not _PLUGIN_NAME.fullmatch(name):
        raise _Invalid("must name each plugin with lower-case letters, digits and single hyphens")
    keys = _parse_keys(fields.get("keys", ()))
    if not keys:
        raise _Invalid(f"pins no key for {name}; without one nothing can be trusted")
    threshold = fields.get("threshold", 1)
    if isinstance(threshold, bool) or not isinstance(threshold, int) or not 1 <= threshold <= len(keys):
        raise _Invalid(f"must have a threshold from 1 to the number of keys ({len(keys)}) for {name}")
    least = fields.get("least-version")
    if least is not None and not _PLUGIN_VERSION.fullmatch(str(least)):
        raise _Invalid(f'must have a least-version like "1.2.0" for {name}')
    if isinstance(least, float):
        raise _Invalid(
            f"must have its least-version in quotes for {name}: YAML takes 1.10 for the number 1.1"
        )
    least = None if least is None else str(least)
    return PluginPolicy(name, keys, threshold, least, revoked, max_bytes, max_risk)


def _parse_keys(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(key, str) and _KEY_ID.fullmatch(key) for key in value
    ):
        raise _Invalid("must list keys as `pilothouse plugin keygen` prints them, like ed25519:...")
    keys = tuple(dict.fromkeys(value))
    if len(keys) > _MAX_PLUGIN_KEYS:
        raise _Invalid(f"must list at most {_MAX_PLUGIN_KEYS} keys")
    return keys


def _load_defaults() -> Mapping[str, Any]:
    defaults: Mapping[str, Any] = yaml.safe_load(_DEFAULTS_FILE.read_text(encoding="utf-8"))
    dask.config.update_defaults(defaults)
    dask.config.ensure_file(source=str(_DEFAULTS_FILE))
    return defaults


def _flatten(section: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in section.items():
        name = prefix + str(key).replace("_", "-")
        if isinstance(value, Mapping) and value:
            yield from _flatten(value, name + ".")
        else:
            yield name, value


_KEYS: Mapping[str, Any] = dict(_flatten(_load_defaults()["pilothouse"]))


def _refuse_unknown_keys() -> None:
    section = dask.config.get("pilothouse", default=None)
    if section is None:
        return
    if not isinstance(section, Mapping):
        raise ConfigError(
            f"pilothouse must be a section with keys, not {section!r} ({_source('', section)[0]})"
        )
    sections = {key.rpartition(".")[0] for key in _KEYS}
    for key, value in _flatten(section):
        if key in _KEYS:
            continue
        source = _source(key, value)[0]
        if key in sections:
            raise ConfigError(f"pilothouse.{key} must be a section with keys, not {value!r} ({source})")
        near = difflib.get_close_matches(key, _KEYS, n=1)
        hint = f"; did you mean pilothouse.{near[0]}?" if near else ""
        raise ConfigError(f"pilothouse.{key} is not a setting ({source}){hint}")


def _read(key: str, parse: Callable[[Any], _T]) -> _T:
    value = dask.config.get(f"pilothouse.{key}", default=_KEYS[key])
    try:
        return parse(value)
    except ValueError as error:
        source, raw = _source(key, value)
        if raw is not None and not isinstance(value, str):
            # Dask evaluates environment variables as Python: a user called 007 arrives as something else.
            try:
                return parse(raw)
            except ValueError:
                pass
        shown = "" if key == "token" else f", not {value!r}"
        raise ConfigError(f"pilothouse.{key} {error}{shown} ({source})") from None


def _source(key: str, value: Any) -> tuple[str, str | None]:
    """Where a value comes from, in words; and the raw text when that is an environment variable."""
    for name, raw in os.environ.items():
        if name.startswith("DASK_PILOTHOUSE") and _same_value(
            dask.config.collect_env({name: raw}), key, value
        ):
            return f"from environment variable {name}", raw
    found = None
    for path in _yaml_files():
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError):
            continue
        if _same_value(content, key, value):
            found = path
    if found is not None:
        return f"from {found}", None
    if "DASK_INTERNAL_INHERIT_CONFIG" in os.environ:
        return "set in code or inherited from the parent process", None
    return "set in code, with dask.config.set", None


def _same_value(config: Any, key: str, value: Any) -> bool:
    section = config.get("pilothouse") if isinstance(config, Mapping) else None
    values = dict(_flatten(section)) if isinstance(section, Mapping) else {"": section}
    return key in values and bool(values[key] == value)


def _yaml_files() -> Iterator[Path]:
    for place in map(Path, dask.config.paths):
        if place.is_file():
            yield place
            continue
        try:
            yield from (path for path in sorted(place.iterdir()) if path.suffix in (".json", ".yaml", ".yml"))
        except OSError:
            continue


def _optional(parse: Callable[[Any], _T]) -> Callable[[Any], _T | None]:
    return lambda value: None if value is None or value == "" else parse(value)


def parse_text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Invalid("must be text")
    text = value.strip()
    if not text:
        raise _Invalid("must not be empty")
    if len(text) > 512 or not text.isprintable():
        raise _Invalid("must be at most 512 printable characters")
    return text


def parse_token(value: Any) -> str:
    text = parse_text(value)
    if not re.fullmatch(r"[\x21-\x7e]+", text):
        raise _Invalid("must be a token as the hub printed it, like ph_...")
    return text


def _parse_path(value: Any) -> Path:
    if not isinstance(value, str):
        raise _Invalid("must be the path of a directory")
    path = Path(value).expanduser()
    if not path.is_absolute() or "\0" in value:
        raise _Invalid("must be an absolute path, or begin with ~")
    return path


def parse_ca_file(value: Any) -> str:
    """The content of a PEM file with certificates. Raises ValueError."""
    if not isinstance(value, (str, os.PathLike)):
        raise _Invalid("must be the path of a PEM file")
    path = os.path.expanduser(os.fspath(value))
    if "\0" in path or not os.path.isabs(path):
        raise _Invalid("must be an absolute path, or begin with ~")
    return read_ca_file(path)


def _parse_bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {
        "true": True,
        "yes": True,
        "on": True,
        "1": True,
        "false": False,
        "no": False,
        "off": False,
        "0": False,
    }
    text = str(value).strip().lower()
    if text not in known:
        raise _Invalid("must be true or false")
    return known[text]


def _integer(low: int, high: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        wrong = f"must be a whole number from {low} to {high}"
        if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}", str(value).strip()):
            raise _Invalid(wrong)
        number = int(value)
        if not low <= number <= high:
            raise _Invalid(wrong)
        return number

    return parse


def _fraction(value: Any) -> float:
    wrong = "must be a number from 0 to 1"
    if isinstance(value, bool):
        raise _Invalid(wrong)
    try:
        number = float(value)
    except (ValueError, TypeError, OverflowError):
        raise _Invalid(wrong) from None
    if not 0 <= number <= 1:
        raise _Invalid(wrong)
    return number


def _duration(low: float, high: float, words: str) -> Callable[[Any], float]:
    def parse(value: Any) -> float:
        try:
            if value is None or isinstance(value, bool):
                raise ValueError
            seconds = float(parse_timedelta(value))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError):
            raise _Invalid(f'must be a duration like "1s", {words}') from None
        if not low <= seconds <= high:
            raise _Invalid(f"must be {words}")
        return seconds

    return parse


def _size(low: int, high: int, words: str) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        try:
            if value is None or isinstance(value, bool):
                raise ValueError
            size = int(parse_bytes(value))
        except (ValueError, TypeError, IndexError, AttributeError, OverflowError):
            raise _Invalid(f'must be a size like "32 MiB", {words}') from None
        if not low <= size <= high:
            raise _Invalid(f"must be {words}")
        return size

    return parse


def _parse_patterns(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if not isinstance(value, (list, tuple)):
        raise _Invalid('must be a list of shell patterns, like ["all", "scheduler"]')
    if not all(isinstance(part, str) and part.strip() for part in value):
        raise _Invalid('must be a list of shell patterns, like ["all", "scheduler"]')
    return tuple(part.strip() for part in value)


def _parse_expressions(value: Any) -> tuple[str, ...]:
    # One text is no list of one: most texts are regular expressions, also those that were to be lists.
    if not isinstance(value, (list, tuple)) or not all(isinstance(part, str) and part for part in value):
        raise _Invalid("must be a list of regular expressions, as RE2 takes them")
    if value:
        # Most have none, and clients need not load the recorder.
        from pilothouse._recorder import Redactor

        try:
            Redactor(patterns=list(value))
        except ValueError as error:
            raise _Invalid(f"must be a list of regular expressions: {error}") from None
    return tuple(value)


def _parse_rules(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if not isinstance(value, (list, tuple)) or not all(isinstance(part, str) for part in value):
        raise _Invalid('must be a list of names of rules, like ["jwt", "cookie"]')
    names = tuple(part.strip() for part in value)
    if names:
        from pilothouse._recorder import Redactor

        known = Redactor.rule_names()
        for name in names:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
                raise _Invalid(f"must name rules; there is no {name!r}, {hint}")
    return names


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return f"uid-{os.getuid()}" if hasattr(os, "getuid") else "unknown"


def _read_client_file(path: Path) -> HubLocation | None:
    """What the hub on this machine wrote; None when there is no such file or it cannot be used."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_MAX_CLIENT_FILE + 1)
    except OSError:
        return None
    try:
        if len(content) > _MAX_CLIENT_FILE:
            raise _Invalid("it is too large")
        fields = json.loads(content)
        if not isinstance(fields, dict):
            raise _Invalid("it is not a JSON object")
        workspace, ca_file = fields.get("workspace"), fields.get("ca_file")
        location = HubLocation(
            parse_address(fields.get("address")),
            parse_token(fields.get("token")),
            None if workspace is None else parse_text(workspace),
            None if ca_file is None else parse_ca_file(ca_file),
        )
    except (ValueError, RecursionError) as error:
        warnings.warn(f"{path} is ignored: {error}. Starting a hub writes it anew.", stacklevel=2)
        return None
    if mode & 0o077:
        warnings.warn(f"{path} holds a token and others may read it. Run: chmod 600 {path}", stacklevel=2)
    return location


def _same_hub(left: str, right: str) -> bool:
    def parts(address: str) -> tuple[str, str, int | None, str]:
        url = urlsplit(address)
        host = (url.hostname or "").replace("localhost", "127.0.0.1")
        return url.scheme, host, url.port or {"http": 80, "https": 443}.get(url.scheme), url.path.rstrip("/")

    return parts(left) == parts(right)
