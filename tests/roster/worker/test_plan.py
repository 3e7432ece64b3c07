"""A run of the real solver in real worker processes: it survives the death of its worker, and of the web server."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from roster import scenarios
from roster.models import Account, DraftAssignment, Job, JobState, Roster, Run, RunState
from roster.services import jobs, runs
from roster.services.passwords import Passwords
from roster.vietnam import office_hours
from roster.worker.plan import PlanHandler
from tests.roster.worker.leases import LONG, run_out
from tests.waiting import eventually

# The worker's own clock decides what is still ahead and planned: a week without a holiday that no clock comes to.
MONDAY = datetime(2090, 10, 9, 8, 0, tzinfo=office_hours.ZONE)


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
        command = [sys.executable, "-m", "roster.cli", "worker", "--lease", str(LONG.total_seconds())]
        started.append(subprocess.Popen(command, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def ask_for_a_run(sessions, roster_id) -> int:
    with sessions() as session:
        coordinator = session.scalars(select(Account).where(Account.login.startswith("dieu.phoi"))).one()
        run = runs.start(session, roster_id, by=coordinator, now=datetime.now(UTC), seconds=600)
        session.commit()
        return run.id


def job_of(sessions, run_id) -> Job:
    with sessions(expire_on_commit=False) as session:
        return session.get_one(Run, run_id).job


def until(sessions, run_id, state: JobState) -> None:
    def still() -> str:
        job = job_of(sessions, run_id)
        return f"the run is still {job.state}, attempt {job.attempts}, {job.error}"

    eventually(lambda: job_of(sessions, run_id).state in (state, JobState.DONE), otherwise=still)


def a_run_broken_off(sessions, roster_id, start_worker) -> int:
    """Whose worker was killed while it was at it; asked for again if that worker was done before."""
    while True:
        run_id, worker = ask_for_a_run(sessions, roster_id), start_worker()
        until(sessions, run_id, JobState.RUNNING)
        worker.kill()
        worker.wait()
        if job_of(sessions, run_id).state is JobState.RUNNING:
            run_out(sessions, job_of(sessions, run_id).id)
            return run_id


def test_a_run_whose_worker_is_killed_is_finished_by_the_next(sessions, roster_id, start_worker):
    run_id = a_run_broken_off(sessions, roster_id, start_worker)
    start_worker()

    until(sessions, run_id, JobState.DONE)

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
