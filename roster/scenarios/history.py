"""Past weeks: who served, picked shift by shift in turn, within the same rules that bind every roster.

A coordinator with a spreadsheet would have done it so: whoever served least goes next. The weeks need not be the best
possible, but no roster of the past may break a rule that rosters of today obey. Distances are not looked at: nobody
invented has set a limit that their own sites exceed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random

from roster.models import BY_DAY, Level, Person, Shift, SiteKind, Weekday
from roster.scenarios.timetables import Slot, Week
from roster.vietnam import office_hours

MINORS_LATEST_END = time(18)
RELUCTANCE = {Level.PREFERRED: 0, Level.AVAILABLE: 1, Level.IF_NEEDED: 3}


@dataclass(eq=False, slots=True)
class Volunteer:
    """A person with all that decides whether they may serve.

    `skills`: when each qualification was granted; `away`: spans without time, with the reason; `groups` as in
    pools ("unit:12", "team:7").
    """

    person: Person
    week: Week
    skills: dict[str, date] = field(default_factory=dict)
    away: list[tuple[datetime, datetime, str]] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)

    def is_free(self, starts: datetime, ends: datetime) -> bool:
        return slot_of(starts, ends) in self.week and all(ends <= gone or back <= starts for gone, back, _ in self.away)


class Past:
    """Fills past weeks one after another. `turns` counts each person's turns so far, over all of them."""

    def __init__(self, volunteers: Iterable[Volunteer], rng: Random) -> None:
        self.rng = rng
        self.turns: Counter[Volunteer] = Counter()
        self.by_group = _by_group(volunteers)

    def week(self, first_day: date, shifts: Iterable[Shift]) -> Iterator[tuple[Shift, list[Volunteer]]]:
        """The people of each shift of one planning period, in time order."""
        this_week: Counter[Volunteer] = Counter()
        taken: set[tuple[Volunteer, date]] = set()
        for shift in sorted(shifts, key=lambda shift: (shift.starts_at, shift.id)):
            day = _local(shift.starts_at).date()
            able = [
                one
                for one in self._fit(shift, first_day)
                if (one, day) not in taken and _below(this_week[one], one.person.max_turns)
            ]
            chosen = _accompanied(self._chosen(shift, able), shift, first_day)
            taken.update((one, day) for one in chosen)
            this_week.update(chosen)
            self.turns.update(chosen)
            yield shift, chosen

    def _fit(self, shift: Shift, on: date) -> Iterator[Volunteer]:
        groups = shift.pool or [f"unit:{shift.site.unit_id}"]
        listed = {one: None for group in groups for one in self.by_group.get(group, ())}
        return (one for one in listed if _may_serve(one, shift, on))

    def _chosen(self, shift: Shift, able: list[Volunteer]) -> list[Volunteer]:
        """Those who fill a need first, then whoever served least, up to the target."""
        slot = slot_of(shift.starts_at, shift.ends_at)
        queue = sorted(able, key=lambda one: (self.turns[one], RELUCTANCE[one.week[slot]], self.rng.random()))
        chosen: list[Volunteer] = []
        for skill, count in shift.needs.items():
            missing = max(0, count - sum(skill in one.skills for one in chosen))
            chosen += [one for one in queue if skill in one.skills and one not in chosen][:missing]
        return chosen + [one for one in queue if one not in chosen][: max(0, shift.target - len(chosen))]


def slot_of(starts: datetime, ends: datetime) -> Slot:
    """The half-day that holds the whole shift. Raises ValueError if none does: nobody could ever take it."""
    begin, end = _local(starts), _local(ends)
    for half in BY_DAY:
        hours = office_hours.HALVES[half.value]
        if hours.start <= begin.time() and end.time() <= hours.end:
            return Weekday(begin.weekday()), half
    raise ValueError(f"no half-day holds {begin:%H:%M}-{end:%H:%M}")


def _may_serve(one: Volunteer, shift: Shift, on: date) -> bool:
    return (
        one.is_free(shift.starts_at, shift.ends_at)
        and all(skill in one.skills for skill in shift.requires)
        and (_is_for_minors(shift) or not one.person.is_minor(on))
    )


def _is_for_minors(shift: Shift) -> bool:
    by_day = _local(shift.ends_at).time() <= MINORS_LATEST_END
    return by_day and not shift.adults_only and shift.site.kind is not SiteKind.HOME_VISITS


def _accompanied(chosen: list[Volunteer], shift: Shift, on: date) -> list[Volunteer]:
    """Nobody, where only minors or only newcomers would serve, or where it is all or nothing and not all."""
    if all(one.person.is_minor(on) for one in chosen) or all(one.person.newcomer for one in chosen):
        return []
    met = all(sum(skill in one.skills for one in chosen) >= count for skill, count in shift.needs.items())
    return [] if shift.all_or_nothing and not (met and len(chosen) >= shift.minimum) else chosen


def _by_group(volunteers: Iterable[Volunteer]) -> Mapping[str, list[Volunteer]]:
    groups: dict[str, list[Volunteer]] = defaultdict(list)
    for one in volunteers:
        for group in sorted(one.groups):
            groups[group].append(one)
    return groups


def _local(moment: datetime) -> datetime:
    return moment.astimezone(office_hours.ZONE)


def _below(turns: int, limit: int | None) -> bool:
    return limit is None or turns < limit
