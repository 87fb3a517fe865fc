from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any, ClassVar

import dask.config
import pytest
import trustme

from pilothouse._config import ConfigError, HubLocation, Settings
from pilothouse._tls import read_ca_file


def load(config: Path, **environment: str) -> Settings:
    dask.config.refresh(paths=[str(config)], env=environment)
    return Settings.load()


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ada")
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert Settings.load() == Settings(
        address=None,
        token=None,
        workspace=None,
        ca_pem=None,
        name=None,
        user="ada",
        disabled=False,
        flush_interval=1.0,
        spool_directory=Path("/state/pilothouse/spool"),
        spool_max_bytes=32 * 2**20,
        code_transmit=True,
        code_frames=1,
        events_allow=("*",),
        events_ignore=("stealing", "print", "warn", "worker-get-client"),
        events_max_bytes=16 * 2**10,
        redact_enabled=True,
        redact_patterns=(),
        redact_ignore=(),
        plugins=(),
    )


@pytest.mark.parametrize(
    ("value", "risk"), [(None, None), ("", None), (0.7, 0.7), ("0.7", 0.7), (0, 0.0), (1, 1.0)]
)
def test_the_highest_risk_is_part_of_each_policy(value: Any, risk: float | None) -> None:
    plugin = {"name": "night-guard", "keys": ["ed25519:" + 43 * "A"]}
    with dask.config.set({"pilothouse.plugins": [plugin], "pilothouse.trust.max-risk": value}):
        (policy,) = Settings.load().plugins
    assert policy.max_risk == risk


def test_a_directory_below_home() -> None:
    with dask.config.set({"pilothouse.spool.directory": "~/spool"}):
        assert Settings.load().spool_directory == Path.home() / "spool"


