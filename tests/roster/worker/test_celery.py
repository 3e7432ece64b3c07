"""Celery with a real Redis: workers hear of jobs at once, and a killed one's job is done by the next, exactly once."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

import dev
from roster.app import create_app
from roster.config import Settings
from roster.extensions import db
from roster.models import Job, JobState, Qualification
from roster.services import jobs
from roster.worker import celery
from tests.roster.worker import celery_sleeping
from tests.roster.worker.leases import run_out
from tests.waiting import PATIENCE, eventually, is_alive


@pytest.fixture(scope="module")
def redis(tmp_path_factory) -> Iterator[str]:
    """The address of a Redis that nobody else can reach, because it listens on a file only."""
    program = shutil.which("redis-server")
    assert program, "redis-server is missing; `python3 dev.py test` installs it where it may"
    socket = tmp_path_factory.mktemp("redis") / "socket"
    process = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", socket, "--save", ""], stdout=subprocess.DEVNULL
    )
    eventually(socket.exists)
    yield f"redis+socket://{socket}"
    process.terminate()
    process.wait(PATIENCE)


@pytest.fixture
def settings(tmp_path, postgres_url, redis) -> Settings:
    return celery_sleeping.settings(tmp_path, postgres_url, redis)


@pytest.fixture
def database_url(postgres_url) -> str:
    return postgres_url


@pytest.fixture
def announcing(sessions, settings) -> Iterator[scoped_session]:
    """A session as the web process has it."""
    session = scoped_session(sessions)
    celery.announce_after_commit(session, settings)
    yield session
    session.remove()


@pytest.fixture
def start_worker(settings):
    started = []

    def start() -> subprocess.Popen:
        where = [str(settings.home), settings.database_url, settings.broker_url]
        started.append(dev.start([sys.executable, "-m", "tests.roster.worker.celery_sleeping", *where]))
        return started[-1]

    yield start
    for process in started:
        dev.stop(process)


def ask(session, result: str, **more: str) -> int:
    job = jobs.enqueue(session, "sleep", {"result": result, **more}, now=datetime.now(UTC))
    job_id = job.id
    session.commit()
    return job_id


def job_of(sessions, job_id) -> Job:
    with sessions(expire_on_commit=False) as session:
        return session.get_one(Job, job_id)


def is_in(sessions, job_id, state: JobState):
    return lambda: job_of(sessions, job_id).state is state


def results(sessions) -> list[str]:
    with sessions() as session:
        return list(session.scalars(select(Qualification.code).order_by(Qualification.code)))


def test_a_committed_job_is_done_by_a_worker_that_heard_of_it(sessions, announcing, start_worker):
    start_worker()
    job_id = ask(announcing, "heard")

    eventually(is_in(sessions, job_id, JobState.DONE))

    assert results(sessions) == ["heard"]


def test_a_job_nobody_was_told_of_is_found_by_the_sweep(sessions, start_worker):
    with sessions() as session:
        job_id = ask(session, "found")
    start_worker()

    eventually(is_in(sessions, job_id, JobState.DONE))

    assert results(sessions) == ["found"]


@pytest.mark.parametrize("victim", ["task", "worker"])
def test_jobs_of_a_killed_worker_are_all_done_each_once(sessions, announcing, start_worker, victim, tmp_path):
    go = tmp_path / "go"
    asked = [ask(announcing, f"r{number}", until=str(go)) for number in range(2)]
    worker = start_worker()
    first = eventually(lambda: _running(sessions, asked))  # a sweep may bring the second one before the first
    if victim == "task":
        _kill(_working_process(sessions, first))
    else:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        start_worker()
    run_out(sessions, first)
    go.touch()

    for job_id in asked:
        eventually(is_in(sessions, job_id, JobState.DONE))

    assert results(sessions) == ["r0", "r1"]
    assert sum(job_of(sessions, job_id).attempts for job_id in asked) == 3


def test_a_request_does_not_fail_because_the_broker_is_away(sessions, settings, tmp_path):
    away = replace(settings, broker_url=f"redis+socket://{tmp_path}/nobody")
    session = scoped_session(sessions)
    celery.announce_after_commit(session, away)

    job_id = ask(session, "waits")
    session.remove()

    assert job_of(sessions, job_id).state is JobState.QUEUED


def test_a_job_that_is_rolled_back_is_not_announced(announcing, monkeypatch):
    told = []
    monkeypatch.setattr(celery, "announce", lambda _app, job_ids: told.extend(job_ids))

    jobs.enqueue(announcing, "sleep", {}, now=datetime.now(UTC))
    announcing.rollback()
    announcing.commit()
    kept = ask(announcing, "kept")

    assert told == [kept]


def test_the_web_application_announces_jobs_only_if_there_is_a_broker(settings, monkeypatch):
    asked = []
    monkeypatch.setattr(celery, "announce_after_commit", lambda session, _settings: asked.append(session))

    create_app(replace(settings, broker_url=""))
    assert asked == []
    create_app(settings)
    assert asked == [db.session]


def _running(sessions, job_ids) -> int | None:
    """The one of the jobs that somebody works on."""
    return next((job_id for job_id in job_ids if job_of(sessions, job_id).state is JobState.RUNNING), None)


def _working_process(sessions, job_id) -> int:
    """The process that owns the job: its number stands between the colons of the owner's name."""
    return int(job_of(sessions, job_id).owner.split(":")[1])


def _kill(pid: int) -> None:
    process = psutil.Process(pid)
    assert Path(process.exe()).name.startswith("python")
    process.kill()
    eventually(lambda: not is_alive(process))
