"""The service as its users meet it: real processes over a real scenario, in a folder of their own."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from roster.demo import credentials
from tests.ports import a_port
from tests.waiting import PATIENCE, eventually

ROOT = Path(__file__).parents[2]
NOBODY: dict[str, Any] = {"logins": [], "feeds": {}}
SPARING = {"ROSTER_ARGON2_TIME_COST": "1", "ROSTER_PLAN_SECONDS": str(PATIENCE)}
"""A plan ends as soon as it is proved, however long a busy machine takes for that."""

NO_LONGER_THAN_WE = """
"$@" &
read -r _
kill $!
wait $!
"""
"""A shell that runs a command until its own input ends: when we say so, or however else we come to our end."""


@dataclass(frozen=True)
class Service:
    """A running service. `logins`: role → (name, password); `feeds`: kind → address."""

    base: str
    home: Path
    logins: Mapping[str, tuple[str, str]]
    feeds: Mapping[str, str]


@contextmanager
def running(home: Path, scenario: str | None = "quy-nhon-center", *, planned: bool = True) -> Iterator[Service]:
    """Serve, with one worker, a folder in which a scenario's week is planned and published; None: no row at all.

    Stories that need no roster save the time of a plan with `planned=False`.
    """
    with a_port() as port:
        yield from _running(home, port, scenario, planned=planned)


def _running(home: Path, port: int, scenario: str | None, *, planned: bool) -> Iterator[Service]:
    base = f"http://127.0.0.1:{port}"
    shutil.copytree(_prepared(scenario, planned=planned and scenario is not None), home, dirs_exist_ok=True)
    environment = os.environ | {**SPARING, "ROSTER_HOME": str(home), "ROSTER_BASE_URL": base}
    processes = [
        _start("serve", "--port", str(port), "--processes", "1", environment=environment),
        _start("worker", "--lease", str(PATIENCE), environment=environment),
    ]
    try:
        wait_for(f"{base}/healthz")
        links = replace(credentials.read(home)[scenario], base=base).as_links() if scenario else NOBODY
        logins = {login["role"]: (login["name"], login["password"]) for login in links["logins"]}
        yield Service(base, home, logins, links["feeds"])
    finally:
        for process in processes:
            process.stdin.close()  # type: ignore[union-attr]  # it has one
        for process in processes:
            process.wait(PATIENCE)


@cache
def _prepared(scenario: str | None, *, planned: bool) -> Path:
    """A folder to copy, as the commands left it: each story of this process begins with a scenario as new."""
    home = Path(tempfile.mkdtemp(prefix="roster-journeys-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    environment = os.environ | {**SPARING, "ROSTER_HOME": str(home)}
    if planned:
        shutil.copytree(_prepared(scenario, planned=False), home, dirs_exist_ok=True)
        _roster("plan", environment=environment)
        return home
    if scenario:
        shutil.copytree(_prepared(None, planned=False), home, dirs_exist_ok=True)
        _roster("seed", scenario, environment=environment)
        return home
    _roster("db", "upgrade", environment=environment)
    return home


def _roster(*arguments: str, environment: Mapping[str, str]) -> str:
    command = [sys.executable, "-m", "roster.cli", *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}\n{done.stderr}"
    return done.stdout


def _start(*arguments: str, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        ["sh", "-c", NO_LONGER_THAN_WE, "sh", sys.executable, "-m", "roster.cli", *arguments],
        env=environment,
        cwd=ROOT,
        start_new_session=True,  # Ctrl-C is ours alone
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for(address: str) -> None:
    def answers() -> bool:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE):
                return True
        except OSError:
            return False

    eventually(answers, otherwise=lambda: f"{address} does not answer")
