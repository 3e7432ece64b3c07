"""The contract read a second time, as literally and slowly as possible: minute by minute, day by day.

It shares nothing with `solver.check` but the dataclasses, and takes other ways on purpose: sets of minutes where the
referee joins intervals, a string of days where it groups them, vectors where it uses the haversine.
"""

from __future__ import annotations

import itertools
import math
import re
from datetime import timedelta

from solver.problem import Assignment, Place, Problem, Shift, Volunteer

DAY = 1440


def rules_broken(problem: Problem, turns: frozenset[Assignment]) -> set[str]:
    """The names of the contract's rules that this roster breaks."""
    broken = set()
    for name, obeyed in RULES.items():
        if not obeyed(problem, turns):
            broken.add(name)
    return broken


def values(problem: Problem, turns: frozenset[Assignment]) -> list[int]:
    """The value of each level."""
    return [sum(weight * AMOUNTS[term](problem, turns) for term, weight in level.items()) for level in problem.levels]


def on(problem: Problem, turns: frozenset[Assignment], shift: str) -> list[Volunteer]:
    return [person for person in problem.volunteers if Assignment(person.id, shift) in turns]


def of(problem: Problem, turns: frozenset[Assignment], person: str) -> list[Shift]:
    return [shift for shift in problem.shifts if Assignment(person, shift.id) in turns]


def pairs_of(problem: Problem, turns: frozenset[Assignment]) -> list[tuple[Volunteer, Shift]]:
    return [
        (person, shift)
        for person in problem.volunteers
        for shift in problem.shifts
        if Assignment(person.id, shift.id) in turns
    ]


def minutes(start: int, end: int) -> set[int]:
    return set(range(start, end))


def availability(problem: Problem, turns: frozenset[Assignment]) -> bool:
    for person, shift in pairs_of(problem, turns):
        if person.available is not None:
            offered: set[int] = set()
            for offer in person.available:
                offered |= minutes(offer.start, offer.end)
            if not minutes(shift.start, shift.end) <= offered:
                return False
    return True


def overlap(problem: Problem, turns: frozenset[Assignment]) -> bool:
    for person in problem.volunteers:
        mine = of(problem, turns, person.id)
        for one in mine:
            for other in mine:
                if one is other:
                    continue
                if minutes(one.start, one.end) & minutes(other.start, other.end):
                    return False
                way = 0
                for travel in problem.travel:
                    if one.site != other.site and {travel.origin, travel.destination} == {one.site, other.site}:
                        way = travel.minutes
                if one.end <= other.start < one.end + way:
                    return False
    return True


