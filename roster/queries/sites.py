"""Sites as coordinators read them: the list of a unit and all beneath it, and one site with its demand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from roster import access
from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    DemandPattern,
    HolidayPolicy,
    Programme,
    Shift,
    ShiftState,
    Site,
    SiteKind,
    Team,
    Unit,
)
from roster.planning import scope
from roster.queries.pages import named_like, page_number
from roster.queries.qualifications import names_by_code

PAGE_SIZE = 50
SHIFTS_SHOWN_DAYS = 28
GROUPS_SHOWN = 300


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One line of the list. `shifts` and `places`: open shifts of the coming seven days and the people they want."""

    id: int
    name: str
    kind: SiteKind
    unit_name: str
    address: str
    promised_min: int | None
    shifts: int
    places: int


@dataclass(frozen=True, slots=True)
class SiteList:
    rows: Sequence[SiteRow]
    total: int
    page: int


@dataclass(frozen=True, slots=True)
class PatternRow:
    """A pattern; `rule` is its RRULE, hours are local."""

    id: int
    name: str
    programme: str
    rule: str
    first_day: date
    last_day: date | None
    starts: time
    ends: time
    minimum: int
    target: int
    maximum: int | None
    requires: Sequence[str]
    needs: Sequence[tuple[str, int]]
    holiday_policy: HolidayPolicy
    active: bool


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A dated shift to come; times are local."""

    id: int
    day: date
    starts: time
    ends: time
    programme: str
    minimum: int
    target: int
    cancelled: bool
    cancel_reason: str
    edited: bool
    from_pattern: bool


@dataclass(frozen=True, slots=True)
class SitePage:
    site: Site
    patterns: Sequence[PatternRow]
    shifts: Sequence[ShiftRow]
    until: date


@dataclass(frozen=True, slots=True)
class DemandChoices:
    """What the demand form offers: programmes, qualifications (code, name) and groups a shift may draw on."""

    programmes: Sequence[tuple[int, str]]
    qualifications: Sequence[tuple[str, str]]
    pools: Sequence[tuple[str, str]]


def site_list(session: Session, account: Account, *, now: datetime, search: str = "", page: int = 1) -> SiteList:
    """The sites the account plans for, by name; `search` matches any part of a name, marks don't matter."""
    query = select(Site).join(Unit).where(access.within_reach(account))
    if search:
        query = query.where(named_like(session, query, Site.id, Site.name, search))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = page_number(page, total, PAGE_SIZE)
    sites = session.scalars(
        query.options(joinedload(Site.unit))
        .order_by(Site.name_sort, Site.id)
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    ).all()
    ids = [site.id for site in sites]
    week = _coming_week(session, ids, now)
    return SiteList([_site_row(site, *week.get(site.id, (0, 0))) for site in sites], total, page)


def _coming_week(session: Session, site_ids: Sequence[int], now: datetime) -> dict[int, tuple[int, int]]:
    """Open shifts of the coming seven days and the people they need, by site."""
    rows = session.execute(
        select(Shift.site_id, func.count(), func.sum(Shift.minimum))
        .where(Shift.site_id.in_(site_ids), Shift.state == ShiftState.OPEN)
        .where(Shift.starts_at >= now, Shift.starts_at < now + timedelta(days=7))
        .group_by(Shift.site_id)
    )
    return {site_id: (shifts, places) for site_id, shifts, places in rows}


def _site_row(site: Site, shifts: int, places: int) -> SiteRow:
    return SiteRow(
        id=site.id,
        name=site.name,
        kind=site.kind,
        unit_name=site.unit.name,
        address=site.address,
        promised_min=site.promised_min,
        shifts=shifts,
        places=places,
    )


