"""A small world with all four kinds of calendar, served by the whole application, on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import current_thread

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from roster.app import create_app
from roster.config import Settings
from roster.extensions import db
from roster.feeds.keeper import KEEPING
from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    FeedKind,
    Person,
    Programme,
    Qualification,
    Role,
    RoleKind,
    Shift,
    Site,
    Team,
    Unit,
)
from roster.services import feeds
from roster.services.feeds import Wishes
from tests import builders
from tests.lasting import application_of, as_new


@dataclass
class World:
    """Two volunteers, Lan (agreed to be named) and Nam (did not), both on each of three coming shifts at one site."""

    session: Session
    unit: Unit
    site: Site
    programme: Programme
    lan: Person
    nam: Person
    team: Team
    lead: Qualification
    account: Account
    shifts: list[Shift]

    def address(self, kind: FeedKind, **wishes: object) -> str:
        """The path of a new address of this world's calendar of that kind."""
        targets = {
            FeedKind.VOLUNTEER: self.lan,
            FeedKind.TEAM: self.team,
            FeedKind.UNIT: self.unit,
            FeedKind.SITE: self.site,
        }
        made = feeds.create(
            self.session, kind, targets[kind].id, Wishes(**wishes), by=self.account, now=datetime.now(UTC)
        )
        self.session.commit()
        return made.path

    def assign(self, shift: Shift, person: Person, **columns: object) -> Assignment:
        assignment = an_assignment(shift, person, **columns)
        self.session.add(assignment)
        self.session.commit()
        return assignment

    def changed(self, *shifts: Shift) -> None:
        """Commit what was done to these shifts as a service would: stamped, and the calendars told."""
        now = datetime.now(UTC)
        for shift in shifts:
            shift.changed_at = now
        feeds.shifts_changed(self.session, [shift.id for shift in shifts], now=now)
        self.session.commit()


def an_assignment(shift: Shift, person: Person, **columns: object) -> Assignment:
    given = {"state": AssignmentState.ACTIVE, "confirmed_at": builders.LONG_AGO, "changed_at": builders.LONG_AGO}
    uid = f"turn-{shift.id}-{person.id}"
    return Assignment(**{"shift": shift, "person": person, "uid": uid, **given, **columns})


@pytest.fixture
def world(session: Session) -> World:
    # Or reading an attribute after a commit would begin a transaction, and SQLite has one writer at a time.
    session.expire_on_commit = False
    unit = builders.a_unit(session)
    site = builders.a_site(session, unit, address="127 Hai Bà Trưng, Quy Nhơn", latitude=13.77, longitude=109.22)
    programme = builders.a_programme(session, unit)
    lead = builders.a_qualification(session, "lead")
    lan = builders.a_person(session, unit, "Nguyễn Thị Lan", shares_name=True, qualifications=[lead])
    nam = builders.a_person(session, unit, "Trần Văn Nam")
    account = builders.an_account(session, Role(kind=RoleKind.COORDINATOR, unit=unit), person=lan)
    team = builders.a_team(session, unit, lan)
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    shifts = [
        builders.a_shift(
            session, site, programme, day=tomorrow + timedelta(days=n), minimum=1, target=3, needs={"lead": 1}
        )
        for n in range(3)
    ]
    session.add_all(an_assignment(shift, person) for shift in shifts for person in (lan, nam))
    session.commit()
    return World(session, unit, site, programme, lan, nam, team, lead, account, shifts)


class Subscriber:
    """Polls like a calendar program, through the whole application."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._client = app.test_client()
        self._later: list[Subscriber] = []

    def get(self, path: str, method: str = "GET", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.open(path, method=method, headers=named)

    def flush(self) -> None:
        """Have written what the answers left to be written a moment later."""
        self._app.extensions["feeds"].flush()

    def restarted(self) -> "Subscriber":
        """The same service in a new process: nothing remembered but what is in the database."""
        self.flush()
        later = Subscriber(create_app(self._app.extensions["settings"]))
        self._later.append(later)
        return later

    def leave(self) -> None:
        """End every process: what one wrote later would land in the next test's rows of the same numbers."""
        for later in self._later:
            later.leave()
        self.flush()
        with self._app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(database_url: str, empty_sqlite: Path) -> Iterator[Flask]:
    settings = Settings(
        home=empty_sqlite.parent, database_url=database_url, secret_key="s" * 40, base_url="https://roster.example"
    )
    with as_new(application_of(settings)) as app:
        yield app


@pytest.fixture
def subscriber(app: Flask) -> Iterator[Subscriber]:
    subscriber = Subscriber(app)
    yield subscriber
    subscriber.leave()


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What the application asks SQLite, seen by SQLite itself, so that nothing can slip past.

    A test that counts runs on SQLite alone (`on_sqlite`); PostgreSQL is asked the same statements.
    """
    seen: list[str] = []

    def note(statement: str) -> None:
        asking = statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"))
        if asking and current_thread().name != KEEPING:  # what answers left to be written comes when it comes
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    assert engine.dialect.name == "sqlite"
    engine.dispose()  # a connection that is there already would be asked unseen

    def watch(connection: object, _record: object) -> None:
        connection.set_trace_callback(note)

    event.listen(engine, "connect", watch)
    yield seen
    event.remove(engine, "connect", watch)
