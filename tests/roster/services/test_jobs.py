"""A job belongs to exactly one worker at a time, and to none that let its lease run out."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from roster.models.jobs import Job, JobState
from roster.services import jobs

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LEASE = timedelta(seconds=20)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def job(session) -> Job:
    job = jobs.enqueue(session, "plan", {"run_id": 7}, now=NOW)
    session.commit()
    return job


def claim(session, owner="one", now=NOW, job_id=None):
    job = jobs.claim(session, owner, now=now, lease=LEASE, job_id=job_id)
    session.commit()
    return job


def test_a_job_exists_only_once_its_request_is_committed(session):
    jobs.enqueue(session, "plan", {"run_id": 7}, now=NOW)
    session.rollback()

    assert claim(session) is None


def test_a_claimed_job_is_taken(session, job):
    first, second = claim(session, "one"), claim(session, "two")

    assert (first.owner, first.state, first.attempts, first.lease_until) == ("one", JobState.RUNNING, 1, NOW + LEASE)
    assert second is None


def test_of_many_workers_each_job_goes_to_one(sessions):
    with sessions() as session:
        for number in range(20):
            jobs.enqueue(session, "plan", {"run_id": number}, now=NOW)
        session.commit()
    taken = []

    def take_all(owner):
        with sessions() as session:
            while len(taken) < 20:
                if job := claim(session, owner):
                    taken.append(job.id)

    workers = [threading.Thread(target=take_all, args=(str(n),)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(taken) == len(set(taken)) == 20


def test_the_oldest_job_comes_first_and_none_before_its_time(session):
    late = jobs.enqueue(session, "plan", {}, now=LATER)
    early = jobs.enqueue(session, "plan", {}, now=NOW)
    session.commit()

    assert claim(session, now=NOW).id == early.id
    assert claim(session, now=NOW) is None
    assert claim(session, now=LATER).id == late.id


def test_a_job_can_be_claimed_by_name_while_it_waits(session, job):
    other = jobs.enqueue(session, "plan", {}, now=NOW)
    session.commit()

    assert claim(session, job_id=other.id).id == other.id
    assert claim(session, job_id=other.id) is None


def test_a_renewed_lease_is_not_swept(session, job):
    claim(session)
    assert jobs.renew(session, job.id, "one", now=LATER, lease=LEASE)
    session.commit()

    assert jobs.sweep(session, now=LATER) == []
    session.refresh(job)
    assert job.owner == "one"


def test_an_expired_lease_gives_the_job_to_the_next_worker_and_the_first_has_no_say(session, job):
    claim(session, "one")
    jobs.sweep(session, now=LATER)
    session.commit()
    second = claim(session, "two", now=LATER)

    assert (second.id, second.owner, second.attempts) == (job.id, "two", 2)
    assert not jobs.renew(session, job.id, "one", now=LATER, lease=LEASE)
    assert not jobs.finish(session, job.id, "one", now=LATER)
    assert not jobs.release(session, job.id, "one", now=LATER)
    assert jobs.finish(session, job.id, "two", now=LATER)


def test_a_job_whose_worker_died_three_times_is_given_up_and_says_why(session, job):
    for attempt in range(1, 4):
        at = NOW + timedelta(hours=attempt)
        assert claim(session, now=at).attempts == attempt
        given_up = jobs.sweep(session, now=at + timedelta(minutes=1))
        session.commit()

    assert [lost.id for lost in given_up] == [job.id]
    assert (job.state, job.error) == (JobState.FAILED, "the worker died or lost its lease")


def test_a_failed_attempt_waits_longer_each_time(session, job):
    claim(session)
    jobs.fail(session, job, "one", error="boom", now=NOW)
    session.refresh(job)
    assert job.run_after - NOW == jobs.RETRY_DELAY

    claim(session, now=LATER)
    jobs.fail(session, job, "one", error="boom", now=LATER)
    session.refresh(job)
    assert (job.state, job.run_after - LATER) == (JobState.QUEUED, 2 * jobs.RETRY_DELAY)


def test_a_released_job_has_lost_no_attempt(session, job):
    claim(session)
    jobs.release(session, job.id, "one", now=NOW)
    session.refresh(job)

    assert (job.state, job.attempts, job.owner) == (JobState.QUEUED, 0, None)


def test_cancelling_a_waiting_job_ends_it_at_once(session, job):
    assert jobs.request_cancel(session, job.id, now=NOW) is JobState.CANCELLED
    session.commit()

    assert claim(session) is None


def test_cancelling_a_running_job_only_asks_its_worker(session, job):
    claim(session)

    assert jobs.request_cancel(session, job.id, now=NOW) is JobState.RUNNING
    assert jobs.is_cancel_requested(session, job.id)


def test_cancelling_what_is_over_or_unknown_changes_nothing(session, job):
    claim(session)
    jobs.finish(session, job.id, "one", now=NOW)

    assert jobs.request_cancel(session, job.id, now=NOW) is JobState.DONE
    assert not jobs.is_cancel_requested(session, job.id)
    assert jobs.request_cancel(session, 999, now=NOW) is None
