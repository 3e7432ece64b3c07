"""Who can take a place now, the least burdened first, and what is in the way of the others."""

from datetime import timedelta

import pytest

from roster.models import Assignment, AssignmentState, DraftAssignment, Half, Level, Pin, PinState, Round, RoundAnswer
from roster.queries.candidates import candidates_for
from tests.builders import MONDAY, a_person, a_qualification, a_roster, a_shift, a_site, a_unit, local

NOW = local(MONDAY - timedelta(days=3), "09:00")


@pytest.fixture
def unit(session):
    return a_unit(session)


@pytest.fixture
def roster(session, unit):
    return a_roster(session, unit)


@pytest.fixture
def shift(session, unit):
    return a_shift(session, a_site(session, unit), requires=["trained"])


@pytest.fixture
def trained(session):
    return a_qualification(session)


def served(session, person, *, days_ago: int):
    site = a_site(session, person.unit, f"Điểm {days_ago}")
    turn = a_shift(session, site, day=MONDAY - timedelta(days=days_ago))
    uid = f"{person.id}-{days_ago}"
    session.add(
        Assignment(
            shift_id=turn.id, person_id=person.id, state=AssignmentState.ACTIVE, uid=uid, sequence=0, changed_at=NOW
        )
    )
    session.flush()


def drafted(session, roster, shift, person):
    session.add(DraftAssignment(roster_id=roster.id, shift_id=shift.id, person_id=person.id))
    session.flush()


def test_the_least_burdened_come_first_then_the_most_willing(session, unit, roster, shift, trained):
    often = a_person(session, unit, "Trần An", qualifications=[trained])
    served(session, often, days_ago=7)
    a_person(session, unit, "Lê Bình", qualifications=[trained])
    keen = {(0, Half.MORNING): Level.PREFERRED}
    a_person(session, unit, "Đỗ Chi", free=keen, qualifications=[trained])
    unwilling = {(0, Half.MORNING): Level.IF_NEEDED}
    a_person(session, unit, "Võ Dũng", free=unwilling, qualifications=[trained])

    found = candidates_for(session, roster, shift, now=NOW)

    assert [(one.person.label, one.turns_before, one.welcome) for one in found.people] == [
        ("Chi", 0, "preferred"),
        ("Bình", 0, "available"),
        ("Dũng", 0, "if_needed"),
        ("An", 1, "available"),
    ]
    assert (found.able, found.more) == (4, 0)


def test_who_may_not_is_listed_last_with_every_rule_in_the_way(session, unit, roster, shift, trained):
    other = a_shift(session, a_site(session, unit, "Chợ Đầm"), starts="09:00", ends="12:00")
    busy = a_person(session, unit, "Trần An", qualifications=[trained], max_turns_per_day=None)
    drafted(session, roster, other, busy)
    a_person(session, unit, "Lê Bình", free={})
    a_person(session, unit, "Đỗ Chi", qualifications=[trained])

    chi, an, binh = candidates_for(session, roster, shift, now=NOW).people

    assert (chi.may, an.may, binh.may) == (True, False, False)
    (overlap,) = an.refusals
    assert (overlap.rule, overlap.facts["other_site"], an.turns_now) == ("overlap", "Chợ Đầm", 1)
    assert [(one.rule, one.detail) for one in binh.refusals] == [("eligibility", "requires"), ("availability", "")]


def test_whoever_said_nothing_of_the_week_is_not_called_busy(session, unit, roster, shift, trained):
    never, busy = (
        a_person(session, unit, name, free={}, availability_at=said, qualifications=[trained])
        for name, said in (("Trần An", None), ("Lê Bình", NOW))
    )
    another_week = a_person(session, unit, "Đỗ Chi", free={}, availability_at=NOW, qualifications=[trained])
    before = Round(roster=a_roster(session, unit, first_day=MONDAY - timedelta(days=7)), asked_at=NOW, deadline=NOW)
    session.add(RoundAnswer(round=before, person_id=another_week.id, offer={}, answered_at=NOW))
    session.flush()

    people = candidates_for(session, roster, shift, now=NOW).people

    details = {one.person.id: one.refusals[0].detail for one in people}
    assert details == {never.id: "silent", busy.id: "", another_week.id: "silent"}


def test_who_is_on_the_shift_or_of_another_pool_is_no_candidate(session, unit, roster, shift, trained):
    on_it = a_person(session, unit, "Trần An", qualifications=[trained])
    drafted(session, roster, shift, on_it)
    a_person(session, a_unit(session, "Chi đoàn Toán", parent=unit), "Lê Bình", qualifications=[trained])
    a_person(session, a_unit(session, "Đoàn xã An Tân"), "Đỗ Chi", qualifications=[trained])

    assert [one.person.label for one in candidates_for(session, roster, shift, now=NOW).people] == ["Bình"]


def test_who_was_taken_off_by_hand_may_be_put_back(session, unit, roster, shift, trained):
    person = a_person(session, unit, qualifications=[trained])
    session.add(Pin(roster_id=roster.id, shift_id=shift.id, person_id=person.id, state=PinState.FORBIDDEN))

    (one,) = candidates_for(session, roster, shift, now=NOW).people

    assert one.may


def test_a_minor_may_be_put_on_an_empty_shift_and_the_list_says_that_an_adult_is_wanting(
    session, unit, roster, shift, trained
):
    a_person(session, unit, qualifications=[trained], birth_date=MONDAY.replace(year=2010))

    (one,) = candidates_for(session, roster, shift, now=NOW).people

    assert (one.may, one.minor, [refusal.rule for refusal in one.refusals]) == (True, True, ["minors"])


def test_who_only_lacks_company_comes_before_who_may_not(session, unit, roster, shift, trained):
    minor = a_person(session, unit, "Trần An", qualifications=[trained], birth_date=MONDAY.replace(year=2010))
    served(session, minor, days_ago=7)
    a_person(session, unit, "Lê Bình")

    found = candidates_for(session, roster, shift, now=NOW)

    assert [(one.person.label, one.may) for one in found.people] == [("An", True), ("Bình", False)]


def test_people_are_found_by_name_without_marks_whatever_their_pool(session, unit, roster, trained):
    shift = a_shift(session, a_site(session, unit), pool=["team:99"])
    a_person(session, unit, "Đặng Thị Ánh")
    a_person(session, unit, "Trần Văn Hùng")

    (found,) = candidates_for(session, roster, shift, search="dang thi", now=NOW).people

    assert found.person.full_name == "Đặng Thị Ánh"
    assert [(one.rule, one.detail) for one in found.refusals] == [("eligibility", "pool")]


def test_a_long_list_says_how_many_it_leaves_out(session, unit, roster, shift, trained):
    for number in range(5):
        a_person(session, unit, f"Trần Văn {number}", qualifications=[trained])

    found = candidates_for(session, roster, shift, shown=2, now=NOW)

    assert (len(found.people), found.able, found.more) == (2, 5, 3)


def test_there_are_no_candidates_for_a_shift_that_has_begun(session, unit, roster, shift, trained):
    a_person(session, unit, qualifications=[trained])

    assert candidates_for(session, roster, shift, now=shift.starts_at).people == ()
