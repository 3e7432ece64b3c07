"""Candidates: who could take a place on a shift, the best first, and what is in the way of the others."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from roster.models import Person, Roster, Shift
from roster.planning import scope, staffing
from roster.planning.snapshot import person_key, row_id
from roster.planning.staffing import RANKS, Refusal, Staffing, Welcome
from roster.queries import somebody
from roster.queries.somebody import Profile, Somebody
from roster.vietnam import names

LEAD = "lead"
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be put on a shift, or why not. Turns: of the last four weeks, and of this draft.

    `may`: nothing is in the way, or only what further people mend (`refusals` then says what).
    """

    person: Somebody
    minor: bool
    newcomer: bool
    leads: bool
    qualifications: tuple[str, ...]
    turns_before: int
    turns_now: int
    welcome: Welcome | None
    refusals: tuple[Refusal, ...]

    @property
    def may(self) -> bool:
        return all(one.mendable for one in self.refusals)


@dataclass(frozen=True, slots=True)
class Candidates:
    """People who are not on the shift yet, best first. `able`: how many may take it; `more`: how many are not shown."""

    shift_id: int
    people: tuple[Candidate, ...]
    able: int
    more: int


def candidates_for(
    session: Session, roster: Roster, shift: Shift, *, search: str = "", shown: int = SHOWN, now: datetime
) -> Candidates:
    """The people of the shift's pool, or whoever of the unit's people has a name like `search` (marks don't matter).

    Empty for a shift that cannot be planned any more.
    """
    about = _staffing(session, roster, shift, search, now)
    if not about.plans(shift.id):
        return Candidates(shift.id, (), 0, 0)
    ids = [id for id in _asked_about(about, shift, search) if not about.is_on(id, shift.id)]
    found = _ranked(about, shift, ids, somebody.profiles(session, ids))
    return Candidates(shift.id, tuple(found[:shown]), sum(one.may for one in found), max(0, len(found) - shown))


def _staffing(session: Session, roster: Roster, shift: Shift, search: str, now: datetime) -> Staffing:
    if search.strip():
        return staffing.around_people(session, roster, shift.id, _named(session, roster, search), now=now)
    return staffing.around_shifts(session, roster, [shift], now=now)


def _named(session: Session, roster: Roster, search: str) -> Collection[int]:
    like: Select[int] = select(Person.id).where(
        Person.name_search.contains(names.search_key(search), autoescape=True),
        Person.id.in_(scope.people_in(scope.of(roster.period))),
    )
    return session.scalars(like).all()


def _asked_about(about: Staffing, shift: Shift, search: str) -> list[int]:
    people = about.problem.volunteers if search.strip() else about.in_pool(shift.id)
    return [row_id(person.id) for person in people]


def _ranked(about: Staffing, shift: Shift, ids: Collection[int], people: dict[int, Profile]) -> list[Candidate]:
    """Those who may first, the most willing and least burdened of them first; names decide between equals."""
    day = about.area.local(shift.starts_at).date()
    found = [_candidate(about, shift, profile, day) for profile in people.values() if profile.somebody.id in set(ids)]
    return sorted(found, key=_rank)


def _rank(one: Candidate) -> tuple[bool, int, int, int]:
    welcome = RANKS[one.welcome] if one.welcome else len(RANKS)
    return not one.may, len(one.refusals), one.turns_before + one.turns_now, welcome


def _candidate(about: Staffing, shift: Shift, profile: Profile, day: date) -> Candidate:
    person = about.problem.volunteer_by_id[person_key(profile.somebody.id)]
    return Candidate(
        person=profile.somebody,
        minor=profile.is_minor(day),
        newcomer=profile.newcomer,
        leads=LEAD in person.qualifications,
        qualifications=tuple(sorted(person.qualifications)),
        turns_before=person.history_turns,
        turns_now=about.turns[person.id],
        welcome=about.welcome(profile.somebody.id, shift.id),
        refusals=tuple(about.refusals(profile.somebody.id, shift.id)),
    )
