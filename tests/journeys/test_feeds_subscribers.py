"""Real subscribers over HTTP: they see what is published, follow each change, and a restart goes unnoticed."""

import gzip
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from roster.models import Account, FeedKind, Roster, Shift
from roster.services import feeds, rosters, shifts
from roster.services.demand import Demand
from roster.services.feeds import Wishes
from roster.services.shifts import ShiftDetails
from tests import builders
from tests.journeys.service import ROOT, Service, wait_for
from tests.ports import a_port
from tests.roster.feeds.parsers import READERS, Event, read_with_icalendar
from tests.waiting import PATIENCE


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def fetch(address: str, **headers: str) -> Answer:
    request = urllib.request.Request(
        address, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return Answer(answer.status, dict(answer.headers), answer.read())
    except urllib.error.HTTPError as refusal:
        return Answer(refusal.code, dict(refusal.headers), refusal.read())


@contextmanager
def served(url: str, home: Path, port: int) -> Iterator[str]:
    """The service under gunicorn with two workers, on a database that is there already."""
    command = [sys.executable, "-m", "gunicorn", "--workers=2", "--threads=4", f"--bind=127.0.0.1:{port}"]
    command.append(f"--timeout={PATIENCE}")  # or a starved worker would be taken for a lost one
    environment = os.environ | {"ROSTER_HOME": str(home), "ROSTER_DATABASE_URL": url}
    server = subprocess.Popen([*command, "--log-level=warning", "roster.app:create_app()"], cwd=ROOT, env=environment)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


class Vdirsyncer:
    """A subscription kept as one file for each event, under a UID that vdirsyncer makes of its content."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder / "calendar"
        self._folder.mkdir()
        self._config = folder / "vdirsyncer.ini"
        self._config.write_text(
            f"""
[general]
status_path = "{folder / "status"}"
[pair roster]
a = "remote"
b = "local"
collections = null
conflict_resolution = "a wins"
[storage remote]
type = "http"
url = "{address}"
[storage local]
type = "filesystem"
path = "{self._folder}"
fileext = ".ics"
""",
            encoding="utf-8",
        )
        self._run("discover")

    def sync(self) -> set[Event]:
        """What the subscriber has after looking once more."""
        self._run("sync", "--force-delete")
        return {without_uid(read_event(file.read_bytes())) for file in self._folder.glob("*.ics")}

    def _run(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "vdirsyncer", "-c", str(self._config), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def read_event(body: bytes) -> Event:
    """vdirsyncer keeps the event and its zone, without the calendar's own properties."""
    named = body.replace(b"BEGIN:VCALENDAR\r\n", b"BEGIN:VCALENDAR\r\nNAME:kept\r\n")
    (event,) = read_with_icalendar(named).events
    return event


def without_uid(event: Event) -> Event:
    return replace(event, uid="")


@dataclass
class Coordinator:
    """Plans one shift of one volunteer through the same services as the pages."""

    session: Session
    account: Account
    roster: Roster
    shift: Shift
    person_id: int

    def publish(self) -> None:
        now, roster = datetime.now(UTC), self.roster
        rosters.add(
            self.session,
            roster.id,
            self.shift.id,
            self.person_id,
            revision_seen=roster.revision,
            by=self.account,
            now=now,
        )
        rosters.publish(self.session, roster.id, revision_seen=roster.revision, by=self.account, now=now)
        self.session.commit()

    def move(self, starts: str, ends: str) -> None:
        day = self.shift.starts_at.astimezone(builders.ZONE).date()
        details = ShiftDetails(self.shift.programme_id, day, starts, ends, self.shift.note, Demand(minimum=1))
        shifts.change(self.session, self.shift.id, details, by=self.account, now=datetime.now(UTC))
        self.session.commit()

    def cancel(self) -> None:
        shifts.cancel(self.session, self.shift.id, reason="Bão", by=self.account, now=datetime.now(UTC))
        self.session.commit()

    def restore(self) -> None:
        shifts.restore(self.session, self.shift.id, by=self.account, now=datetime.now(UTC))
        self.session.commit()


@pytest.fixture
def coordinator(sqlite_url: str) -> Iterator[Coordinator]:
    engine = create_engine(sqlite_url)
    with Session(engine, expire_on_commit=False) as session:
        unit = builders.a_unit(session)
        site = builders.a_site(session, unit)
        person = builders.a_person(session, unit)
        builders.an_account(session, person=person)
        monday = next_monday()
        shift = builders.a_shift(session, site, day=monday)
        roster = builders.a_roster(session, unit, first_day=monday)
        account = builders.a_coordinator(session, unit)
        session.commit()
        yield Coordinator(session, account, roster, shift, person.id)
    engine.dispose()


def next_monday() -> date:
    today = datetime.now(builders.ZONE).date()
    return today + timedelta(days=7 - today.weekday())


def address_of(coordinator: Coordinator, kind: FeedKind) -> str:
    session = coordinator.session
    owner = session.query(Account).filter_by(person_id=coordinator.person_id).one()
    by, target = (
        (owner, coordinator.person_id)
        if kind is FeedKind.VOLUNTEER
        else (coordinator.account, coordinator.shift.site_id)
    )
    path = feeds.create(session, kind, target, Wishes(), by=by, now=datetime.now(UTC)).path
    session.commit()
    return path


def test_vdirsyncer_follows_a_turn_from_publication_to_restoration(
    coordinator: Coordinator, sqlite_url: str, tmp_path: Path
):
    path = address_of(coordinator, FeedKind.VOLUNTEER)
    with a_port() as port, served(sqlite_url, tmp_path, port) as base:
        subscriber = Vdirsyncer(tmp_path, f"{base}{path}")
        assert subscriber.sync() == set()

        coordinator.publish()
        (published,) = subscriber.sync()
        coordinator.move("08:00", "10:30")
        (moved,) = subscriber.sync()
        coordinator.cancel()
        (cancelled,) = subscriber.sync()
        coordinator.restore()
        (restored,) = subscriber.sync()

    assert (published.status, published.summary) == ("TENTATIVE", "Ca trực tại Trung tâm Phục vụ hành chính công")
    assert moved.starts == published.starts + timedelta(minutes=30)
    assert moved.ends == published.ends - timedelta(hours=1)
    assert (cancelled.status, cancelled.transparency) == ("CANCELLED", "TRANSPARENT")
    assert cancelled.summary == f"ĐÃ HỦY: {published.summary}"
    assert restored == replace(moved, sequence=restored.sequence, stamp=restored.stamp)
    sequences = [event.sequence for event in (published, moved, cancelled, restored)]
    assert sequences == sorted(set(sequences))


def test_unchanged_polls_are_304_and_a_restart_goes_unnoticed(
    coordinator: Coordinator, sqlite_url: str, tmp_path: Path
):
    coordinator.publish()
    paths = [address_of(coordinator, kind) for kind in (FeedKind.VOLUNTEER, FeedKind.SITE)]
    with a_port() as port, served(sqlite_url, tmp_path, port) as base:
        before = [fetch(f"{base}{path}", accept_encoding="gzip") for path in paths]
        polls = [
            fetch(f"{base}{path}", accept_encoding="gzip", if_none_match=first.headers["ETag"])
            for path, first in zip(paths, before, strict=True)
            for _ in range(10)
        ]
    with a_port() as port, served(sqlite_url, tmp_path, port) as base:
        after = [fetch(f"{base}{path}", accept_encoding="gzip") for path in paths]
        plain = [fetch(f"{base}{path}") for path in paths]

    assert {poll.status for poll in polls} == {304}
    assert [answer.body for answer in after] == [answer.body for answer in before]
    for name in ("ETag", "Last-Modified", "Cache-Control", "Content-Type"):
        assert [answer.headers[name] for answer in after] == [answer.headers[name] for answer in before]
    assert [gzip.decompress(answer.body) for answer in after] == [answer.body for answer in plain]


def test_a_change_is_in_the_calendar_within_a_second_whichever_worker_answers(
    coordinator: Coordinator, sqlite_url: str, tmp_path: Path
):
    coordinator.publish()
    path = address_of(coordinator, FeedKind.VOLUNTEER)
    with a_port() as port, served(sqlite_url, tmp_path, port) as base:
        before = {fetch(f"{base}{path}").headers["ETag"] for _ in range(12)}
        coordinator.cancel()
        after = {fetch(f"{base}{path}").headers["ETag"] for _ in range(12)}

    assert (len(before), len(after)) == (1, 1)
    assert before != after


def test_the_address_is_in_no_log(coordinator: Coordinator, sqlite_url: str, tmp_path: Path):
    path, log = address_of(coordinator, FeedKind.VOLUNTEER), tmp_path / "access.log"
    os.environ["GUNICORN_CMD_ARGS"] = f"--access-logfile={log}"
    try:
        with a_port() as port, served(sqlite_url, tmp_path, port) as base:
            assert fetch(f"{base}{path}").status == 200
    finally:
        del os.environ["GUNICORN_CMD_ARGS"]

    assert "/feeds/***.ics" in log.read_text()
    assert path.removeprefix("/feeds/")[:-4] not in log.read_text()


@pytest.mark.parametrize("kind", [kind.value for kind in FeedKind])
def test_the_demo_prints_an_address_of_each_kind_that_every_parser_reads_alike(service: Service, kind: str):
    body = fetch(service.feeds[kind]).body

    theirs, thunderbirds = (read(body) for read in READERS)

    assert theirs == thunderbirds
    assert theirs.events


@pytest.mark.parametrize("kind", [kind.value for kind in FeedKind])
def test_vdirsyncer_subscribes_to_each_kind_of_the_demo(service: Service, kind: str, tmp_path: Path):
    subscriber = Vdirsyncer(tmp_path, service.feeds[kind])

    kept = subscriber.sync()

    assert kept == {without_uid(event) for event in read_with_icalendar(fetch(service.feeds[kind]).body).events}
    assert subscriber.sync() == kept
