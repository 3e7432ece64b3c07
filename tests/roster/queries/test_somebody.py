"""Whoever chooses between two people of one name is told which is which."""

from datetime import date, timedelta

import pytest

from roster.models import Assignment, AssignmentState
from roster.queries import me, somebody, teams, turns
from roster.queries import rounds as answers
from roster.services import rounds
from tests.builders import MONDAY, a_person, a_team, a_unit
from tests.published import LATER, PublishedWeek


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ({"birth_date": date(2004, 5, 1)}, {"birth_date": date(2005, 5, 1)}, ["2004", "2005"]),
        (
            {"birth_date": date(2004, 5, 1), "phone": "+84987654321"},
            {"birth_date": date(2004, 9, 1), "phone": "+84987654123"},
            ["…321", "…123"],
        ),
        ({"birth_date": date(2004, 5, 1)}, {"phone": "+84987654123"}, ["2004", "…123"]),
        ({"phone": "+84987654123"}, {"phone": "+84987655123"}, ["…4123", "…5123"]),
        ({"phone": "+84987654123"}, {"phone": "+84905654123"}, ["#1", "#2"]),
    ],
)
def test_two_of_one_name_in_one_branch_differ_by_year_of_birth_else_by_phone(session, one, other, told):
    branch = a_unit(session, "K45 Luật")
    people = [a_person(session, branch, "Lê Hà", **columns) for columns in (one, other)]
    alone = a_person(session, branch, "Trần Văn Đức")

    known = somebody.profiles(session, [person.id for person in (*people, alone)])

    shown = [known[person.id].somebody for person in people]
    assert [one.unit_name for one in shown] == [f"K45 Luật · {apart}" for apart in told]
    assert [one.label for one in shown] == [f"Lê Hà (K45 Luật · {apart})" for apart in told]
    assert known[alone.id].somebody.unit_name == "K45 Luật"


def test_namesakes_are_told_apart_where_members_of_a_team_are_chosen_and_where_answers_are_awaited(session):
    week = PublishedWeek(session)
    years = (2004, 2005)
    older, _ = [a_person(session, week.unit, "Vũ Đông", birth_date=date(year, 5, 1)) for year in years]
    found = rounds.ask(session, week.roster.id, deadline=MONDAY - timedelta(days=1), by=week.by, now=LATER)

    team = teams.team_page(session, a_team(session, week.unit, older), week.by, search="vu dong")
    asked = answers.asked_people(session, found, [], answered=False)

    told = {f"{week.unit.name} · {year}" for year in years}
    assert {*[one.unit_name for one in team.members], *[unit for _, _, unit in team.candidates]} == told
    assert {one.unit for one in asked.rows if one.name == "Vũ Đông"} == told


def test_of_two_stand_ins_with_one_given_name_a_volunteer_reads_the_units_too(session):
    week = PublishedWeek(session)
    for branch in ("K45 Luật", "K46 Toán"):
        a_person(session, a_unit(session, branch, parent=week.unit), "Lê Tú Uyên", shares_name=True)
    turn = week.turn(week.monday, week.lan)

    found = turns.companions_for(session, week.roster, turn, now=LATER)

    assert {"Tú Uyên (K45 Luật)", "Tú Uyên (K46 Toán)"} <= {one.name for one in found}


def test_whoever_has_a_namesake_in_their_unit_is_called_the_same_whether_both_are_shown_or_one(session):
    week = PublishedWeek(session)
    vy = a_person(session, week.unit, "Nguyễn Thanh Vy", shares_name=True)
    a_person(session, week.unit, "Lê Thị Vy", shares_name=True)
    turn = week.turn(week.monday, week.lan)
    among_others = {one.name for one in turns.companions_for(session, week.roster, turn, now=LATER)}
    known = {"state": AssignmentState.ACTIVE, "uid": "vy", "sequence": 0, "changed_at": LATER}
    session.add(Assignment(shift=week.monday, person=vy, **known))
    session.flush()

    assert {"Thanh Vy", "Vy"} <= among_others
    assert "Thanh Vy" in me.my_turn(session, turn).companions
    assert turns.shown_name(session, vy, week.monday) == "Thanh Vy"
