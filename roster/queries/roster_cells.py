"""Cells of the grid: one shift with the draft's people, what is missing there and why.

Of people only those on the shifts shown are read: who else could serve, and why a place is short, is answered for one
shift when somebody asks.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from roster.models import (
    DraftAssignment,
    Person,
    PersonQualification,
    Pin,
    PinState,
    Qualification,
    Roster,
    Shift,
    ShiftState,
    Site,
)
from roster.planning import reliability, scope, staffing
from roster.planning.scope import Scope
from roster.planning.snapshot import person_key, row_id
from roster.planning.staffing import Cause, Refusal, Staffing
from roster.queries import skills, somebody
from roster.queries.roster_totals import is_untouched
from roster.queries.skills import Needs
from roster.queries.somebody import Profile, Somebody
from roster.wanted import Wanted, still_wanted

LOOKED_AT_WHOLE = 1_000
"""People of a unit for whom the grid still says how many more could come and why nobody does; more take longer than a
coordinator waits for a page, and are looked at shift by shift."""
LEAD = "lead"
"""The qualification that the grid marks."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One person in a cell of the grid."""

    person: Somebody
    pinned: bool
    minor: bool
    newcomer: bool
    leads: bool


@dataclass(frozen=True, slots=True)
class ShiftCell:
    """One shift with the draft's people. Times are local; `needs` and `needs_missing` count people by qualification.

    `missing` is to the minimum, `welcome` from there to the target. `planned`: it can still be. `broken`: hard rules
    the draft breaks here. `kept_off`: people whom a pin forbids this shift. Only where everybody of the pool is looked
    at (`LOOKED_AT_WHOLE`): `takers`, how many could come as things are, None where nobody is wanted or those who could
    are still to answer; and `causes`: why it is short, one for missing people and one for each need not met. `surely`:
    how probable it is that the minimum comes, None where nothing speaks against it; `service_level`: how probable it
    should be, in percent. `untouched`: as of the whole roster (`is_untouched`), then there are no causes.
    """

    id: int
    site_id: int
    site_name: str
    programme: str
    day: date
    starts: datetime
    ends: datetime
    shift_type: str
    note: str
    minimum: int
    target: int
    maximum: int | None
    requires: tuple[str, ...]
    needs: Mapping[str, int]
    people: tuple[Turn, ...]
    kept_off: tuple[Somebody, ...]
    missing: int
    welcome: int
    needs_missing: Mapping[str, int]
    takers: int | None
    causes: tuple[Cause, ...]
    broken: tuple[Refusal, ...]
    cancelled: bool
    planned: bool
    surely: float | None = None
    service_level: int | None = None
    untouched: bool = False

    @property
    def assigned(self) -> int:
        return len(self.people)

    @property
    def is_short(self) -> bool:
        return bool(self.missing or self.needs_missing)

    @property
    def is_full(self) -> bool:
        return self.maximum is not None and self.assigned >= self.maximum


def shift_cell(session: Session, roster: Roster, shift_id: int, *, now: datetime) -> ShiftCell | None:
    """One cell of the grid, for a partial refresh; None if the shift is not in the roster's period and unit."""
    area = scope.of(roster.period)
    shift = session.scalars(_with_names(scope.shifts_in(area)).where(Shift.id == shift_id)).one_or_none()
    return None if shift is None else Cells(session, roster, area, [shift], now).cell(shift)


