"""How turns are spread: over the last four weeks, and with the draft."""

from datetime import timedelta

import pytest

from roster.models import Assignment, AssignmentState, DraftAssignment, ShiftState
from roster.planning import snapshot
from roster.queries.fairness import fairness_of, open_to
from tests.builders import MONDAY, a_coordinator, a_person, a_roster, a_shift, a_site, a_unit, local

NOW = local(MONDAY - timedelta(days=3), "09:00")


@pytest.fixture
def unit(session):
    return a_unit(session)


@pytest.fixture
def site(session, unit):
    return a_site(session, unit)


def served(session, site, person, *, days_ago: int, **columns):
    turn = a_shift(session, site, day=MONDAY - timedelta(days=days_ago))
    values = {"uid": f"{person.id}-{days_ago}", "sequence": 0, "state": AssignmentState.ACTIVE, "changed_at": NOW}
    session.add(Assignment(shift_id=turn.id, person_id=person.id, **(values | columns)))
    session.flush()


def test_the_most_burdened_come_first_and_everybody_is_in_the_spread(session, unit, site):
    roster, week = a_roster(session, unit), [a_shift(session, site, day=MONDAY + timedelta(days=day)) for day in (0, 1)]
    an, binh = a_person(session, unit, "Trần An", max_turns=3), a_person(session, unit, "Lê Bình")
    a_person(session, unit, "Đỗ Chi")
    served(session, site, an, days_ago=7)
    for shift, person in ((week[0], an), (week[1], an), (week[1], binh)):
        session.add(DraftAssignment(roster_id=roster.id, shift_id=shift.id, person_id=person.id))

    found = fairness_of(session, roster)

    loads = [(load.person.label, load.turns_before, load.turns_now, load.turns, load.most) for load in found.loads]
    assert loads == [("An", 1, 2, 3, 3), ("Bình", 0, 1, 1, 2)]
    spread = [(share.turns, share.people_before, share.people_now) for share in found.spread]
    assert spread == [(0, 2, 1), (1, 1, 1), (2, 0, 0), (3, 0, 1)]
    assert (found.people, found.more) == (3, 0)


def test_a_turn_that_was_missed_buys_no_rest(session, unit, site):
    an = a_person(session, unit)
    served(session, site, an, days_ago=7)
    served(session, site, an, days_ago=5, absent=True)
    roster = a_roster(session, unit)

    (load,) = fairness_of(session, roster).loads
    (volunteer,) = snapshot.build(session, roster, now=NOW).volunteers

    assert (load.turns_before, volunteer.history_turns) == (1, 1)


def test_only_turns_of_the_four_weeks_before_that_took_place_count(session, unit, site):
    an = a_person(session, unit)
    served(session, site, an, days_ago=28)
    served(session, site, an, days_ago=29)
    served(session, site, an, days_ago=3, state=AssignmentState.CANCELLED)
    roster = a_roster(session, unit)
    cancelled = a_shift(session, site, state=ShiftState.CANCELLED)
    session.add(DraftAssignment(roster_id=roster.id, shift_id=cancelled.id, person_id=an.id))

    (load,) = fairness_of(session, roster).loads

    assert (load.turns_before, load.turns_now) == (1, 0)


def test_a_long_list_says_how_many_it_leaves_out(session, unit, site):
    for number in range(4):
        served(session, site, a_person(session, unit, f"Trần Văn {number}"), days_ago=number + 1)

    found = fairness_of(session, a_roster(session, unit), shown=3)

    assert (len(found.loads), found.more) == (3, 1)


def test_a_unit_without_anybody_has_an_empty_spread(session, unit):
    found = fairness_of(session, a_roster(session, unit))

    assert (found.loads, [share.people_now for share in found.spread]) == ((), [0])


def test_only_people_of_the_readers_units_have_a_page_to_open(session, unit, site):
    roster, shift = a_roster(session, unit), a_shift(session, site)
    branch, an = a_unit(session, "Chi đoàn 1", parent=unit), a_person(session, unit)
    theirs = a_person(session, branch)
    for person in (an, theirs):
        session.add(DraftAssignment(roster_id=roster.id, shift_id=shift.id, person_id=person.id))
    found = fairness_of(session, roster)

    assert open_to(session, found, a_coordinator(session, branch)) == {theirs.id}
    assert open_to(session, found, a_coordinator(session, unit)) == {an.id, theirs.id}
