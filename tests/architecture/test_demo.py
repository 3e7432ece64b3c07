"""`dev.py demo` as its user runs it: it can be broken off and run again, and ends whatever it started."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

import dev
from tests.ports import a_port
from tests.waiting import PATIENCE, eventually, is_alive

SHAPE = {"base", "logins", "feeds"}
FEEDS = {"volunteer", "team", "unit", "site"}
ROLES = {"administrator", "coordinator", "center", "volunteer"}


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("demo") / "home"


@pytest.fixture(scope="module")
def broken_off(home) -> int:
    """The exit code of a first demo, told to end while it loads."""
    command = [sys.executable, "dev.py", "demo", "--no-serve"]
    first = subprocess.Popen(command, cwd=dev.ROOT, env=_environment(home), stdout=subprocess.PIPE, text=True)
    for line in first.stdout:
        if line.strip().startswith("database"):
            break
    first.send_signal(signal.SIGTERM)
    first.communicate()
    return first.returncode


@pytest.fixture(scope="module")
def planned(home, broken_off) -> subprocess.CompletedProcess:
    """A demo that does not serve, over what the first has left."""
    return _dev(home, "demo", "--no-serve")


@dataclass
class Serving:
    process: subprocess.Popen
    port: int
    output: Path
    before: dict
    """The links of the demo that ran before."""

    def children(self) -> dict[str, psutil.Process]:
        """The web server and the worker by their command."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                words = child.cmdline()
                found |= {name: child for name in ("serve", "worker") if name in words}
        return found

    def everything(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def serving(home, planned, tmp_path) -> Iterator[Serving]:
    with a_port() as port:
        yield from _served(home, port, tmp_path / "output")


def _served(home: Path, port: int, output: Path) -> Iterator[Serving]:
    before = _links(home)
    command = [sys.executable, "dev.py", "demo", "--port", str(port)]
    with output.open("w") as file:
        process = subprocess.Popen(command, cwd=dev.ROOT, env=_environment(home), stdout=file, stderr=subprocess.STDOUT)
    shown = Serving(process, port, output, before)
    try:
        eventually(lambda: "Calendars" in output.read_text() or process.poll() is not None)
        assert process.poll() is None, output.read_text()
        yield shown
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def test_a_demo_without_serving_plans_publishes_and_sums_up(planned):
    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert re.search(r"^ *people +shifts +places +short +time +proved$", planned.stdout, re.MULTILINE)
    assert re.search(r"^under_min +\d+ +\d+$", planned.stdout, re.MULTILINE)
    for title in ("Python environment", "Python packages", "assets", "translations", "plan and publish"):
        assert title in planned.stdout


def test_the_links_have_the_shape_that_scripts_rely_on(home, planned):
    links = _links(home)

    assert set(links) == SHAPE
    assert set(links["feeds"]) == FEEDS
    assert {login["role"] for login in links["logins"]} == ROLES
    assert all(login["name"] and login["password"] for login in links["logins"])


def test_secrets_are_for_their_owner_alone(home, planned):
    secrets = {file.name: oct(file.stat().st_mode & 0o077) for file in home.iterdir() if "." not in file.name}
    assert secrets == {"push_key": "0o0", "secret_key": "0o0"}
    assert (home / "demo.json").stat().st_mode & 0o077 == 0


def test_a_demo_run_again_serves_the_same_data_through_killed_processes_and_ends_them_all(home, serving):
    _shows_the_same_links_at_its_address(home, serving)
    _replaces_killed_processes(serving)
    _leaves_no_process_even_if_it_is_told_twice(serving)


def _shows_the_same_links_at_its_address(home: Path, serving: Serving) -> None:
    links = _links(home)
    assert links["base"] == f"http://127.0.0.1:{serving.port}"
    assert links["logins"] == serving.before["logins"]
    for kind, address in links["feeds"].items():
        assert address == serving.before["feeds"][kind].replace(serving.before["base"], links["base"])
        assert _get(address).startswith(b"BEGIN:VCALENDAR\r\n")
    shown = serving.output.read_text()
    assert all(text in shown for text in (links["base"], *links["feeds"].values()))
    assert all(login["password"] in shown for login in links["logins"])


def _replaces_killed_processes(serving: Serving) -> None:
    time.sleep(dev.SHORTEST_LIFE)
    killed = serving.children()
    for child in killed.values():
        child.kill()

    # A process told to die may be met once more before it does.
    eventually(
        lambda: _replaced(killed, serving.children()) and dev.answers(serving.port),
        otherwise=lambda: f"{killed} became {serving.children()}\n{serving.output.read_text()}",
    )


def _replaced(before: dict[str, psutil.Process], now: dict[str, psutil.Process]) -> bool:
    return set(before) == set(now) == {"serve", "worker"} and all(now[name] != before[name] for name in now)


def _leaves_no_process_even_if_it_is_told_twice(serving: Serving) -> None:
    # The web server's two processes at least, and the worker: a server just revived forks after it answers to its name.
    eventually(lambda: len(serving.everything()) >= 3)
    started = serving.everything()

    serving.process.send_signal(signal.SIGINT)
    eventually(lambda: "Stopping" in serving.output.read_text())
    serving.process.send_signal(signal.SIGINT)

    assert serving.process.wait(PATIENCE) == 0
    eventually(lambda: not any(map(is_alive, started)), otherwise=lambda: f"{[*filter(is_alive, started)]} live on")


def test_a_demo_broken_off_while_it_loads_can_be_run_again(home, broken_off, planned):
    assert broken_off == 130
    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert set(_links(home)["feeds"]) == FEEDS


def test_an_unknown_scenario_is_refused_by_name(home, planned):
    done = _dev(home, "demo", "--no-serve", "--scenario", "atlantis")

    assert done.returncode == 1
    assert "atlantis" in done.stderr
    assert "quy-nhon-center" in done.stderr


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROSTER_")}
    return {**kept, "ROSTER_HOME": str(home), "PYTHONUNBUFFERED": "1"}


def _dev(home: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "dev.py", *arguments],
        cwd=dev.ROOT,
        env=_environment(home),
        capture_output=True,
        text=True,
        check=False,
    )


def _links(home: Path) -> dict:
    return json.loads(_dev(home, "links", "--json").stdout)


def _get(address: str) -> bytes:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE)
    connection.request("GET", parts.path)
    response = connection.getresponse()
    assert response.status == 200
    body = response.read()
    connection.close()
    return body
