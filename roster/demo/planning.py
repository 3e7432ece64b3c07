"""Planning and publishing a scenario's present week, as its coordinator did on the Friday before.

It goes the way every run goes, by a job and a worker, only with that Friday's clock: by now some of the week's shifts
may have begun, and those can no longer be planned. Broken off anywhere, it can simply be run again.
"""

import gzip
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.config import Settings
from roster.demo import calendars, loading
from roster.errors import RosterError
from roster.models import Account, RoleKind, Roster, Run, RunState
from roster.scenarios import Loaded
from roster.services import rosters, runs
from roster.worker.loop import Worker
from roster.worker.plan import PlanHandler
from roster.worker.process import sessions_of, stop_on_signals

WAIT = 0.5  # seconds between looks at a run that a dead worker still holds


class NoRoster(RosterError):
    """The week could not be planned. Facts: `state` of the run and `why`."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a published week holds. `short`: places empty below the minimum; `seconds`: of the search."""

    scenario: str
    people: int
    shifts: int
    places: int
    short: int
    seconds: float
    state: RunState
    levels: Sequence[Mapping[str, Any]]


def plan(settings: Settings, scenario_id: str, *, seconds: int | None = None) -> Summary:
    """Plan and publish the scenario's present week unless that is done; raises NotFound, NoRoster.

    Leaves the scenario's calendars in ROSTER_HOME, beside its logins.
    """
    sessions = sessions_of(settings)
    with sessions() as session:
        loaded = loading.loaded(session, settings, scenario_id)
        run, clock = _run(session, loaded, settings, seconds), loaded.planned_at
        session.commit()
        run_id, job_id = run.id, run.job_id
    worker = Worker(sessions, {runs.KIND: PlanHandler(clock=lambda: clock)})
    stop_on_signals(worker)
    while not worker.is_stopping() and not _is_over(sessions(), run_id):
        worker.sweep()
        if not worker.do_one(job_id):
            time.sleep(WAIT)
    with sessions() as session:
        summary = _published(session, run_id, now=clock)
        session.commit()
    calendars.hand_out(settings, scenario_id)
    return summary


def _run(session: Session, loaded: Loaded, settings: Settings, seconds: int | None) -> Run:
    """The week's run: the last one if it is under way or published, otherwise a new one."""
    roster = session.scalars(select(Roster).where(Roster.period_id == loaded.this_week.id)).one()
    last = session.scalars(select(Run).where(Run.roster_id == roster.id).order_by(Run.id.desc())).first()
    if last is not None and (not last.state.is_over or roster.published_number):
        return last
    return runs.start(
        session,
        roster.id,
        by=_coordinator(session, loaded),
        now=loaded.planned_at,
        seconds=seconds or settings.plan_seconds,
        workers=settings.plan_workers,
    )


def _coordinator(session: Session, loaded: Loaded) -> Account:
    account_id = next(login.account_id for login in loaded.logins if login.role is RoleKind.COORDINATOR)
    return session.get_one(Account, account_id)


def _is_over(session: Session, run_id: int) -> bool:
    with session:
        return session.get_one(Run, run_id).state.is_over


def _published(session: Session, run_id: int, *, now: datetime) -> Summary:
    run = session.get_one(Run, run_id)
    if run.state not in (RunState.OPTIMAL, RunState.FEASIBLE):
        raise NoRoster(state=run.state.value, why=run.job.error if run.job else None)
    roster, asked_by = run.roster, run.asked_by
    assert asked_by is not None
    if not roster.published_number:
        rosters.publish(session, roster.id, revision_seen=roster.revision, by=asked_by, now=now)
    return _summary(run)


def _summary(run: Run) -> Summary:
    problem = json.loads(gzip.decompress(run.problem or b""))
    result = run.result or {}
    return Summary(
        scenario=run.roster.period.unit.name,
        people=len(problem["volunteers"]),
        shifts=len(problem["shifts"]),
        places=result["wanted"],
        short=sum(gap["missing"] for gap in result["shortfalls"]),
        seconds=run.seconds or 0.0,
        state=run.state,
        levels=result["levels"],
    )


def table(summary: Summary) -> str:
    """The summary for a terminal: names above, figures below, then what is proved of each level."""
    figures = {
        "people": summary.people,
        "shifts": summary.shifts,
        "places": summary.places,
        "short": summary.short,
        "time": f"{summary.seconds:.1f} s",
        "proved": "all" if all(level["value"] == level["bound"] for level in summary.levels) else "in part",
    }
    widths = [max(len(name), len(str(figure))) for name, figure in figures.items()]
    heads = "  ".join(f"{name:>{width}}" for name, width in zip(figures, widths, strict=True))
    values = "  ".join(f"{figure!s:>{width}}" for figure, width in zip(figures.values(), widths, strict=True))
    return "\n".join(
        [heads, values, "", "level                        cost  proved bound", *map(_line, summary.levels)]
    )


def _line(level: Mapping[str, Any]) -> str:
    return f"{', '.join(level['terms']):<24} {level['value']:>8}  {level['bound']:>12}"
