"""Fairness: how turns are spread over people, in the last weeks and with this draft."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from roster import access
from roster.models import Account, Assignment, DraftAssignment, Person, Roster, Shift, ShiftState
from roster.planning import kept, scope
from roster.planning.scope import LOOK_BACK, Scope
from roster.queries import somebody
from roster.queries.somebody import Somebody

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Load:
    """One person's turns: published in the last four weeks, and in this draft. `most`: their own limit a week."""

    person: Somebody
    turns_before: int
    turns_now: int
    most: int | None

    @property
    def turns(self) -> int:
        return self.turns_before + self.turns_now


@dataclass(frozen=True, slots=True)
class Share:
    """So many people have so many turns: of the last four weeks, and together with this draft."""

    turns: int
    people_before: int
    people_now: int


@dataclass(frozen=True, slots=True)
class Fairness:
    """The most burdened people first (`more` are not shown), and how turns are spread over all `people`."""

    loads: tuple[Load, ...]
    more: int
    spread: tuple[Share, ...]
    people: int


def fairness_of(session: Session, roster: Roster, *, shown: int = SHOWN) -> Fairness:
    """The spread over everybody who may serve in the roster's unit, of whom only those with turns are listed."""
    area = scope.of(roster.period)
    before, now = (dict(session.execute(turns).all()) for turns in (_before(area), _drafted(roster)))
    totals = Counter(before) + Counter(now)
    people = session.scalar(select(func.count()).where(Person.id.in_(scope.people_in(area)))) or 0
    heaviest = [id for id, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:shown]]
    known = somebody.profiles(session, heaviest)
    loads = [
        Load(profile.somebody, before.get(id, 0), now.get(id, 0), profile.max_turns) for id, profile in known.items()
    ]
    return Fairness(
        loads=tuple(sorted(loads, key=lambda load: -load.turns)),
        more=len(totals) - len(heaviest),
        spread=_spread(before, totals, people),
        people=people,
    )


def open_to(session: Session, found: Fairness, account: Account) -> frozenset[int]:
    """Of the people listed, those whose page the account may open: some may serve here and belong elsewhere."""
    listed = [load.person.id for load in found.loads]
    query = select(Person.id).join(Person.unit).where(Person.id.in_(listed), access.within_reach(account))
    return frozenset(session.scalars(query))


def _before(area: Scope) -> Select[int, int]:
    turns = kept.turns(area.begins - LOOK_BACK, area.begins)
    return turns.where(Assignment.person_id.in_(scope.people_in(area)))


def _drafted(roster: Roster) -> Select[int, int]:
    return (
        select(DraftAssignment.person_id, func.count())
        .join(DraftAssignment.shift)
        .where(
            DraftAssignment.roster_id == roster.id,
            Shift.state == ShiftState.OPEN,
            DraftAssignment.person_id.in_(scope.people_in(scope.of(roster.period))),
        )
        .group_by(DraftAssignment.person_id)
    )


def _spread(before: dict[int, int], totals: Counter[int], people: int) -> tuple[Share, ...]:
    """From no turn to the most anybody has, without gaps, so that it draws as it is."""
    had, has = Counter(before.values()), Counter(totals.values())
    had[0], has[0] = people - sum(had.values()), people - sum(has.values())
    most = max([0, *has])
    return tuple(Share(turns, had[turns], has[turns]) for turns in range(most + 1))
