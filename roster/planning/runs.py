"""Runs: one call of the solver, from the snapshot to the draft, in a worker.

Three kinds of short transactions and nothing between them holds the database: one reads the snapshot, some note
progress, one keeps the result. Doing a run twice is harmless: one that is over is left alone, one that was broken off
begins anew with the rows of that moment. Whether this worker still owns the job is the sessions' business
(`worker.leases`): their commit fails if it doesn't.
"""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog
from sqlalchemy import CursorResult, Update, select, update
from sqlalchemy.orm import Session, sessionmaker

from roster.clock import utc_now
from roster.errors import NotFound
from roster.models import Repair, Roster, Run, RunState, WhatIf
from roster.planning import snapshot, writeback
from roster.planning.snapshot import row_id
from roster.planning.writeback import Asked, Outcome
from solver import effort
from solver.check import Violation
from solver.problem import Problem
from solver.solution import Clash, Level, Shortfall, Solution

log = structlog.get_logger()

UNFINISHED = (RunState.QUEUED, RunState.RUNNING)
STATES = {
    "optimal": RunState.OPTIMAL,
    "feasible": RunState.FEASIBLE,
    "infeasible": RunState.INFEASIBLE,
    "cancelled": RunState.CANCELLED,
    "unknown": RunState.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class _Task:
    """What the solver is asked, and how."""

    run_id: int
    problem: Problem
    sha256: str
    as_of: datetime
    published: int
    seconds: int
    workers: int
    seed: int


@dataclass(frozen=True, slots=True)
class _Today:
    """What would be asked now, and the draft's revision it was read of."""

    revision: int
    problem: Problem


def execute(
    sessions: sessionmaker[Session],
    run_id: int,
    *,
    should_stop: Callable[[], bool],
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Do a run to its end. Cancelling (`should_stop`) keeps the best roster so far.

    `clock` says what counts as begun already; scenarios that play the past pass their own.
    """
    task = _begin(sessions, run_id, clock())
    if task is None:
        return
    solution = _solve(sessions, task, should_stop)
    _finish(sessions, task, solution, _result(task.problem, solution), clock())


def problem_file(session: Session, run_id: int | None = None) -> bytes:
    """The problem file of a run, or of the newest that has begun. Raises NotFound."""
    which = select(Run.problem).where(Run.problem.is_not(None)).order_by(Run.id.desc()).limit(1)
    kept = session.scalar(which if run_id is None else which.where(Run.id == run_id))
    if kept is None:
        raise NotFound(what="run", id=run_id)
    return gzip.decompress(kept)


def left_behind() -> bool:
    """Whether a search that was stopped still runs in this process, because it cannot be interrupted."""
    return effort.left_behind()


def _begin(sessions: sessionmaker[Session], run_id: int, now: datetime) -> _Task | None:
    """Take the snapshot and keep it with the run; None if the run is over."""
    with reading(sessions) as session:
        run = session.get_one(Run, run_id)
        if run.state.is_over:
            return None
        revision = run.roster.revision
        problem = snapshot.build(session, run.roster, now=now)
        data = snapshot.to_bytes(problem)
        task = _Task(
            run_id,
            problem,
            sha256(data).hexdigest(),
            as_of=now,
            published=run.roster.published_number,
            seconds=run.seconds_limit,
            workers=run.workers,
            seed=run.seed,
        )
    kept = {"roster_revision": revision, "problem_sha256": task.sha256, "problem": gzip.compress(data, mtime=0)}
    with sessions() as session:
        begun = changed(session, _unfinished(run_id).values(state=RunState.RUNNING, progress=None, **kept))
        session.commit()
    return task if begun else None


@contextmanager
def reading(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One moment of the database for several queries, without keeping any writer waiting."""
    with sessions() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.connection(execution_options={"read_only": True})
        else:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


@contextmanager
def worth_no_run(number: int) -> Iterator[None]:
    """A report is not worth a run. Whatever should end the run shows again when the result is kept."""
    try:
        yield
    except Exception as error:
        log.warning("progress not noted", number=number, error=repr(error))


def _solve(sessions: sessionmaker[Session], task: _Task, should_stop: Callable[[], bool]) -> Solution:
    # Here, not above: it loads OR-Tools (3 s, 107 MB), and the web process imports this package too.
    from solver.engine import solve
    from solver.progress import Progress

    def report(progress: Progress) -> None:
        with worth_no_run(task.run_id):
            _note(sessions, task, progress.seconds, progress.placed, progress.short, progress.levels)

    return solve(
        task.problem,
        seconds=task.seconds,
        workers=task.workers,
        seed=task.seed,
        on_progress=report,
        should_stop=should_stop,
        problem_sha256=task.sha256,
    )


def _note(
    sessions: sessionmaker[Session], task: _Task, seconds: float, placed: int, short: int, levels: tuple[Level, ...]
) -> None:
    progress = {
        "seconds": round(seconds, 1),
        "placed": placed,
        "short": short,
        "wanted": sum(shift.min for shift in task.problem.shifts),
        "levels": [level_facts(level) for level in levels],
    }
    with sessions() as session:
        changed(session, _unfinished(task.run_id).values(progress=progress))
        session.commit()


def _finish(
    sessions: sessionmaker[Session], task: _Task, solution: Solution, result: dict[str, Any], now: datetime
) -> None:
    """Keep the result and, if it holds a roster, make it the draft: both or neither."""
    seen = _today(sessions, task, now)
    with sessions() as session:
        run = session.get_one(Run, task.run_id)
        # Locked, so that no hand changes the draft between the look at its revision and the writing.
        session.execute(select(Roster.id).where(Roster.id == run.roster_id).with_for_update(key_share=True))
        session.refresh(run.roster)
        values = {"state": STATES[solution.status], "seconds": solution.run.seconds, "finished_at": now}
        if not changed(session, _unfinished(task.run_id).values(values)):
            return
        # Looked at before the lock, because it takes a second in a province, and anew if a hand came between.
        today = seen.problem if seen.revision == run.roster.revision else snapshot.build(session, run.roster, now=now)
        outcome = _applied(session, run, Asked(task.problem, today), solution, now)
        session.refresh(run)
        run.result = result | _became(outcome) | _based_on(task, run.roster)
        session.commit()


def _today(sessions: sessionmaker[Session], task: _Task, now: datetime) -> _Today:
    with reading(sessions) as session:
        roster = session.get_one(Run, task.run_id).roster
        return _Today(roster.revision, snapshot.build(session, roster, now=now))


def _applied(session: Session, run: Run, asked: Asked, solution: Solution, now: datetime) -> Outcome:
    """A cancelled run may have had no roster yet; the draft then stays as it is."""
    if solution.status in ("optimal", "feasible") or solution.assignments:
        return writeback.apply(session, run, asked, solution, now=now)
    return Outcome(applied=False, revision=run.roster.revision)


def _unfinished(run_id: int) -> Update:
    return update(Run).where(Run.id == run_id, Run.state.in_(UNFINISHED))


def write(sessions: sessionmaker[Session], table: type[WhatIf | Repair], number: int, **values: Any) -> bool:
    """Note something with a search that is not over; whether it was so."""
    with sessions() as session:
        unfinished = update(table).where(table.id == number, table.state.in_(UNFINISHED))
        written = changed(session, unfinished.values(values))
        session.commit()
    return written


def changed(session: Session, statement: Update) -> bool:
    """Carry out an update that is to change one row, or none if that is no longer as it was; whether it did."""
    result = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _result(problem: Problem, solution: Solution) -> dict[str, Any]:
    """What the solver found, with database ids in place of the problem's."""
    return {
        "turns": len(solution.assignments),
        "people": len({turn.volunteer for turn in solution.assignments}),
        "wanted": sum(shift.min for shift in problem.shifts),
        "levels": [level_facts(level) for level in solution.levels],
        "shortfalls": [_shortfall(gap) for gap in solution.shortfalls],
        "contradiction": [_clash(one.rule, one.volunteer, one.shift) for one in solution.contradiction],
        "versions": dict(solution.run.versions),
        "parameters": dict(solution.run.parameters),
    }


def _became(outcome: Outcome) -> dict[str, Any]:
    """What became of it."""
    return {
        "applied": outcome.applied,
        "revision": outcome.revision,
        "kept": outcome.kept,
        "left_out": outcome.left_out,
        "in_the_way": [_clash(one.rule, one.volunteer, one.shift) for one in _distinct(outcome.in_the_way)],
    }


def _based_on(task: _Task, roster: Roster) -> dict[str, Any]:
    """The moment whose rows were planned, and the publication that came out since, if one did."""
    since = roster.published_number if roster.published_number > task.published else None
    return {"as_of": task.as_of.isoformat(), "published": since}


def _shortfall(gap: Shortfall) -> dict[str, Any]:
    return {"shift_id": row_id(gap.shift), "missing": gap.missing, "needs": dict(gap.needs)}


def level_facts(level: Level) -> dict[str, Any]:
    """As JSON."""
    return {"terms": dict(level.terms), "value": level.value, "bound": level.bound}


def _clash(rule: str, volunteer: str | None, shift: str | None) -> dict[str, Any]:
    return {
        "rule": rule,
        "person_id": row_id(volunteer) if volunteer else None,
        "shift_id": row_id(shift) if shift else None,
    }


def _distinct(broken: tuple[Violation, ...]) -> list[Clash]:
    return list(dict.fromkeys(Clash(one.rule, one.volunteer, one.shift) for one in broken))
