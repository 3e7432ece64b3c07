"""The referee's whole verdict: every rule, every level, and whether the solution tells the truth about itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from solver.check.bonds import broken_bonds
from solver.check.company import broken_on, missing_to_min, missing_to_needs
from solver.check.findings import Misreport, Report, Value, Violation
from solver.check.rosters import Roster
from solver.check.suitability import unsuitable
from solver.check.terms import levels_of
from solver.check.turns import broken_by
from solver.problem import HARD_RULES, Problem
from solver.solution import Level, Shortfall, Solution


def check(problem: Problem, solution: Solution, *, problem_sha256: str | None = None) -> Report:
    """Judge a solution of the problem; with the digest of the problem file's bytes also whether it is of this file.

    A solution without a roster (`infeasible`, `unknown`, `cancelled` before the first one) breaks no rule.
    Raises KeyError for a turn of a volunteer or shift the problem does not have.
    """
    roster = Roster(problem, solution.assignments)
    foreign = problem_sha256 is not None and solution.run.problem_sha256 not in ("", problem_sha256)
    if not holds_a_roster(problem, solution):
        return Report((), (), (), tuple(_emptiness(problem, solution)), foreign)
    levels, shortfalls = levels_of(problem, roster), shortfalls_of(problem, roster)
    misreported = (*_levels(solution, levels), *_shortfalls(solution.shortfalls, shortfalls))
    return Report(tuple(broken_rules(problem, roster)), levels, shortfalls, misreported, foreign)


def broken_rules(problem: Problem, roster: Roster) -> list[Violation]:
    """Every hard rule this roster breaks, in the order volunteers, shifts, then what ties them together."""
    found: list[Violation] = []
    for person in problem.volunteers:
        turns = roster.turns_of(person.id)
        for turn in turns:
            found += unsuitable(problem, person, turn)
        found += broken_by(problem, person, turns)
    for shift in problem.shifts:
        found += broken_on(shift, roster.people_on(shift.id))
    return [*found, *broken_bonds(problem, roster)]


def shortfalls_of(problem: Problem, roster: Roster) -> tuple[Shortfall, ...]:
    """Exactly the shifts with people missing to `min` or to a need."""
    found = []
    for shift in problem.shifts:
        people = roster.people_on(shift.id)
        missing, needs = missing_to_min(shift, people), missing_to_needs(shift, people)
        if missing or needs:
            found.append(Shortfall(shift.id, missing, needs))
    return tuple(found)


def holds_a_roster(problem: Problem, solution: Solution) -> bool:
    """Whether the assignments are meant as a roster. A run cancelled before it had one reports no level."""
    if solution.status == "cancelled":
        return bool(solution.assignments or solution.levels or not problem.levels)
    return solution.status in ("optimal", "feasible")


def _emptiness(problem: Problem, solution: Solution) -> Iterator[Misreport]:
    """Without a roster there is nothing to report but, if that is the status, a contradiction of this problem."""
    for name in ("assignments", "levels", "shortfalls"):
        if getattr(solution, name):
            yield Misreport(name, len(getattr(solution, name)), 0)
    if solution.status == "infeasible" and not solution.contradiction:
        yield Misreport("contradiction", 0, 1)
    for index, clash in enumerate(solution.contradiction):
        for key, known in (
            ("rule", HARD_RULES),
            ("volunteer", problem.volunteer_by_id),
            ("shift", problem.shift_by_id),
        ):
            name = getattr(clash, key)
            if name is not None and name not in known:
                yield Misreport(f"contradiction[{index}].{key}", name, None)


def _levels(solution: Solution, levels: Sequence[Value]) -> Iterator[Misreport]:
    if len(solution.levels) != len(levels):
        yield Misreport("levels", len(solution.levels), len(levels))
    for index, (reported, actual) in enumerate(zip(solution.levels, levels, strict=False)):
        if dict(reported.terms) != dict(actual.terms):
            yield Misreport(f"levels[{index}].terms", dict(reported.terms), dict(actual.terms))
        if reported.value != actual.value:
            yield Misreport(f"levels[{index}].value", reported.value, actual.value)
        if _bound_is_wrong(reported, actual, proved=solution.status == "optimal"):
            yield Misreport(f"levels[{index}].bound", reported.bound, actual.value)


def _bound_is_wrong(reported: Level, actual: Value, *, proved: bool) -> bool:
    """A bound above a roster that exists is no bound; below it, the level is not proved."""
    return reported.bound > actual.value or (proved and reported.bound < actual.value)


def _shortfalls(reported: Sequence[Shortfall], actual: Sequence[Shortfall]) -> Iterator[Misreport]:
    """In any order. Each shift that is wrongly reported, or not, by its id."""
    said, found = {gap.shift: gap for gap in reported}, {gap.shift: gap for gap in actual}
    if len(said) != len(reported):
        yield Misreport("shortfalls", len(reported), len(said))
    for shift in sorted(said.keys() | found.keys()):
        if _facts(said.get(shift)) != _facts(found.get(shift)):
            yield Misreport(f"shortfalls[{shift}]", _facts(said.get(shift)), _facts(found.get(shift)))


def _facts(gap: Shortfall | None) -> dict[str, object] | None:
    return None if gap is None else {"missing": gap.missing, "needs": dict(gap.needs)}
