"""What a service center sees: two weeks of its own site, places filled of those needed, and how the promise stands.

Only what is published counts. A promise is kept or broken when its day is over; before that, enough people are expected
or too few. Names are given names, of today's people alone, of those who agreed, never of minors.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from roster import access
from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    DayKind,
    Holiday,
    Period,
    Person,
    Roster,
    Shift,
    ShiftState,
    Site,
    Unit,
)
from roster.planning import reliability
from roster.planning.scope import LONGEST
from roster.queries import skills
from roster.queries.skills import Needs
from roster.queries.turns import namesakes, shown_names
from roster.vietnam.office_hours import monday_of

DAYS = 14


class Promise(StrEnum):
    """How the promise to the site stands on one day."""

    STANDS = "stands"
    """Enough people are expected."""
    AT_RISK = "at_risk"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class ExpectedShift:
    """One shift: people published on it against people needed; local times.

    `needed`: at least so many, as in the coordinator's grid.
    `published`: the roster of that day is out; before that nobody is expected, and nothing is said of a promise.
    `came`: how many did, as the site counted; None if nobody has. `countable`: one may say so now. `enough`: as many as
    promised are expected, or came if they were counted; None where nothing is promised or the shift is called off.
    `names` and `unnamed`: only of today. `over`: it has ended. `surely`: how probable it is that at least `least` come
    (what is promised, else the minimum), as people have kept their published turns so far; None where nothing speaks
    against it. `needs_missing`: skills that those expected lack, in people.
    """

    id: int
    starts: datetime
    ends: datetime
    programme: str
    needed: int
    expected: int
    came: int | None
    countable: bool
    confirmed: int
    published: bool
    over: bool
    cancelled: bool
    cancel_reason: str
    enough: bool | None
    names: Sequence[str]
    unnamed: int
    least: int
    surely: float | None
    needs_missing: Needs

    @property
    def there(self) -> int:
        """How many came, if they were counted; else how many are expected."""
        return self.expected if self.came is None else self.came

    @property
    def placed(self) -> int:
        """Places filled of those needed."""
        return min(self.there, self.needed)


@dataclass(frozen=True, slots=True)
class CenterDay:
    """A day with its shifts. `holiday`: its names (vi, en), or None; `rest`: a weekend or a day off."""

    day: date
    holiday: tuple[str, str] | None
    rest: bool
    today: bool
    shifts: Sequence[ExpectedShift]

    @property
    def countable(self) -> bool:
        """Whether somebody may say of a shift how many came."""
        return any(shift.countable for shift in self.shifts)

    @property
    def counted(self) -> bool:
        """Whether somebody has said it of any."""
        return any(shift.came is not None for shift in self.shifts)

    @property
    def promise(self) -> Promise | None:
        """How it stands for all shifts of the day together; None if none of them is promised anything."""
        promised = [shift for shift in self.shifts if shift.enough is not None]
        if not promised:
            return None
        enough = all(shift.enough for shift in promised)
        if all(shift.over for shift in promised):
            return Promise.KEPT if enough else Promise.BROKEN
        return Promise.STANDS if enough else Promise.AT_RISK


@dataclass(frozen=True, slots=True)
class CenterPage:
    """Two weeks from a Monday. `promises`: on how many days they stand so; `skills_missing`: in people, of all days.

    `today`: with what began the night before and is not over; None where the two weeks do not hold today. Of all
    published shifts: `needed` places, `placed` of them filled, and `beyond` that so many people more. Of those not over
    yet, `confirmed` people of `to_come` have said that they will be there.
    """

    site: Site
    first_day: date
    days: Sequence[CenterDay]
    today: CenterDay | None
    promises: Mapping[Promise, int]
    needed: int
    placed: int
    beyond: int
    to_come: int
    confirmed: int
    skills_missing: int

    @property
    def all_counted(self) -> bool:
        """Whether somebody has said how many came on each day whose promise is over."""
        return all(day.counted for day in self.days if day.promise in (Promise.KEPT, Promise.BROKEN))

    @property
    def weeks(self) -> Sequence[Sequence[CenterDay]]:
        return [self.days[start : start + 7] for start in range(0, len(self.days), 7)]

    @property
    def programmes(self) -> Sequence[str]:
        """What all of its shifts are for, each once."""
        return sorted({shift.programme for day in self.days for shift in day.shifts})


def sites_seen_by(session: Session, account: Account) -> Sequence[Site]:
    """The sites whose coverage the account may see: its own as center staff, and those of units it plans."""
    own = [site.id for site in access.sites_of(account)]
    query = select(Site).join(Site.unit).where(Site.id.in_(own) | access.within_reach(account))
    return session.scalars(query.order_by(Site.name_sort, Site.id).options(joinedload(Site.unit))).all()


def center_page(session: Session, site: Site, *, now: datetime, week_of: date | None = None) -> CenterPage:
    """Two weeks of a site, from the Monday of `week_of` (local), this week if absent."""
    zone = site.unit.zone
    today = now.astimezone(zone).date()
    first = monday_of(week_of or today)
    shifts = _shifts(session, site, first, zone, now)
    people = _people(session, [shift.id for shift in shifts])
    holidays = _holidays(session, first)
    published = _published_days(session, site, first)
    serving = {person.id for turns in people.values() for _turn, person in turns}
    show_ups = reliability.show_ups(session, serving, before=now)
    lacks = skills.missing(session, {shift.id: (site.unit.day_of(shift.starts_at), shift.needs) for shift in shifts})
    by_day: dict[date, list[ExpectedShift]] = defaultdict(list)
    for shift in shifts:
        day = shift.starts_at.astimezone(zone).date()
        out = day in published or bool(people[shift.id])
        here = [person for _assignment, person in people[shift.id]]
        by_day[day].append(
            _expected(
                shift,
                people[shift.id],
                site,
                now,
                published=out,
                names=shown_names(here, shift, namesakes(session, here))
                if day == today or shift.starts_at <= now < shift.ends_at
                else {},
                show_ups=show_ups,
                needs_missing=lacks.get(shift.id, {}),
            )
        )
    span = [first + timedelta(days=offset) for offset in range(DAYS)]
    days = [_day(day, by_day[day], holidays.get(day), today) for day in span]
    open_shifts = [shift for day in days for shift in day.shifts if shift.published and not shift.cancelled]
    return CenterPage(
        site=site,
        first_day=first,
        days=days,
        today=_today(by_day, days, now),
        promises=Counter(day.promise for day in days if day.promise is not None),
        needed=sum(shift.needed for shift in open_shifts),
        placed=sum(shift.placed for shift in open_shifts),
        beyond=sum(shift.there - shift.placed for shift in open_shifts),
        to_come=sum(shift.expected for shift in open_shifts if not shift.over),
        confirmed=sum(shift.confirmed for shift in open_shifts if not shift.over),
        skills_missing=sum(sum(shift.needs_missing.values()) for shift in open_shifts),
    )


def _shifts(session: Session, site: Site, first: date, zone: ZoneInfo, now: datetime) -> Sequence[Shift]:
    """Those of the two weeks, and what is going on now."""
    begins = datetime.combine(first, time(), zone)
    within = and_(Shift.starts_at >= begins, Shift.starts_at < begins + timedelta(days=DAYS))
    begun = and_(Shift.starts_at <= now, Shift.ends_at > now)
    return session.scalars(
        select(Shift)
        .where(Shift.site_id == site.id, within | begun)
        .options(joinedload(Shift.programme))
        .order_by(Shift.starts_at, Shift.id)
    ).all()


def _people(session: Session, shift_ids: Sequence[int]) -> Mapping[int, list[tuple[Assignment, Person]]]:
    rows = session.execute(
        select(Assignment, Person)
        .join(Assignment.person)
        .where(Assignment.shift_id.in_(shift_ids), Assignment.state == AssignmentState.ACTIVE)
        .options(joinedload(Person.unit))
        .order_by(Person.name_sort)
    )
    people = defaultdict(list)
    for assignment, person in rows:
        people[assignment.shift_id].append((assignment, person))
    return people


def _published_days(session: Session, site: Site, first: date) -> set[date]:
    """The days from `first` on whose roster is out: that of the nearest unit at or above the site which plans them."""
    rosters = session.scalars(
        select(Roster)
        .join(Roster.period)
        .join(Period.unit)
        .options(contains_eager(Roster.period))
        .where(Period.unit_id.in_(site.unit.line))
        .where(Period.first_day > first - timedelta(days=LONGEST), Period.first_day < first + timedelta(days=DAYS))
        .order_by(func.length(Unit.path))
    )
    is_out: dict[date, bool] = {}
    for roster in rosters:
        for day in range(roster.period.days):
            is_out[roster.period.first_day + timedelta(days=day)] = roster.published_number > 0
    return {day for day, out in is_out.items() if out}


def _holidays(session: Session, first: date) -> dict[date, Holiday]:
    rows = session.scalars(select(Holiday).where(Holiday.day >= first, Holiday.day < first + timedelta(days=DAYS)))
    return {row.day: row for row in rows}


def _expected(
    shift: Shift,
    people: Sequence[tuple[Assignment, Person]],
    site: Site,
    now: datetime,
    *,
    published: bool,
    names: Mapping[int, str],
    show_ups: Mapping[int, float],
    needs_missing: Needs,
) -> ExpectedShift:
    zone = site.unit.zone
    cancelled = shift.state is ShiftState.CANCELLED
    expected = 0 if cancelled else len(people)
    starts = shift.starts_at.astimezone(zone)
    least = shift.minimum if site.promised_min is None else site.promised_min
    surenesses = [show_ups.get(person.id, reliability.SURE) for _assignment, person in people]
    shown = [name for name in names.values() if name and not cancelled]
    return ExpectedShift(
        id=shift.id,
        starts=starts,
        ends=shift.ends_at.astimezone(zone),
        programme=shift.programme.name,
        needed=shift.minimum,
        expected=expected,
        came=shift.came,
        countable=published and shift.is_countable(now),
        confirmed=0 if cancelled else sum(assignment.confirmed_at is not None for assignment, _person in people),
        published=published,
        over=shift.ends_at <= now,
        cancelled=cancelled,
        cancel_reason=shift.cancel_reason,
        enough=_enough(site, expected if shift.came is None else shift.came) if published and not cancelled else None,
        names=shown,
        unnamed=expected - len(shown) if names else 0,
        least=least,
        surely=None if cancelled else reliability.surely(surenesses, least),
        needs_missing=needs_missing if published and not cancelled else {},
    )


def _today(
    by_day: Mapping[date, Sequence[ExpectedShift]], days: Sequence[CenterDay], now: datetime
) -> CenterDay | None:
    """Today's shifts after those of the night that is not over; None if these weeks do not hold today."""
    found = next((day for day in days if day.today), None)
    if found is None:
        return None
    night = [shift for day, shifts in by_day.items() if day < found.day for shift in shifts if shift.ends > now]
    return replace(found, shifts=[*night, *found.shifts])


def _enough(site: Site, expected: int) -> bool | None:
    return None if site.promised_min is None else expected >= site.promised_min


def _day(day: date, shifts: Sequence[ExpectedShift], special: Holiday | None, today: date) -> CenterDay:
    working = day.weekday() < 5 if special is None else special.kind is DayKind.WORKING_DAY
    return CenterDay(
        day=day,
        holiday=(special.name_vi, special.name_en) if special else None,
        rest=not working,
        today=day == today,
        shifts=shifts,
    )
