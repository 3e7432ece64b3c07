"""The grid of a week: what is wanted, who is there, what is missing and why."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from roster.models import DraftAssignment, Half, Level, Pin, PinState, Round, RoundAnswer, Run, RunState, ShiftState
from roster.queries import roster_cells, roster_totals, rosters
from roster.queries.candidates import candidates_for
from roster.queries.rosters import Filter
from roster.queries.rounds import Heard
from tests.builders import (
    MONDAY,
    a_person,
    a_programme,
    a_qualification,
    a_roster,
    a_shift,
    a_site,
    a_team,
    a_unit,
    local,
)

NOW = local(MONDAY - timedelta(days=3), "09:00")
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def unit(session):
    return a_unit(session)


def put(session: Session, roster, shift, *people):
    session.add_all(DraftAssignment(roster_id=roster.id, shift_id=shift.id, person_id=person.id) for person in people)
    session.flush()


def only_cell(grid):
    (cell,) = [cell for site in grid.sites for day in site.days for cell in day]
    return cell


def test_the_grid_places_each_shift_at_its_site_and_local_day(session, unit):
    center, market = a_site(session, unit), a_site(session, unit, "Chợ Đầm")
    early = a_shift(session, center, day=MONDAY + timedelta(days=2), starts="05:00", ends="08:00")
    a_shift(session, market, day=MONDAY + timedelta(days=7))

    grid = rosters.week_grid(session, a_roster(session, unit), now=NOW)

    assert [site.name for site in grid.sites] == [center.name]
    assert [len(day) for day in grid.sites[0].days] == [0, 0, 1, 0, 0, 0, 0]
    assert grid.sites[0].days[2][0].id == early.id


def test_a_short_shift_says_that_nobody_could_come_as_all_who_are_free_are_at_their_limit(session, unit):
    trained = a_qualification(session)
    center, roster = a_site(session, unit), a_roster(session, unit)
    monday = a_shift(session, center, minimum=2)
    tuesday = a_shift(
        session, center, day=MONDAY + timedelta(days=1), starts="13:30", ends="17:00", requires=["trained"]
    )
    busy = [a_person(session, unit, name, qualifications=[trained], max_turns=1) for name in ("Trần An", "Lê Bình")]
    a_person(session, unit, "Đỗ Chi", free={(1, Half.MORNING): Level.AVAILABLE}, qualifications=[trained])
    a_person(session, unit, "Võ Dũng")
    put(session, roster, monday, *busy)

    cell = roster_cells.shift_cell(session, roster, tuesday.id, now=NOW)

    assert (cell.takers, cell.missing) == (0, 1)
    (cause,) = cell.causes
    assert (cause.pool, cause.qualified, cause.free, cause.takers) == (4, 3, 2, 0)
    (limit,) = cause.obstacles
    assert (limit.rule, limit.detail, limit.people, limit.most) == ("limits", "turns", 2, 1)
    assert {(one.rule, one.people) for one in cause.outside} == {("availability", 1), ("eligibility", 1)}


def test_a_roster_is_untouched_until_a_run_or_a_hand_has_made_one(session, unit):
    shift, (by_hand, by_run, new) = (
        a_shift(session, a_site(session, unit)),
        [a_roster(session, unit, first_day=MONDAY + timedelta(weeks=week)) for week in range(3)],
    )
    put(session, by_hand, shift, a_person(session, unit))
    for roster, applied in ((by_run, True), (new, False)):
        session.add(a_run(roster, applied=applied))
    session.flush()

    assert [roster_totals.is_untouched(session, one) for one in (by_hand, by_run, new)] == [False, False, True]


def a_run(roster, *, applied: bool) -> Run:
    state = RunState.OPTIMAL if applied else RunState.INFEASIBLE
    known = {"roster_revision": 0, "seconds_limit": 1, "workers": 1, "created_at": NOW}
    return Run(roster_id=roster.id, state=state, result={"applied": applied}, **known)


def test_a_need_nobody_meets_is_missing_though_there_are_people_enough(session, unit):
    lead = a_qualification(session, "lead")
    roster, shift = a_roster(session, unit), a_shift(session, a_site(session, unit), needs={"lead": 1})
    put(session, roster, shift, a_person(session, unit, "Trần An"))
    a_person(session, unit, "Lê Bình", qualifications=[lead], free={})

    cell = roster_cells.shift_cell(session, roster, shift.id, now=NOW)

    assert (cell.missing, cell.needs_missing, cell.is_short) == (0, {"lead": 1}, True)
    assert [(cause.qualification, cause.pool, cause.free) for cause in cell.causes] == [("lead", 1, 0)]


def test_people_are_named_so_that_two_of_one_name_are_told_apart(session, unit):
    lead = a_qualification(session, "lead")
    roster, shift = a_roster(session, unit), a_shift(session, a_site(session, unit))
    ha = a_person(session, unit, "Nguyễn Minh Hà", qualifications=[lead])
    minor = a_person(session, unit, "Trần Thu Hà", birth_date=MONDAY.replace(year=2009))
    off = a_person(session, unit, "Lê Quốc Bảo")
    put(session, roster, shift, minor, ha)
    session.add(Pin(roster_id=roster.id, shift_id=shift.id, person_id=ha.id, state=PinState.ASSIGNED))
    session.add(Pin(roster_id=roster.id, shift_id=shift.id, person_id=off.id, state=PinState.FORBIDDEN))
    session.flush()

    cell = roster_cells.shift_cell(session, roster, shift.id, now=NOW)

    assert [turn.person.label for turn in cell.people] == ["Minh Hà", "Thu Hà"]
    assert [(turn.pinned, turn.leads, turn.minor) for turn in cell.people] == [
        (True, True, False),
        (False, False, True),
    ]
    assert [person.label for person in cell.kept_off] == ["Bảo"]


def test_a_minor_left_alone_is_marked_in_the_cell(session, unit):
    roster, shift = a_roster(session, unit), a_shift(session, a_site(session, unit))
    put(session, roster, shift, a_person(session, unit, birth_date=MONDAY.replace(year=2010)))

    cell = roster_cells.shift_cell(session, roster, shift.id, now=NOW)

    assert [(one.rule, one.detail) for one in cell.broken] == [("minors", "company")]


def test_somebody_who_left_is_still_shown_and_marked(session, unit):
    roster, shift = a_roster(session, unit), a_shift(session, a_site(session, unit))
    put(session, roster, shift, a_person(session, unit, active=False))

    cell = roster_cells.shift_cell(session, roster, shift.id, now=NOW)

    assert [turn.person.label for turn in cell.people] == ["Lan"]
    assert [(one.rule, one.detail) for one in cell.broken] == [("eligibility", "inactive")]


def test_a_group_nobody_knows_holds_nobody(session, unit):
    shift = a_shift(session, a_site(session, unit), pool=["class:12A", "team:x"])
    a_person(session, unit)

    assert roster_cells.shift_cell(session, a_roster(session, unit), shift.id, now=NOW).takers == 0


def test_of_those_free_only_who_serves_nowhere_else_then_is_said_to_be_able_to_come(session, unit):
    roster, center = a_roster(session, unit), a_site(session, unit)
    short, elsewhere = a_shift(session, center, minimum=2), a_shift(session, a_site(session, unit, "Chợ"))
    here, there, _nowhere = [a_person(session, unit, name) for name in ("Trần An", "Lê Bình", "Đỗ Chi")]
    put(session, roster, short, here)
    put(session, roster, elsewhere, there)

    cell = roster_cells.shift_cell(session, roster, short.id, now=NOW)

    assert cell.takers == 1
    assert cell.takers == candidates_for(session, roster, short, now=NOW).able


@pytest.mark.parametrize(("whole", "takers"), [(2, 1), (1, None)])
def test_the_week_says_how_many_could_come_unless_too_many_would_have_to_be_looked_at(
    session, unit, monkeypatch, whole: int, takers: int | None
):
    monkeypatch.setattr(roster_cells, "LOOKED_AT_WHOLE", whole)
    roster, shift = a_roster(session, unit), a_shift(session, a_site(session, unit), minimum=3)
    put(session, roster, shift, a_person(session, unit, "Trần An"))
    a_person(session, unit, "Lê Bình")

    (row,) = rosters.week_grid(session, roster, now=NOW).sites
    (cell,) = [cell for cells in row.days for cell in cells]

    assert (cell.takers, bool(cell.causes)) == (takers, takers is not None)
    assert cell == roster_cells.shift_cell(session, roster, shift.id, now=NOW)


@pytest.mark.parametrize(
    ("now", "state"),
    [(local(MONDAY, "08:00"), ShiftState.OPEN), (NOW, ShiftState.CANCELLED)],
    ids=["begun", "cancelled"],
)
def test_what_cannot_be_planned_any_more_is_shown_without_counting_who_could_come(session, unit, now: datetime, state):
    shift = a_shift(session, a_site(session, unit), state=state)

    cell = roster_cells.shift_cell(session, a_roster(session, unit), shift.id, now=now)

    assert (cell.planned, cell.takers, cell.causes) == (False, None, ())
    assert cell.missing == (0 if state is ShiftState.CANCELLED else 1)


def test_totals_count_the_whole_week_whatever_page_is_shown(session, unit):
    roster = a_roster(session, unit)
    sites = [a_site(session, unit, f"Nhà văn hóa thôn {number}") for number in range(1, 6)]
    shifts = [a_shift(session, site, minimum=2) for site in sites]
    an = a_person(session, unit, "Trần An")
    put(session, roster, shifts[0], an, a_person(session, unit, "Lê Bình"))
    a_person(session, unit, "Võ Dũng", free={}).availability_at = None
    asked = Round(roster_id=roster.id, asked_at=NOW, deadline=NOW)
    session.add(asked)
    session.flush()
    session.add(RoundAnswer(round_id=asked.id, person_id=an.id, answered_at=NOW, offer={}))
    session.flush()

    grid = rosters.week_grid(session, roster, Filter(page=2, shifts_a_page=2), now=NOW)

    assert [site.name for site in grid.sites] == ["Nhà văn hóa thôn 3", "Nhà văn hóa thôn 4"]
    assert (grid.page, grid.pages, grid.found, grid.before) == (2, 3, 5, 2)
    totals = grid.totals
    assert (totals.shifts, totals.wanted, totals.placed, totals.missing, totals.short_shifts) == (5, 10, 2, 8, 4)
    assert totals.people_placed == 2
    assert totals.heard == Heard(people=3, answered=1, usual=1)


def test_the_grid_can_be_narrowed_to_a_unit_or_to_what_lacks_people(session, unit):
    roster, branch = a_roster(session, unit), a_unit(session, "Chi đoàn Toán", parent=unit)
    full, short = a_site(session, unit, "Một"), a_site(session, unit, "Hai")
    far = a_site(session, branch, "Ba")
    put(session, roster, a_shift(session, full), a_person(session, unit))
    a_shift(session, short)
    a_shift(session, far)

    names = {
        "short": [site.name for site in rosters.week_grid(session, roster, Filter(only_short=True), now=NOW).sites],
        "branch": [site.name for site in rosters.week_grid(session, roster, Filter(unit_id=branch.id), now=NOW).sites],
        "one": [site.name for site in rosters.week_grid(session, roster, Filter(site_id=full.id), now=NOW).sites],
    }

    assert names == {"short": ["Ba", "Hai"], "branch": ["Ba"], "one": ["Một"]}


def test_the_grid_can_be_narrowed_to_where_a_team_or_one_person_serves(session, unit):
    roster, site = a_roster(session, unit), a_site(session, unit)
    lan, minh = a_person(session, unit, "Trần Lan"), a_person(session, unit, "Lê Minh")
    team = a_team(session, unit, minh)
    hers, his = a_shift(session, site), a_shift(session, site, day=TUESDAY)
    a_shift(session, site, day=TUESDAY)
    put(session, roster, hers, lan)
    put(session, roster, his, minh)

    def found(**narrowed):
        grid = rosters.week_grid(session, roster, Filter(**narrowed), now=NOW)
        return [cell.id for row in grid.sites for day in row.days for cell in day]

    assert found(person_id=lan.id) == [hers.id]
    assert found(team_id=team.id) == [his.id]
    assert found(person_id=lan.id, team_id=team.id) == []
    assert found(name="tran lan") == [hers.id]
    assert found(name="zzz") == []


def test_a_place_that_lacks_a_team_lead_counts_as_short(session, unit):
    lead = a_qualification(session, "lead")
    roster, site = a_roster(session, unit), a_site(session, unit)
    led, leaderless = (a_shift(session, site, day=day, needs={"lead": 1}) for day in (MONDAY, TUESDAY))
    put(session, roster, led, a_person(session, unit, "Trần An", qualifications=[lead]))
    put(session, roster, leaderless, a_person(session, unit, "Lê Bình"))

    grid = rosters.week_grid(session, roster, Filter(only_short=True), now=NOW)

    assert only_cell(grid).id == leaderless.id
    assert (grid.short_days, grid.lacking_days) == (frozenset(), {TUESDAY}), "enough people come"


def test_a_site_with_more_shifts_than_a_page_holds_is_continued_on_the_next(session, unit):
    roster, site = a_roster(session, unit), a_site(session, unit)
    for day in range(5):
        a_shift(session, site, day=MONDAY + timedelta(days=day))

    days = [
        [
            len(shifts)
            for shifts in rosters.week_grid(session, roster, Filter(page=page, shifts_a_page=2), now=NOW).sites[0].days
        ]
        for page in (1, 2, 3)
    ]

    assert days == [[1, 1, 0, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0]]


def test_reading_ten_times_as_much_takes_no_further_query(session, unit):
    roster, programme = a_roster(session, unit), a_programme(session, unit)

    def queries_with(sites: int) -> int:
        for number in range(sites):
            shift = a_shift(session, a_site(session, unit, f"Điểm {number}"), programme)
            put(session, roster, shift, a_person(session, unit))
        session.expire_all()
        seen: list[str] = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *args: seen.append(args[2]))
        rosters.week_grid(session, roster, Filter(shifts_a_page=50), now=NOW)
        return len(seen)

    few, many = queries_with(2), queries_with(20)

    assert many <= few
