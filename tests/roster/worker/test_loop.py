"""Workers as real processes: killed, stopped and cancelled, no job is lost and none is done twice over."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from roster.errors import NotFound
from roster.models import Job, JobState, Qualification
from roster.services import jobs
from roster.worker.leases import Lease, LeaseLost, Stopping
from roster.worker.loop import Worker
from solver import effort
from tests.roster.worker.leases import run_out
from tests.roster.worker.sleeping import Sleep
from tests.waiting import PATIENCE, eventually


@pytest.fixture(autouse=True)
def _retry_soon(monkeypatch):
    monkeypatch.setattr(jobs, "RETRY_DELAY", timedelta(0))


@pytest.fixture
def start_worker(database_url, tmp_path) -> Iterator[Callable[..., subprocess.Popen]]:
    """Start one that writes what it says into a file, which nobody else writes into."""
    started = []

    def start(look: float = 0.1, says: Path = tmp_path / "says") -> subprocess.Popen:
        command = [sys.executable, "-u", "-m", "tests.roster.worker.sleeping", database_url, str(look)]
        with says.open("a") as file:
            started.append(subprocess.Popen(command, stdout=file))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def go(tmp_path) -> Path:
    """The file that sleeping jobs wait for."""
    return tmp_path / "go"


def ask(sessions, result="done", **more) -> int:
    with sessions() as session:
        job = jobs.enqueue(session, "sleep", {"result": result, **more}, now=datetime.now(UTC))
        session.commit()
        return job.id


def until(sessions, job_id, wanted: Callable[[Job], bool]) -> Job:
    def current() -> Job:
        with sessions(expire_on_commit=False) as session:
            return session.get_one(Job, job_id)

    def still() -> str:
        return f"job {job_id} is still {current().state}, attempt {current().attempts}"

    return eventually(lambda: job if wanted(job := current()) else None, otherwise=still)


def is_running(job):
    return job.state is JobState.RUNNING


def is_done(job):
    return job.state is JobState.DONE


def results(sessions) -> list[str]:
    with sessions() as session:
        return list(session.scalars(select(Qualification.code).order_by(Qualification.code)))


def test_a_job_whose_worker_is_killed_is_retried_by_the_next_and_finishes(sessions, start_worker, go):
    job_id = ask(sessions, until=str(go))
    first = start_worker()
    until(sessions, job_id, is_running)
    kill(first)
    run_out(sessions, job_id)
    go.touch()
    start_worker()

    job = until(sessions, job_id, is_done)

    assert job.attempts == 2
    assert results(sessions) == ["done"]


def test_many_workers_do_each_job_once_though_one_of_them_is_killed(sessions, start_worker, go):
    asked = [ask(sessions, f"r{number}", **({} if number else {"until": str(go)})) for number in range(8)]
    workers = {worker.pid: worker for worker in (start_worker(), start_worker())}
    owner = until(sessions, asked[0], is_running).owner
    kill(workers[int(owner.split(":")[1])])
    run_out(sessions, asked[0])
    go.touch()

    attempts = [until(sessions, job_id, is_done).attempts for job_id in asked]

    assert results(sessions) == [f"r{number}" for number in range(8)]
    assert attempts == [2, 1, 1, 1, 1, 1, 1, 1]


def kill(worker: subprocess.Popen) -> None:
    worker.kill()
    worker.wait()


def test_a_stopped_worker_gives_its_job_back_unharmed(sessions, start_worker, go):
    job_id = ask(sessions, until=str(go))
    worker = start_worker()
    until(sessions, job_id, is_running)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(PATIENCE) == 0
    job = until(sessions, job_id, lambda job: job.state is JobState.QUEUED)
    assert (job.attempts, job.owner) == (0, None)
    assert results(sessions) == []


def test_a_cancelled_job_ends_early_and_keeps_what_it_has(sessions, start_worker, go):
    job_id = ask(sessions, until=str(go))
    start_worker()
    until(sessions, job_id, is_running)

    with sessions() as session:
        jobs.request_cancel(session, job_id, now=datetime.now(UTC))
        session.commit()

    until(sessions, job_id, is_done)
    assert results(sessions) == ["done"]


def test_a_worker_that_slept_past_its_lease_writes_nothing(sessions, start_worker, go, tmp_path):
    job_id = ask(sessions, until=str(go))
    said = tmp_path / "sleeper"
    sleeper = start_worker(look=PATIENCE, says=said)  # one stopped while it looks keeps all others out of SQLite
    until(sessions, job_id, is_running)
    sleeper.send_signal(signal.SIGSTOP)
    run_out(sessions, job_id)
    second = start_worker()
    until(sessions, job_id, lambda job: is_running(job) and job.attempts == 2)

    go.touch()
    sleeper.send_signal(signal.SIGCONT)

    eventually(lambda: "lease lost" in said.read_text())
    until(sessions, job_id, is_done)
    with sessions() as session:
        assert session.scalars(select(Qualification.name_vi)).all() == [str(second.pid)]


def test_a_lease_is_renewed_while_it_is_held(sessions):
    job_id = ask(sessions)
    with sessions() as session:
        until_first = jobs.claim(session, "me", now=datetime.now(UTC), lease=timedelta(seconds=1)).lease_until
        session.commit()

    with Lease(sessions, job_id, "me", duration=timedelta(seconds=1), is_stopping=lambda: False):
        until(sessions, job_id, lambda job: job.lease_until > until_first)


def test_a_job_that_always_fails_is_given_up_after_its_attempts(sessions):
    job_id = ask(sessions, fails=True)

    Worker(sessions, {"sleep": Sleep()}).drain()

    job = until(sessions, job_id, lambda job: job.state is JobState.FAILED)
    assert (job.attempts, job.error) == (3, "RuntimeError('no luck')")
    assert results(sessions) == ["gave-up-done"]


def test_a_refusal_is_not_tried_again(sessions):
    class Refuses(Sleep):
        def work(self, sessions, payload, *, should_stop):
            raise NotFound(what="run", id=7)

    job_id = ask(sessions)

    Worker(sessions, {"sleep": Refuses()}).drain()

    assert until(sessions, job_id, lambda job: job.state is JobState.FAILED).attempts == 1


def test_a_job_of_an_unknown_kind_is_given_up_not_lost(sessions):
    job_id = ask(sessions)

    Worker(sessions, {}).drain()

    assert until(sessions, job_id, lambda job: job.state is JobState.FAILED).error == "KeyError('sleep')"


def test_a_worker_goes_no_further_beside_a_search_that_could_not_be_stopped(sessions):
    ending = threading.Event()
    searching = threading.Thread(target=ending.wait, name=effort.SEARCHING, daemon=True)
    searching.start()
    ask(sessions)
    worker = Worker(sessions, {"sleep": Sleep()}, poll=0.01)

    worker.run()
    assert (worker.is_stopping(), results(sessions)) == (False, [])

    ending.set()
    searching.join()
    assert not worker.is_spent()


def test_nothing_is_committed_under_a_lost_lease(sessions):
    job_id = ask(sessions)
    lease = Lease(sessions, job_id, "nobody", duration=timedelta(seconds=5), is_stopping=lambda: False)

    with lease.guarded()() as session:
        session.add(Qualification(code="stolen", name_vi="", name_en=""))
        with pytest.raises(LeaseLost):
            session.commit()

    assert lease.should_stop()
    assert results(sessions) == []


def test_nothing_is_committed_by_a_worker_that_is_stopping(sessions):
    lease = Lease(sessions, ask(sessions), "me", duration=timedelta(seconds=5), is_stopping=lambda: True)

    with lease.guarded()() as session:
        session.add(Qualification(code="half", name_vi="", name_en=""))
        with pytest.raises(Stopping):
            session.commit()

    assert results(sessions) == []
