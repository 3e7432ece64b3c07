"""Rosters as pages show them: the grid of one week with what is missing and why.

Everything comes finished and frozen. The number of database queries does not depend on how many people or shifts
there are. A page holds so many shifts and no more, and of people only those on them are read: who else could serve,
and why a place is short, is answered for one shift when somebody asks.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
    Run,
    Shift,
    ShiftState,
    Site,
    TeamMember,
    Unit,
)
from roster.planning import difference, reliability, scope, staffing
from roster.planning.lacks import Lack
from roster.planning.scope import Scope
from roster.planning.snapshot import person_key
from roster.planning.staffing import Cause, Refusal, Staffing
from roster.queries import skills, somebody
from roster.queries.outlines import Outline, outlines
from roster.queries.pages import page_number
from roster.queries.rounds import heard
from roster.queries.skills import Needs
from roster.queries.somebody import Profile, Somebody
from roster.vietnam import names

SHIFTS_A_PAGE = 60
"""What a page of the grid shows at most: a site with more is continued on the next."""
LOOKED_AT_WHOLE = 1_000
"""People of a unit for whom the grid still says how many are free and why nobody comes; more take longer than a
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

    `missing` is to the minimum, `wanting` to the target. `planned`: it can still be. `broken`: hard rules the draft
    breaks here. `kept_off`: people whom a pin forbids this shift. Only where everybody of the pool is looked at
    (`LOOKED_AT_WHOLE`): `free`, people who could serve if they had no other turn, else None; and `causes`: why it is
    short, one for missing people and one for each need not met. `surely`: how probable it is that the minimum comes,
    None where nothing speaks against it; `service_level`: how probable it should be, in percent. `untouched`: as of the
    whole roster (`is_untouched`), then there are no causes.
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


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site's shifts, a tuple for each day of the period; one with very many takes several rows."""

    id: int
    name: str
    unit_name: str
    days: tuple[tuple[ShiftCell, ...], ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole period, whatever page is shown. `lack`: what is missing on the `short_shifts`. `answered`: people who
    have said when they could serve. `untouched`: nobody has made a roster yet, so what is missing says nothing.
    """

    shifts: int
    wanted: int
    turns: int
    lack: Lack
    short_shifts: int
    people: int
    people_placed: int
    answered: int
    untouched: bool

    @property
    def missing(self) -> int:
        """Places short of a minimum."""
        return self.lack.places

    @property
    def placed(self) -> int:
        """Places filled of those wanted."""
        return self.wanted - self.missing


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """A roster's draft, site by day. `page` counts from 1 to `pages`.

    `found`: shifts of `all` that the filter lets through; `before`: how many of them stand on earlier pages.
    `changes`: turns that publishing would add or remove. `short_days`: days on which something is missing.
    `off`: how many shifts to come are called off, by day.
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
    pages: int
    all: int
    found: int
    before: int
    short_days: frozenset[date]
    off: Mapping[date, int]
    totals: Totals

    @property
    def shown(self) -> int:
        """How many shifts stand on this page."""
        return sum(len(shifts) for site in self.sites for shifts in site.days)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the grid shows: shifts of a unit and beneath or of one site, those a team or a person is on, short ones.

    `name`: of people with a name like it, with or without marks.
    """

    unit_id: int | None = None
    site_id: int | None = None
    team_id: int | None = None
    person_id: int | None = None
    name: str = ""
    only_short: bool = False
    page: int = 1
    shifts_a_page: int = SHIFTS_A_PAGE


def week_grid(session: Session, roster: Roster, show: Filter | None = None, *, now: datetime) -> WeekGrid:
    """One page of a roster's draft as a grid."""
    show = show or Filter()
    area = scope.of(roster.period)
    all_of_it = outlines(session, roster)
    found = _let_through(session, roster, all_of_it, show)
    pages = _pages(_in_site_order(session, found), show.shifts_a_page)
    page = page_number(show.page, len(pages), 1)
    shown = pages[page - 1] if pages else []
    cells = _Cells.read(session, roster, area, [shift.id for _, shifts in shown for shift in shifts], now)
    totals = _totals(session, roster, area, all_of_it)
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
        sites=tuple(_site_row(site, shifts, area, cells) for site, shifts in shown),
        page=page,
        pages=len(pages),
        all=len(all_of_it),
        found=len(found),
        before=sum(len(shifts) for earlier in pages[: page - 1] for _, shifts in earlier),
        short_days=frozenset(shift.starts.date() for shift in found if shift.is_short and not totals.untouched),
        off=Counter(shift.starts.date() for shift in all_of_it if not shift.open and shift.starts > now),
        totals=totals,
    )


def is_untouched(session: Session, roster: Roster) -> bool:
    """Whether no roster has been made of the period: by no run, by no hand, and none is published."""
    drafted = select(DraftAssignment.shift_id).where(DraftAssignment.roster_id == roster.id).limit(1)
    applied = select(Run.id).where(Run.roster_id == roster.id, Run.result["applied"].as_boolean()).limit(1)
    return not roster.published_number and session.scalar(drafted) is None and session.scalar(applied) is None