@dataclass
class Cells:
    """Everything the cells of some shifts show, read once for all of them."""

    session: Session
    roster: Roster
    area: Scope
    shifts: Sequence[Shift]
    now: datetime
    untouched: bool = field(init=False)
    with_pools: bool = field(init=False)
    by_id: dict[int, Shift] = field(init=False)
    staffing: Staffing = field(init=False)
    drafted: dict[int, set[int]] = field(init=False)
    pins: dict[tuple[int, int], PinState] = field(init=False)
    people: dict[int, Profile] = field(init=False)
    qualified: dict[int, set[str]] = field(init=False)
    broken: dict[int, list[Refusal]] = field(init=False)

    @classmethod
    def read(cls, session: Session, roster: Roster, area: Scope, shift_ids: Collection[int], now: datetime) -> "Cells":
        query = _with_names(scope.shifts_in(area)).where(Shift.id.in_(shift_ids))
        return cls(session, roster, area, session.scalars(query).all(), now)

    def __post_init__(self) -> None:
        self.by_id = {shift.id: shift for shift in self.shifts}
        ids = list(self.by_id)
        self.untouched = is_untouched(self.session, self.roster)
        everybody = select(func.count()).where(Person.id.in_(scope.people_in(self.area)))
        self.with_pools = (self.session.scalar(everybody) or 0) <= LOOKED_AT_WHOLE
        look = staffing.around_shifts if self.with_pools else staffing.on_shifts
        self.staffing = look(self.session, self.roster, self.shifts, now=self.now)
        self.drafted = self._drafted(ids)
        self.pins = self._pins(ids)
        shown = {person for people in self.drafted.values() for person in people}
        shown |= {person for _, person in self.pins}
        self.people = somebody.profiles(self.session, shown)
        self.qualified = self._qualified(shown)
        self.broken = defaultdict(list)
        for refusal in (*self.staffing.broken(), *self._inactive()):
            if "shift_id" in refusal.facts:
                self.broken[refusal.facts["shift_id"]].append(refusal)

    def cell(self, shift: Shift) -> ShiftCell:
        starts, ends = self.area.local(shift.starts_at), self.area.local(shift.ends_at)
        people = [profile for id, profile in self.people.items() if id in self.drafted[shift.id]]
        is_open, planned = shift.state is ShiftState.OPEN, self.staffing.plans(shift.id)
        wanted = still_wanted(len(people), shift.minimum, shift.target) if is_open else Wanted(0, 0)
        needs_missing = self._needs_missing(shift, people) if is_open else {}
        return ShiftCell(
            id=shift.id,
            site_id=shift.site_id,
            site_name=shift.site.name,
            programme=shift.programme.name,
            day=starts.date(),
            starts=starts,
            ends=ends,
            shift_type=shift.shift_type,
            note=shift.note,
            minimum=shift.minimum,
            target=shift.target,
            maximum=shift.maximum,
            requires=tuple(shift.requires),
            needs=dict(shift.needs),
            people=tuple(self._turn(shift, profile, starts.date()) for profile in people),
            kept_off=self._kept_off(shift),
            missing=wanted.needed,
            welcome=wanted.welcome,
            needs_missing=needs_missing,
            takers=self._takers(shift) if planned and any(wanted) and self.with_pools else None,
            causes=self._causes(shift, wanted.needed, needs_missing) if planned and self._explains else (),
            broken=tuple(self.broken[shift.id]),
            cancelled=not is_open,
            planned=planned,
            surely=self._surely(shift, people) if planned and not self.untouched else None,
            service_level=shift.service_level,
            untouched=self.untouched,
        )

    @property
    def _explains(self) -> bool:
        return self.with_pools and not self.untouched

    def _takers(self, shift: Shift) -> int | None:
        """None where nobody could come as far as one knows: whoever said nothing is worth a call."""
        found = self.staffing.takers(shift.id)
        pool = self.staffing.in_pool(shift.id) if not found else ()
        return None if any(row_id(one.id) in self.staffing.silent for one in pool) else found

    def _surely(self, shift: Shift, people: Iterable[Profile]) -> float | None:
        known = self.staffing.problem.volunteer_by_id
        keys = [person_key(profile.somebody.id) for profile in people]
        return reliability.surely([known[key].show_up for key in keys if key in known], shift.minimum)

    def _inactive(self) -> list[Refusal]:
        return [
            staffing.inactive(person, shift)
            for shift, people in self.drafted.items()
            for person in sorted(people)
            if self.staffing.plans(shift) and not self.staffing.knows(person)
        ]

    def _turn(self, shift: Shift, profile: Profile, day: date) -> Turn:
        person = profile.somebody
        return Turn(
            person=person,
            pinned=self.pins.get((shift.id, person.id)) is PinState.ASSIGNED,
            minor=profile.is_minor(day),
            newcomer=profile.newcomer,
            leads=LEAD in self.qualified[person.id],
        )

    def _kept_off(self, shift: Shift) -> tuple[Somebody, ...]:
        off = {person for (id, person), state in self.pins.items() if id == shift.id and state is PinState.FORBIDDEN}
        return somebody.in_order(off, self.people)

    def _needs_missing(self, shift: Shift, people: Iterable[Profile]) -> Needs:
        there = Counter(code for profile in people for code in self.qualified[profile.somebody.id])
        return skills.missing_to(shift.needs, there)

    def _causes(self, shift: Shift, missing: int, needs_missing: Iterable[str]) -> tuple[Cause, ...]:
        causes = [self.staffing.cause(shift.id)] if missing else []
        return (*causes, *(self.staffing.cause(shift.id, code) for code in needs_missing))

    def _drafted(self, ids: Collection[int]) -> dict[int, set[int]]:
        draft = DraftAssignment
        rows = self.session.execute(
            select(draft.shift_id, draft.person_id).where(draft.roster_id == self.roster.id, draft.shift_id.in_(ids))
        )
        drafted: dict[int, set[int]] = defaultdict(set)
        for shift_id, person_id in rows:
            drafted[shift_id].add(person_id)
        return drafted

    def _pins(self, ids: Collection[int]) -> dict[tuple[int, int], PinState]:
        rows = self.session.execute(
            select(Pin.shift_id, Pin.person_id, Pin.state).where(Pin.roster_id == self.roster.id, Pin.shift_id.in_(ids))
        )
        return {(shift_id, person_id): state for shift_id, person_id, state in rows}

    def _qualified(self, people: Collection[int]) -> dict[int, set[str]]:
        """Codes by person, as far as they are valid to the end of the period: as the solver counts them."""
        held: dict[int, set[str]] = defaultdict(set)
        rows: Any = self.session.execute(
            select(PersonQualification.person_id, Qualification.code)
            .join(PersonQualification.qualification)
            .where(PersonQualification.person_id.in_(people), scope.is_valid(self.area))
        )
        for person_id, code in rows:
            held[person_id].add(code)
        return held


def _with_names(query: Select[Shift]) -> Select[Shift]:
    return query.options(contains_eager(Shift.site).contains_eager(Site.unit), joinedload(Shift.programme))
