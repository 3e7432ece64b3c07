"""How surely people come: what became of their published turns, and what that means for a shift."""

from datetime import timedelta

import pytest

from roster.models import Assignment, AssignmentState, Withdrawal, WithdrawalState
from roster.planning import reliability, snapshot
from roster.planning.snapshot import person_key, shift_key
from roster.queries.center import center_page
from roster.queries.roster_cells import shift_cell
from solver.engine import solve
from tests.builders import LONG_AGO, MONDAY
from tests.roster.shortages import NOW, Week
from tests.waiting import PATIENCE


@pytest.fixture
def week(session):
    return Week(session)


def served(week, person, *, kept=0, left=0):
    """Past turns of a person, kept and left."""
    for number in range(kept + left):
        shift = week.shift(MONDAY - timedelta(days=7 * (number + 2)))
        state = AssignmentState.ACTIVE if number < kept else AssignmentState.CANCELLED
        uid = f"{person.id}-{number}"
        week.session.add(Assignment(shift=shift, person=person, state=state, uid=uid, changed_at=LONG_AGO))
        if number >= kept:
            gone = Withdrawal(shift=shift, person=person, state=WithdrawalState.GRANTED, asked_at=LONG_AGO)
            week.session.add(gone)
    week.session.flush()


def of(week, person):
    return reliability.show_ups(week.session, [person.id], before=NOW).get(person.id, reliability.SURE)


def test_whoever_left_turns_is_as_sure_as_the_share_they_kept(week):
    served(week, week.an, kept=4, left=2)

    assert of(week, week.an) == 0.8  # as if four more had been kept


def test_of_whoever_never_left_a_turn_nothing_is_known_against_them(week):
    served(week, week.an, kept=6)

    assert of(week, week.an) == reliability.SURE


def test_whoever_came_back_to_the_turn_they_left_has_kept_it(week):
    served(week, week.an, left=1)
    [turn] = [row for row in week.session.query(Assignment) if row.person_id == week.an.id]
    turn.state = AssignmentState.ACTIVE
    week.session.flush()

    assert of(week, week.an) == reliability.SURE


def test_what_is_longer_ago_than_half_a_year_is_forgotten(week):
    served(week, week.an, left=1)

    assert reliability.show_ups(week.session, [week.an.id], before=NOW + timedelta(weeks=30)) == {}


def test_the_solver_is_told_how_surely_people_come_and_how_sure_a_shift_wants_to_be(week):
    served(week, week.an, kept=4, left=2)
    week.second.service_level = 95

    problem = snapshot.build(week.session, week.roster, now=NOW)

    assert problem.volunteer_by_id[person_key(week.an.id)].show_up == 0.8
    assert problem.shift_by_id[shift_key(week.second.id)].service_level == 0.95
    assert {"under_service": 1} in problem.levels


def test_planning_adds_a_reserve_where_the_minimum_would_not_come_surely_enough(week):
    week.an.max_turns, week.second.maximum = 2, None
    for person in (week.an, week.person("Đỗ Chi")):
        served(week, person, kept=4, left=2)
    assert len(planned_on_the_second(week)) == 1

    week.second.service_level = 95

    assert len(planned_on_the_second(week)) == 2  # one of them comes in 96 of 100 cases


def planned_on_the_second(week):
    solution = solve(snapshot.build(week.session, week.roster, now=NOW), seconds=PATIENCE, workers=1)
    return [turn.volunteer for turn in solution.assignments if turn.shift == shift_key(week.second.id)]


def test_a_shift_is_as_sure_as_its_people_together():
    assert reliability.surely([0.8, 0.5], 1) == pytest.approx(0.9)
    assert reliability.surely([0.8, 0.5], 2) == pytest.approx(0.4)


@pytest.mark.parametrize("show_ups", [[1.0, 1.0], [0.8]])
def test_nothing_is_said_of_a_shift_that_is_sure_or_short(show_ups):
    assert reliability.surely(show_ups, 2) is None


def test_the_grid_says_how_surely_the_minimum_comes(week):
    served(week, week.an, kept=4, left=2)

    assert shift_cell(week.session, week.roster, week.first.id, now=NOW).surely == pytest.approx(0.8)


def test_a_center_reads_how_surely_what_was_promised_comes(week):
    served(week, week.an, kept=4, left=2)
    week.site.promised_min = 1
    turn = Assignment(shift=week.first, person=week.an, state=AssignmentState.ACTIVE, uid="now", changed_at=LONG_AGO)
    week.session.add(turn)
    week.session.flush()

    page = center_page(week.session, week.site, now=NOW, week_of=MONDAY)

    [shift] = page.days[0].shifts
    assert (shift.least, shift.surely) == (1, pytest.approx(0.8))
