"""Repairs: several people cannot come, and what would change least of what volunteers see.

Answered twice (`solver.recovery`): at once, within the request, each place lost goes to one who may take it now; then a
worker looks for the roster with the fewest changes among the best-covered ones, and proves it. Neither changes
anything: what somebody accepts is asked anew by `services/turns.py`, so no harm is done if the roster has changed.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from time import monotonic
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from roster.clock import utc_now
from roster.models import (
    Assignment,
    AssignmentState,
    Repair,
    Roster,
    RunState,
    Shift,
    Withdrawal,
    WithdrawalState,
)
from roster.planning import runs, scope, snapshot, staffing
from roster.planning.runs import STATES
from roster.planning.snapshot import person_key, row_id, shift_key
from solver import recovery
from solver.problem import MINUTES_PER_DAY, Pin, Problem
from solver.problem import Assignment as Turn
from solver.recovery import Absence, Losses, Moves, Window
from solver.solution import Level, Shortfall

Proposal = dict[str, Any]
"""What would change, as kept: pairs of shift and person ids. `lost`: turns of those who cannot come; `dropped`: turns
others give up for it; `added`: turns somebody has to take. `lacks`: places and skills then missing, and `people`: how
many are then there, by id of the shifts that lack or change (as text, because it is kept as JSON). `possible`: whether
what is left obeys every rule at all. `proved`: nothing covers more, and nothing that covers as much changes less."""

WEEK, DAYS, SITES = "week", "days", "sites"
"""Windows: everything to come, only days on which somebody is lost, only sites at which somebody is."""


@dataclass(frozen=True, slots=True)
class _Task:
    """The question, and how it is to be solved."""

    id: int
    problem: Problem
    losses: Losses
    window: Window
    seconds: int
    workers: int


def first(session: Session, roster: Roster, losses: Mapping[str, Any], *, now: datetime) -> Proposal:
    """What can be said at once, of those who may take a lost place as things are. `losses` as a `Repair` has them."""
    about = staffing.everybody_published(session, roster, _shifts_of(session, roster, losses), now=now)
    problem = _with_days_off(session, about.problem)
    lost, window = _asked(problem, about.area, losses)
    answer = recovery.first_answer(problem, about.draft, lost, window)
    return _proposal(answer.moves, about.draft, answer.shortfalls, possible=answer.assignments is not None)


def fits(
    row: Repair, shift: Shift, serving: Collection[int], leaving: Collection[int], joining: Collection[int]
) -> bool:
    """Whether a line, the ids of who leaves and who comes, still fits its place, which these serve by now.

    Whoever leaves has to be there, and still be lost where the shift has moved to another day; and whoever comes must
    not make more of them than are wanted, or than were foreseen.
    """
    here, gone, come = set(serving), set(leaving), set(joining)
    elsewhen = row.losses["day"] not in (None, shift.site.unit.day_of(shift.starts_at).isoformat())
    if elsewhen and gone & set(row.losses["person_ids"]):
        return False
    kept = [found.get("people", {}) for found in (row.first, row.best) if found]  # of long ago: without
    most = max(shift.target, *(people.get(str(shift.id), 0) for people in kept))
    return gone <= here and not come & here and (not come or len((here - gone) | come) <= most)


def execute(
    sessions: sessionmaker[Session],
    repair_id: int,
    *,
    should_stop: Callable[[], bool],
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Look for the best proposal to the end; a repair that is over is left alone. Stopped, it keeps the best so far."""
    task = _begin(sessions, repair_id, clock())
    if task is None:
        return
    begun, standing = monotonic(), task.problem.previous or ()

    def note(seconds: float, short: int) -> None:
        with runs.worth_no_run(task.id):
            progress = {"seconds": round(seconds, 1), "short": short}
            runs.write(sessions, Repair, task.id, progress=progress)

    found = recovery.repaired(
        task.problem,
        standing,
        task.losses,
        task.window,
        seconds=task.seconds,
        workers=task.workers,
        on_progress=lambda progress: note(progress.seconds, progress.short),
        should_stop=should_stop,
    )
    solution = found.solution
    best = None
    if solution.assignments or solution.status in ("optimal", "feasible"):
        best = _proposal(found.moves, standing, solution.shortfalls, possible=True, proved=_proved(solution.levels))
    ending = {"state": STATES[solution.status], "best": best, "seconds": monotonic() - begun, "finished_at": clock()}
    runs.write(sessions, Repair, task.id, **ending)


