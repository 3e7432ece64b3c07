"""What-ifs of a week as its page shows them: what was asked, how far it is, and what came of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from roster.models import DraftAssignment, Person, Roster, RunState, Shift, Team, Unit, WhatIf
from roster.planning import scope
from roster.planning.lacks import Lack
from roster.queries import somebody
from roster.queries.publications import Place
from roster.queries.runs import LevelView
from roster.queries.somebody import Somebody
from roster.vietnam import names

PEOPLE_SHOWN = 30
SHIFTS_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Step:
    """One level as it is and as it would be. `gained`: how much better, below 0 worse; `certain`: both proved."""

    before: LevelView
    after: LevelView
    gained: int
    certain: bool


@dataclass(frozen=True, slots=True)
class PlaceStep:
    """A shift that is short before or after, and how many people it lacks each time."""

    place: Place
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a change comes to. `verdict`: "better", "worse" or "same" by the first level that differs; `certain`: that
    is proved. `lack`: what is missing; `wanted` places; `moved` turns of other people or shifts.
    `trained`: whom the solver chose.
    """

    verdict: str
    certain: bool
    lack_before: Lack
    lack_after: Lack
    wanted: int
    moved: int
    steps: tuple[Step, ...]
    places: tuple[PlaceStep, ...]
    trained: tuple[Somebody, ...]

    @property
    def covered(self) -> int:
        """Places no longer short; below 0 if more are."""
        return self.lack_before.places - self.lack_after.places


@dataclass(frozen=True, slots=True)
class WhatIfView:
    """A question and its answer, if it has one yet. Seconds are of both searches; `search` is 1 or 2 of them.

    `question` as in `services/whatifs.py`; what it names: `group_name`, `place` with its new local `hours`, `people`.
    """

    id: int
    question: Mapping[str, Any]
    group_name: str
    place: Place | None
    hours: tuple[datetime, datetime] | None
    people: tuple[Somebody, ...]
    state: RunState
    asked_by: str | None
    created_at: datetime
    seconds: float
    search: int
    cancel_requested: bool
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Choosable:
    """Somebody who could be away. `turns` of the draft."""

    person: Somebody
    turns: int
    chosen: bool


def whatifs_of(session: Session, roster: Roster) -> tuple[WhatIfView, ...]:
    """Every question kept of a roster, the newest first."""
    rows = session.scalars(
        select(WhatIf)
        .where(WhatIf.roster_id == roster.id)
        .options(joinedload(WhatIf.job), joinedload(WhatIf.asked_by))
        .order_by(WhatIf.id.desc())
    ).all()
    return _Drawing(session, roster, rows).views()


def shifts_to_move(session: Session, roster: Roster, *, now: datetime) -> tuple[Place, ...]:
    """The shifts whose hours can still change, those that are short first; at most `SHIFTS_SHOWN`."""
    area = scope.of(roster.period)
    drafted = (
        select(func.count())
        .where(DraftAssignment.roster_id == roster.id, DraftAssignment.shift_id == Shift.id)
        .correlate(Shift)
        .scalar_subquery()
    )
    query = scope.open_shifts_in(area).where(Shift.starts_at > now).options(joinedload(Shift.site))
    full_last = (drafted >= Shift.minimum).asc()
    rows = session.scalars(
        query.order_by(None).order_by(full_last, Shift.starts_at, Shift.site_id, Shift.id).limit(SHIFTS_SHOWN)
    )
    return tuple(_place(area, shift) for shift in rows)


def people_to_choose(
    session: Session, roster: Roster, *, search: str = "", chosen: Collection[int] = ()
) -> tuple[Choosable, ...]:
    """Those chosen already, then people of the roster whose name is like `search`, who serve most first."""
    area, turns = scope.of(roster.period), func.count(DraftAssignment.id)
    drafted = (DraftAssignment.person_id == Person.id) & (DraftAssignment.roster_id == roster.id)
    query = (
        select(Person.id, turns)
        .outerjoin(DraftAssignment, drafted)
        .where(Person.id.in_(scope.people_in(area)))
        .group_by(Person.id, Person.name_sort)
    )
    like = query.where(Person.name_search.contains(names.search_key(search), autoescape=True)) if search else query
    found = session.execute(like.order_by(turns.desc(), Person.name_sort, Person.id).limit(PEOPLE_SHOWN)).all()
    kept = session.execute(query.where(Person.id.in_(chosen))).all() if chosen else []
    counted: dict[int, int] = dict([*kept, *found])
    people = somebody.profiles(session, counted)
    return tuple(Choosable(people[id].somebody, count, id in chosen) for id, count in counted.items())


