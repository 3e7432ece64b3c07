"""Rosters as pages show them: the grid of one week with what is missing and why.

Everything comes finished and frozen. The number of database queries does not depend on how many people or shifts
there are, and only the sites of the page asked for are read in full.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, distinct, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from roster.models import (
    DraftAssignment,
    Person,
    PersonQualification,
    Pin,
    PinState,
    Publication,
    Qualification,
    Roster,
    Shift,
    ShiftState,
    Site,
    Unit,
)
from roster.planning import difference, scope, staffing
from roster.planning.scope import Scope
from roster.planning.staffing import Cause, Refusal, Staffing
from roster.queries import somebody
from roster.queries.pages import page_number
from roster.queries.somebody import Profile, Somebody

SITES_A_PAGE = 20
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

    `missing` is to the minimum, `wanting` to the target. `free`: people who could serve if they had no other turn;
    None for a shift that cannot be planned any more (`planned` False). `causes`: why it is short, one for missing
    people and one for each need not met. `broken`: hard rules the draft breaks here. `kept_off`: people whom a pin
    forbids this shift.
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
    wanting: int
    needs_missing: Mapping[str, int]
    free: int | None
    causes: tuple[Cause, ...]
    broken: tuple[Refusal, ...]
    cancelled: bool
    planned: bool

    @property
    def assigned(self) -> int:
        return len(self.people)

    @property
    def is_short(self) -> bool:
        return bool(self.missing or self.needs_missing)

    @property
    def is_full(self) -> bool:
        return self.maximum is not None and self.assigned >= self.maximum


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One site's shifts, a tuple for each day of the period."""

    id: int
    name: str
    unit_name: str
    days: tuple[tuple[ShiftCell, ...], ...]


@dataclass(frozen=True, slots=True)
class DayList:
    """One day's shifts in time order, for narrow screens."""

    day: date
    shifts: tuple[ShiftCell, ...]

    @property
    def missing(self) -> int:
        return sum(cell.missing for cell in self.shifts)


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole period, whatever page is shown. `answered`: people who have said when they could serve."""

    shifts: int
    wanted: int
    turns: int
    missing: int
    short_shifts: int
    people: int
    people_placed: int
    answered: int

    @property
    def placed(self) -> int:
        """Places filled of those wanted."""
        return self.wanted - self.missing


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """A roster's draft, site by day. `page` counts from 1, of `found` sites that the filter lets through.

    `changes`: turns that publishing would add or remove.
    """

    roster_id: int
    unit_id: int
    unit_name: str
    first_day: date
    last_day: date
    revision: int
    published_number: int
    published_at: datetime | None
    changes: int
    days: tuple[date, ...]
    sites: tuple[SiteRow, ...]
    page: int
    found: int
    totals: Totals

    def by_day(self) -> tuple[DayList, ...]:
        """The same shifts as a list for each day."""
        cells = [cell for site in self.sites for shifts in site.days for cell in shifts]
        cells.sort(key=lambda cell: (cell.starts, cell.site_name, cell.id))
        return tuple(DayList(day, tuple(cell for cell in cells if cell.day == day)) for day in self.days)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a page of the grid shows: sites of a unit and beneath, one site, or only sites that lack people."""

    unit_id: int | None = None
    site_id: int | None = None
    only_short: bool = False
    page: int = 1
    sites_a_page: int = SITES_A_PAGE


def week_grid(session: Session, roster: Roster, show: Filter | None = None, *, now: datetime) -> WeekGrid:
    """One page of a roster's draft as a grid."""
    show = show or Filter()
    area = scope.of(roster.period)
    outlines = _outlines(session, roster, area)
    sites = _chosen_sites(session, outlines, show)
    page = page_number(show.page, len(sites), show.sites_a_page)
    shown = sites[(page - 1) * show.sites_a_page : page * show.sites_a_page]
    cells = _Cells.read(session, roster, area, [site.id for site in shown], now)
    return WeekGrid(
        roster_id=roster.id,
        unit_id=roster.period.unit_id,
        unit_name=roster.period.unit.name,
        first_day=area.first_day,
        last_day=area.date_of(area.days - 1),
        revision=roster.revision,
        published_number=roster.published_number,
        published_at=published_at(session, [roster.id]).get(roster.id),
        changes=waiting_changes(session, roster, now=now),
        days=_days(area),
        sites=tuple(_site_row(site, area, cells) for site in shown),
        page=page,
        found=len(sites),
        totals=_totals(session, roster, area, outlines),
    )


def totals_of(session: Session, roster: Roster) -> Totals:
    """The draft in figures."""
    area = scope.of(roster.period)
    return _totals(session, roster, area, _outlines(session, roster, area))


def shift_cell(session: Session, roster: Roster, shift_id: int, *, now: datetime) -> ShiftCell | None:
    """One cell of the grid, for a partial refresh; None if the shift is not in the roster's period and unit."""
    area = scope.of(roster.period)
    shift = session.scalars(_with_names(scope.shifts_in(area)).where(Shift.id == shift_id)).one_or_none()
    return None if shift is None else _Cells(session, roster, area, [shift], now).cell(shift)


@dataclass(frozen=True, slots=True)
class _Outline:
    """As much of a shift as totals and the choice of sites need."""

    site_id: int
    minimum: int
    assigned: int
    open: bool

    @property
    def missing(self) -> int:
        return max(0, self.minimum - self.assigned) if self.open else 0


