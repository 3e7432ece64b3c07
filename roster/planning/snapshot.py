"""Snapshot: the rows of one period become the solver's Problem.

The same rows always give the same bytes, so a run's hash says what it was asked. What cannot be planned any more is not
asked: a shift that has begun stays as published, and its turns count, like those of other units' rosters, as time
already given. Facts that change within the period are taken at their strictest, because the format has one value a
person: a minor on the first day is a minor all week, and a certificate that runs out during the week is not there.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, SelectBase, select
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager

from roster.models import (
    Assignment,
    AssignmentState,
    AvailabilityException,
    DraftAssignment,
    Person,
    PersonQualification,
    Pin,
    Qualification,
    Roster,
    Shift,
    ShiftState,
    Site,
    SiteKind,
    Team,
    TeamMember,
    Unit,
    WeeklyAvailability,
)
from roster.models.people import is_minor
from roster.planning import agreements, consents, kept, offers, private, reliability, rounds, scope
from roster.planning.agreements import Agreed
from roster.planning.difference import Turn
from roster.planning.scope import LOOK_BACK, Scope
from solver import problem as asked
from solver import writer
from solver.problem import Problem

MINORS_LATEST_END = 18 * 60
"""Minutes after midnight: minors serve by day only."""

People = SelectBase | Collection[int]
"""Ids of people, or a query for them."""

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Week:
    """The shifts of a roster's period that can still be planned: their rows, and what the solver is asked of them."""

    rows: Sequence[Shift]
    shifts: tuple[asked.Shift, ...]


def week_of(session: Session, roster: Roster, *, now: datetime) -> Week:
    """Read apart by who builds several problems of one roster: in a large unit they are most of what there is to read.

    Shifts that began before `now` are left out.
    """
    area = scope.of(roster.period)
    rows = session.scalars(_plannable(area, now)).unique().all()
    return Week(rows, tuple(_shift(area, shift) for shift in rows))


def build(
    session: Session,
    roster: Roster,
    *,
    now: datetime,
    people: People | None = None,
    time_of: People | None = None,
    also: Iterable[offers.Span] = (),
    unconsented: bool = False,
    gone: Collection[Turn] = (),
    week: Week | None = None,
) -> Problem:
    """The problem of a roster's period. `people` limits it to some, where not everybody matters.

    `time_of`: whose time and turns elsewhere matter, if not everybody's; they are most of what there is to read.
    `week`: the shifts, if they were read already. People's time is told where shifts are, and `also` in these spans, to
    which one might be moved. Whoever is not active in the unit, beneath it or in its teams is left out, and whose
    consent is missing: a run may not even propose to ask them. With `unconsented` these are there, without any time,
    so that whoever asks about them by name can be told (`staffing.Staffing`). `gone`: published turns elsewhere that
    keep nobody busy, because they are about to be left.
    """
    area = scope.of(roster.period)
    week = week or week_of(session, roster, now=now)
    shifts = week.rows
    agreed, answered = agreements.of(session, roster), rounds.answered(session, roster)
    volunteers = _Volunteers(
        session, area, shifts, people, time_of, agreed, answered, now, tuple(also), unconsented, frozenset(gone)
    ).all()
    turns = _Turns({person.id for person in volunteers}, {shift_key(shift.id) for shift in shifts})
    return Problem(
        first_day=area.first_day,
        days=area.days,
        timezone=area.zone.key,
        sites=tuple(_sites(shifts)),
        shifts=week.shifts,
        volunteers=volunteers,
        pins=turns.pins(_turn_rows(session, Pin, roster)),
        rules=asked.Rules(minors_latest_end=MINORS_LATEST_END),
        previous=_previous(session, roster, turns),
        levels=asked.default_levels(week.shifts),
    )


def to_bytes(problem: Problem) -> bytes:
    """The problem file, byte for byte the same for the same problem."""
    return writer.to_bytes(problem)


def draft_of(session: Session, roster: Roster, problem: Problem) -> tuple[asked.Assignment, ...]:
    """The draft's turns among the problem's people and shifts."""
    turns = _Turns(problem.volunteer_by_id, problem.shift_by_id)
    return turns.assignments(_turn_rows(session, DraftAssignment, roster))


def person_key(person_id: int) -> str:
    return f"p{person_id}"


