"""When a person could serve, as the solver wants it: stretches of time, each with how welcome it is.

The usual week is laid over the days of the period; an exception replaces it for its span, and a "not" among
exceptions has the last word. What the person serves elsewhere in that time is cut out, with the rest they asked for.
Time that no shift of the problem touches is left out: it could change nothing but the size of the file.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import NamedTuple

from roster.models import Half, Level
from roster.vietnam import office_hours
from solver.problem import MINUTES_PER_DAY, Interval, Welcome

WELCOME: dict[Level, Welcome] = {
    Level.PREFERRED: "preferred",
    Level.AVAILABLE: "available",
    Level.IF_NEEDED: "if_needed",
}


class Span(NamedTuple):
    """Minutes since the period began, the end excluded."""

    start: int
    end: int


class Usual(NamedTuple):
    """One half-day of the usual week."""

    weekday: int
    half: Half
    level: Level


class Exceptional(NamedTuple):
    """A span in which the usual week does not hold."""

    start: int
    end: int
    level: Level


@dataclass(frozen=True, slots=True)
class Busy:
    """A turn the person serves outside the problem: another unit's roster, or a shift that has begun."""

    start: int
    end: int

    @property
    def day(self) -> int:
        return self.start // MINUTES_PER_DAY

    @property
    def minutes(self) -> int:
        return self.end - self.start


def offered(
    first_day: date, days: int, usual: Iterable[Usual], exceptions: Sequence[Exceptional]
) -> tuple[Interval, ...]:
    """The usual week with its exceptions, with a day more on either side: a shift may pass midnight."""
    offers = _usual_week(first_day, days, tuple(sorted(usual)))
    if not exceptions:
        return offers
    spans = [Span(special.start, special.end) for special in exceptions]
    refused = [Span(special.start, special.end) for special in exceptions if special.level is Level.NOT]
    # Later ones are cut by earlier ones, so two exceptions never offer the same minute twice.
    added: list[Interval] = []
    for special in exceptions:
        if special.level is not Level.NOT:
            fresh = Interval(special.start, special.end, WELCOME[special.level])
            added += without([fresh], [*refused, *(Span(offer.start, offer.end) for offer in added)])
    return joined([*without(offers, spans), *added])


def without(offers: Iterable[Interval], spans: Iterable[Span]) -> list[Interval]:
    """The offers less the spans."""
    left = list(offers)
    for span in spans:
        left = [piece for offer in left for piece in _cut(offer, span)]
    return left


def joined(offers: Iterable[Interval]) -> tuple[Interval, ...]:
    """In time order, with neighbours of one level made one."""
    result: list[Interval] = []
    for offer in sorted(offers, key=lambda offer: (offer.start, offer.end)):
        if result and result[-1].end == offer.start and result[-1].level == offer.level:
            result[-1] = Interval(result[-1].start, offer.end, offer.level)
        else:
            result.append(offer)
    return tuple(result)


def blocked_by(busy: Iterable[Busy], rest_minutes: int | None, full_days: Iterable[int]) -> list[Span]:
    """What turns elsewhere take from a person's offers: the turn, the rest on other days, days that are full."""
    spans = [Span(day * MINUTES_PER_DAY, (day + 1) * MINUTES_PER_DAY) for day in full_days]
    for turn in busy:
        spans.append(Span(turn.start, turn.end))
        if rest_minutes:
            midnight = turn.day * MINUTES_PER_DAY
            spans.append(Span(turn.start - rest_minutes, midnight))
            spans.append(Span(max(turn.end, midnight + MINUTES_PER_DAY), turn.end + rest_minutes))
    return [span for span in spans if span.start < span.end]


class Relevant:
    """The time that shifts touch, to tell offers that matter from those that don't."""

    def __init__(self, spans: Iterable[Span]) -> None:
        merged: list[Span] = []
        for span in sorted(spans):
            if merged and span.start <= merged[-1].end:
                merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
            else:
                merged.append(span)
        self.starts, self.ends = [span.start for span in merged], [span.end for span in merged]

    def touches(self, offer: Interval) -> bool:
        """Whether some shift shares a minute with the offer."""
        last = bisect_right(self.starts, offer.end - 1) - 1
        return last >= 0 and self.ends[last] > offer.start


@lru_cache(maxsize=4096)  # few distinct weeks are tapped by thousands of people
def _usual_week(first_day: date, days: int, usual: tuple[Usual, ...]) -> tuple[Interval, ...]:
    offers = []
    for day in range(-1, days + 1):
        weekday = (first_day.weekday() + day) % 7
        for row in usual:
            if row.weekday == weekday and row.level is not Level.NOT:
                hours = office_hours.HALVES[row.half.value]
                start = day * MINUTES_PER_DAY + _minutes(hours.start)
                offers.append(Interval(start, start + hours.minutes, WELCOME[row.level]))
    return joined(offers)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _cut(offer: Interval, span: Span) -> list[Interval]:
    if span.end <= offer.start or offer.end <= span.start:
        return [offer]
    pieces = [
        Interval(offer.start, min(offer.end, span.start), offer.level),
        Interval(max(offer.start, span.end), offer.end, offer.level),
    ]
    return [piece for piece in pieces if piece.start < piece.end]
