"""How soon a province's coordinator is answered: `python -m tests.benchmarks.answers`.

Repair after 3 % of the turns were cancelled, stand-ins for a place, all short places explained, and the reasons of one
person: in provinces with enough people and with two thirds of them, with pools and without (who lives near enough may
serve). Each as a service would ask it, of a problem in memory; the best of three, by the clock and in CPU time,
without the look at what came out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from random import Random
from typing import TypeVar

from solver.check import Standing, check
from solver.crowd import Crowd
from solver.engine import solve
from solver.explain import Reasons, Shortage, reasons_of, shortages
from solver.problem import Place, Problem, Site
from solver.recovery import FirstAnswer, Losses, Repaired, first_answer, repaired
from solver.solution import Solution
from solver.standins import standins
from tests.benchmarks.page import Group
from tests.benchmarks.province import a_province

T = TypeVar("T")
HEAD = ("work", "province", "goal s", "seconds", "CPU", "outcome")
TIMES = 3
CANCELLED = 0.03
GOALS = {"first answer": 0.15, "fewest changes": 1.0, "stand-ins": 0.1, "explained": 0.3, "one person": 0.1}


@dataclass(frozen=True)
class Province:
    name: str
    problem: Problem

    @cached_property
    def solution(self) -> Solution:
        return solve(self.problem, seconds=60)

    @cached_property
    def losses(self) -> Losses:
        turns = self.solution.assignments
        return Losses(tuple(Random(3).sample(turns, int(len(turns) * CANCELLED))))

    def row(self, work: str, answer: Callable[[], T], said: Callable[[T], str]) -> tuple[str, ...]:
        measured = [_measured(answer) for _ in range(TIMES)]
        seconds, spent = min(measures for measures, _ in measured)
        outcome = said(measured[-1][1])
        return work, self.name, f"{GOALS[work]}", f"{seconds:.2f}", f"{spent:.2f}", outcome

    def rows(self) -> list[tuple[str, ...]]:
        problem, turns = self.problem, self.solution.assignments
        shift = problem.shifts[len(problem.shifts) // 2].id
        return [
            self.row("explained", lambda: shortages(problem, turns), _causes),
            self.row("stand-ins", lambda: standins(problem, turns, shift), lambda found: f"{len(found)} people"),
            self.row("one person", self._one_person, lambda found: f"{len(found.kept_from)} reasons"),
            self.row("first answer", lambda: first_answer(problem, turns, self.losses), _filled),
            self.row("fewest changes", lambda: repaired(problem, turns, self.losses, workers=2), _changed),
        ]

    def _one_person(self) -> Reasons:
        turns = self.solution.assignments
        return reasons_of(Crowd(Standing(self.problem, turns)), turns[0].volunteer)


def _causes(found: Sequence[Shortage]) -> str:
    return f"{len(found)} short, {sum(len(one.repairs) for one in found)} repairs"


def _filled(found: FirstAnswer) -> str:
    return f"{len(found.moves.lost)} lost, {len(found.moves.added)} added"


def _changed(found: Repaired) -> str:
    assert check(found.question, found.solution).ok
    return f"{found.solution.status}, {len(found.moves.added)} added, {len(found.moves.dropped)} dropped"


def two_thirds(problem: Problem) -> Problem:
    return replace(problem, volunteers=tuple(one for number, one in enumerate(problem.volunteers) if number % 3))


def by_distance(problem: Problem, km: float = 10) -> Problem:
    """Open to everybody who lives within some kilometres: communes on a grid, people around theirs."""
    dice = Random(5)
    places = [Place(14 + number % 18 / 10, 108 + number // 18 / 10) for number in range(len(problem.sites))]
    home = {f"c{number}": place for number, place in enumerate(places)}

    def near(group: str) -> Place:
        return Place(home[group].lat + dice.uniform(-0.05, 0.05), home[group].lon + dice.uniform(-0.05, 0.05))

    return replace(
        problem,
        sites=tuple(Site(one.id, home[one.id]) for one in problem.sites),
        shifts=tuple(replace(one, pool=None) for one in problem.shifts),
        volunteers=tuple(replace(one, home=near(min(one.groups)), max_km=km) for one in problem.volunteers),
    )


def _measured(answer: Callable[[], T]) -> tuple[tuple[float, float], T]:
    started, spent = time.monotonic(), time.process_time()
    found = answer()
    return (time.monotonic() - started, time.process_time() - spent), found


PROVINCES: Mapping[str, Callable[[], Problem]] = {
    "pools": a_province,
    "pools, fewer people": lambda: two_thirds(a_province()),
    "no pools": lambda: by_distance(a_province()),
    "no pools, fewer people": lambda: by_distance(two_thirds(a_province())),
}


def group() -> Group:
    return Group(
        name="answers",
        title="How soon a province's coordinator is answered",
        about=(__doc__ or "").partition("\n\n")[2].strip(),
        head=HEAD,
        works={name: partial(rows, name) for name in PROVINCES},
        quick=frozenset(PROVINCES),
        keys=2,
    )


def rows(name: str) -> list[tuple[str, ...]]:
    return Province(name, PROVINCES[name]()).rows()


def main() -> None:
    for row in (HEAD, *(row for name in PROVINCES for row in rows(name))):
        print(" | ".join(row), flush=True)  # noqa: T201  a benchmark prints


if __name__ == "__main__":
    main()
