"""Whoever walks a story by keyboard: how they sign in, what a page offers them, and what only letters tell."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from flask import Flask
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect
from sqlalchemy import Select, select, update
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
    Claim,
    ClaimState,
    CoverAsk,
    Person,
    Roster,
    RoundAnswer,
    Swap,
    SwapState,
)
from roster.services import answers
from roster.services.passwords import Passwords
from roster.vietnam.office_hours import ZONE, monday_of
from tests.journeys.keyboard import Keys, Stop
from tests.journeys.service import Service
from tests.published import PublishedWeek
from tests.waiting import PATIENCE, eventually

PASSWORD = "một câu dễ nhớ"
ANYTHING = re.compile(".*")

Found = TypeVar("Found")


@dataclass
class Walker:
    """One story on one screen. `missed`: what the service did not offer just then, so that it was not walked."""

    keys: Keys
    service: Service
    screen: str
    language: str
    missed: list[str] = field(default_factory=list)
    _signed_in: bool = False
    _logins: dict[str, tuple[str, str]] = field(default_factory=dict)
    _people: dict[str, int] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        return self.keys.page

    def go(self, path: str) -> None:
        self.keys.go(f"{self.service.base}{path}")

    def settles_in(self) -> None:
        """Everybody who can sign in, and this browser before they do, reads the language of the screen."""
        with Rows(self.service) as session:
            session.execute(update(Account).values(language=self.language))
        if self.language == "en":
            self.go("/nowhere")  # a page that no story looks at
            self.keys.press("Account, language and colours")
            self.keys.press("English")
            self.keys.speak("en")

    def say(self, vietnamese: str, english: str) -> str:
        """What dates and the like are called in the screen's language, which no catalog says."""
        return vietnamese if self.language == "vi" else english

    @property
    def a_day(self) -> re.Pattern[str]:
        """A day in the row of days above a board on a phone."""
        return re.compile(self.say(r"(T\d|CN|Th).*", r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun).*"))

    def sign_in(self, who: str, *way: str) -> Keys:
        """As one of the scenario's roles, or somebody of the story's week, who then presses their `way` to a page.

        Whoever was signed in until then signs out.
        """
        if self._signed_in:
            self.sign_out()
        name, password = self.service.logins.get(who) or self._of_the_week(self._logins, who)
        self.go("/account/sign-in")
        self.keys.write("Phone number or e-mail address", name)
        self.keys.write("Password", password)
        self.keys.hit("Enter")
        self.page.wait_for_url(lambda address: "sign-in" not in address)
        self._signed_in = True
        for step in way:
            self.keys.press(step)
        return self.keys

    def sign_out(self) -> None:
        self.keys.press("Account, language and colours")
        self.keys.press("Sign out")
        self.keys.at("/$|/account/sign-in")
        self._signed_in = False

    def day(self, weeks: int, days: int = 0) -> str:
        """A day of a week to come, counted from its Monday; 0: this week."""
        return (_monday(weeks) + timedelta(days=days)).isoformat()

    def choose_file(self, english: str, name: str, text: str) -> None:
        """What follows a key on the field is a dialog of the system, which no page sees."""
        self.keys.reach(english, kind="input")
        self.page.set_input_files("#file", {"name": name, "mimeType": "text/plain", "buffer": text.encode()})

    def offers(self, english: str, kind: Literal["button", "link", "summary"] = "button") -> bool:
        """Whether the page has such a button just now, for what depends on the week's luck."""
        name = self.keys.words(english)
        summary = self.page.locator("summary", has_text=name)  # browsers disagree which role one has
        if (summary if kind == "summary" else self.page.get_by_role(kind, name=name)).count():
            return True
        self.missed.append(english)
        return False

    def either(self, *english: str) -> re.Pattern[str]:
        return re.compile("|".join(self.keys.words(one).pattern for one in english))

    def called(self, selector: str) -> re.Pattern[str]:
        """The name of the first such thing on the page, for what carries words of its own."""
        thing = self.page.locator(selector).first
        words = (thing.get_attribute("aria-label") or thing.inner_text()).split()
        return re.compile(r"\s*".join(map(re.escape, words)))

    def waits_for(self, selector: str) -> None:
        self.page.locator(selector).first.wait_for()

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

    def at_rest_without(self, selector: str) -> None:
        """Wait until the page shows no such thing any more."""
        self.page.locator(selector).wait_for(state="detached")

    def has(self, selector: str, count: int) -> None:
        """Wait until the page shows so many such things."""
        expect(self.page.locator(selector)).to_have_count(count, timeout=1000 * PATIENCE)

    def keeps(self, path: str) -> None:
        """Wait until this browser can show the page without network."""
        kept = "async (path) => Boolean(await caches.match(path)) && Boolean(navigator.serviceWorker.controller)"
        eventually(lambda: self._finds(kept, path), otherwise=lambda: f"{path} was not kept")

    def address_shown(self) -> str:
        """The secret address that a page shows this once."""
        return self.page.locator("#address").input_value()

    def rests_on(self, selector: str) -> Stop:
        """Wait until such a thing has the focus."""
        self.has(f":is({selector}):focus", 1)
        stop = self.keys.here()
        assert stop is not None
        return stop

    @contextmanager
    def redrawing(self, selector: str) -> Iterator[None]:
        """Whatever is done within has the page draw this part anew; wait until it is there."""
        self.page.locator(selector).first.evaluate("(part) => (part.dataset.before = '')")
        yield
        self.waits_for(f"{selector}:not([data-before])")

    @contextmanager
    def changing_the_board(self) -> Iterator[None]:
        """Whatever is done within changes the draft; wait until the board shows it."""
        revision = self.page.locator("#revision")
        before = revision.input_value()
        yield
        expect(revision).not_to_have_value(before, timeout=1000 * PATIENCE)

    def _finds(self, question: str, about: object) -> Any:
        """What the page answers; nothing while it just leaves. Asked from outside: it lets no code be written into it,
        and so Playwright's own waiting for a function is refused."""
        with suppress(PlaywrightError):
            return self.page.evaluate(question, about)
        return None

    # Worlds of a story's own.

    @contextmanager
    def a_week(self, weeks: int = 2) -> Iterator[PublishedWeek]:
        """A published week of its own within the service, for a story to arrange; its people can sign in by name.

        Lan serves on the Monday `weeks` after this one's, where one more is wanted, Hà on the Tuesday, Minh not yet. A
        story that names one of them and has arranged no week gets it as it is.
        """
        with Rows(self.service) as session:
            now = datetime.now(UTC)
            published_at = now + timedelta(weeks=min(0, weeks - 1))  # before any turn of it, also of a week gone by
            week = PublishedWeek(session, monday=_monday(weeks), published_at=published_at)
            for name, person in (("lan", week.lan), ("hà", week.ha), ("minh", week.minh)):
                person.shares_name = True
                self.lets_in(name, week.account(person))
            self.lets_in("planner", week.by)
            yield week

    def lets_in(self, name: str, account: Account) -> None:
        """From now on they sign in by this name of the story, and read what this screen reads."""
        account.password_hash, account.language = Passwords(time_cost=1).hash(PASSWORD), self.language
        self._logins[name] = (account.login, PASSWORD)
        if account.person_id:
            self._people[name] = account.person_id

    def _of_the_week(self, what: Mapping[str, Found], who: str) -> Found:
        if not what:
            with self.a_week():
                pass
        return what[who]

    def opens_letter(self, who: str, purpose: AnswerPurpose) -> Keys:
        """Open the newest letter that somebody of the week has for that, by its link alone."""
        person_id, now = self._of_the_week(self._people, who), datetime.now(UTC)
        with Rows(self.service) as session:
            target = session.scalars(_about(purpose, person_id)).first()
            assert target is not None, f"{who} has no letter about {purpose}"
            link = answers.make(session, person_id, purpose, target, now=now, expires_at=now + timedelta(days=1))
        self.go(f"/a/{link}")
        return self.keys

    def province(self) -> int:
        """The unit above the one that plans."""
        with Rows(self.service) as session:
            roster = session.scalars(select(Roster)).first()
            assert roster is not None
            assert roster.period.unit.parent_id is not None
            return roster.period.unit.parent_id


def _monday(weeks: int) -> date:
    """The first day of a week to come, where the pages are: there it is Monday while UTC still has Sunday."""
    return monday_of(datetime.now(ZONE).date()) + timedelta(weeks=weeks)


class Rows:
    """The service's own database, for what only its letters carry and what a story finds there."""

    def __init__(self, service: Service) -> None:
        self._context = app_of(service.home).app_context()

    def __enter__(self) -> Session:
        self._context.push()
        return db.session  # type: ignore[return-value]

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed is None:
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
        self._context.pop()


@cache
def app_of(home: Path) -> Flask:
    return create_app(Settings(home=home, database_url=f"sqlite:///{home / 'roster.db'}", secret_key="x"))


def _about(purpose: AnswerPurpose, person_id: int) -> Select[int]:
    """The row that a letter to the person is about, newest first."""
    kinds: Mapping[AnswerPurpose, Select[int]] = {
        AnswerPurpose.TURN: select(Assignment.id).filter_by(person_id=person_id, state=AssignmentState.ACTIVE),
        AnswerPurpose.COVER: select(CoverAsk.id).filter_by(person_id=person_id, state=AskState.ASKED),
        AnswerPurpose.SWAP: select(Swap.id).filter_by(other_id=person_id, state=SwapState.PROPOSED),
        AnswerPurpose.OFFER: select(Claim.id).filter_by(person_id=person_id, state=ClaimState.OFFERED),
        AnswerPurpose.AVAILABILITY: select(RoundAnswer.round_id).filter_by(person_id=person_id),
    }
    query = kinds.get(purpose, select(Person.id).filter_by(id=person_id))
    return query.order_by(query.selected_columns[0].desc())