def _begin(sessions: sessionmaker[Session], repair_id: int, now: datetime) -> _Task | None:
    """What is asked, of the rows of this moment: everybody who may serve, and what is published."""
    with runs.reading(sessions) as session:
        row = session.get(Repair, repair_id)
        if row is None or row.state.is_over:
            return None
        problem = snapshot.build(session, row.roster, now=now)
        # No pin holds whoever cannot come; whoever was taken off, or left, is not asked to come back.
        problem = replace(problem, pins=tuple(pin for pin in problem.pins if pin.state == "forbidden"))
        problem = _with_days_off(session, problem)
        lost, window = _asked(problem, scope.of(row.roster.period), row.losses)
        task = _Task(repair_id, problem, lost, window, row.seconds_limit, row.workers)
    return task if runs.write(sessions, Repair, repair_id, state=RunState.RUNNING) else None


def _with_days_off(session: Session, problem: Problem) -> Problem:
    """Nobody more on the day of a turn that they gave up: who is ill in the morning is in the afternoon, too."""
    numbers = [row_id(shift.id) for shift in problem.shifts]
    gone = session.execute(
        select(Withdrawal.person_id, Withdrawal.shift_id)
        .where(Withdrawal.state == WithdrawalState.GRANTED, Withdrawal.shift_id.in_(numbers))
        .order_by(Withdrawal.id)
    )
    off = dict.fromkeys((person_key(person), problem.shift_by_id[shift_key(shift)].day) for person, shift in gone)
    held = {(turn.volunteer, turn.shift) for turn in problem.previous or ()}
    held |= {(pin.volunteer, pin.shift) for pin in problem.pins}
    pins = [
        Pin(person, shift.id, "forbidden")
        for person, day in off
        if person in problem.volunteer_by_id
        for shift in problem.shifts
        if shift.day == day and (person, shift.id) not in held
    ]
    return replace(problem, pins=(*problem.pins, *pins))


def _asked(problem: Problem, area: scope.Scope, losses: Mapping[str, Any]) -> tuple[Losses, Window]:
    """The same in the solver's words; whoever it does not know has no turn to lose."""
    first, last = 0, area.days
    if losses["day"]:
        first = (date.fromisoformat(losses["day"]) - area.first_day).days
        last = first + 1
    keys = [person_key(person_id) for person_id in losses["person_ids"]]
    absences = tuple(
        Absence(key, first * MINUTES_PER_DAY, last * MINUTES_PER_DAY) for key in keys if key in problem.volunteer_by_id
    )
    lost = Losses(absences=absences)
    return lost, _window(problem, lost, losses["window"])


def _window(problem: Problem, lost: Losses, kind: str) -> Window:
    """The days, or the sites, on which somebody is lost."""
    shifts = [problem.shift_by_id[turn.shift] for turn in lost.of(problem, problem.previous or ())]
    if kind == DAYS:
        return Window(days=frozenset(shift.day for shift in shifts))
    if kind == SITES:
        return Window(sites=frozenset(shift.site for shift in shifts if shift.site))
    return Window()


def _shifts_of(session: Session, roster: Roster, losses: Mapping[str, Any]) -> list[Shift]:
    """The shifts on which they have a turn."""
    theirs = select(Assignment.shift_id).where(
        Assignment.state == AssignmentState.ACTIVE, Assignment.person_id.in_(losses["person_ids"])
    )
    return list(session.scalars(scope.open_shifts_in(scope.of(roster.period)).where(Shift.id.in_(theirs))))


def _proposal(
    moves: Moves,
    standing: Sequence[Turn],
    shortfalls: Sequence[Shortfall],
    *,
    possible: bool,
    proved: bool = False,
) -> Proposal:
    gone, come = {*moves.lost, *moves.dropped}, set(moves.added)
    changed = {turn.shift for turn in gone | come}
    people = Counter(turn.shift for turn in (set(standing) - gone) | come if turn.shift in changed)
    return {
        "lost": _turns(moves.lost),
        "dropped": _turns(moves.dropped),
        "added": _turns(moves.added),
        "lacks": {str(row_id(gap.shift)): [gap.missing, sum(gap.needs.values())] for gap in shortfalls},
        "people": {str(row_id(shift)): count for shift, count in people.items()},
        "possible": possible,
        "proved": proved,
    }


def _proved(levels: Sequence[Level]) -> bool:
    """Whether nothing covers more, and nothing that covers as much changes less: what comes after is taste."""
    last = next(number for number, level in enumerate(levels) if "changes" in level.terms)
    return all(level.bound >= level.value for level in levels[: last + 1])


def _turns(turns: Sequence[Turn]) -> list[list[int]]:
    return [[row_id(turn.shift), row_id(turn.volunteer)] for turn in turns]
