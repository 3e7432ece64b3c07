"""Whoever is picked up on the board is told for every shift of the week whether they may take it, and why not."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from roster.models import DraftAssignment
from roster.queries.targets import targets_for
from tests.builders import MONDAY, a_person, a_roster, a_shift, a_site, a_unit, local

NOW = local(MONDAY - timedelta(days=3), "09:00")


@pytest.fixture
def unit(session):
    return a_unit(session)


def put(session, roster, shift, *people):
    session.add_all(DraftAssignment(roster_id=roster.id, shift_id=shift.id, person_id=person.id) for person in people)
    session.flush()


def rules(targets):
    """Shift id → rules in the way; None where the person serves already."""
    return {target.shift.id: None if target.on_it else [one.rule for one in target.refusals] for target in targets.all}


def test_each_shift_says_what_is_in_the_way_of_one_person(session, unit):
    roster, site = a_roster(session, unit), a_site(session, unit)
    mine, clashing = a_shift(session, site), a_shift(session, site, starts="08:00", ends="11:00")
    full = a_shift(session, site, day=MONDAY + timedelta(days=1), maximum=1)
    fit = a_shift(session, site, day=MONDAY + timedelta(days=2))
    untrained = a_shift(session, site, day=MONDAY + timedelta(days=3), requires=["trained"])
    lan = a_person(session, unit, max_turns_per_day=None)
    put(session, roster, mine, lan)
    put(session, roster, full, a_person(session, unit, "Trần Minh"))

    targets = targets_for(session, roster, lan, now=NOW)

    assert rules(targets) == {
        mine.id: None,
        clashing.id: ["overlap"],
        full.id: ["capacity"],
        fit.id: [],
        untrained.id: ["eligibility"],
    }
    assert [target.shift.id for target in targets.open] == [fit.id]


def test_company_on_the_shift_counts_for_whoever_needs_it(session, unit):
    roster, site = a_roster(session, unit), a_site(session, unit)
    lonely, led = a_shift(session, site), a_shift(session, site, day=MONDAY + timedelta(days=1))
    full = a_shift(session, site, day=MONDAY + timedelta(days=2), maximum=1)
    pupil = a_person(session, unit, birth_date=MONDAY.replace(year=2010))
    for shift, name in ((led, "Trần Minh"), (full, "Lê An")):
        put(session, roster, shift, a_person(session, unit, name))

    targets = targets_for(session, roster, pupil, now=NOW)

    assert rules(targets) == {lonely.id: ["minors"], led.id: [], full.id: ["capacity"]}
    assert {target.shift.id for target in targets.open} == {lonely.id, led.id}


def test_whoever_would_leave_a_shift_for_another_may_take_what_clashed_with_it(session, unit):
    roster, site = a_roster(session, unit), a_site(session, unit)
    mine, clashing = a_shift(session, site), a_shift(session, site, starts="08:00", ends="11:00")
    lan = a_person(session, unit, max_turns=1)
    put(session, roster, mine, lan)

    targets = targets_for(session, roster, lan, leaving=mine.id, now=NOW)

    assert targets.leaving == mine.id
    assert [target.shift.id for target in targets.open] == [clashing.id]


def test_shifts_that_have_begun_or_were_cancelled_are_no_targets(session, unit):
    roster, site = a_roster(session, unit), a_site(session, unit)
    begun, cancelled = a_shift(session, site), a_shift(session, site, day=MONDAY + timedelta(days=1), state="cancelled")

    targets = targets_for(session, roster, a_person(session, unit), now=begun.starts_at + timedelta(hours=1))

    assert not {target.shift.id for target in targets.all} & {begun.id, cancelled.id}


def test_somebody_who_does_not_serve_here_any_more_has_no_targets(session, unit):
    roster = a_roster(session, unit)
    a_shift(session, a_site(session, unit))

    assert targets_for(session, roster, a_person(session, unit, active=False), now=NOW) is None


def test_more_shifts_and_people_take_no_further_query(session, unit):
    roster, site, lan = a_roster(session, unit), a_site(session, unit), a_person(session, unit, max_turns=None)

    def queries_with(shifts):
        for number in range(shifts):
            shift = a_shift(session, site, day=MONDAY + timedelta(days=number % 7))
            put(session, roster, shift, a_person(session, unit, "Trần Minh"))
        session.expire_all()
        seen: list[str] = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *args: seen.append(args[2]))
        targets_for(session, roster, lan, now=NOW)
        return len(seen)

    assert queries_with(3) == queries_with(30)