@pytest.mark.parametrize(
    ("key", "value", "field", "parsed"),
    [
        ("address", "http://hub:8790/", "address", "http://hub:8790"),
        ("address", "https://hub/prefix", "address", "https://hub/prefix"),
        ("token", "ph_abc", "token", "ph_abc"),
        ("token", "", "token", None),
        ("workspace", "research", "workspace", "research"),
        ("name", " nightly ", "name", "nightly"),
        ("user", "grace", "user", "grace"),
        ("disabled", True, "disabled", True),
        ("disabled", "yes", "disabled", True),
        ("disabled", 0, "disabled", False),
        ("flush-interval", "50ms", "flush_interval", 0.05),
        ("flush-interval", 60, "flush_interval", 60.0),
        ("flush_interval", "2 s", "flush_interval", 2.0),
        ("spool.directory", "/scratch/spool", "spool_directory", Path("/scratch/spool")),
        ("spool.max-bytes", "1 MiB", "spool_max_bytes", 2**20),
        ("spool.max-bytes", 2**30, "spool_max_bytes", 2**30),
        ("code.transmit", "false", "code_transmit", False),
        ("code.frames", "20", "code_frames", 20),
        ("events.allow", ["all", "my-*"], "events_allow", ("all", "my-*")),
        ("events.allow", "all, my-*", "events_allow", ("all", "my-*")),
        ("events.allow", [], "events_allow", ()),
        ("events.ignore", [], "events_ignore", ()),
        ("events.max-bytes", "256 B", "events_max_bytes", 256),
        ("redact.enabled", "no", "redact_enabled", False),
        ("redact.patterns", ["EMP-[0-9]{6}"], "redact_patterns", ("EMP-[0-9]{6}",)),
        ("redact.patterns", [], "redact_patterns", ()),
        ("redact.ignore", ["jwt"], "redact_ignore", ("jwt",)),
        ("redact.ignore", "jwt, cookie", "redact_ignore", ("jwt", "cookie")),
    ],
)
def test_values(key: str, value: Any, field: str, parsed: Any) -> None:
    with dask.config.set({f"pilothouse.{key}": value}):
        assert getattr(Settings.load(), field) == parsed


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("address", "hub:8790", "must look like http://host:port"),
        ("address", "http://hub:99999", "port from 1 to 65535"),
        ("address", "http://me:secret@hub", "without user"),
        ("address", "http://hub/?a=b", "without user, query or fragment"),
        ("address", 8790, "must be text"),
        ("token", "two words", "must be a token"),
        ("workspace", "a\nb", "printable"),
        ("name", "x" * 513, "at most 512"),
        ("user", ["ada"], "must be text"),
        ("disabled", "perhaps", "must be true or false"),
        ("disabled", None, "must be true or false"),
        ("flush-interval", "10ms", "50 ms to 60 s"),
        ("flush-interval", "2 min", "50 ms to 60 s"),
        ("flush-interval", "5 parsecs", "must be a duration"),
        ("flush-interval", "", "must be a duration"),
        ("flush-interval", True, "must be a duration"),
        ("flush-interval", "nan", "50 ms to 60 s"),
        ("spool.directory", "spool", "must be an absolute path"),
        ("spool.directory", 7, "must be the path of a directory"),
        ("spool.max-bytes", "1 kB", "1 MiB to 1 GiB"),
        ("spool.max-bytes", "many", "must be a size"),
        ("spool.max-bytes", "inf", "must be a size"),
        ("code.transmit", 2, "must be true or false"),
        ("code.frames", 0, "from 1 to 20"),
        ("code.frames", 1.5, "from 1 to 20"),
        ("events.allow", 3, "must be a list"),
        ("events.allow", [1], "must be a list"),
        ("events.ignore", None, "must be a list"),
        ("events.max-bytes", "2 MiB", "256 B to 1 MiB"),
        ("trust.max-risk", 1.1, "must be a number from 0 to 1"),
        ("trust.max-risk", -0.1, "must be a number from 0 to 1"),
        ("trust.max-risk", True, "must be a number from 0 to 1"),
        ("trust.max-risk", "low", "must be a number from 0 to 1"),
        ("trust.max-risk", "nan", "must be a number from 0 to 1"),
        ("redact.enabled", "sometimes", "must be true or false"),
        ("redact.patterns", 7, "must be a list of regular expressions"),
        ("redact.patterns", "EMP-[0-9]{6}", "must be a list of regular expressions"),
        ("redact.patterns", ["ok", ""], "must be a list of regular expressions"),
        ("redact.patterns", ["ok", "(open"], 'expression 2, "(open", is not one that RE2 takes: missing )'),
        ("redact.patterns", ["(?<=x)y"], "is not one that RE2 takes"),
        ("redact.patterns", ["x*"], "matches a text in which there is nothing"),
        ("redact.patterns", ["x"] * 65, "more than 64"),
        ("redact.ignore", 7, "must be a list of names of rules"),
        ("redact.ignore", ["pasword"], "there is no 'pasword', did you mean 'password'?"),
        ("redact.ignore", ["jwt", "qqq"], "there is no 'qqq', there are private-key, url-password"),
    ],
)
def test_bad_values_name_the_key(key: str, value: Any, words: str) -> None:
    with dask.config.set({f"pilothouse.{key}": value}), pytest.raises(ConfigError) as caught:
        Settings.load()
    assert str(caught.value).startswith(f"pilothouse.{key} ")
    assert words in str(caught.value)
    assert "in code" in str(caught.value)


def test_a_bad_token_is_not_shown() -> None:
    with dask.config.set({"pilothouse.token": "ph secret"}), pytest.raises(ConfigError) as caught:
        Settings.load()
    assert "secret" not in str(caught.value)