def rest(problem: Problem, turns: frozenset[Assignment]) -> bool:
    for person in problem.volunteers:
        if person.limits.rest_minutes is None:
            continue
        mine = of(problem, turns, person.id)
        for day in range(problem.days):
            for later in range(day + 1, problem.days):
                ends = [shift.end for shift in mine if shift.start // DAY == day]
                starts = [shift.start for shift in mine if shift.start // DAY == later]
                if ends and starts and min(starts) - max(ends) < person.limits.rest_minutes:
                    return False
    return True


def limits(problem: Problem, turns: frozenset[Assignment]) -> bool:
    for person in problem.volunteers:
        mine, wanted = of(problem, turns, person.id), person.limits
        total = sum(len(minutes(shift.start, shift.end)) for shift in mine)
        kept = [
            wanted.turns is None or len(mine) <= wanted.turns,
            wanted.minutes_max is None or total <= wanted.minutes_max,
            wanted.minutes_min is None or total >= wanted.minutes_min,
        ]
        for day in range(problem.days):
            count = len([shift for shift in mine if shift.start // DAY == day])
            kept.append(wanted.turns_per_day is None or count <= wanted.turns_per_day)
        for kind in wanted.turns_per_type:
            kept.append(len([shift for shift in mine if shift.type == kind]) <= wanted.turns_per_type[kind])
        if not all(kept):
            return False
    return True


def days(problem: Problem, turns: frozenset[Assignment]) -> bool:
    for person in problem.volunteers:
        worked = {shift.start // DAY for shift in of(problem, turns, person.id)}
        week = "".join("w" if day in worked else "." for day in range(problem.days))
        wanted = person.limits
        if wanted.consecutive_days_max is not None and "w" * (wanted.consecutive_days_max + 1) in week:
            return False
        if any(len(run) < (wanted.consecutive_days_min or 0) for run in re.findall(r"(?<=\.)w+(?=\.)", week)):
            return False
        if any(len(run) < (wanted.consecutive_days_off_min or 0) for run in re.findall(r"(?<=w)\.+(?=w)", week)):
            return False
        saturdays = set()
        for day in worked:
            date = problem.first_day + timedelta(days=day)
            if date.isoweekday() >= 6:
                saturdays.add(date - timedelta(days=date.isoweekday() - 6))
        if wanted.weekends is not None and len(saturdays) > wanted.weekends:
            return False
    return True


def succession(problem: Problem, turns: frozenset[Assignment]) -> bool:
    for person in problem.volunteers:
        mine = of(problem, turns, person.id)
        for first, second in problem.rules.forbidden_successions:
            for one in mine:
                for other in mine:
                    if one.type == first and other.type == second and other.start // DAY - one.start // DAY == 1:
                        return False
    return True


def eligibility(problem: Problem, turns: frozenset[Assignment]) -> bool:
    for person, shift in pairs_of(problem, turns):
        if [name for name in shift.requires if name not in person.qualifications]:
            return False
        if shift.pool is not None and not [name for name in shift.pool if name in person.groups]:
            return False
        if shift.adults_only and person.minor:
            return False
        km = distance(problem, person, shift)
        if km is not None and person.max_km is not None and km > person.max_km:
            return False
    return True


def distance(problem: Problem, person: Volunteer, shift: Shift) -> float | None:
    places = [site.place for site in problem.sites if site.id == shift.site]
    if person.home is None or not places or places[0] is None:
        return None
    one, other = vector(person.home), vector(places[0])
    cross = [one[a] * other[b] - one[b] * other[a] for a, b in ((1, 2), (2, 0), (0, 1))]
    return 6371 * math.atan2(math.hypot(*cross), sum(a * b for a, b in zip(one, other, strict=True)))


def vector(place: Place) -> tuple[float, float, float]:
    lat, lon = math.radians(place.lat), math.radians(place.lon)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def capacity(problem: Problem, turns: frozenset[Assignment]) -> bool:
    return all(shift.max is None or len(on(problem, turns, shift.id)) <= shift.max for shift in problem.shifts)


def minors(problem: Problem, turns: frozenset[Assignment]) -> bool:
    for person, shift in pairs_of(problem, turns):
        if not person.minor:
            continue
        if not [other for other in on(problem, turns, shift.id) if not other.minor]:
            return False
        latest = problem.rules.minors_latest_end
        if latest is not None and shift.end - shift.start // DAY * DAY > latest:
            return False
    return True


def newcomers(problem: Problem, turns: frozenset[Assignment]) -> bool:
    for person, shift in pairs_of(problem, turns):
        if person.newcomer and not [other for other in on(problem, turns, shift.id) if not other.newcomer]:
            return False
    return True


def all_or_nothing(problem: Problem, turns: frozenset[Assignment]) -> bool:
    for shift in problem.shifts:
        people = on(problem, turns, shift.id)
        if not shift.all_or_nothing or not people:
            continue
        if len(people) < shift.min:
            return False
        for need in shift.needs:
            if len([person for person in people if need.qualification in person.qualifications]) < need.min:
                return False
    return True


def equipment(problem: Problem, turns: frozenset[Assignment]) -> bool:
    for kind in problem.equipment:
        out: dict[int, int] = {}
        for shift in problem.shifts:
            if on(problem, turns, shift.id):
                for minute in minutes(shift.start, shift.end):
                    out[minute] = out.get(minute, 0) + shift.equipment.get(kind.id, 0)
        if any(count > kind.count for count in out.values()):
            return False
    return True


def pins(problem: Problem, turns: frozenset[Assignment]) -> bool:
    return all((Assignment(pin.volunteer, pin.shift) in turns) is (pin.state == "assigned") for pin in problem.pins)


def pairs(problem: Problem, turns: frozenset[Assignment]) -> bool:
    for pair in problem.pairs:
        one, other = ({shift.id for shift in of(problem, turns, name)} for name in pair.volunteers)
        if pair.rule == "together" and one != other:
            return False
        if pair.rule == "apart" and one & other:
            return False
    return True


def under_min(problem: Problem, turns: frozenset[Assignment]) -> int:
    gaps = [(shift.min - len(on(problem, turns, shift.id)), shift.weights.under_min) for shift in problem.shifts]
    return sum(gap * weight for gap, weight in gaps if gap > 0)


def under_need(problem: Problem, turns: frozenset[Assignment]) -> int:
    total = 0
    for shift in problem.shifts:
        for need in shift.needs:
            fit = [person for person in on(problem, turns, shift.id) if need.qualification in person.qualifications]
            total += need.min - len(fit) if len(fit) < need.min else 0
    return total


def under_service(problem: Problem, turns: frozenset[Assignment]) -> int:
    """By trying every way in which the people of a shift come or stay away."""
    total = 0
    for shift in problem.shifts:
        if shift.service_level is None:
            continue
        people = on(problem, turns, shift.id)
        for missing in range(shift.min + 1):
            surely = 0.0
            for coming in itertools.product((True, False), repeat=len(people)):
                if sum(coming) >= shift.min - missing:
                    surely += math.prod(
                        person.show_up if comes else 1 - person.show_up
                        for person, comes in zip(people, coming, strict=True)
                    )
            if surely >= shift.service_level - 1e-9:
                total += missing
                break
    return total


def under_target(problem: Problem, turns: frozenset[Assignment]) -> int:
    gaps = [(shift.target - len(on(problem, turns, shift.id)), shift.weights.under_target) for shift in problem.shifts]
    return sum(gap * weight for gap, weight in gaps if gap > 0)


def over_target(problem: Problem, turns: frozenset[Assignment]) -> int:
    gaps = [(len(on(problem, turns, shift.id)) - shift.target, shift.weights.over_target) for shift in problem.shifts]
    return sum(gap * weight for gap, weight in gaps if gap > 0)


def unfairness(problem: Problem, turns: frozenset[Assignment]) -> int:
    total = 0
    for person in problem.volunteers:
        count = len(of(problem, turns, person.id))
        total += count * count + 2 * count * person.history_turns
    return total


def reluctance(problem: Problem, turns: frozenset[Assignment]) -> int:
    total = 0
    for person, shift in pairs_of(problem, turns):
        if person.available is None:
            total += 1
            continue
        levels = {
            offer.level
            for offer in person.available
            if minutes(offer.start, offer.end) & minutes(shift.start, shift.end)
        }
        total += 3 if "if_needed" in levels else 1 if "available" in levels else 0
    return total


def wishes(problem: Problem, turns: frozenset[Assignment]) -> int:
    total = 0
    for wish in problem.wishes:
        serves = Assignment(wish.volunteer, wish.shift) in turns
        if (wish.want and not serves) or (serves and not wish.want):
            total += wish.weight
    return total


def travel(problem: Problem, turns: frozenset[Assignment]) -> int:
    return sum(math.floor(distance(problem, person, shift) or 0) for person, shift in pairs_of(problem, turns))


def changes(problem: Problem, turns: frozenset[Assignment]) -> int:
    if problem.previous is None:
        return 0
    gone = [turn for turn in problem.previous if turn not in turns]
    new = [turn for turn in turns if turn not in problem.previous]
    return len(gone) + len(new)


RULES = {
    rule.__name__: rule
    for rule in (
        availability,
        overlap,
        rest,
        limits,
        days,
        succession,
        eligibility,
        capacity,
        minors,
        newcomers,
        all_or_nothing,
        equipment,
        pins,
        pairs,
    )
}
AMOUNTS = {
    term.__name__: term
    for term in (
        under_min,
        under_need,
        under_service,
        under_target,
        over_target,
        unfairness,
        reluctance,
        wishes,
        travel,
        changes,
    )
}
