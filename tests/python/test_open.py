"""`pilothouse open`: what a browser is given, and what others on the machine see of it."""

from __future__ import annotations

import html
import re
import shlex
import stat
from pathlib import Path
from typing import Any, Callable
from urllib.parse import unquote, urlsplit

import fake_hub as fake
import pytest
from fake_hub import FakeHub
from run_command import Command, Said

OK, FAILED, USAGE, UNREACHABLE, UNAUTHORIZED, NOT_FOUND = range(6)
TOKEN = "ph_secret-token"

# A browser that writes down what it was given, and keeps what was in the file it should show.
BROWSER = """#!/bin/sh
printf '%s\\n' "$0" "$@" >> {seen}
case "$1" in file://*) cp "${{1#file://}}" {page};; esac
exit {code}
"""


class Browser:
    def __init__(self, directory: Path, name: str = "browser", code: int = 0) -> None:
        self.path = directory / name
        self._seen = directory / f"{name}.seen"
        self._page = directory / f"{name}.html"
        self.path.write_text(BROWSER.format(seen=self._seen, page=self._page, code=code))
        self.path.chmod(0o755)

    @property
    def arguments(self) -> list[str]:
        """Of its only start."""
        [_, *arguments] = self._seen.read_text().splitlines()
        return arguments

    @property
    def started(self) -> bool:
        return self._seen.exists()

    @property
    def page(self) -> str:
        return self._page.read_text()

    @property
    def target(self) -> str:
        [url] = re.findall(r'http-equiv="refresh" content="0; url=([^"]*)"', self.page)
        return html.unescape(url)


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    directory = tmp_path / "run"
    directory.mkdir(mode=0o700)
    return directory


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


@pytest.fixture
def open_page(
    command: Command, fake_hub: FakeHub, browser: Browser, runtime: Path, tmp_path: Path
) -> Callable[..., Said]:
    fake_hub.answers["GET", "/"] = (200, b"<!doctype html><title>Pilothouse</title>")
    fake_hub.answers["GET", "/workspace"] = (200, {"name": "default"})
    fake_hub.answers["GET", "/clusters/3"] = (200, fake.cluster(3))
    fake_hub.answers["GET", "/computations/12"] = (200, {"id": 12})
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        command.environment.pop(name, None)
    command.environment |= {
        "DASK_PILOTHOUSE__ADDRESS": fake_hub.address,
        "DASK_PILOTHOUSE__TOKEN": TOKEN,
        "XDG_RUNTIME_DIR": str(runtime),
        "BROWSER": str(browser.path),
        "PATH": "/usr/bin:/bin",
    }

    def run(*arguments: str, **environment: str) -> Said:
        return command("open", *arguments, **environment)

    return run


@pytest.mark.parametrize(
    ("what", "path"),
    [((), "/"), (("3",), "/clusters/3"), (("computation/12",), "/computations/12")],
)
def test_the_browser_is_taken_to_the_page_and_signed_in(
    open_page: Callable[..., Said], browser: Browser, fake_hub: FakeHub, what: tuple[str, ...], path: str
) -> None:
    said = open_page(*what)
    assert (said.code, said.out, said.err) == (OK, f"{fake_hub.address}{path}\n", "")
    assert browser.target == f"{fake_hub.address}{path}#token={TOKEN}"
    [url] = browser.arguments
    assert url.startswith("file:///")
    assert TOKEN not in url


def test_a_schedulers_id(open_page: Callable[..., Said], browser: Browser, fake_hub: FakeHub) -> None:
    fake_hub.paged("/clusters", [fake.cluster(3, scheduler_id="Scheduler-1")])
    assert open_page("Scheduler-1").code == OK
    assert browser.target.startswith(f"{fake_hub.address}/clusters/3#")


def test_the_file_is_private_and_there_is_only_one(open_page: Callable[..., Said], runtime: Path) -> None:
    open_page()
    [first] = (runtime / "pilothouse").iterdir()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700
    (first.parent / "something-else.html").write_text("stays")
    open_page("3")
    names = {file.name for file in first.parent.iterdir()}
    assert len(names) == 2
    assert first.name not in names
    assert "something-else.html" in names


