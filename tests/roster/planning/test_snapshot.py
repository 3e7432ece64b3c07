"""The rows of a period become the solver's problem: who may serve where and when, and what was decided before."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from roster.models import (
    Assignment,
    AssignmentState,
    AvailabilityException,
    Half,
    Level,
    Pin,
    PinState,
    Roster,
    ShiftState,
    SiteKind,
)
from roster.planning import snapshot
from solver import reader
from solver.problem import Interval, Problem
from tests.builders import (
    MONDAY,
    a_person,
    a_qualification,
    a_roster,
    a_shift,
    a_site,
    a_team,
    a_unit,
    local,
)

NOW = local(MONDAY - timedelta(days=3), "09:00")
TUESDAY, SUNDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=6)
DAY = 24 * 60


@pytest.fixture
def unit(session):
    return a_unit(session)


@pytest.fixture
def site(session, unit):
    return a_site(session, unit)


def problem_of(session, roster: Roster, now: datetime = NOW) -> Problem:
    session.flush()
    return snapshot.build(session, roster, now=now)


def the_volunteer(problem: Problem):
    (person,) = problem.volunteers
    return person


def published(session, person, shift, state=AssignmentState.ACTIVE):
    uid = f"{person.id}-{shift.id}"
    session.add(Assignment(person_id=person.id, shift_id=shift.id, state=state, uid=uid, sequence=0, changed_at=NOW))
    session.flush()


def at(day: date, clock: str) -> int:
    """A local time as the problem counts it."""
    hours, minutes = map(int, clock.split(":"))
    return (day - MONDAY).days * DAY + 60 * hours + minutes


def test_it_holds_the_open_shifts_of_the_unit_and_beneath_that_start_in_the_period_and_have_not_begun(
    session, unit, site
):
    beneath = a_site(session, a_unit(session, "Chi đoàn Toán", parent=unit))
    elsewhere = a_site(session, a_unit(session, "Đoàn xã An Tân"))
    wanted = [a_shift(session, site, day=SUNDAY, starts="22:00", ends="23:30"), a_shift(session, beneath, day=TUESDAY)]
    a_shift(session, elsewhere)
    a_shift(session, site, day=MONDAY - timedelta(days=1), starts="23:00", ends="23:30")
    a_shift(session, site, day=MONDAY + timedelta(days=7), starts="00:00", ends="01:00")
    a_shift(session, site, state=ShiftState.CANCELLED)
    begun = a_shift(session, site)

    problem = problem_of(session, a_roster(session, unit), now=begun.starts_at)

    assert {shift.id for shift in problem.shifts} == {f"s{shift.id}" for shift in wanted}
    assert [shift.start for shift in problem.shifts] == [at(TUESDAY, "07:30"), at(SUNDAY, "22:00")]


def test_its_people_are_those_at_home_beneath_and_members_of_the_teams(session, unit):
    branch, police = a_unit(session, "Chi đoàn Toán", parent=unit), a_unit(session, "Đoàn Công an tỉnh")
    home, away = a_person(session, branch), a_person(session, police, "Trần Văn Hùng")
    team = a_team(session, branch, away)
    a_person(session, police)
    a_person(session, unit, active=False)

    problem = problem_of(session, a_roster(session, unit))

    assert {person.id: person.groups for person in problem.volunteers} == {
        f"p{home.id}": {f"unit:{unit.id}", f"unit:{branch.id}"},
        f"p{away.id}": {f"unit:{police.id}", f"team:{team.id}", f"unit:{unit.id}", f"unit:{branch.id}"},
    }


def test_a_shift_without_a_pool_is_for_the_people_of_its_sites_unit(session, unit, site):
    open_to_all = a_shift(session, site)
    for_a_team = a_shift(
        session, site, pool=["team:7"], requires=["trained"], needs={"police": 1, "lead": 2}, maximum=4
    )

    shifts = problem_of(session, a_roster(session, unit)).shift_by_id

    assert shifts[f"s{open_to_all.id}"].pool == (f"unit:{unit.id}",)
    shift = shifts[f"s{for_a_team.id}"]
    assert (shift.pool, shift.requires, shift.max) == (("team:7",), ("trained",), 4)
    assert [(need.qualification, need.min) for need in shift.needs] == [("lead", 2), ("police", 1)]


def test_nobody_under_age_goes_on_home_visits(session, unit):
    visits = a_site(session, unit)
    visits.kind = SiteKind.HOME_VISITS
    a_shift(session, visits)

    (shift,) = problem_of(session, a_roster(session, unit)).shifts

    assert shift.adults_only


def test_half_days_that_touch_become_one_stretch_of_a_level(session, unit, site):
    a_shift(session, site, starts="07:00", ends="19:00")
    a_person(
        session,
        unit,
        free={
            (0, Half.MORNING): Level.PREFERRED,
            (0, Half.AFTERNOON): Level.AVAILABLE,
            (0, Half.EVENING): Level.AVAILABLE,
            (1, Half.MORNING): Level.NOT,
        },
    )

    person = the_volunteer(problem_of(session, a_roster(session, unit)))

    assert person.available == (
        Interval(at(MONDAY, "06:00"), at(MONDAY, "12:00"), "preferred"),
        Interval(at(MONDAY, "12:00"), at(MONDAY, "22:00"), "available"),
    )


def test_time_that_no_shift_touches_is_left_out(session, unit, site):
    a_shift(session, site, day=TUESDAY)
    a_person(session, unit, free={(0, Half.MORNING): Level.AVAILABLE, (1, Half.AFTERNOON): Level.AVAILABLE})

    assert the_volunteer(problem_of(session, a_roster(session, unit))).available == ()


def test_an_exception_replaces_the_usual_week_and_a_not_has_the_last_word(session, unit, site):
    a_shift(session, site, starts="07:00", ends="21:00")
    person = a_person(session, unit, free={(0, Half.MORNING): Level.PREFERRED})

    def exception(starts, ends, level):
        span = {"starts_at": local(MONDAY, starts).astimezone(UTC), "ends_at": local(MONDAY, ends).astimezone(UTC)}
        session.add(AvailabilityException(person_id=person.id, level=level, **span))

    exception("09:00", "14:00", Level.IF_NEEDED)
    exception("13:00", "20:00", Level.NOT)
    exception("19:00", "21:00", Level.AVAILABLE)

    offers = the_volunteer(problem_of(session, a_roster(session, unit))).available

    assert offers == (
        Interval(at(MONDAY, "06:00"), at(MONDAY, "09:00"), "preferred"),
        Interval(at(MONDAY, "09:00"), at(MONDAY, "13:00"), "if_needed"),
        Interval(at(MONDAY, "20:00"), at(MONDAY, "21:00"), "available"),
    )


def test_what_a_person_serves_elsewhere_is_cut_from_their_time_and_limits(session, unit, site):
    a_shift(session, site, starts="07:00", ends="19:00")
    a_shift(session, site, day=TUESDAY, starts="05:00", ends="11:00")
    person = a_person(session, unit, max_turns=3, max_minutes=600, max_turns_per_day=2, rest_minutes=11 * 60)
    other_unit = a_site(session, a_unit(session, "Đoàn xã An Tân"))
    published(session, person, a_shift(session, other_unit, starts="13:00", ends="21:00"))
    published(session, person, a_shift(session, other_unit, starts="06:00", ends="07:00"), AssignmentState.CANCELLED)

    volunteer = the_volunteer(problem_of(session, a_roster(session, unit)))

    assert [(offer.start, offer.end) for offer in volunteer.available] == [
        (at(MONDAY, "06:00"), at(MONDAY, "13:00")),
        (at(TUESDAY, "08:00"), at(TUESDAY, "22:00")),
    ]
    limits = volunteer.limits
    assert (limits.turns, limits.minutes_max, limits.turns_per_day, limits.rest_minutes) == (2, 120, 1, 660)


def test_rest_before_an_early_turn_elsewhere_ends_the_evening_before(session, unit, site):
    a_shift(session, site, starts="18:30", ends="21:00")
    person = a_person(session, unit, rest_minutes=11 * 60)
    other_unit = a_site(session, a_unit(session, "Đoàn xã An Tân"))
    published(session, person, a_shift(session, other_unit, day=TUESDAY, starts="06:00", ends="07:00"))

    offers = the_volunteer(problem_of(session, a_roster(session, unit))).available

    assert [(offer.start, offer.end) for offer in offers] == [(at(MONDAY, "06:00"), at(MONDAY, "19:00"))]


def test_a_day_on_which_somebody_has_all_their_turns_elsewhere_is_closed_and_no_other(session, unit, site):
    a_shift(session, site, starts="18:30", ends="20:00")
    a_shift(session, site, day=TUESDAY, starts="18:30", ends="20:00")
    person = a_person(session, unit, max_turns_per_day=1)
    published(session, person, a_shift(session, a_site(session, a_unit(session, "Đoàn xã An Tân"))))

    volunteer = the_volunteer(problem_of(session, a_roster(session, unit)))

    assert [offer.start for offer in volunteer.available] == [at(TUESDAY, "06:00")]
    assert volunteer.limits.turns_per_day == 1


def test_turns_of_the_last_four_weeks_are_history_wherever_they_were(session, unit):
    site = a_site(session, a_unit(session, "Đoàn xã An Tân"))
    person = a_person(session, unit)
    for days_before in (1, 28, 29):
        published(session, person, a_shift(session, site, day=MONDAY - timedelta(days=days_before)))
    published(session, person, a_shift(session, site, day=MONDAY))
    published(session, person, a_shift(session, site, day=MONDAY - timedelta(days=2), state=ShiftState.CANCELLED))

    assert the_volunteer(problem_of(session, a_roster(session, unit))).history_turns == 2


@pytest.mark.parametrize(
    ("granted_on", "valid_until", "counts"),
    [(MONDAY, None, True), (MONDAY, SUNDAY, True), (MONDAY, SUNDAY - timedelta(days=1), False)],
)
def test_a_qualification_counts_if_it_lasts_to_the_end_of_the_period(session, unit, granted_on, valid_until, counts):
    person = a_person(session, unit, qualifications=[a_qualification(session, "trained")])
    person.qualifications[0].granted_on, person.qualifications[0].valid_until = granted_on, valid_until

    held = the_volunteer(problem_of(session, a_roster(session, unit))).qualifications

    assert held == ({"trained"} if counts else set())


def test_who_turns_eighteen_during_the_week_is_a_minor_all_week(session, unit):
    a_person(session, unit, birth_date=date(2008, 11, 24), newcomer=True)
    a_person(session, unit, birth_date=date(2008, 11, 23))

    problem = problem_of(session, a_roster(session, unit))

    assert [(person.minor, person.newcomer) for person in problem.volunteers] == [(True, True), (False, False)]
    assert problem.rules.minors_latest_end == 18 * 60


def test_pins_are_kept_and_those_of_people_or_shifts_that_are_gone_are_not(session, unit, site):
    roster, shift, gone = a_roster(session, unit), a_shift(session, site), a_shift(session, site)
    gone.state = ShiftState.CANCELLED
    lan, left = a_person(session, unit), a_person(session, unit, active=False)
    for person, on in ((lan, shift), (lan, gone), (left, shift)):
        session.add(Pin(roster_id=roster.id, person_id=person.id, shift_id=on.id, state=PinState.FORBIDDEN))

    (pin,) = problem_of(session, roster).pins

    assert (pin.volunteer, pin.shift, pin.state) == (f"p{lan.id}", f"s{shift.id}", "forbidden")


def test_what_was_published_is_the_previous_roster_and_before_that_there_is_none(session, unit, site):
    roster, shift, person = a_roster(session, unit), a_shift(session, site), a_person(session, unit)
    assert problem_of(session, roster).previous is None
    published(session, person, shift)
    roster.published_number = 1

    (turn,) = problem_of(session, roster).previous

    assert (turn.volunteer, turn.shift) == (f"p{person.id}", f"s{shift.id}")


def test_the_file_is_the_same_byte_for_byte_and_reads_back_as_the_same_problem(session, unit, site):
    trained = a_qualification(session)
    for number in range(3):
        a_shift(session, site, starts=f"0{7 + number}:00", requires=["trained"], needs={"lead": 1})
        a_person(
            session, unit, f"Nguyễn Văn {number}", qualifications=[trained], home_latitude=13.7, home_longitude=109.2
        )
    roster = a_roster(session, unit)

    first = problem_of(session, roster)
    data = snapshot.to_bytes(first)
    session.expire_all()

    assert snapshot.to_bytes(problem_of(session, roster)) == data
    assert reader.read(data) == first


def test_days_are_those_of_the_units_own_time_zone(session):
    kathmandu = a_unit(session)
    kathmandu.timezone = "Asia/Kathmandu"
    site = a_site(session, kathmandu)
    late = a_shift(session, site)
    late.starts_at = datetime.combine(MONDAY, time(18, 0), UTC)
    late.ends_at = late.starts_at + timedelta(hours=1)
    session.flush()

    problem = problem_of(session, a_roster(session, kathmandu))

    assert (problem.timezone, [shift.start for shift in problem.shifts]) == ("Asia/Kathmandu", [at(MONDAY, "23:45")])


def test_only_the_people_asked_for_are_read(session, unit, site):
    wanted, _ = a_person(session, unit), a_person(session, unit)
    roster = a_roster(session, unit)

    problem = snapshot.build(session, roster, now=NOW, people=[wanted.id])

    assert [person.id for person in problem.volunteers] == [f"p{wanted.id}"]


def test_shifts_of_one_site_are_at_one_place(session, unit):
    site = a_site(session, unit, latitude=13.77, longitude=109.22)
    first, second = a_shift(session, site), a_shift(session, site, day=TUESDAY)

    problem = problem_of(session, a_roster(session, unit))

    assert [(place.id, place.place.lat) for place in problem.sites] == [(f"site:{site.id}", 13.77)]
    assert {shift.site for shift in problem.shifts} == {f"site:{site.id}"}
    assert {first.id, second.id} == {snapshot.row_id(shift.id) for shift in problem.shifts}
