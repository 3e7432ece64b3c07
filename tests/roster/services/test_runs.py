"""A run is asked for once at a time, appears together with its job, and can be cancelled."""

from datetime import timedelta

import pytest

from roster.errors import AlreadyRunning, NotAllowed, NotFound
from roster.models import JobState, RunState
from roster.queries.runs import latest_run
from roster.services import jobs, runs
from tests.builders import MONDAY, a_coordinator, a_roster, a_unit, local

NOW = local(MONDAY - timedelta(days=3), "09:00")
LEASE = timedelta(minutes=1)


@pytest.fixture
def unit(session):
    return a_unit(session)


@pytest.fixture
def by(session, unit):
    return a_coordinator(session, unit)


@pytest.fixture
def roster(session, unit):
    return a_roster(session, unit)


def test_a_run_waits_with_a_job_that_names_it(session, roster, by):
    run = runs.start(session, roster.id, by=by, now=NOW, seconds=30)

    assert (run.job.kind, run.job.payload, run.job.state) == ("plan", {"run_id": run.id}, JobState.QUEUED)
    shown = latest_run(session, roster)
    assert (shown.state, shown.is_over, shown.asked_by) == (RunState.QUEUED, False, by.display_name)
    assert (shown.seconds_limit, shown.placed, shown.levels) == (30, 0, ())


def test_a_second_run_is_refused_while_the_first_is_not_over(session, roster, by):
    first = runs.start(session, roster.id, by=by, now=NOW)

    with pytest.raises(AlreadyRunning) as refusal:
        runs.start(session, roster.id, by=by, now=NOW)

    assert refusal.value.facts["run_id"] == first.id


def test_another_run_may_start_once_the_job_of_the_first_is_given_up(session, roster, by):
    first = runs.start(session, roster.id, by=by, now=NOW)
    job = jobs.claim(session, "worker", now=NOW, lease=LEASE)
    jobs.fail(session, job, "worker", error="boom", now=NOW, retry=False)
    session.expire_all()

    assert runs.start(session, roster.id, by=by, now=NOW).id != first.id


def test_a_waiting_run_is_cancelled_at_once(session, roster, by):
    run = runs.start(session, roster.id, by=by, now=NOW)

    runs.cancel(session, run.id, by=by, now=NOW)

    assert (run.state, run.job.state) == (RunState.CANCELLED, JobState.CANCELLED)
    assert runs.running(session, roster) is None


def test_a_run_under_way_is_asked_to_stop_and_keeps_running_until_it_has(session, roster, by):
    run = runs.start(session, roster.id, by=by, now=NOW)
    jobs.claim(session, "worker", now=NOW, lease=LEASE)
    session.refresh(run.job)

    runs.cancel(session, run.id, by=by, now=NOW)

    assert (run.state.is_over, run.job.cancel_requested) == (False, True)
    assert latest_run(session, roster).cancel_requested


def test_cancelling_what_is_over_changes_nothing(session, roster, by):
    run = runs.start(session, roster.id, by=by, now=NOW)
    run.state = RunState.OPTIMAL

    assert runs.cancel(session, run.id, by=by, now=NOW).state is RunState.OPTIMAL


def test_only_who_plans_the_unit_starts_or_cancels_its_runs(session, roster, by):
    stranger = a_coordinator(session, a_unit(session, "Đoàn xã An Tân"))
    run = runs.start(session, roster.id, by=by, now=NOW)

    with pytest.raises(NotAllowed):
        runs.start(session, roster.id, by=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        runs.cancel(session, run.id, by=stranger, now=NOW)
    with pytest.raises(NotFound):
        runs.cancel(session, run.id + 1, by=by, now=NOW)
