"""A week for the chat group: names by consent, others counted, nobody's number."""

from datetime import date, timedelta

import pytest

from roster.models import Assignment, AssignmentState
from roster.queries import handouts
from roster.queries.handouts import HandoutDay, HandoutShift
from roster.wanted import Wanted
from tests.builders import LONG_AGO, MONDAY, a_person, a_roster, a_shift, a_site, a_team, a_unit, local


@pytest.fixture
def unit(session):
    return a_unit(session)


def serving(session, shift, *people):
    for person in people:
        session.add(
            Assignment(
                shift=shift,
                person=person,
                state=AssignmentState.ACTIVE,
                uid=f"{shift.id}-{person.id}",
                changed_at=LONG_AGO,
            )
        )
    session.flush()


def test_those_who_agreed_are_named_and_minors_and_all_others_only_counted(session, unit):
    shift = a_shift(session, a_site(session, unit), minimum=4)
    lan = a_person(session, unit, "Nguyễn Thị Lan", shares_name=True)
    duc = a_person(session, unit, "Trần Văn Đức")
    minor = a_person(session, unit, "Lê Bảo Anh", shares_name=True, birth_date=date(2012, 1, 1))
    serving(session, shift, lan, duc, minor)

    days = handouts.of_roster(session, a_roster(session, unit))

    expected = HandoutShift(
        starts=local(MONDAY, "07:30"),
        ends=local(MONDAY, "11:30"),
        site="Trung tâm Phục vụ hành chính công",
        names=["Lan"],
        others=2,
        wanted=Wanted(1, 0),
    )
    assert days == [HandoutDay(MONDAY, (expected,))]


@pytest.mark.parametrize(("people", "wanted"), [(1, Wanted(1, 1)), (2, Wanted(0, 1)), (3, Wanted(0, 0))])
def test_who_is_needed_and_who_would_be_welcome_are_counted_apart(session, unit, people: int, wanted: Wanted):
    shift = a_shift(session, a_site(session, unit), minimum=2, target=3)
    serving(session, shift, *[a_person(session, unit, f"Trần Văn {number}") for number in range(people)])

    ((day,),) = [[day.shifts for day in handouts.of_roster(session, a_roster(session, unit))]]

    assert [one.wanted for one in day] == [wanted]


def test_a_team_gets_its_own_people_and_shifts_alone(session, unit):
    site = a_site(session, unit)
    theirs, other = a_shift(session, site), a_shift(session, site, starts="13:30", ends="17:00")
    lan = a_person(session, unit, "Nguyễn Thị Lan", shares_name=True)
    stranger = a_person(session, unit, "Phạm Minh Khôi", shares_name=True)
    serving(session, theirs, lan, stranger)
    serving(session, other, stranger)

    days = handouts.of_team(session, a_team(session, unit, lan), MONDAY)

    assert [(shift.names, shift.others) for day in days for shift in day.shifts] == [(["Lan"], 0)]


def test_a_team_hands_out_its_present_week_or_else_the_next_in_which_it_serves(session, unit):
    lan, team_site = a_person(session, unit, "Nguyễn Thị Lan"), a_site(session, unit)
    team = a_team(session, unit, lan)
    wednesday, week = MONDAY + timedelta(days=2), timedelta(days=7)

    none_yet = handouts.week_of_team(session, team, wednesday)
    serving(session, a_shift(session, team_site, day=MONDAY + week), lan)
    next_one = handouts.week_of_team(session, team, wednesday)
    serving(session, a_shift(session, team_site, day=MONDAY), lan)
    present = handouts.week_of_team(session, team, wednesday)

    assert (none_yet, next_one, present) == (MONDAY, MONDAY + week, MONDAY)
