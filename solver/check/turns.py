"""Rules about all the turns of one volunteer: overlap, rest, limits, succession and the runs of days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from solver.check.findings import Violation
from solver.problem import Limits, Problem, Shift, Volunteer

NO_LIMITS = Limits()


def broken_by(problem: Problem, person: Volunteer, turns: Sequence[Shift]) -> list[Violation]:
    """What is wrong with these turns of one person, given in order of their starts."""
    found: list[Violation] = []
    if len(turns) > 1:
        found += [*_overlaps(problem, person, turns), *_successions(problem, person, turns)]
    if person.limits != NO_LIMITS:
        found += _limits(person, turns)
        if turns:
            found += _rests(person, turns)
            found += _runs(problem, person, turns)
            found += _weekends(problem, person, turns)
    return found


def _overlaps(problem: Problem, person: Volunteer, turns: Sequence[Shift]) -> Iterator[Violation]:
    for index, one in enumerate(turns):
        for other in turns[index + 1 :]:
            gap = other.start - one.end
            if gap >= 0 and not problem.travel_minutes:
                break  # The later ones start later still.
            travel = problem.travel_between(one, other)
            if gap < travel:
                facts = {"other": one.id, "gap": gap, "travel": travel}
                yield Violation("overlap", "travel" if gap >= 0 else "", person.id, other.id, facts)


def _rests(person: Volunteer, turns: Sequence[Shift]) -> Iterator[Violation]:
    """One violation a day: its first start against the latest end of any earlier day's turn."""
    least = person.limits.rest_minutes
    if least is None or turns[0].day == turns[-1].day:
        return
    latest: Shift | None = None
    for _, group in groupby(turns, key=lambda turn: turn.day):
        of_the_day = list(group)
        first = of_the_day[0]
        if latest is not None and first.start - latest.end < least:
            facts = {"other": latest.id, "value": first.start - latest.end, "least": least}
            yield Violation("rest", "", person.id, first.id, facts)
        last = max(of_the_day, key=lambda turn: turn.end)
        latest = last if latest is None or last.end > latest.end else latest


def _successions(problem: Problem, person: Volunteer, turns: Sequence[Shift]) -> Iterator[Violation]:
    if not problem.rules.forbidden_successions:
        return
    forbidden = set(problem.rules.forbidden_successions)
    for index, one in enumerate(turns):
        for other in turns[index + 1 :]:
            if other.day > one.day + 1:
                break
            if other.day == one.day + 1 and (one.type, other.type) in forbidden:
                yield Violation("succession", "", person.id, other.id, {"other": one.id})


def _limits(person: Volunteer, turns: Sequence[Shift]) -> Iterator[Violation]:
    limits = person.limits
    if limits.turns is not None and len(turns) > limits.turns:
        yield _above(person, "limits", "turns", len(turns), limits.turns)
    if limits.minutes_max is not None or limits.minutes_min is not None:
        minutes = sum(turn.minutes for turn in turns)
        if limits.minutes_max is not None and minutes > limits.minutes_max:
            yield _above(person, "limits", "minutes_max", minutes, limits.minutes_max)
        if limits.minutes_min is not None and minutes < limits.minutes_min:
            facts = {"value": minutes, "least": limits.minutes_min}
            yield Violation("limits", "minutes_min", person.id, None, facts)
    if limits.turns_per_day is not None and len(turns) > limits.turns_per_day:
        for day, count in sorted(Counter(turn.day for turn in turns).items()):
            if count > limits.turns_per_day:
                yield _above(person, "limits", "turns_per_day", count, limits.turns_per_day, day=day)
    for kind, most in limits.turns_per_type.items():
        count = sum(turn.type == kind for turn in turns)
        if count > most:
            yield _above(person, "limits", "turns_per_type", count, most, type=kind)


def _runs(problem: Problem, person: Volunteer, turns: Sequence[Shift]) -> Iterator[Violation]:
    """Stretches of worked and of free days, told apart at the ends of the period, where they may go on outside."""
    limits = person.limits
    if limits.consecutive_days_max is None and not limits.consecutive_days_min and not limits.consecutive_days_off_min:
        return
    worked = {turn.day for turn in turns}
    for working, first, after in _stretches(worked, problem.days):
        length = after - first
        inside = first > 0 and after < problem.days
        if working and limits.consecutive_days_max is not None and length > limits.consecutive_days_max:
            yield _above(person, "days", "consecutive_days_max", length, limits.consecutive_days_max, day=first)
        name = "consecutive_days_min" if working else "consecutive_days_off_min"
        least = limits.consecutive_days_min if working else limits.consecutive_days_off_min
        if inside and least is not None and length < least:
            yield Violation("days", name, person.id, None, {"value": length, "least": least, "day": first})


def _stretches(worked: set[int], days: int) -> Iterator[tuple[bool, int, int]]:
    """Whether worked, first day, day after the last: the whole period in order."""
    for working, group in groupby(range(days), key=lambda day: day in worked):
        stretch = list(group)
        yield working, stretch[0], stretch[-1] + 1


def _weekends(problem: Problem, person: Volunteer, turns: Sequence[Shift]) -> Iterator[Violation]:
    most = person.limits.weekends
    if most is None:
        return
    worked = {problem.weekend_of(turn.day) for turn in turns} - {None}
    if len(worked) > most:
        yield _above(person, "days", "weekends", len(worked), most)


def _above(person: Volunteer, rule: str, limit: str, value: int, most: int, **where: int | str) -> Violation:
    return Violation(rule, limit, person.id, None, {"value": value, "most": most, **where})
