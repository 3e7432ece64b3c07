"""The service as its users meet it, for measurements: real processes, and clients that speak HTTP with them."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, session
from flask_wtf.csrf import generate_csrf

from roster.app import create_app
from roster.config import Settings
from tests.clicking import Fields

SECRET = "only for a race"
FORM = "application/x-www-form-urlencoded"
START_SECONDS = 60
PATIENCE = 300  # seconds a client waits for its answer


@dataclass(frozen=True)
class Ticket:
    """What somebody who is signed in sends."""

    cookie: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "X-CSRFToken": self.token}


def tickets(url: str, home: Path, accounts: Sequence[int]) -> list[Ticket]:
    """Two hundred signed in, without two hundred passwords."""
    app = create_app(Settings(home=home, database_url=url, secret_key=SECRET))
    return [_ticket(app, account) for account in accounts]


def _ticket(app: Flask, account: int) -> Ticket:
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    with app.test_request_context():
        session["_user_id"] = f"{account}.0"
        token = generate_csrf()
        return Ticket(f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(dict(session))}", token)


def post(port: int, ticket: Ticket, address: str, fields: Fields) -> int:
    """The status of the answer. Raises OSError or HTTPException if the server goes away meanwhile."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(
            "POST", address, body=urlencode(fields, doseq=True), headers={**ticket.headers, "Content-Type": FORM}
        )
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def started(url: str, home: Path, *command: str, **environment: str) -> subprocess.Popen[bytes]:
    """A command of the service, as the leader of a group of its own."""
    ours = {"ROSTER_HOME": str(home), "ROSTER_DATABASE_URL": url, "ROSTER_SECRET_KEY": SECRET}
    return subprocess.Popen(
        [sys.executable, "-m", "roster.cli", *command],
        env=os.environ | ours | environment,
        stdout=subprocess.DEVNULL,  # a line for each letter
        start_new_session=True,
    )


@contextmanager
def a_server(url: str, home: Path) -> Iterator[int]:
    """The web server with two processes; its port."""
    port = a_free_port()
    server = started(url, home, "serve", "--port", str(port), "--processes", "2")
    try:
        wait_for(port)
        yield port
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")
