"""Why there is no roster: the smallest contradiction found, each part of it shown to be needed by solving.

CP-SAT can name the assumptions it refuted, but not reliably (or-tools issues 4109, 5141). So rules are dropped and
the rest is solved again: first whole rules, then single volunteers and shifts of those that are left (QuickXplain,
Junker 2004).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from solver.cp_sat import ask
from solver.effort import Effort
from solver.kept import Kept
from solver.possible import possible_turns
from solver.problem import HARD_RULES, Limits, Problem
from solver.solution import Clash
from solver.stages import constrained

MOST_COUPLES = 30_000  # of volunteer and shift: with rules dropped, each of them is a possible turn
WORK = 5.0  # deterministic seconds for one question; a question not answered in that keeps the rule
OF_SHIFTS = ("capacity", "minors", "newcomers", "all_or_nothing", "equipment")
OF_COMPANY = ("minors", "newcomers", "all_or_nothing")  # others on the shift may be what they ask for, not the hour
EVERY = tuple(Clash(rule) for rule in HARD_RULES)
ALONE = tuple(clash for clash in EVERY if clash.rule not in OF_COMPANY)


def contradiction(whole: Problem, part: Problem, effort: Effort) -> tuple[Clash, ...]:
    """Rule instances that no roster obeys together, and of which none can be dropped.

    First among those of the part without a roster who have to serve, one after the other, then all of them, then
    among everyone in the part. The part alone is not enough to ask: what cut it off (nobody in it suits the other
    shifts) may be half of the cause. So all shifts are there, as far as that stays small enough to ask; then only
    those with pins, as far as it lies there. Where all that is too large, every rule is named.
    """
    bound = _bound_to_serve(part)
    for people in (*([name] for name in bound), bound):
        smaller = _only(whole, people)
        rules = (*ALONE, *(Clash("minors", person.id) for person in smaller.volunteers if person.minor))
        if _couples(smaller) <= MOST_COUPLES and _impossible(smaller, rules, effort):
            return _smallest(smaller, rules, effort)
    everyone = [person.id for person in part.volunteers]
    wider = next((one for one in (whole, _only(whole, everyone), part) if _couples(one) <= MOST_COUPLES), None)
    if wider is not None:
        return _smallest(wider, EVERY, effort)
    pinned = _pinned_shifts(part)
    if _couples(pinned) <= MOST_COUPLES and _impossible(pinned, EVERY, effort):
        return _smallest(pinned, EVERY, effort)
    return EVERY


def _couples(problem: Problem) -> int:
    return len(problem.volunteers) * len(problem.shifts)


def _bound_to_serve(problem: Problem) -> list[str]:
    """Those without whom nobody at all would be a roster."""
    pinned = [pin.volunteer for pin in problem.pins if pin.state == "assigned"]
    return list(dict.fromkeys([*pinned, *(one.id for one in problem.volunteers if one.limits.minutes_min)]))


def _only(problem: Problem, people: Sequence[str]) -> Problem:
    """The problem without everyone else, partners aside. But for the rules of company, that asks less."""
    kept = dict.fromkeys(people)
    for _ in problem.volunteers:
        partners = {name for pair in problem.pairs if kept.keys() & set(pair.volunteers) for name in pair.volunteers}
        if partners <= kept.keys():
            break
        kept |= dict.fromkeys(sorted(partners))
    return replace(
        problem,
        volunteers=tuple(person for person in problem.volunteers if person.id in kept),
        pins=tuple(pin for pin in problem.pins if pin.volunteer in kept),
        pairs=tuple(pair for pair in problem.pairs if pair.volunteers[0] in kept),
        wishes=(),
        previous=None,
    )


def _pinned_shifts(problem: Problem) -> Problem:
    """Only the shifts somebody is pinned to, and who could serve there without owing anything: that asks less."""
    pinned = {pin.shift for pin in problem.pins if pin.state == "assigned"}
    there = replace(
        problem,
        shifts=tuple(shift for shift in problem.shifts if shift.id in pinned),
        pins=tuple(pin for pin in problem.pins if pin.shift in pinned),
    )
    people = {*_bound_to_serve(there), *(person.id for person, _ in possible_turns(there))}
    fewer = _only(there, sorted(people))
    return replace(fewer, volunteers=tuple(replace(one, limits=_at_most(one.limits)) for one in fewer.volunteers))


def _at_most(limits: Limits) -> Limits:
    """Without what is asked at least: turns elsewhere may do for that."""
    return replace(limits, minutes_min=None, consecutive_days_min=None, consecutive_days_off_min=None)


def _impossible(problem: Problem, kept: Sequence[Clash], effort: Effort) -> bool:
    model = constrained(problem, kept=Kept(kept))
    return ask(model.program.matrix(), effort, WORK).possible is False


def _smallest(problem: Problem, candidates: Sequence[Clash], effort: Effort) -> tuple[Clash, ...]:
    """First the rules that are needed, then of these the instances that are."""

    def impossible(kept: Sequence[Clash]) -> bool:
        return _impossible(problem, kept, effort)

    rules = minimal(candidates, impossible)
    instances = [
        instance for clash in rules for instance in ([clash] if clash.volunteer else instances_of(problem, clash.rule))
    ]
    return tuple(minimal(instances, impossible)) if impossible(instances) else tuple(rules)


def instances_of(problem: Problem, rule: str) -> list[Clash]:
    """A rule of all volunteers or shifts as one rule of each."""
    if rule == "pins":
        return [Clash(rule, pin.volunteer, pin.shift) for pin in problem.pins]
    if rule in OF_SHIFTS:
        return [Clash(rule, shift=shift.id) for shift in problem.shifts]
    return [Clash(rule, person.id) for person in problem.volunteers]


def minimal(candidates: Sequence[Clash], impossible: Callable[[Sequence[Clash]], bool]) -> list[Clash]:
    """Of candidates that are impossible together, some that still are, of which none can be left out."""
    return _needed([], False, list(candidates), impossible)


def _needed(
    given: list[Clash], grown: bool, candidates: list[Clash], impossible: Callable[[Sequence[Clash]], bool]
) -> list[Clash]:
    """Which candidates are needed besides the given rules; `grown` if those are more than when last asked."""
    if grown and impossible(given):
        return []
    if len(candidates) <= 1:
        return candidates
    half = len(candidates) // 2
    first, second = candidates[:half], candidates[half:]
    from_second = _needed([*given, *first], True, second, impossible)
    from_first = _needed([*given, *from_second], bool(from_second), first, impossible)
    return [*from_first, *from_second]