def test_environment(clean_configuration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {
        "DASK_PILOTHOUSE__ADDRESS": "http://hub:1",
        "DASK_PILOTHOUSE__USER": "007",
        "DASK_PILOTHOUSE__NAME": "12",
        "DASK_PILOTHOUSE__DISABLED": "true",
        "DASK_PILOTHOUSE__FLUSH_INTERVAL": "5s",
        "DASK_PILOTHOUSE__SPOOL__MAX_BYTES": "64 MiB",
        "DASK_PILOTHOUSE__EVENTS__ALLOW": "['all']",
        "DASK_PILOTHOUSE__TOKEN": "",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = load(clean_configuration, **environment)
    assert settings.address == "http://hub:1"
    assert settings.user == "007"
    assert settings.name == "12"
    assert settings.token is None
    assert settings.disabled is True
    assert settings.flush_interval == 5.0
    assert settings.spool_max_bytes == 64 * 2**20
    assert settings.events_allow == ("all",)


def test_environment_is_named(clean_configuration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASK_PILOTHOUSE__SPOOL__MAX_BYTES", "lots")
    with pytest.raises(ConfigError, match=r"from environment variable DASK_PILOTHOUSE__SPOOL__MAX_BYTES\)"):
        load(clean_configuration, DASK_PILOTHOUSE__SPOOL__MAX_BYTES="lots")


def test_file_is_named(clean_configuration: Path) -> None:
    path = clean_configuration / "team.yaml"
    path.write_text("pilothouse:\n  code:\n    frames: 99\n")
    with pytest.raises(ConfigError) as caught:
        load(clean_configuration)
    assert str(caught.value) == (
        f"pilothouse.code.frames must be a whole number from 1 to 20, not 99 (from {path})"
    )


def test_unknown_keys_are_refused_with_a_hint(clean_configuration: Path) -> None:
    path = clean_configuration / "team.yaml"
    path.write_text("pilothouse:\n  adress: http://hub:1\n")
    with pytest.raises(ConfigError) as caught:
        load(clean_configuration)
    assert str(caught.value) == (
        f"pilothouse.adress is not a setting (from {path}); did you mean pilothouse.address?"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pilothouse: 3\n", "must be a section"),
        ("pilothouse:\n  events: all\n", "pilothouse.events must be a section"),
        ("pilothouse:\n  qqq:\n    zzz: 1\n", "pilothouse.qqq.zzz is not a setting"),
    ],
)
def test_wrong_shapes(clean_configuration: Path, text: str, words: str) -> None:
    (clean_configuration / "team.yaml").write_text(text)
    with pytest.raises(ConfigError, match=words):
        load(clean_configuration)


def test_a_user_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert Settings.load().user == f"uid-{os.getuid()}"


@pytest.fixture
def pem_file(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "ca.pem"
    path.parent.mkdir(exist_ok=True)
    trustme.CA().cert_pem.write_to_path(str(path))
    return path


def ca_pem_of(value: object) -> str | None:
    with dask.config.set({"pilothouse.tls.ca-file": value}):
        return Settings.load().ca_pem


def test_the_ca_file_is_read(pem_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ca_pem_of(str(pem_file)) == pem_file.read_text()
    assert ca_pem_of("~/ca.pem") == pem_file.read_text()
    assert ca_pem_of(None) is None
    # Only certificates are taken from it; comments in any encoding stay behind.
    pem = pem_file.read_text()
    pem_file.write_bytes(
        b"# Z\xfcrich\n" + pem.encode() + b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    )
    assert ca_pem_of(str(pem_file)) == pem
    monkeypatch.setenv("DASK_PILOTHOUSE__TLS__CA_FILE", str(pem_file))
    dask.config.refresh()
    assert Settings.load().ca_pem == pem


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be read: No such file"),
        (b"", "no PEM certificate"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no PEM certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "damaged certificate"),
        (b"x" * (1024 * 1024 + 1), "over 1 MiB"),
    ],
)
def test_a_ca_file_that_is_none_is_named(tmp_path: Path, content: bytes | None, why: str) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=why) as caught:
        ca_pem_of(str(path))
    assert "pilothouse.tls.ca-file" in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("value", [7, True, "ca.pem", "./ca.pem", ["/ca.pem"]])
def test_a_ca_file_is_an_absolute_path(value: object) -> None:
    with pytest.raises(ConfigError, match=r"pilothouse\.tls\.ca-file must be"):
        ca_pem_of(value)


class TestResolveHub:
    LOCAL: ClassVar = {"address": "http://127.0.0.1:8791", "token": "ph_local", "workspace": "default"}

    @pytest.fixture
    def client_file(self, tmp_path: Path) -> Path:
        path = tmp_path / "state" / "pilothouse" / "client.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(self.LOCAL))
        path.chmod(0o600)
        return path

    def resolve(self, **settings: str) -> HubLocation:
        with dask.config.set({f"pilothouse.{key}": value for key, value in settings.items()}):
            return Settings.load().resolve_hub()

    def test_nothing_known(self) -> None:
        assert self.resolve() == HubLocation("http://127.0.0.1:8790", None, None)

    def test_the_hub_of_this_machine(self, client_file: Path) -> None:
        assert self.resolve() == HubLocation("http://127.0.0.1:8791", "ph_local", "default")
        assert self.resolve(address="http://localhost:8791").token == "ph_local"

    def test_settings_come_first(self, client_file: Path) -> None:
        given = self.resolve(address="http://hub:1", token="ph_other", workspace="research")
        assert given == HubLocation("http://hub:1", "ph_other", "research")
        assert self.resolve(token="ph_other") == HubLocation("http://127.0.0.1:8791", "ph_other", None)

    def test_the_local_token_goes_nowhere_else(self, client_file: Path) -> None:
        assert self.resolve(address="http://elsewhere:8791").token is None
        assert self.resolve(address="http://127.0.0.1:9999").token is None

    def test_what_the_hub_of_this_machine_wants_to_be_trusted(
        self, client_file: Path, pem_file: Path, tmp_path: Path
    ) -> None:
        address = "https://127.0.0.1:8791"
        client_file.write_text(json.dumps({**self.LOCAL, "address": address, "ca_file": str(pem_file)}))
        pem = read_ca_file(str(pem_file))
        assert self.resolve() == HubLocation(address, "ph_local", "default", pem)
        assert self.resolve(address=address, token="ph_other").ca_pem == pem
        assert self.resolve(address="https://elsewhere:8791", token="ph_other").ca_pem is None
        assert self.resolve(address="http://127.0.0.1:8791").token is None
        client_file.write_text(
            json.dumps({**self.LOCAL, "address": address, "ca_file": str(tmp_path / "gone")})
        )
        with pytest.warns(UserWarning, match="is ignored: cannot be read"):
            assert self.resolve().ca_pem is None

    def test_a_pinned_file_comes_first(self, client_file: Path, pem_file: Path, tmp_path: Path) -> None:
        other = tmp_path / "other.pem"
        trustme.CA().cert_pem.write_to_path(str(other))
        local = {**self.LOCAL, "address": "https://127.0.0.1:8791", "ca_file": str(other)}
        client_file.write_text(json.dumps(local))
        assert self.resolve(**{"tls.ca-file": str(pem_file)}).ca_pem == read_ca_file(str(pem_file))

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"[]",
            b"{}",
            b'{"address": 7, "token": "ph_x"}',
            b'{"address": "http://127.0.0.1:1", "token": "a\\nb"}',
            b"\xff\xfe",
            b"[" * 5000,
            b" " * 70000,
        ],
    )
    def test_a_broken_file_is_ignored_with_a_warning(self, client_file: Path, content: bytes) -> None:
        client_file.write_bytes(content)
        with pytest.warns(UserWarning, match="is ignored"):
            assert self.resolve() == HubLocation("http://127.0.0.1:8790", None, None)

    def test_a_file_that_others_may_read(self, client_file: Path) -> None:
        client_file.chmod(0o644)
        with pytest.warns(UserWarning, match="chmod 600"):
            assert self.resolve().token == "ph_local"
        assert stat.S_IMODE(client_file.stat().st_mode) == 0o644