def state_of(session: Session, roster: Roster) -> str:
    """Something that differs as soon as the board does: the draft, what is published, or a shift has changed."""
    area = scope.of(roster.period)
    count, changed, people = session.execute(
        scope.shifts_in(area)
        .with_only_columns(func.count(), func.max(Shift.changed_at), func.max(Shift.people_changed_at))
        .order_by(None)
    ).one()
    moments = [moment.timestamp() if moment else 0 for moment in (changed, people)]
    running = session.scalar(select(func.max(Run.id)).where(Run.roster_id == roster.id))
    return "-".join(str(part) for part in (roster.revision, roster.published_number, running, count, *moments))


def totals_of(session: Session, roster: Roster) -> Totals:
    """The draft in figures."""
    return _totals(session, roster, scope.of(roster.period), outlines(session, roster))


def shift_cell(session: Session, roster: Roster, shift_id: int, *, now: datetime) -> ShiftCell | None:
    """One cell of the grid, for a partial refresh; None if the shift is not in the roster's period and unit."""
    area = scope.of(roster.period)
    shift = session.scalars(_with_names(scope.shifts_in(area)).where(Shift.id == shift_id)).one_or_none()
    return None if shift is None else _Cells(session, roster, area, [shift], now).cell(shift)


def _let_through(session: Session, roster: Roster, found: Sequence[Outline], show: Filter) -> list[Outline]:
    """The shifts that every part of the filter lets through."""
    sets = [set(session.scalars(query)) for query in _filter_queries(roster, show)]
    return [
        shift
        for shift in found
        if (shift.is_short or not show.only_short)
        and (show.site_id is None or shift.site_id == show.site_id)
        and all(shift.id in ids for ids in sets)
    ]


def _filter_queries(roster: Roster, show: Filter) -> Iterator[Select[int]]:
    """Each gives the ids of shifts that one part of the filter lets through."""
    shifts = scope.shifts_in(scope.of(roster.period)).with_only_columns(Shift.id).order_by(None)
    draft = DraftAssignment
    serving = select(draft.shift_id).where(draft.roster_id == roster.id)
    if show.unit_id is not None:
        yield shifts.where(Unit.path.contains(f"/{show.unit_id}/", autoescape=True))
    if show.team_id is not None:
        members = select(TeamMember.person_id).where(TeamMember.team_id == show.team_id)
        yield serving.where(draft.person_id.in_(members))
    if show.name:
        like = Person.name_search.contains(names.search_key(show.name), autoescape=True)
        yield serving.where(draft.person_id.in_(select(Person.id).where(like)))
    if show.person_id is not None:
        yield serving.where(draft.person_id == show.person_id)


def _in_site_order(session: Session, shifts: Iterable[Outline]) -> list[tuple[Site, list[Outline]]]:
    """Each site with its shifts, by name."""
    by_site: dict[int, list[Outline]] = defaultdict(list)
    for shift in shifts:
        by_site[shift.site_id].append(shift)
    query = select(Site).join(Site.unit).options(contains_eager(Site.unit)).order_by(Site.name_sort, Site.id)
    return [(site, by_site[site.id]) for site in session.scalars(query.where(Site.id.in_(by_site)))]


def _pages(sites: Iterable[tuple[Site, list[Outline]]], most: int) -> list[list[tuple[Site, list[Outline]]]]:
    """Sites together as far as a page holds; one that no page holds is continued, day after day."""
    pages: list[list[tuple[Site, list[Outline]]]] = []
    room = 0
    for site, shifts in sites:
        for start in range(0, len(shifts), most):
            part = shifts[start : start + most]
            if len(part) > room:
                pages.append([])
                room = most
            pages[-1].append((site, part))
            room -= len(part)
    return pages


def _totals(session: Session, roster: Roster, area: Scope, shifts: Iterable[Outline]) -> Totals:
    in_use = [shift for shift in shifts if shift.open]
    people, answered = heard(session, area)
    placed = session.scalar(
        select(func.count(distinct(DraftAssignment.person_id)))
        .join(DraftAssignment.shift)
        .where(DraftAssignment.roster_id == roster.id, Shift.state == ShiftState.OPEN)
    )
    return Totals(
        shifts=len(in_use),
        wanted=sum(shift.minimum for shift in in_use),
        turns=sum(shift.assigned for shift in in_use),
        lack=sum((shift.lack for shift in in_use), Lack()),
        short_shifts=sum(shift.is_short for shift in in_use),
        people=people,
        people_placed=placed or 0,
        answered=answered,
        untouched=is_untouched(session, roster),
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


def _site_row(site: Site, shifts: Iterable[Outline], area: Scope, cells: "_Cells") -> SiteRow:
    by_day: dict[date, list[ShiftCell]] = defaultdict(list)
    for shift in shifts:
        by_day[shift.starts.date()].append(cells.cell(cells.by_id[shift.id]))
    return SiteRow(site.id, site.name, site.unit.name, tuple(tuple(by_day[day]) for day in _days(area)))


@dataclass
class _Cells:
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
    def read(cls, session: Session, roster: Roster, area: Scope, shift_ids: Collection[int], now: datetime) -> "_Cells":
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
            free=self.staffing.free(shift.id) if planned and self.with_pools else None,
            causes=self._causes(shift, missing, needs_missing) if planned and self._explains else (),
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