def test_without_a_runtime_directory(
    open_page: Callable[..., Said], browser: Browser, tmp_path: Path
) -> None:
    assert open_page(XDG_RUNTIME_DIR="").code == OK
    [url] = browser.arguments
    file = Path(unquote(urlsplit(url).path))
    assert file.parent == tmp_path / "state" / "pilothouse"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_strange_directories_and_tokens(
    open_page: Callable[..., Said], browser: Browser, tmp_path: Path
) -> None:
    strange = tmp_path / 'a b"%&<x>#?'
    strange.mkdir()
    said = open_page(XDG_RUNTIME_DIR=str(strange), DASK_PILOTHOUSE__TOKEN="x\"'><script>&#;%20y")
    assert said.code == OK
    [url] = browser.arguments
    file = Path(unquote(urlsplit(url).path))
    assert file.parent == strange / "pilothouse"
    text = file.read_text()
    assert "<script" not in text
    assert text.count('"') == text.replace("%22", "").count('"')
    assert "#token=x%22%27%3E%3Cscript%3E%26%23%3B%2520y" in text


def test_only_the_link(open_page: Callable[..., Said], browser: Browser, fake_hub: FakeHub) -> None:
    said = open_page("3", "--print")
    assert (said.code, said.out, said.err) == (OK, f"{fake_hub.address}/clusters/3\n", "")
    assert not browser.started


def test_without_a_browser(open_page: Callable[..., Said], fake_hub: FakeHub, tmp_path: Path) -> None:
    for nothing in ("", "/nowhere/browser", str(Browser(tmp_path, "broken", code=1).path)):
        said = open_page("3", BROWSER=nothing)
        assert (said.code, said.out) == (OK, f"{fake_hub.address}/clusters/3\n")
        assert "no browser here" in said.err
        assert "sign in with a token" in said.err
        assert TOKEN not in said.out + said.err


def test_the_first_browser_that_works(open_page: Callable[..., Said], tmp_path: Path) -> None:
    broken, good = Browser(tmp_path, "broken", code=1), Browser(tmp_path, "good")
    last = Browser(tmp_path, "last")
    assert open_page(BROWSER=f"{broken.path} %s:/nowhere:{good.path} --new %s now:{last.path}").code == OK
    assert broken.started
    option, url, now = good.arguments
    assert (option, url[:8], now) == ("--new", "file:///", "now")
    assert not last.started


def test_what_the_desktop_has(open_page: Callable[..., Said], tmp_path: Path) -> None:
    places = tmp_path / "bin"
    places.mkdir()
    desktop = Browser(places, "xdg-open")
    path = f"{places}:/usr/bin:/bin"
    assert "no browser here" in open_page(BROWSER="", PATH=path).err
    assert not desktop.started
    assert open_page(BROWSER="", PATH=path, DISPLAY=":0").err == ""
    assert desktop.started


def test_a_browser_that_goes_on_is_not_waited_for(open_page: Callable[..., Said], tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    done = tmp_path / "done"
    slow.write_text(f"#!/bin/sh\nsleep 7\ntouch {shlex.quote(str(done))}\n")
    slow.chmod(0o755)
    assert open_page(BROWSER=str(slow)).err == ""
    assert not done.exists()


@pytest.mark.parametrize(
    ("what", "code", "words"),
    [
        ("99", NOT_FOUND, "no cluster 99"),
        ("computation/99", NOT_FOUND, "no computation 99"),
        ("computation/", USAGE, "computation/12"),
        ("computation/x", USAGE, "computation/12"),
        ("computation/0", USAGE, "computation/12"),
        ("computation/1/2", USAGE, "computation/12"),
    ],
)
def test_what_is_not_there(
    open_page: Callable[..., Said], browser: Browser, what: str, code: int, words: str
) -> None:
    said = open_page(what)
    assert (said.code, said.out) == (code, "")
    assert words in said.err
    assert not browser.started


def test_a_hub_that_is_away(open_page: Callable[..., Said]) -> None:
    for flags in ((), ("--print",)):
        said = open_page(*flags, DASK_PILOTHOUSE__ADDRESS="http://127.0.0.1:1")
        assert said.code == UNREACHABLE
        assert "pilothouse serve" in said.err


def test_a_hub_without_pages(open_page: Callable[..., Said], fake_hub: FakeHub) -> None:
    fake_hub.answers["GET", "/"] = (404, {"error": {"code": "no_pages", "message": "none"}})
    said = open_page()
    assert said.code == FAILED
    assert "was built without pages" in said.err


def test_a_token_that_is_wrong_or_missing(
    open_page: Callable[..., Said], browser: Browser, fake_hub: FakeHub
) -> None:
    assert open_page(DASK_PILOTHOUSE__TOKEN="").code == OK
    assert browser.arguments == [f"{fake_hub.address}/"]
    refusal: Any = (401, {"error": {"code": "unauthorized", "message": "a valid token is required"}})
    fake_hub.answers["GET", "/workspace"] = refusal
    assert open_page().code == UNAUTHORIZED


def test_help(command: Command) -> None:
    assert "pilothouse open computation/12" in command("open", "--help").out
