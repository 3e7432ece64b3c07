"""How much calendar polls cost, as a share of what the server manages with static bytes in the same run.

    python -m tests.benchmarks.feeds [--rounds 30]

Goals (docs: the feed contract): 304 and unchanged 200 at least 0.60, 200 after one change of sixty at least 0.45.
One gunicorn with two workers serves both; the cases alternate, so that whatever else the machine does weighs on all
alike, and of each round the lower quartile counts, which other processes disturb least. A poll after a change finds
processor caches full of the change, so it is compared with static bytes after a change. SQLite, 60 events, one poll
at a time on each of two connections.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from roster.models import Base, FeedKind, Role, RoleKind, Shift
from roster.services import feeds
from roster.services.feeds import Wishes
from tests import builders
from tests.benchmarks.page import Group
from tests.roster.feeds.conftest import an_assignment

HEAD = ("poll", "goal", "share", "ms", "ms static")
ROUNDS = 30
EVENTS = 60
PORT = 8119
POLLS = 40  # of each case in a round
CASES = {  # case: what it is compared with, and the share it should reach
    "304": ("static", 0.60),
    "200 unchanged": ("static", 0.60),
    "200 unchanged, gzip": ("static", None),
    "200 after one change of sixty": ("static after a change", 0.45),
}


def application() -> Callable[..., Any]:
    """The whole service, with static bytes of the same size beside it."""
    from roster.server import lasting_app

    app, body = lasting_app(), b"x" * int(os.environ["STATIC_OCTETS"])
    headers = [("Content-Type", "text/calendar; charset=utf-8"), ("Content-Length", str(len(body)))]

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] == "/static":
            start_response("200 OK", headers)
            return [body]
        return app(environ, start_response)

    return answer


class Connection:
    """A client that costs as little as Python allows: a kept-alive socket, a ready request."""

    def __init__(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", PORT))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def poll(self, request: bytes) -> tuple[bytes, bytes]:
        """The head and the body of one answer."""
        self._socket.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._socket.recv(65_536)
        head, _, body = received.partition(b"\r\n\r\n")
        length = (
            0 if b" 304 " in head.split(b"\r\n", 1)[0] else int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        )
        while len(body) < length:
            body += self._socket.recv(65_536)
        return head, body


def request(path: str, *fields: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (f"GET {path} HTTP/1.1", "Host: localhost", *fields, "")).encode()


def seed(url: str) -> tuple[str, Session, list[Shift]]:
    """A volunteer with sixty turns; the path of their calendar."""
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    session = Session(engine, expire_on_commit=False)
    unit = builders.a_unit(session)
    site = builders.a_site(session, unit, address="127 Hai Bà Trưng, Quy Nhơn")
    programme = builders.a_programme(session, unit)
    person = builders.a_person(session, unit)
    account = builders.an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=unit), person=person)
    now = datetime.now(UTC)
    shifts = [
        builders.a_shift(session, site, programme, day=now.date() + timedelta(days=n), note="Mang theo thẻ")
        for n in range(1, EVENTS + 1)
    ]
    session.add_all(an_assignment(shift, person) for shift in shifts)
    made = feeds.create(session, FeedKind.VOLUNTEER, person.id, Wishes(), by=account, now=now)
    session.commit()
    return made.path, session, shifts


@contextmanager
def serving(home: Path, url: str, octets: int) -> Iterator[None]:
    environment = {**os.environ, "ROSTER_HOME": str(home), "ROSTER_DATABASE_URL": url, "STATIC_OCTETS": str(octets)}
    command = [sys.executable, "-m", "gunicorn", "--workers=2", "--threads=4", "--worker-class=gthread"]
    command += [f"--bind=127.0.0.1:{PORT}", "--log-level=warning", "tests.benchmarks.feeds:application()"]
    server = subprocess.Popen(command, env=environment)
    try:
        _wait()
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait() -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", PORT)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise TimeoutError("gunicorn did not start")


def change_one(session: Session, shifts: list[Shift], number: int) -> None:
    """What a coordinator does: move one shift by a minute, and tell the calendars."""
    shift, now = shifts[number % EVENTS], datetime.now(UTC)
    shift.starts_at += timedelta(minutes=1 if number % 2 else -1)
    shift.sequence, shift.changed_at = shift.sequence + 1, now
    feeds.shifts_changed(session, [shift.id], now=now)
    session.commit()


def measure(rounds: int) -> dict[str, list[float]]:
    """Seconds for one poll, for each case and round."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/roster.db"
        path, session, shifts = seed(url)
        with serving(Path(folder), url, octets=EVENTS * 500):
            return _rounds(path, session, shifts, rounds)


def _rounds(path: str, session: Session, shifts: list[Shift], rounds: int) -> dict[str, list[float]]:
    connections = [Connection(), Connection()]
    for connection in connections:
        head, _ = connection.poll(request(path))
    etag = head.split(b"ETag: ")[1].split(b"\r\n")[0].decode()
    cases = {
        "static": lambda n: connections[n % 2].poll(request("/static")),
        "304": lambda n: connections[n % 2].poll(request(path, f"If-None-Match: {etag}")),
        "200 unchanged": lambda n: connections[n % 2].poll(request(path)),
        "200 unchanged, gzip": lambda n: connections[n % 2].poll(request(path, "Accept-Encoding: gzip")),
    }
    after_changes = {"static after a change": "/static", "200 after one change of sixty": path}
    times: dict[str, list[float]] = {name: [] for name in (*cases, *after_changes)}
    for number in range(rounds):
        head, _ = connections[0].poll(request(path))
        etag = head.split(b"ETag: ")[1].split(b"\r\n")[0].decode()
        for name, poll in cases.items():
            times[name].append(_timed(poll))
        for name, target in after_changes.items():
            times[name].append(_timed_after_changes(connections, request(target), session, shifts, number))
    return times


def _timed_after_changes(
    connections: list[Connection], poll: bytes, session: Session, shifts: list[Shift], number: int
) -> float:
    spent = []
    for n in range(POLLS // 4):
        change_one(session, shifts, number * POLLS + n)
        begun = time.perf_counter()
        head, _ = connections[n % 2].poll(poll)
        spent.append(time.perf_counter() - begun)
        assert b" 200 " in head
    return statistics.quantiles(spent, n=4)[0]


def _timed(poll: Callable[[int], object]) -> float:
    spent = []
    for n in range(POLLS):
        begun = time.perf_counter()
        poll(n)
        spent.append(time.perf_counter() - begun)
    return statistics.quantiles(spent, n=4)[0]


def group() -> Group:
    return Group(
        name="feeds",
        title="Calendar polls, beside static bytes",
        about=(__doc__ or "").partition("Goals")[2].join(("Goals", "")).strip(),
        head=HEAD,
        works={"feeds": rows},
        quick=frozenset({"feeds"}),
    )


def rows(rounds: int = ROUNDS) -> Iterator[tuple[str, ...]]:
    times = measure(rounds)
    for name, (standard, goal) in CASES.items():
        feed, static = statistics.median(times[name]), statistics.median(times[standard])
        # Share round by round: both were measured in the same fraction of a second.
        share = statistics.median(plain / poll for plain, poll in zip(times[standard], times[name], strict=True))
        yield name, f"{goal or ''}", f"{share:.2f}", f"{feed * 1000:.3f}", f"{static * 1000:.3f}"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=ROUNDS)
    for row in (HEAD, *rows(options.parse_args().rounds)):
        click.echo(" | ".join(row))


if __name__ == "__main__":
    main()
