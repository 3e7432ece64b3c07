"""Those who publish and send, killed at fifty random moments on each engine, in two ways.

    python -m tests.benchmarks.kills [--kills 50] [--seed 1] [--way forked|served]

*Forked*: processes that do nothing but publish or send, at a hundred publications a minute. *Served*: the web server
and the worker as they are installed, started anew after each kill, while a coordinator publishes over HTTP. Prints what
became of everything that was told. Fails if anything was lost or sent twice. Letters in doubt are those whose worker
died between the last byte to the mail server and its own record; they are never sent again by themselves.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPException
from pathlib import Path
from random import Random
from threading import Event, Thread

from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session, sessionmaker

from roster.models import Account, Base, Message, Role, RoleKind, Roster
from tests import killing, postgres
from tests.benchmarks import served
from tests.benchmarks.served import Ticket
from tests.killing import Outcome
from tests.mailbox import a_mail_server
from tests.roster.worker.posting import move_everybody
from tests.waiting import eventually

PEOPLE = 30
BETWEEN_PUBLICATIONS = 0.2  # seconds
Sessions = sessionmaker[Session]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.kills")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--way", choices=("forked", "served"), action="append")
    chosen = parser.parse_args(arguments)
    faults = [
        measured(way, engine, kills=chosen.kills, seed=chosen.seed)
        for way in chosen.way or ("forked", "served")
        for engine in ("sqlite", "postgresql")
    ]
    postgres.leave()
    sys.exit(any(faults))


def measured(way: str, engine: str, *, kills: int, seed: int) -> bool:
    """Whether anything was lost or sent twice."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        url = f"sqlite:///{home / 'roster.db'}" if engine == "sqlite" else postgres.fresh_database("roster_kills")
        made = create_engine(url)
        Base.metadata.create_all(made)
        made.dispose()
        began = time.monotonic()
        if way == "forked":
            outcome = killing.outcome_of(url, kills=kills, seed=seed, people=PEOPLE)
        else:
            outcome = outcome_as_served(url, home, kills=kills, seed=seed)
    told = ", ".join(f"{name} {number}" for name, number in asdict(outcome).items())
    print(f"{way}, {engine}: {kills} kills in {time.monotonic() - began:.0f} s: {told}", flush=True)  # noqa: T201
    return outcome.messages != outcome.changes or bool(outcome.unsent or outcome.twice or outcome.lost)


def outcome_as_served(url: str, home: Path, *, kills: int, seed: int) -> Outcome:
    """Kill the web server and the worker in turn, then let both live until everything is sent."""
    dice, sessions = Random(seed), sessionmaker(create_engine(url))
    looking = sessionmaker(create_engine(url, execution_options={"read_only": True}))
    with sessions() as session:
        killing.a_week(session, PEOPLE)
        session.commit()
        by = session.scalars(select(Account.id).join(Account.roles).where(Role.kind == RoleKind.COORDINATOR)).one()
    port, (ticket,) = served.a_free_port(), served.tickets(url, home, [by])
    with a_mail_server() as mailbox:
        start = partial(served.started, url, home, ROSTER_MAIL_URL=mailbox.url)
        commands = {"serve": ("serve", "--port", str(port), "--processes", "2"), "worker": ("worker",)}
        running = {name: start(*command) for name, command in commands.items()}
        served.wait_for(port)
        with _publishing(sessions, port, ticket):
            for number in range(kills):
                victim = "worker" if number % 2 else "serve"
                done = partial(len, mailbox.messages) if victim == "worker" else partial(killing.publications, looking)
                before = done()
                killing.wait_until(lambda done=done, before=before: done() > before, killing.GETTING_TO_WORK)
                time.sleep(dice.uniform(0, killing.LONGEST_LIFE))
                _kill(running[victim])
                if victim == "worker":  # never while one lives, whose own claims would run out
                    killing.let_claims_run_out(sessions)
                running[victim] = start(*commands[victim])
                served.wait_for(port)
        eventually(
            lambda: _hurry(sessions) or not killing.under_way(looking),
            otherwise=lambda: f"{killing.under_way(looking)} are not sent",
        )
        for process in running.values():
            _kill(process)
        return killing.what_became(looking, mailbox)


@contextmanager
def _publishing(sessions: Sessions, port: int, ticket: Ticket) -> Iterator[None]:
    """Somebody moves everybody and publishes over HTTP, again and again, whether or not anybody answers."""
    enough = Event()

    def publish() -> None:
        while not enough.wait(BETWEEN_PUBLICATIONS):
            with sessions() as session:
                move_everybody(session)
                roster = session.scalars(select(Roster)).one()
                address, fields = f"/rosters/{roster.id}/publish", {"revision": str(roster.revision)}
                session.commit()
            try:
                served.post(port, ticket, address, fields)
            except (OSError, HTTPException):
                continue
            _hurry(sessions)

    publisher = Thread(target=publish)
    publisher.start()
    try:
        yield
    finally:
        enough.set()
        publisher.join()


def _hurry(sessions: Sessions) -> None:
    """What is told is sent at once, not when more may have gathered: nobody watches for hours."""
    with sessions() as session:
        session.execute(update(Message).where(Message.letter_id.is_(None)).values(due_at=datetime.now(UTC)))
        session.commit()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The process and all that it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    main()
