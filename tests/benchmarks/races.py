"""Everybody at once: `python -m tests.benchmarks.races [--engine sqlite|postgresql]`.

Two hundred people claim the last two places of a shift over HTTP at the same moment, and twenty clients do a thousand
random things to one published week, once over HTTP and once on the services, where nothing slows them down. Prints what
happened, and fails if a place was overbooked or a change lost. The tests do the same in small
(`tests/roster/services/test_changing_at_once.py`).
"""

from __future__ import annotations

import argparse
import http.client
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Barrier

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from roster.models import Base
from roster.vietnam.office_hours import monday_of
from tests import postgres
from tests.benchmarks.served import PATIENCE, Ticket, a_server, post, tickets
from tests.changing import Crowd, a_week, published, require_whole
from tests.clicking import ClickingCrowd
from tests.published import PublishedWeek

CLAIMANTS, CLIENTS, ACTIONS = 200, 20, 1_000


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.races")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    for engine in parser.parse_args(arguments).engine or ("sqlite", "postgresql"):
        for race in (last_two_places, a_thousand_clicks, a_thousand_things):
            with tempfile.TemporaryDirectory() as home:
                print(f"{engine}: {race(engine, Path(home))}", flush=True)  # noqa: T201  a benchmark prints
    postgres.leave()


def last_two_places(engine: str, home: Path) -> str:
    """Two hundred claim two places over HTTP."""
    url = _fresh(engine, home)
    with _session(url) as found:
        week = PublishedWeek(found, monday=monday_of(datetime.now(UTC).date()) + timedelta(days=14))
        week.monday.minimum = week.monday.target = week.monday.maximum = 3  # one of them is taken
        people = [week.account(week.somebody(f"Người Thứ {number}")).id for number in range(CLAIMANTS)]
        shift_id = week.monday.id
        found.commit()
    with a_server(url, home) as port:
        began = time.monotonic()
        answers = Counter(_claim_at_once(port, shift_id, tickets(url, home, people)))
        seconds = time.monotonic() - began
    with _session(url) as found:
        serving = sum(shift == shift_id for shift, _ in published(found))
    assert answers[303, "/me/"] == 2, answers
    assert serving == 3, serving
    return f"{CLAIMANTS} claim 2 places at once: {dict(answers)}, {serving} of 3 serve, {seconds:.1f} s"


def a_thousand_clicks(engine: str, home: Path) -> str:
    """Twenty clients click on a thousand random things of one published week, over HTTP."""
    url = _fresh(engine, home)
    with _session(url) as found:
        monday = monday_of(datetime.now(UTC).date()) + timedelta(days=14)
        week = a_week(found, Random(1), people=60, shifts=24, monday=monday)
    accounts = [*week.accounts, week.coordinator]
    held = dict(zip(accounts, tickets(url, home, accounts), strict=True))
    with a_server(url, home) as port:
        crowd = ClickingCrowd(url, week, lambda account, *sent: post(port, held[account], *sent))
        began = time.monotonic()
        crowd.at_once(CLIENTS, ACTIONS)
        seconds = time.monotonic() - began
    assert not crowd.broken, crowd.broken[:3]
    with _session(url) as found:
        require_whole(found, week)
        serving = len(published(found))
    return (
        f"{ACTIONS} clicks by {CLIENTS} clients over HTTP in {seconds:.1f} s: {crowd.counted()}; {serving} turns, whole"
    )


def a_thousand_things(engine: str, home: Path) -> str:
    """Twenty clients leave, take, wait, cover, swap, confirm and are put and taken off at random."""
    made = create_engine(_fresh(engine, home), pool_size=CLIENTS)
    sessions = sessionmaker(made)
    with sessions() as found:
        week = a_week(found, Random(1), people=60, shifts=24)
    crowd, began = Crowd(sessions, week), time.monotonic()
    crowd.at_once(CLIENTS, ACTIONS)
    seconds = time.monotonic() - began
    assert not crowd.broken, crowd.broken[:3]
    with sessions() as found:
        require_whole(found, week)
        serving = len(published(found))
    made.dispose()
    done, refused = dict(Counter(crowd.done)), dict(Counter(crowd.refused))
    return (
        f"{ACTIONS} things by {CLIENTS} clients in {seconds:.1f} s: {done}, refused {refused}; {serving} turns, whole"
    )


def _fresh(engine: str, home: Path) -> str:
    url = f"sqlite:///{home / 'race.db'}" if engine == "sqlite" else postgres.fresh_database("roster_race")
    made = create_engine(url)
    Base.metadata.create_all(made)
    made.dispose()
    return url


@contextmanager
def _session(url: str) -> Iterator[Session]:
    made = create_engine(url)
    with Session(made) as found:
        yield found
    made.dispose()


def _claim_at_once(port: int, shift_id: int, tickets: Sequence[Ticket]) -> list[tuple[int, str | None]]:
    start = Barrier(len(tickets))

    def claim(ticket: Ticket) -> tuple[int, str | None]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.connect()
        start.wait()
        connection.request("POST", f"/me/open/{shift_id}", headers={**ticket.headers, "Content-Length": "0"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.getheader("Location")

    with ThreadPoolExecutor(len(tickets)) as pool:
        return list(pool.map(claim, tickets))


if __name__ == "__main__":
    main()
