"""Killing those who publish and send, at random moments: shared by a short test and a long measurement."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import psutil
from sqlalchemy import create_engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from roster.models import (
    ContactChoice,
    Delivery,
    DeliveryState,
    DraftAssignment,
    Message,
    MessageKind,
    Publication,
    PublicationChange,
)
from roster.services import rosters
from tests.builders import a_coordinator, a_person, a_programme, a_roster, a_shift, a_site, a_unit
from tests.mailbox import Mailbox, a_mail_server
from tests.waiting import eventually

GETTING_TO_WORK = 15  # seconds at most until a process has published or sent its first, if there is anything to send
LONGEST_LIFE = 0.3  # seconds that it goes on before it is killed
ENDS = (DeliveryState.SENT, DeliveryState.UNSURE, DeliveryState.DROPPED)


@dataclass(frozen=True)
class Outcome:
    """What became of everything that was told.

    changes: (publication, person) pairs whose turns changed; messages: told of them; unsent: messages and deliveries
    still under way; twice: letters the mail server got more than once; lost: letters called sent that it never got;
    unsure: letters left in doubt; sent: letters sent.
    """

    changes: int
    messages: int
    unsent: int
    twice: int
    lost: int
    unsure: int
    sent: int


def outcome_of(database_url: str, *, kills: int, seed: int, people: int = 12) -> Outcome:
    """Publish and send while killing, then let one live until everything is sent."""
    dice = random.Random(seed)
    sessions = sessionmaker(create_engine(database_url))
    # Those who only look must not queue behind a process that publishes without a pause.
    looking = sessionmaker(create_engine(database_url, execution_options={"read_only": True}))
    with sessions() as session:
        a_week(session, people)
        session.commit()
    with a_mail_server() as mailbox, _nursery(database_url, mailbox.url) as born:
        for number in range(kills):
            work = "publish" if number % 2 else "post"
            done = partial(publications, looking) if work == "publish" else partial(len, mailbox.messages)
            before, victim = done(), born(work)
            wait_until(lambda done=done, before=before: done() > before, GETTING_TO_WORK)
            time.sleep(dice.uniform(0, LONGEST_LIFE))
            _kill(victim)
            let_claims_run_out(sessions)
        born("post")
        eventually(lambda: not under_way(looking), otherwise=lambda: f"{under_way(looking)} are not sent")
    return what_became(looking, mailbox)


@contextmanager
def _nursery(database_url: str, mail_url: str) -> Iterator[Callable[[str], int]]:
    command = [sys.executable, "-m", "tests.roster.worker.posting", database_url, mail_url]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    children: list[int] = []

    def said() -> str:
        # What the workers log comes the same way; ours are the lines that are a number, or "ready".
        for line in process.stdout:
            if line.strip() == "ready" or line.strip().isdigit():
                return line.strip()
        raise AssertionError("the process that starts workers has died")

    def born(what: str) -> int:
        process.stdin.write(f"{what}\n")
        process.stdin.flush()
        children.append(int(said()))
        return children[-1]

    said()
    try:
        yield born
    finally:
        for child in children[-1:]:  # a test that failed has not killed the last one
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def a_week(session: Session, people: int) -> None:
    """A published week of people on shifts, whom each further publication moves; nobody sleeps."""
    unit = a_unit(session)
    site, programme = a_site(session, unit), a_programme(session, unit)
    first_day = datetime.now(UTC).date() + timedelta(days=14)
    first_day -= timedelta(days=first_day.weekday())
    shifts = [a_shift(session, site, programme, day=first_day + timedelta(days=number % 7)) for number in range(7)]
    roster = a_roster(session, unit, first_day=first_day)
    coordinator, now = a_coordinator(session, unit), datetime.now(UTC)
    for number in range(people):
        person = a_person(session, unit, f"Nguyễn Văn An {number}", email=f"an{number}@example.vn", max_turns=None)
        session.add(ContactChoice(person_id=person.id, quiet_from=0, quiet_until=0, changed_at=now))
        session.add(DraftAssignment(roster_id=roster.id, shift_id=shifts[number % 7].id, person_id=person.id))
    session.flush()
    rosters.publish(session, roster.id, revision_seen=0, by=coordinator, now=now)
    session.execute(update(Message).values(due_at=now))


def _kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    eventually(lambda: not psutil.pid_exists(process))


def let_claims_run_out(sessions: sessionmaker[Session]) -> None:
    """What time does to the claims of the dead. By the clock, the last worker's own might run out, if it is starved."""
    with sessions() as session:
        claimed = update(Delivery).where(Delivery.attempt_until.is_not(None))
        session.execute(claimed.values(attempt_until=datetime.now(UTC) - timedelta(hours=1)))
        session.commit()


def wait_until(happened: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.02)


def publications(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        return session.scalar(select(func.count(Publication.id))) or 0


def under_way(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        waiting = session.scalar(select(func.count(Message.id)).where(Message.letter_id.is_(None))) or 0
        return waiting + (session.scalar(select(func.count(Delivery.id)).where(Delivery.state.not_in(ENDS))) or 0)


def what_became(sessions: sessionmaker[Session], mailbox: Mailbox) -> Outcome:
    received = Counter(str(message["Message-ID"]).strip("<>").partition("@")[0] for message in mailbox.messages)
    unsent = under_way(sessions)
    with sessions() as session:
        pairs = select(PublicationChange.publication_id, PublicationChange.person_id).distinct().subquery()
        deliveries = session.scalars(select(Delivery)).all()
        sent = [one.message_id for one in deliveries if one.state is DeliveryState.SENT]
        return Outcome(
            changes=session.scalar(select(func.count()).select_from(pairs)) or 0,
            messages=session.scalar(select(func.count(Message.id)).where(Message.kind == MessageKind.PUBLISHED)) or 0,
            unsent=unsent,
            twice=sum(count > 1 for count in received.values()),
            lost=sum(not received[message_id] for message_id in sent),
            unsure=sum(one.state is DeliveryState.UNSURE for one in deliveries),
            sent=len(sent),
        )