def site_page(session: Session, site: Site, *, now: datetime, language: str) -> SitePage:
    """A site with its patterns and the shifts of the coming four weeks."""
    names = names_by_code(session, language)
    zone = site.unit.zone
    until = now + timedelta(days=SHIFTS_SHOWN_DAYS)
    patterns = session.scalars(
        select(DemandPattern)
        .where(DemandPattern.site_id == site.id)
        .options(joinedload(DemandPattern.programme))
        .order_by(DemandPattern.active.desc(), DemandPattern.starts, DemandPattern.id)
    )
    shifts = session.scalars(
        select(Shift)
        .where(Shift.site_id == site.id, Shift.ends_at >= now, Shift.starts_at < until)
        .options(joinedload(Shift.programme))
        .order_by(Shift.starts_at, Shift.id)
    )
    return SitePage(
        site=site,
        patterns=[_pattern_row(pattern, names) for pattern in patterns],
        shifts=[_shift_row(shift, zone) for shift in shifts],
        until=until.astimezone(zone).date(),
    )


def demand_choices(
    session: Session, unit: Unit, *, language: str, chosen: Collection[str] | None = None
) -> DemandChoices:
    """What a shift of this unit may name: programmes and teams of the unit, those above and those beneath it.

    Of units and teams the first `GROUPS_SHOWN` each, and whatever is `chosen` already: a form must not lose it.
    """
    family = scope.family(unit)
    programmes = session.execute(select(Programme.id, Programme.name).join(Unit).where(family).order_by(Programme.name))
    units = select(Unit.id, Unit.name).where(family).order_by(Unit.name_sort, Unit.id)
    teams = select(Team.id, Team.name).join(Team.unit).where(family).order_by(Team.name_sort, Team.id)
    return DemandChoices(
        programmes=[(key, name) for key, name in programmes],
        qualifications=list(names_by_code(session, language).items()),
        pools=_groups(session, "unit", units, chosen or ()) + _groups(session, "team", teams, chosen or ()),
    )


def serving_on_series(session: Session, pattern: DemandPattern, *, now: datetime) -> int:
    """How many have published turns on the shifts to come that follow the pattern: they are told if these move."""
    follows = (Shift.pattern_id == pattern.id, Shift.edited.is_(False))
    to_come = (Shift.starts_at > now, Shift.state == ShiftState.OPEN)
    people = select(func.count(func.distinct(Assignment.person_id))).join(Assignment.shift)
    return session.scalar(people.where(*follows, *to_come, Assignment.state == AssignmentState.ACTIVE)) or 0


def _groups(session: Session, kind: str, query: Select[int, str], chosen: Collection[str]) -> list[tuple[str, str]]:
    found = [(f"{kind}:{key}", name) for key, name in session.execute(query)]
    return found[:GROUPS_SHOWN] + [group for group in found[GROUPS_SHOWN:] if group[0] in chosen]


def _pattern_row(pattern: DemandPattern, names: dict[str, str]) -> PatternRow:
    return PatternRow(
        id=pattern.id,
        name=pattern.name,
        programme=pattern.programme.name,
        rule=pattern.rule,
        first_day=pattern.first_day,
        last_day=pattern.last_day,
        starts=pattern.starts,
        ends=pattern.ends,
        minimum=pattern.minimum,
        target=pattern.target,
        maximum=pattern.maximum,
        requires=[names.get(code, code) for code in pattern.requires],
        needs=[(names.get(code, code), count) for code, count in pattern.needs.items()],
        holiday_policy=pattern.holiday_policy,
        active=pattern.active,
    )


def _shift_row(shift: Shift, zone: ZoneInfo) -> ShiftRow:
    starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
    return ShiftRow(
        id=shift.id,
        day=starts.date(),
        starts=starts.time(),
        ends=ends.time(),
        programme=shift.programme.name,
        minimum=shift.minimum,
        target=shift.target,
        cancelled=shift.state is ShiftState.CANCELLED,
        cancel_reason=shift.cancel_reason,
        edited=shift.edited,
        from_pattern=shift.pattern_id is not None,
    )