class _Drawing:
    """Names for everything that some questions and answers name, read once for all of them."""

    def __init__(self, session: Session, roster: Roster, rows: Sequence[WhatIf]) -> None:
        self.session, self.rows, self.area = session, rows, scope.of(roster.period)
        self.people = somebody.profiles(session, {person for row in rows for person in _people_in(row)})
        self.places = self._places({shift for row in rows for shift in _shifts_in(row)})

    def views(self) -> tuple[WhatIfView, ...]:
        return tuple(self._view(row) for row in self.rows)

    def _view(self, row: WhatIf) -> WhatIfView:
        question, progress = row.question, row.progress or {}
        place = self.places.get(question.get("shift_id", 0))
        return WhatIfView(
            id=row.id,
            question=question,
            group_name=self._group_name(question.get("group")),
            place=place,
            hours=_new_hours(place, question) if place else None,
            people=self._named(question.get("person_ids", ())),
            state=row.state,
            asked_by=row.asked_by.display_name if row.asked_by else None,
            created_at=row.created_at,
            seconds=row.seconds if row.seconds is not None else progress.get("seconds", 0.0),
            search=progress.get("search", 1),
            cancel_requested=bool(row.job and row.job.cancel_requested),
            answer=self._answer(row.result) if row.result else None,
        )

    def _answer(self, result: Mapping[str, Any]) -> Answer:
        return Answer(
            verdict=result["verdict"],
            certain=result["certain"],
            lack_before=_lack(one["before"] for one in result["levels"]),
            lack_after=_lack(one["after"] for one in result["levels"]),
            wanted=result["wanted"],
            moved=result["moved"],
            steps=tuple(
                Step(LevelView(**one["before"]), LevelView(**one["after"]), one["gained"], one["certain"])
                for one in result["levels"]
            ),
            places=tuple(
                PlaceStep(self.places[one["shift_id"]], one["before"], one["after"])
                for one in result["shifts"]
                if one["shift_id"] in self.places
            ),
            trained=self._named(result["trained"]),
        )

    def _named(self, ids: Sequence[int]) -> tuple[Somebody, ...]:
        return somebody.in_order(ids, self.people)

    def _group_name(self, group: str | None) -> str:
        kind, _, number = (group or "").partition(":")
        if not number:
            return ""
        table = Unit if kind == "unit" else Team
        return self.session.scalar(select(table.name).where(table.id == int(number))) or ""

    def _places(self, ids: Collection[int]) -> dict[int, Place]:
        rows = self.session.scalars(select(Shift).where(Shift.id.in_(ids)).options(joinedload(Shift.site)))
        return {row.id: _place(self.area, row) for row in rows}


def _lack(levels: Iterable[Mapping[str, Any]]) -> Lack:
    """As the levels count it."""
    terms = [level["terms"] for level in levels]
    return Lack(*(sum(one.get(name, 0) for one in terms) for name in ("under_min", "under_need")))


def _people_in(row: WhatIf) -> list[int]:
    return [*row.question.get("person_ids", ()), *((row.result or {}).get("trained", ()))]


def _shifts_in(row: WhatIf) -> list[int]:
    asked = [row.question["shift_id"]] if "shift_id" in row.question else []
    return [*asked, *(one["shift_id"] for one in (row.result or {}).get("shifts", ()))]


def _place(area: scope.Scope, shift: Shift) -> Place:
    return Place(shift.id, shift.site.name, area.local(shift.starts_at), area.local(shift.ends_at))


def _new_hours(place: Place, question: Mapping[str, Any]) -> tuple[datetime, datetime]:
    starts = place.starts + timedelta(minutes=question["minutes_later"])
    longer = timedelta(minutes=question["minutes_longer"])
    return starts, starts + (place.ends - place.starts) + longer
