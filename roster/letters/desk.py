"""The desk a letter is written at: its reader, the time, what may be looked up, and how its language says things."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urljoin

from babel.dates import format_date
from babel.support import NullTranslations, Translations
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from roster import paths
from roster.letters.parts import Action, Part
from roster.models import (
    Account,
    AnswerPurpose,
    Assignment,
    AssignmentState,
    CoverAsk,
    CoverCall,
    Message,
    Person,
    Round,
    Shift,
    ShiftState,
    Site,
)
from roster.queries import questions
from roster.queries.questions import Question
from roster.queries.turns import shown_name
from roster.services import answers, confirming, rounds
from roster.services.confirming import Due
from roster.services.contacts import Reader

SHORTEST_LINK = timedelta(days=1)


@cache
def texts(language: str) -> NullTranslations:
    """The catalog of a language; English is what the source says."""
    return Translations.load(str(paths.TRANSLATIONS), [language])


@dataclass(slots=True)
class Desk:
    """Whoever writes one letter. Times are told in the reader's zone; `base_url` is where links lead."""

    session: Session
    reader: Reader
    now: datetime
    base_url: str
    letter_id: int | None = None
    _turns: Sequence[Assignment] | None = field(default=None, init=False)
    _questions: Sequence[Question] | None = field(default=None, init=False)
    _due: dict[int, Due] | None = field(default=None, init=False)

    def gettext(self, words: str, **facts: Any) -> str:
        said = texts(self.reader.language).gettext(words)
        return said % facts if facts else said

    def ngettext(self, one: str, many: str, num: int, **facts: Any) -> str:
        return texts(self.reader.language).ngettext(one, many, num) % {"num": num, **facts}

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.reader.zone)

    def day(self, day: date) -> str:
        """ "Thứ Hai 23/11" or "Mon 23 Nov"."""
        if self.reader.language == "en":
            return format_date(day, "EEE d MMM", locale="en_GB")
        weekday = format_date(day, "EEEE", locale="vi")
        return f"{weekday[:1].upper()}{weekday[1:]} {day:%d/%m}"

    def day_of(self, shift: Shift) -> str:
        return self.day(self.local(shift.starts_at).date())

    def hours(self, starts: datetime, ends: datetime) -> str:
        """ "Thứ Hai 23/11, 07:30–11:30"; "22:00–06:00 hôm sau" where it runs past midnight."""
        first, last = self.local(starts), self.local(ends)
        clocks = f"{first:%H:%M}–{last:%H:%M}"
        told = clocks if last.date() == first.date() else self.gettext("%(hours)s the next day", hours=clocks)
        return f"{self.day(first.date())}, {told}"

    def when(self, shift: Shift) -> str:
        return self.hours(shift.starts_at, shift.ends_at)

    def where(self, shift: Shift) -> str:
        return ", ".join(part for part in (shift.site.name, shift.site.address) if part)

    def moment(self, moment: datetime) -> str:
        """ "17:00, Thứ Hai 23/11"."""
        return f"{self.local(moment):%H:%M}, {self.day(self.local(moment).date())}"

    def shift(self, shift_id: int) -> Shift:
        return self.session.get_one(Shift, shift_id)

    def site_name(self, site_id: int) -> str:
        return self.session.get_one(Site, site_id).name

    def person(self, person_id: int) -> Person:
        return self.session.get_one(Person, person_id)

    def person_name(self, person_id: int) -> str:
        return self.person(person_id).full_name

    def account_name(self, account_id: int) -> str:
        return self.session.get_one(Account, account_id).display_name

    def colleague(self, person_id: int, shift: Shift) -> str:
        """Another volunteer as volunteers may know them: by name if they agreed and are no minor."""
        return shown_name(self.session, self.session.get_one(Person, person_id), shift) or self.gettext("Somebody")

    def turns(self) -> Sequence[Assignment]:
        """The reader's published turns to come."""
        if self._turns is None:
            person = self.reader.person
            mine = (
                select(Assignment)
                .join(Assignment.shift)
                .where(Assignment.person_id == (person.id if person else None))
                .where(Assignment.state == AssignmentState.ACTIVE, Shift.state == ShiftState.OPEN)
                .where(Shift.starts_at > self.now)
                .options(joinedload(Assignment.shift).joinedload(Shift.site))
                .order_by(Shift.starts_at)
            )
            self._turns = self.session.scalars(mine).all()
        return self._turns

    def turn_on(self, shift_id: int) -> Assignment | None:
        return next((turn for turn in self.turns() if turn.shift_id == shift_id), None)

    def confirm_by(self, turn: Assignment) -> str:
        """By when the reader must say that they come, and what happens otherwise; "" where they need not."""
        if self._due is None:
            self._due = confirming.due(self.session, [one.id for one in self.turns()])
        if (due := self._due.get(turn.id)) is None:
            return ""
        moment = self.moment(due.by)
        if due.by <= self.now:
            return self.gettext("It was to be confirmed by %(moment)s. Please answer now.", moment=moment)
        if due.opens:
            return self.gettext("Confirm by %(moment)s. After that the place opens for others.", moment=moment)
        return self.gettext("Confirm by %(moment)s.", moment=moment)

    def question(self, purpose: AnswerPurpose, shift_id: int, *, gives: int | None = None) -> Question | None:
        """What the reader is asked about a shift and has not answered; `gives`: the shift they would give for it."""
        if self._questions is None:
            person = self.reader.person
            self._questions = questions.questions_for(self.session, person, now=self.now) if person else ()
        fitting = (one for one in self._questions if (one.kind, one.place.shift_id) == (purpose.value, shift_id))
        return next((one for one in fitting if (one.gives.shift_id if one.gives else None) == gives), None)

    def call_for(self, shift: Shift) -> CoverCall | None:
        """The latest call for the shift in which the reader was asked to stand in."""
        person = self.reader.person
        asked = CoverCall.asks.any(CoverAsk.person_id == (person.id if person else None))
        calls = select(CoverCall).where(CoverCall.shift_id == shift.id, asked)
        return self.session.scalars(calls.order_by(CoverCall.id.desc()).limit(1)).first()

    def answering(self, purpose: AnswerPurpose, asked: Question | None, message: Message, label: str) -> list[Action]:
        """A link that answers without signing in; the page for who has no account to answer by."""
        if asked is None or self.reader.account is None:
            return self.page(message, label)
        href = self.link(purpose, asked.id, until=asked.place.starts)
        return [Action(label, href, main=True)] if href else []

    def unanswered(self, round_id: int) -> Round | None:
        """The round, if the reader is asked in it, has not answered and still may."""
        found, person = self.session.get(Round, round_id), self.reader.person
        given = rounds.of_person(self.session, found, person) if found and person else None
        if found is None or given is None or given.answered_at is not None or found.deadline <= self.now:
            return None
        return found

    def link(self, purpose: AnswerPurpose, target_id: int, *, until: datetime) -> str | None:
        """The address of a new one-use link; None for who is no volunteer."""
        if self.reader.person is None:
            return None
        token = answers.make(
            self.session,
            self.reader.person.id,
            purpose,
            target_id,
            now=self.now,
            expires_at=max(until, self.now + SHORTEST_LINK),
            letter_id=self.letter_id,
        )
        return self.address(f"/a/{token}")

    def confirming(self, turn: Assignment, href: str) -> Action:
        """The button that says one will come."""
        return Action(self.gettext("I'll be there"), href, main=True)

    def address(self, path: str) -> str:
        return urljoin(f"{self.base_url}/", path.lstrip("/"))

    def subject(self, parts: Sequence[Part]) -> str:
        """What it is about, on one line."""
        first, more = parts[0].heading, len(parts) - 1
        if not more:
            return first
        return self.ngettext("%(first)s, and one more matter", "%(first)s, and %(num)d more matters", more, first=first)

    def page(self, message: Message, label: str) -> list[Action]:
        """A button to the page the message names, if it names one."""
        path = message.facts.get("path")
        return [Action(label, self.address(path), main=True)] if path else []


@dataclass(slots=True)
class PageDesk(Desk):
    """The same for a page of the service: whoever reads there is signed in and needs no link that knows them."""

    def link(self, purpose: AnswerPurpose, target_id: int, *, until: datetime) -> str | None:
        return None if self.reader.person is None else PAGES[purpose].format(target_id)

    def confirming(self, turn: Assignment, href: str) -> Action:
        return Action(self.gettext("I'll be there"), f"/me/shifts/{turn.id}/confirm", main=True, posts=True)


PAGES = {
    AnswerPurpose.TURN: "/me/turns/{}",
    AnswerPurpose.AVAILABILITY: "/me/weeks/{}",
    AnswerPurpose.COVER: "/me/",
    AnswerPurpose.SWAP: "/me/",
    AnswerPurpose.OFFER: "/me/",
    AnswerPurpose.CALENDAR: "/calendars/",
    AnswerPurpose.CHOICES: "/account/messages",
}
"""Where somebody signed in does what a link of that purpose lets others do."""