def _outlines(session: Session, roster: Roster, area: Scope) -> list[_Outline]:
    counts = (
        select(DraftAssignment.shift_id, func.count().label("assigned"))
        .where(DraftAssignment.roster_id == roster.id)
        .group_by(DraftAssignment.shift_id)
        .subquery()
    )
    rows = session.execute(
        scope.shifts_in(area)
        .outerjoin(counts, counts.c.shift_id == Shift.id)
        .with_only_columns(Shift.site_id, Shift.minimum, func.coalesce(counts.c.assigned, 0), Shift.state)
    )
    return [_Outline(site, minimum, assigned, state is ShiftState.OPEN) for site, minimum, assigned, state in rows]


def _chosen_sites(session: Session, outlines: Iterable[_Outline], show: Filter) -> Sequence[Site]:
    """The sites with shifts in the period that the filter lets through, in name order."""
    ids = {outline.site_id for outline in outlines if outline.missing or not show.only_short}
    query = select(Site).join(Site.unit).options(contains_eager(Site.unit)).order_by(Site.name_sort, Site.id)
    if show.site_id is not None:
        query = query.where(Site.id == show.site_id)
    if show.unit_id is not None:
        query = query.where(Unit.path.contains(f"/{show.unit_id}/", autoescape=True))
    return session.scalars(query.where(Site.id.in_(ids))).all()


def _totals(session: Session, roster: Roster, area: Scope, outlines: Collection[_Outline]) -> Totals:
    in_use = [outline for outline in outlines if outline.open]
    people, answered = session.execute(
        select(func.count(), func.count(Person.availability_at)).where(Person.id.in_(scope.people_in(area)))
    ).one()
    placed = session.scalar(
        select(func.count(distinct(DraftAssignment.person_id)))
        .join(DraftAssignment.shift)
        .where(DraftAssignment.roster_id == roster.id, Shift.state == ShiftState.OPEN)
    )
    return Totals(
        shifts=len(in_use),
        wanted=sum(outline.minimum for outline in in_use),
        turns=sum(outline.assigned for outline in in_use),
        missing=sum(outline.missing for outline in in_use),
        short_shifts=sum(outline.missing > 0 for outline in in_use),
        people=people,
        people_placed=placed or 0,
        answered=answered,
    )


def published_at(session: Session, roster_ids: Collection[int]) -> dict[int, datetime]:
    """When each roster was last published."""
    latest = select(Publication.roster_id, func.max(Publication.published_at))
    rows = session.execute(latest.where(Publication.roster_id.in_(roster_ids)).group_by(Publication.roster_id))
    return dict(rows.all())


def waiting_changes(session: Session, roster: Roster, *, now: datetime) -> int:
    """How many turns publishing now would add or remove."""
    change = difference.of(session, roster, now=now)
    return len(change.added) + len(change.removed)


def _days(area: Scope) -> tuple[date, ...]:
    return tuple(area.date_of(day) for day in range(area.days))


def _with_names(query: Select[Shift]) -> Select[Shift]:
    return query.options(contains_eager(Shift.site).contains_eager(Site.unit), joinedload(Shift.programme))


def _site_row(site: Site, area: Scope, cells: "_Cells") -> SiteRow:
    by_day: dict[date, list[ShiftCell]] = defaultdict(list)
    for shift in cells.shifts:
        if shift.site_id == site.id:
            cell = cells.cell(shift)
            by_day[cell.day].append(cell)
    return SiteRow(site.id, site.name, site.unit.name, tuple(tuple(by_day[day]) for day in _days(area)))


@dataclass
class _Cells:
    """Everything the cells of some shifts show, read once for all of them."""

    session: Session
    roster: Roster
    area: Scope
    shifts: Sequence[Shift]
    now: datetime
    staffing: Staffing = field(init=False)
    drafted: dict[int, set[int]] = field(init=False)
    pins: dict[tuple[int, int], PinState] = field(init=False)
    people: dict[int, Profile] = field(init=False)
    qualified: dict[int, set[str]] = field(init=False)
    broken: dict[int, list[Refusal]] = field(init=False)

    @classmethod
    def read(cls, session: Session, roster: Roster, area: Scope, site_ids: Collection[int], now: datetime) -> "_Cells":
        query = _with_names(scope.shifts_in(area)).where(Shift.site_id.in_(site_ids))
        return cls(session, roster, area, session.scalars(query).all(), now)

    def __post_init__(self) -> None:
        ids = [shift.id for shift in self.shifts]
        self.staffing = staffing.around_shifts(self.session, self.roster, self.shifts, now=self.now)
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
        missing = max(0, shift.minimum - len(people)) if is_open else 0
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
            missing=missing,
            wanting=max(0, shift.target - len(people)) if is_open else 0,
            needs_missing=needs_missing,
            free=self.staffing.free(shift.id) if planned else None,
            causes=self._causes(shift, missing, needs_missing) if planned else (),
            broken=tuple(self.broken[shift.id]),
            cancelled=not is_open,
            planned=planned,
        )

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

    def _needs_missing(self, shift: Shift, people: Iterable[Profile]) -> dict[str, int]:
        there = Counter(code for profile in people for code in self.qualified[profile.somebody.id])
        return {code: count - there[code] for code, count in sorted(shift.needs.items()) if there[code] < count}

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
