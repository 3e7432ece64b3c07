"""The service as its users meet it: real processes over a real scenario, in a folder of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
NOBODY: dict[str, Any] = {"logins": [], "feeds": {}}


@dataclass(frozen=True)
class Service:
    """A running service. `logins`: role → (name, password); `feeds`: kind → address."""

    base: str
    home: Path
    logins: Mapping[str, tuple[str, str]]
    feeds: Mapping[str, str]


@contextmanager
def running(home: Path, scenario: str | None = "quy-nhon-center", *, planned: bool = True) -> Iterator[Service]:
    """Load a scenario into a fresh folder, plan and publish its week, serve it with one worker; None: no row at all.

    Stories that need no roster save the time of a plan with `planned=False`.
    """
    port = _free_port()
    environment = os.environ | {
        "ROSTER_HOME": str(home),
        "ROSTER_BASE_URL": f"http://127.0.0.1:{port}",
        "ROSTER_ARGON2_TIME_COST": "1",
    }
    steps = [("db", "upgrade")]
    if scenario:
        steps += [("seed", scenario), *([("plan",)] if planned else [])]
    for arguments in steps:
        _roster(*arguments, environment=environment)
    processes = [
        _start("serve", "--port", str(port), "--processes", "1", environment=environment),
        _start("worker", environment=environment),
    ]
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        links = json.loads(_roster("links", "--json", environment=environment)) if scenario else NOBODY
        logins = {login["role"]: (login["name"], login["password"]) for login in links["logins"]}
        yield Service(environment["ROSTER_BASE_URL"], home, logins, links["feeds"])
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in processes:
            process.wait(timeout=20)


def _roster(*arguments: str, environment: Mapping[str, str]) -> str:
    command = [sys.executable, "-m", "roster.cli", *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}\n{done.stderr}"
    return done.stdout


def _start(*arguments: str, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "roster.cli", *arguments],
        env=environment,
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")
