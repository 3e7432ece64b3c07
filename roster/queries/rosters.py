"""Rosters as pages show them: the grid of one week, filtered and page by page.

Everything comes finished and frozen. The number of database queries does not depend on how many people or shifts
there are. A page holds so many shifts and no more; what a cell shows is in `roster_cells.py`, the figures of the whole
week in `roster_totals.py`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from roster.models import (
    DraftAssignment,
    Person,
    Roster,
    Shift,
    Site,
    TeamMember,
    Unit,
)
from roster.planning import scope
from roster.planning.scope import Scope
from roster.queries.outlines import Outline, outlines
from roster.queries.pages import page_number
from roster.queries.roster_cells import Cells, ShiftCell
from roster.queries.roster_totals import Totals, Waiting, published_at, totals_among, waiting_changes
from roster.vietnam import names

SHIFTS_A_PAGE = 60
"""What a page of the grid shows at most: a site with more is continued on the next."""


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site's shifts, a tuple for each day of the period; one with very many takes several rows."""

    id: int
    name: str
    unit_name: str
    days: tuple[tuple[ShiftCell, ...], ...]


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """A roster's draft, site by day. `page` counts from 1 to `pages`.

    `found`: shifts of `all` that the filter lets through; `before`: how many of them stand on earlier pages.
    `changes`: what publishing would change. `short_days`: days on which people are missing; `lacking_days`: those on
    which enough come and only a skill is.
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
    changes: Waiting
    days: tuple[date, ...]
    sites: tuple[SiteRow, ...]
    page: int
    pages: int
    all: int
    found: int
    before: int
    short_days: frozenset[date]
    lacking_days: frozenset[date]
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
    cells = Cells.read(session, roster, area, [shift.id for _, shifts in shown for shift in shifts], now)
    totals = totals_among(session, roster, area, all_of_it)
    planned = [] if totals.untouched else found
    short = frozenset(shift.starts.date() for shift in planned if shift.missing)
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
        short_days=short,
        lacking_days=frozenset(shift.starts.date() for shift in planned if shift.is_short) - short,
        off=Counter(shift.starts.date() for shift in all_of_it if not shift.open and shift.starts > now),
        totals=totals,
    )


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


def _days(area: Scope) -> tuple[date, ...]:
    return tuple(area.date_of(day) for day in range(area.days))


def _site_row(site: Site, shifts: Iterable[Outline], area: Scope, cells: Cells) -> SiteRow:
    by_day: dict[date, list[ShiftCell]] = defaultdict(list)
    for shift in shifts:
        by_day[shift.starts.date()].append(cells.cell(cells.by_id[shift.id]))
    return SiteRow(site.id, site.name, site.unit.name, tuple(tuple(by_day[day]) for day in _days(area)))
