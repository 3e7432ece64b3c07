"""A week nobody could be planned in because nobody has answered is known, and which one comes first."""

from datetime import timedelta

import pytest

from roster.models import Round, RoundAnswer, Run, RunState
from roster.queries import rounds
from roster.queries.runs import run_view
from tests.builders import LONG_AGO, MONDAY, a_coordinator, a_person, a_roster, a_shift, a_site, a_unit, local

NOW = local(MONDAY - timedelta(days=10), "09:00")


@pytest.fixture
def unit(session):
    return a_unit(session)


def a_week(session, unit, *, first_day=MONDAY):
    a_shift(session, a_site(session, unit), day=first_day)
    return a_roster(session, unit, first_day=first_day)


def ask(session, roster, *people):
    asked = Round(roster_id=roster.id, asked_at=LONG_AGO, deadline=LONG_AGO)
    session.add(asked)
    session.flush()
    session.add_all(RoundAnswer(round_id=asked.id, person_id=person.id) for person in people)
    session.flush()


def test_a_week_nobody_has_answered_for_says_how_many_there_are_and_how_many_were_asked(session, unit):
    lan = a_person(session, unit, free={}, availability_at=None)
    a_person(session, unit, "Trần Văn Hà", free={}, availability_at=None)
    roster = a_week(session, unit)

    before = rounds.silence_of(session, roster, now=NOW)
    ask(session, roster, lan)
    after = rounds.silence_of(session, roster, now=NOW)

    assert [(one.people, one.asked) for one in (before, after)] == [(2, 0), (2, 1)]


def test_one_answer_a_week_without_shifts_and_a_week_gone_by_are_no_silence(session, unit):
    person = a_person(session, unit, free={}, availability_at=None)
    roster, empty = a_week(session, unit), a_roster(session, unit, first_day=MONDAY + timedelta(days=7))

    assert rounds.silence_of(session, empty, now=NOW) is None
    assert rounds.silence_of(session, roster, now=NOW + timedelta(days=30)) is None
    person.availability_at = LONG_AGO
    session.flush()
    assert rounds.silence_of(session, roster, now=NOW) is None


def test_of_each_unit_a_coordinator_plans_the_soonest_silent_week_with_people_is_named(session, unit):
    by = a_coordinator(session, unit)
    later, sooner = a_week(session, unit, first_day=MONDAY + timedelta(days=7)), a_week(session, unit)
    a_person(session, a_unit(session, "Xã đoàn Hoài Tân"), free={}, availability_at=None)

    nobody = rounds.silent_weeks(session, by, now=NOW)
    a_person(session, unit, free={}, availability_at=None)
    silent = rounds.silent_weeks(session, by, now=NOW)

    assert nobody == []
    assert [one.roster_id for one in silent] == [sooner.id]
    assert later.id != sooner.id


@pytest.mark.parametrize(("answered", "unheard"), [(None, True), (LONG_AGO, False)])
def test_a_run_that_placed_nobody_knows_whether_nobody_had_answered(session, unit, answered, unheard):
    a_person(session, unit, free={}, availability_at=answered)
    roster = a_week(session, unit)
    known = {"roster_revision": 0, "seconds_limit": 9, "workers": 1, "created_at": NOW}
    run = Run(roster_id=roster.id, state=RunState.OPTIMAL, result={"turns": 0}, **known)
    session.add(run)
    session.flush()

    assert run_view(session, run).unheard is unheard