def shift_key(shift_id: int) -> str:
    return f"s{shift_id}"


def row_id(key: str) -> int:
    """The database id behind a person's or shift's key."""
    return int(key[1:])


def _plannable(area: Scope, now: datetime) -> Select[Shift]:
    return (
        scope.open_shifts_in(area)
        .where(Shift.starts_at > now)
        .options(contains_eager(Shift.site).contains_eager(Site.unit))
    )


def _sites(shifts: Iterable[Shift]) -> Iterable[asked.Site]:
    sites = {shift.site_id: shift.site for shift in shifts}
    for _, site in sorted(sites.items()):
        yield asked.Site(f"site:{site.id}", _place(site.latitude, site.longitude))


def _place(latitude: float | None, longitude: float | None) -> asked.Place | None:
    return None if latitude is None or longitude is None else asked.Place(latitude, longitude)


def _shift(area: Scope, shift: Shift) -> asked.Shift:
    return asked.Shift(
        id=shift_key(shift.id),
        site=f"site:{shift.site_id}",
        type=shift.shift_type,
        start=area.minute(shift.starts_at),
        end=area.minute(shift.ends_at),
        min=shift.minimum,
        target=shift.target,
        max=shift.maximum,
        requires=tuple(sorted(shift.requires)),
        needs=tuple(asked.Need(code, count) for code, count in sorted(shift.needs.items())),
        pool=tuple(pool_of(shift)),
        # Home visits are to the old and sick, behind closed doors: never by minors, whatever the demand says.
        adults_only=shift.adults_only or shift.site.kind is SiteKind.HOME_VISITS,
        all_or_nothing=shift.all_or_nothing,
        service_level=None if shift.service_level is None else shift.service_level / 100,
    )


def pool_of(shift: Shift) -> list[str]:
    """The groups who may serve; without a pool of its own, everybody of the site's unit and its teams."""
    return [f"unit:{shift.site.unit_id}"] if shift.pool is None else sorted(shift.pool)


