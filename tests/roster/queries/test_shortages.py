"""Why a place is short, in numbers and names, of the draft as it is at this moment."""

from datetime import timedelta

import pytest

from roster.models import Assignment, AssignmentState, AvailabilityException, Level
from roster.planning import runs
from roster.planning.lacks import Lack
from roster.queries.roster_totals import totals_of
from roster.queries.shortages import cause_of
from tests.builders import LONG_AGO, MONDAY, a_qualification, a_roster, a_shift, a_site
from tests.roster.shortages import NOW, Week


@pytest.fixture
def week(session):
    return Week(session)


def cause(week, shift):
    return cause_of(week.session, week.roster, shift.id, now=NOW)


def remedies(week, shift):
    return {one.kind: one for one in cause(week, shift).remedies}


def test_shifts_that_draw_on_the_same_too_few_people_are_told_together(week):
    found = cause(week, week.second)

    assert {place.shift_id for place in found.group} == {week.first.id, week.second.id}
    assert (found.missing, found.people, found.places, found.filled) == (1, 1, 2, 1)


def test_everybody_is_counted_out_by_one_rule_until_nobody_is_left(week):
    found = cause(week, week.second)

    assert [(one.rule, one.detail, one.count, one.left) for one in found.out] == [
        ("availability", "", 1, 1),
        ("limits", "turns", 1, 0),
    ]
    assert [[person.full_name for person in one.named] for one in found.out] == [["Lê Thị Bình"], ["Trần Văn An"]]


def test_a_place_that_is_not_short_has_no_cause(week):
    assert cause(week, week.first) is None


def test_what_would_fill_it_is_true_of_the_draft_as_hands_have_left_it(week):
    week.serves(week.an, week.second)

    assert cause(week, week.second) is None


def test_one_turn_more_names_whom_to_ask_and_what_is_then_missing(week):
    more = remedies(week, week.second)["raise_limit"]

    assert [one.person.full_name for one in more.people] == ["Trần Văn An"]
    assert (more.detail, more.people[0].turns_now, more.lack_after) == ("turns", 1, Lack())


def test_somebody_outside_the_times_they_offered_can_be_asked(week):
    assert [one.person.id for one in remedies(week, week.second)["ask"].people] == [week.binh.id]


def test_whoever_has_said_no_to_that_time_is_not_asked_again(week):
    week.session.add(
        AvailabilityException(
            person_id=week.binh.id, starts_at=week.second.starts_at, ends_at=week.second.ends_at, level=Level.NOT
        )
    )
    week.session.flush()

    assert "ask" not in remedies(week, week.second)


def test_whoever_serves_another_unit_at_that_time_is_not_asked(week):
    elsewhere = a_shift(week.session, a_site(week.session, week.neighbours, "Chợ"), day=MONDAY + timedelta(days=1))
    a_roster(week.session, week.neighbours)
    turn = Assignment(shift=elsewhere, person=week.binh, state=AssignmentState.ACTIVE, uid="u", changed_at=LONG_AGO)
    week.session.add(turn)
    week.session.flush()

    assert "ask" not in remedies(week, week.second)


def test_a_neighbour_who_is_free_can_be_lent(week):
    lan = week.person("Phạm Thị Lan", unit=week.neighbours)

    assert [one.person.id for one in remedies(week, week.second)["lend"].people] == [lan.id]


def test_the_explanation_loads_no_engine(week, monkeypatch):
    monkeypatch.setattr(runs, "_solve", None)

    assert cause(week, week.second)


def test_the_week_s_totals_and_the_remedies_count_the_same_missing_people_and_skills(week):
    lead = a_qualification(week.session)
    week.first.needs = {lead.code: 1}  # An, who is on it, is none

    found, totals = cause(week, week.second), totals_of(week.session, week.roster)

    assert (found.lack_now, totals.lack, totals.short_shifts) == (Lack(1, 1), Lack(1, 1), 2)
    assert {one.lack_after for one in found.remedies} == {Lack(0, 1)}


def test_what_is_missing_on_shifts_that_have_begun_stays_in_the_count(week):
    week.shift(NOW.date(), starts="07:30", ends="08:30")
    week.roster.period.first_day = NOW.date()
    week.roster.period.days = 10

    assert (cause(week, week.second).lack_now, totals_of(week.session, week.roster).lack) == (Lack(2), Lack(2))
