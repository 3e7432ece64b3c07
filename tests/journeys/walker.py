"""Whoever walks a story by keyboard: how they sign in, what a page offers them, and what only letters tell."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.app import create_app
from roster.config import Settings
from roster.extensions import db
from roster.models import (
    Account,
    AnswerPurpose,
    AskState,
    Assignment,
    AssignmentState,
    CoverAsk,
    CoverCall,
    Roster,
    Round,
    Shift,
)
from roster.services import answers
from roster.vietnam.office_hours import monday_of
from tests.journeys.keyboard import Keys, Stop
from tests.journeys.service import Service

PLANNED = 90_000  # milliseconds for a week to be planned
PASSWORD = "một câu dễ nhớ"


@dataclass
class Walker:
    """One story on one screen. `missed`: what the service did not offer just then, so that it was not walked."""

    keys: Keys
    service: Service
    screen: str
    missed: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.keys.page

    def go(self, path: str) -> None:
        self.keys.go(f"{self.service.base}{path}")

    def sign_in(self, role: str) -> None:
        name, password = self.service.logins[role]
        self.go("/account/sign-in")
        self.keys.write("Phone number or e-mail address", name)
        self.keys.write("Password", password)
        self.keys.hit("Enter")
        self.page.wait_for_url(lambda address: "sign-in" not in address)

    def day(self, weeks: int, days: int = 0) -> str:
        """A day of a week to come, counted from its Monday; 0: this week."""
        return (monday_of(datetime.now(UTC).date()) + timedelta(days=7 * weeks + days)).isoformat()

    def choose_file(self, english: str, name: str, text: str) -> None:
        """What follows a key on the field is a dialog of the system, which no page sees."""
        self.keys.reach(english, kind="input")
        self.page.set_input_files("#file", {"name": name, "mimeType": "text/plain", "buffer": text.encode()})

    def offers(self, english: str, role: Literal["button", "link"] = "button") -> bool:
        """Whether the page has such a button just now, for what depends on the week's luck."""
        if self.page.get_by_role(role, name=self.keys.words(english)).count():
            return True
        self.missed.append(english)
        return False

    def either(self, *english: str) -> re.Pattern[str]:
        return re.compile("|".join(self.keys.words(one).pattern for one in english))

    def called(self, selector: str) -> re.Pattern[str]:
        """The name of the first such thing on the page, for what carries words of its own."""
        thing = self.page.locator(selector).first
        return re.compile(re.escape((thing.get_attribute("aria-label") or thing.inner_text()).strip()))

    def waits_for(self, selector: str, milliseconds: int = 15_000) -> None:
        self.page.locator(selector).first.wait_for(timeout=milliseconds)

    def tick_some(self, most: int = 1) -> None:
        """Tick the first boxes that are reached; one that is ticked already is taken off and ticked again."""
        done = 0
        for _ in range(300):
            stop = self.keys.tab()
            if stop is None or stop.type != "checkbox":
                continue
            for _ in range(2 if stop.checked else 1):
                self.keys.hit("Space")
            done += 1
            if done == most:
                return
        raise AssertionError("no box to tick is reached")

    def rests_on(self, selector: str) -> Stop:
        """Wait until such a thing has the focus."""
        self.page.wait_for_function("(kind) => document.activeElement?.matches(kind)", arg=selector)
        stop = self.keys.here()
        assert stop is not None
        return stop

    @contextmanager
    def changing_the_board(self) -> Iterator[None]:
        """Whatever is done within changes the draft; wait until the board shows it."""
        before = self.page.locator("#revision").input_value()
        yield
        self.page.wait_for_function("(was) => document.getElementById('revision').value !== was", arg=before)

    def letter(self, purpose: AnswerPurpose) -> str:
        """The address in a letter about a turn to come, a week or the like: another turn for each screen."""
        with Rows(self.service) as session:
            turn = _a_turn(session, latest=self.screen == "phone")
            person, target = _about(session, purpose, turn)
            now = datetime.now(UTC)
            return f"/a/{answers.make(session, person, purpose, target, now=now, expires_at=now + timedelta(days=1))}"

    def province(self) -> int:
        """The unit above the one that plans."""
        with Rows(self.service) as session:
            roster = session.scalars(select(Roster)).first()
            assert roster is not None
            assert roster.period.unit.parent_id is not None
            return roster.period.unit.parent_id


class Rows:
    """The service's own database, for what only its letters carry."""

    def __init__(self, service: Service) -> None:
        settings = Settings(home=service.home, database_url=f"sqlite:///{service.home / 'roster.db'}", secret_key="x")
        self._context = create_app(settings).app_context()

    def __enter__(self) -> Session:
        self._context.push()
        return db.session  # type: ignore[return-value]

    def __exit__(self, *_: object) -> None:
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
        self._context.pop()


def _a_turn(session: Session, *, latest: bool) -> Assignment:
    now = datetime.now(UTC)
    open_to_answer = (
        Assignment.state == AssignmentState.ACTIVE,
        Assignment.confirmed_at.is_(None),
        Shift.starts_at > now + timedelta(days=2),
    )
    order = Assignment.id.desc() if latest else Assignment.id
    turn = session.scalars(select(Assignment).join(Shift).where(*open_to_answer).order_by(order)).first()
    assert turn is not None
    return turn


def _about(session: Session, purpose: AnswerPurpose, turn: Assignment) -> tuple[int, int]:
    """Whom a letter goes to, and the row it is about."""
    if purpose is AnswerPurpose.AVAILABILITY:
        asked = session.scalars(select(Round.id)).first()
        assert asked is not None
        return turn.person_id, asked
    if purpose is AnswerPurpose.COVER:
        return _asked_to_stand_in(session, turn.shift_id)
    return turn.person_id, turn.id if purpose is AnswerPurpose.TURN else turn.person_id


def _asked_to_stand_in(session: Session, shift_id: int) -> tuple[int, int]:
    """Only whoever signs in is asked by a letter: the scenario's volunteer."""
    now = datetime.now(UTC)
    volunteer = session.scalars(select(Account).where(Account.person_id.is_not(None))).first()
    coordinator = session.scalars(select(Account).where(Account.person_id.is_(None))).first()
    assert volunteer is not None
    assert volunteer.person_id is not None
    assert coordinator is not None
    call = CoverCall(shift_id=shift_id, asked_by=coordinator, asked_at=now)
    ask = CoverAsk(call=call, person_id=volunteer.person_id, state=AskState.ASKED, asked_at=now)
    session.add_all([call, ask])
    session.flush()
    return volunteer.person_id, ask.id
