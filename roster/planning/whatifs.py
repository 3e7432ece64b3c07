"""What-ifs: the week planned twice in a worker, as it is and with something different, and compared level by level.

Planned twice, because a draft that hands have made, or an older run, would take for the change's merit what planning
anew alone brings. Neither roster is kept: only what the comparison says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from roster.clock import utc_now
from roster.errors import NotFound
from roster.models import RunState, WhatIf
from roster.planning import runs, snapshot
from roster.planning.runs import STATES
from roster.planning.snapshot import person_key, row_id, shift_key
from solver import whatif
from solver.problem import Problem
from solver.solution import Shortfall, Solution
from solver.whatif import Alteration, Comparison, LengthenShift, MoveShift, RaiseLimit, Train, WithoutPeople


@dataclass(frozen=True, slots=True)
class _Task:
    """The two problems, and how they are to be solved."""

    id: int
    problem: Problem
    alterations: tuple[Alteration, ...]
    seconds: int
    workers: int


def execute(
    sessions: sessionmaker[Session],
    whatif_id: int,
    *,
    should_stop: Callable[[], bool],
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Answer a question to its end; one that is over is left alone. Stopped, it has no answer."""
    task = _begin(sessions, whatif_id, clock())
    if task is None:
        return
    begun = monotonic()
    before = _solve(sessions, task, should_stop)
    status, result = before.status, None
    if status in ("optimal", "feasible"):
        found = whatif.what_if(
            task.problem,
            before,
            task.alterations,
            seconds=task.seconds,
            workers=task.workers,
            on_progress=lambda _progress: _note(sessions, task, 2, monotonic() - begun),
            should_stop=should_stop,
        )
        status, result = found.status, _result(task.problem, found)
    ending = {"state": STATES[status], "result": result, "seconds": monotonic() - begun, "finished_at": clock()}
    runs.write(sessions, WhatIf, task.id, **ending)


def alterations_of(question: Mapping[str, Any], problem: Problem) -> tuple[Alteration, ...]:
    """A question of `services/whatifs.py` as the solver asks it. Raises NotFound if its shift has begun meanwhile."""
    return ALTERATIONS[question["kind"]](question, problem)


def _train(question: Mapping[str, Any], _problem: Problem) -> tuple[Alteration, ...]:
    return (Train(question["qualification"], count=question["count"]),)


def _more_turns(question: Mapping[str, Any], _problem: Problem) -> tuple[Alteration, ...]:
    return (RaiseLimit("turns", question["by"], group=question["group"]),)


def _hours(question: Mapping[str, Any], problem: Problem) -> tuple[Alteration, ...]:
    shift, later, longer = shift_key(question["shift_id"]), question["minutes_later"], question["minutes_longer"]
    if shift not in problem.shift_by_id:
        raise NotFound(what="shift", id=question["shift_id"])
    moved = (MoveShift(shift, later),) if later else ()
    return (*moved, LengthenShift(shift, longer)) if longer else moved


def _away(question: Mapping[str, Any], problem: Problem) -> tuple[Alteration, ...]:
    people = [person_key(person) for person in question["person_ids"]]
    return (WithoutPeople(tuple(person for person in people if person in problem.volunteer_by_id)),)


ALTERATIONS: Mapping[str, Callable[[Mapping[str, Any], Problem], tuple[Alteration, ...]]] = {
    "train": _train,
    "more_turns": _more_turns,
    "hours": _hours,
    "away": _away,
}


def _begin(sessions: sessionmaker[Session], whatif_id: int, now: datetime) -> _Task | None:
    with runs.reading(sessions) as session:
        row = session.get_one(WhatIf, whatif_id)
        if row.state.is_over:
            return None
        problem = snapshot.build(session, row.roster, now=now)
        task = _Task(whatif_id, problem, alterations_of(row.question, problem), row.seconds_limit, row.workers)
    begun = {"state": RunState.RUNNING, "progress": {"search": 1, "seconds": 0.0}}
    return task if runs.write(sessions, WhatIf, whatif_id, **begun) else None


def _solve(sessions: sessionmaker[Session], task: _Task, should_stop: Callable[[], bool]) -> Solution:
    from solver.engine import solve  # here, not above: it loads OR-Tools (3 s, 107 MB)

    return solve(
        task.problem,
        seconds=task.seconds,
        workers=task.workers,
        on_progress=lambda progress: _note(sessions, task, 1, progress.seconds),
        should_stop=should_stop,
    )


def _note(sessions: sessionmaker[Session], task: _Task, search: int, seconds: float) -> None:
    """Which of the two searches is under way, and since when both together."""
    with runs.worth_no_run(task.id):
        runs.write(sessions, WhatIf, task.id, progress={"search": search, "seconds": round(seconds, 1)})


def _result(problem: Problem, found: Comparison) -> dict[str, Any] | None:
    """What the comparison says, with database ids; None without a second roster to compare."""
    if not found.steps:
        return None
    return {
        "verdict": found.verdict,
        "certain": found.certain,
        "missing_before": found.missing_before,
        "missing_after": found.missing_after,
        "wanted": sum(shift.min for shift in problem.shifts),
        "moved": found.moved,
        "levels": [
            {
                "before": runs.level_facts(step.before),
                "after": runs.level_facts(step.after),
                "gained": step.gained,
                "certain": step.certain,
            }
            for step in found.steps
        ],
        "shifts": [
            {"shift_id": row_id(place.shift), "before": _lack(place.before), "after": _lack(place.after)}
            for place in found.places
        ],
        "trained": [row_id(key) for one in found.alterations if isinstance(one, Train) for key in one.volunteers],
    }


def _lack(gap: Shortfall | None) -> int:
    return gap.missing + sum(gap.needs.values()) if gap else 0