@dataclass
class _Volunteers:
    """Everybody who may serve, with what counts for and against it; one query for each kind of fact."""

    session: Session
    area: Scope
    shifts: Sequence[Shift]
    only: People | None
    time_of: People | None
    agreed: Mapping[int, Agreed]
    answered: Mapping[int, Sequence[offers.Usual]]
    now: datetime
    also: Sequence[offers.Span] = ()
    with_unconsented: bool = False
    gone: Collection[Turn] = ()
    chosen: Select[int] = field(init=False)
    timed: Select[int] = field(init=False)

    def __post_init__(self) -> None:
        self.chosen = scope.people_in(self.area)
        if self.only is not None:
            self.chosen = self.chosen.where(Person.id.in_(self.only))
        self.timed = self.chosen if self.time_of is None else self.chosen.where(Person.id.in_(self.time_of))

    def all(self) -> tuple[asked.Volunteer, ...]:
        groups, qualifications = self._groups(), self._qualifications()
        usual, exceptions = self._usual(), self._exceptions()
        busy, history = self._busy(), self._history()
        occupied = private.busy_of(self.session, self.area, self.timed)
        unconsented = consents.missing(self.session, self.chosen, self.area.first_day)
        show_ups = reliability.show_ups(self.session, self.timed, before=self.now)
        minute = self.area.minute
        planned = [offers.Span(minute(shift.starts_at), minute(shift.ends_at)) for shift in self.shifts]
        relevant = offers.Relevant([*planned, *self.also])
        return tuple(
            _volunteer(
                self.area,
                row,
                groups=frozenset([*_units_in(row.path), *groups.get(row.id, ())]),
                qualifications=frozenset(qualifications.get(row.id, ())),
                offered=offers.without(
                    offers.offered(
                        self.area.first_day,
                        self.area.days,
                        self.answered.get(row.id, usual.get(row.id, ())),
                        exceptions.get(row.id, ()),
                    ),
                    occupied.get(row.id, ()),
                ),
                busy=busy.get(row.id, ()),
                relevant=relevant,
                history=history.get(row.id, 0),
                agreed=self.agreed.get(row.id, agreements.NOTHING),
                consents=row.id not in unconsented,
                show_up=show_ups.get(row.id, reliability.SURE),
            )
            for row in self._people()
            if self.with_unconsented or row.id not in unconsented
        )

    def _people(self) -> Sequence[Any]:
        columns = (
            Person.id,
            Person.birth_date,
            Person.newcomer,
            Person.home_latitude,
            Person.home_longitude,
            Person.max_turns,
            Person.max_minutes,
            Person.max_turns_per_day,
            Person.rest_minutes,
            Person.max_km,
            Unit.path,
        )
        return self.session.execute(
            select(*columns).join(Person.unit).where(Person.id.in_(self.chosen)).order_by(Person.id)
        ).all()

    def _mine(self, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        return column.in_(self.chosen)

    def _groups(self) -> Mapping[int, list[str]]:
        """A member of a team may serve wherever the team may: in its unit and all above."""
        rows = self.session.execute(
            select(TeamMember.person_id, Team.id, Unit.path)
            .join(TeamMember.team)
            .join(Team.unit)
            .where(self._mine(TeamMember.person_id))
        )
        return _gathered(
            (person_id, group) for person_id, team_id, path in rows for group in (f"team:{team_id}", *_units_in(path))
        )

    def _qualifications(self) -> Mapping[int, list[str]]:
        rows = self.session.execute(
            select(PersonQualification.person_id, Qualification.code)
            .join(PersonQualification.qualification)
            .where(self._mine(PersonQualification.person_id), scope.is_valid(self.area))
        )
        return _gathered(rows)

    def _usual(self) -> Mapping[int, list[offers.Usual]]:
        week = WeeklyAvailability
        rows = self.session.execute(
            select(week.person_id, week.weekday, week.half, week.level).where(week.person_id.in_(self.timed))
        )
        return _gathered((person_id, offers.Usual(weekday, half, level)) for person_id, weekday, half, level in rows)

    def _exceptions(self) -> Mapping[int, list[offers.Exceptional]]:
        special, day = AvailabilityException, timedelta(days=1)
        rows = self.session.execute(
            select(special.person_id, special.starts_at, special.ends_at, special.level)
            .where(
                special.person_id.in_(self.timed),
                special.starts_at < self.area.ends + day,
                special.ends_at > self.area.begins - day,
            )
            .order_by(special.starts_at, special.ends_at, special.id)
        )
        minute = self.area.minute
        return _gathered(
            (person_id, offers.Exceptional(minute(starts), minute(ends), level))
            for person_id, starts, ends, level in rows
        )

    def _busy(self) -> Mapping[int, list[offers.Busy]]:
        """Published turns near the period that this problem does not plan."""
        planned, day = {shift.id for shift in self.shifts}, timedelta(days=1)
        rows = self.session.execute(
            self._published(Assignment.person_id, Shift.id, Shift.starts_at, Shift.ends_at)
            .where(Shift.starts_at < self.area.ends + day, Shift.ends_at > self.area.begins - day)
            .order_by(Shift.starts_at, Shift.id)
        )
        minute = self.area.minute
        return _gathered(
            (person_id, offers.Busy(minute(starts), minute(ends)))
            for person_id, shift_id, starts, ends in rows
            if shift_id not in planned and (shift_id, person_id) not in self.gone
        )

    def _history(self) -> Mapping[int, int]:
        rows = self.session.execute(
            kept.turns(self.area.begins - LOOK_BACK, self.area.begins).where(Assignment.person_id.in_(self.timed))
        )
        return dict(rows.all())

    def _published(self, *columns: Any) -> Select[Any]:
        return (
            select(*columns)
            .join(Shift, Shift.id == Assignment.shift_id)
            .where(
                Assignment.person_id.in_(self.timed),
                Assignment.state == AssignmentState.ACTIVE,
                Shift.state == ShiftState.OPEN,
            )
        )


def _volunteer(
    area: Scope,
    row: Any,
    *,
    groups: frozenset[str],
    qualifications: frozenset[str],
    offered: Sequence[asked.Interval],
    busy: Sequence[offers.Busy],
    relevant: offers.Relevant,
    history: int,
    agreed: Agreed,
    consents: bool,
    show_up: float,
) -> asked.Volunteer:
    limits, full_days = _limits_left(area, row, busy, agreed)
    offered = agreed.offered(offered) if consents else ()
    left = offers.without(offered, offers.blocked_by(busy, row.rest_minutes, full_days)) if busy else offered
    return asked.Volunteer(
        id=person_key(row.id),
        groups=groups | agreed.groups,
        qualifications=qualifications,
        minor=_is_minor(row, area),
        newcomer=row.newcomer,
        home=_place(row.home_latitude, row.home_longitude),
        max_km=row.max_km,
        available=tuple(offer for offer in left if relevant.touches(offer)),
        limits=limits,
        history_turns=history,
        show_up=show_up,
    )


def _limits_left(area: Scope, row: Any, busy: Sequence[offers.Busy], agreed: Agreed) -> tuple[asked.Limits, list[int]]:
    """The person's limits, with what they agreed to, less what they serve elsewhere in the period; and the days that
    leaves no turn on.

    The format has one daily limit for all days; where some day has room for fewer turns, that fewer holds throughout.
    """
    within = [turn for turn in busy if 0 <= turn.day < area.days]
    most_a_day = agreed.raised("turns_per_day", row.max_turns_per_day)
    per_day, full_days = most_a_day, list[int]()
    if most_a_day is not None and within:
        given: dict[int, int] = defaultdict(int)
        for turn in within:
            given[turn.day] += 1
        full_days = sorted(day for day, turns in given.items() if turns >= most_a_day)
        per_day = min([most_a_day, *(most_a_day - turns for day, turns in given.items() if day not in full_days)])
    limits = asked.Limits(
        turns=_left(agreed.raised("turns", row.max_turns), len(within)),
        minutes_max=_left(agreed.raised("minutes_max", row.max_minutes), sum(turn.minutes for turn in within)),
        turns_per_day=per_day,
        rest_minutes=row.rest_minutes,
    )
    return limits, full_days


def _left(limit: int | None, given: int) -> int | None:
    return None if limit is None else max(0, limit - given)


def _is_minor(row: Any, area: Scope) -> bool:
    return is_minor(row.birth_date, area.first_day)


def _units_in(path: str) -> list[str]:
    """A unit and all above it, as groups: "/1/4/9/" gives unit:1, unit:4, unit:9."""
    return [f"unit:{part}" for part in path.split("/") if part]


class _Turns:
    """Rows of one person and one shift, as far as the problem knows both."""

    def __init__(self, people: Collection[str], shifts: Collection[str]) -> None:
        self.people, self.shifts = people, shifts

    def assignments(self, rows: Iterable[Any]) -> tuple[asked.Assignment, ...]:
        return tuple(asked.Assignment(person, shift) for person, shift, _ in self._known(rows))

    def pins(self, rows: Iterable[Any]) -> tuple[asked.Pin, ...]:
        return tuple(asked.Pin(person, shift, row.state.value) for person, shift, row in self._known(rows))

    def _known(self, rows: Iterable[Any]) -> Iterable[tuple[str, str, Any]]:
        for row in rows:
            person, shift = person_key(row.person_id), shift_key(row.shift_id)
            if person in self.people and shift in self.shifts:
                yield person, shift, row


def _turn_rows(session: Session, table: type[DraftAssignment | Pin], roster: Roster) -> Sequence[Any]:
    """Columns alone: a province's draft as objects takes a third of the time of its board."""
    state = [table.state] if table is Pin else []
    columns = (table.person_id, table.shift_id, *state)
    mine = select(*columns).where(table.roster_id == roster.id).order_by(table.shift_id, table.person_id)
    return session.execute(mine).all()


def _previous(session: Session, roster: Roster, turns: _Turns) -> tuple[asked.Assignment, ...] | None:
    """What volunteers see now; None before the first publication, when there is nothing to change."""
    if not roster.published_number:
        return None
    area = scope.of(roster.period)
    rows = session.execute(
        select(Assignment.person_id, Assignment.shift_id)
        .where(
            Assignment.state == AssignmentState.ACTIVE,
            Assignment.shift_id.in_(scope.open_shifts_in(area).with_only_columns(Shift.id).order_by(None)),
        )
        .order_by(Assignment.shift_id, Assignment.person_id)
    ).all()
    return turns.assignments(rows)


def _gathered(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    gathered: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        gathered[key].append(value)
    return dict(gathered)
