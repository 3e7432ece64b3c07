"""A run of the real solver in real worker processes: it survives the death of its worker, and of the web server."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from roster import scenarios
from roster.models import Account, DraftAssignment, JobState, Roster, Run, RunState
from roster.services import jobs, runs
from roster.services.passwords import Passwords
from roster.vietnam import office_hours
from roster.worker.plan import PlanHandler

PATIENCE = 90  # seconds; the first import of OR-Tools alone takes a while on a busy machine
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=office_hours.ZONE)


@pytest.fixture
def roster_id(sessions) -> int:
    with sessions() as session:
        loaded = scenarios.load(
            session, "quy-nhon-center", now=MONDAY, today=MONDAY.date(), passwords=Passwords(time_cost=1)
        )
        session.commit()
        return session.scalars(select(Roster.id).where(Roster.period_id == loaded.next_week.id)).one()


@pytest.fixture
def start_worker(database_url, tmp_path) -> Iterator[Callable[[], subprocess.Popen]]:
    environment = {**os.environ, "ROSTER_HOME": str(tmp_path / "home"), "ROSTER_DATABASE_URL": database_url}
    started = []

    def start() -> subprocess.Popen:
        command = [sys.executable, "-m", "roster.cli", "worker", "--lease", "2"]
        started.append(subprocess.Popen(command, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def ask_for_a_run(sessions, roster_id) -> int:
    with sessions() as session:
        coordinator = session.scalars(select(Account).where(Account.login.startswith("dieu.phoi"))).one()
        run = runs.start(session, roster_id, by=coordinator, now=datetime.now(UTC), seconds=30)
        session.commit()
        return run.id


def until(sessions, run_id, wanted: Callable[[Run], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with sessions() as session:
            run = session.get_one(Run, run_id)
            if wanted(run):
                return
            state = (run.state, run.job.state, run.job.attempts, run.job.error)
        time.sleep(0.02)
    raise AssertionError(f"the run is still {state}")


def test_a_run_whose_worker_is_killed_is_finished_by_the_next(sessions, roster_id, start_worker):
    run_id = ask_for_a_run(sessions, roster_id)
    first = start_worker()
    until(sessions, run_id, lambda run: run.job.state is JobState.RUNNING)
    first.kill()
    start_worker()

    until(sessions, run_id, lambda run: run.job.state is JobState.DONE)

    with sessions() as session:
        run = session.get_one(Run, run_id)
        drafted = session.scalar(select(func.count()).where(DraftAssignment.roster_id == roster_id))
        assert (run.state, run.job.attempts) == (RunState.OPTIMAL, 2)
        assert drafted == run.result["turns"] > 0


def test_a_run_given_up_is_shown_as_failed_and_can_be_asked_for_again(sessions, roster_id):
    run_id = ask_for_a_run(sessions, roster_id)
    now = datetime.now(UTC)
    with sessions() as session:
        run = session.get_one(Run, run_id)
        job = jobs.claim(session, "dead", now=now, lease=timedelta(minutes=1))
        jobs.fail(session, job, "dead", error="boom", now=now, retry=False)
        PlanHandler().give_up(session, job.payload, error="boom", now=now)
        session.commit()
        assert run.state is RunState.FAILED

    assert ask_for_a_run(sessions, roster_id) != run_id
