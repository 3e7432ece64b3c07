"""One click fills a short place: what somebody agreed to holds this week, and can be taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from roster.errors import FieldError, NotAllowed, Overtaken, RemedyGone, RuleBroken, Stale
from roster.models import Agreement, AuditEntry, DraftAssignment, PersonQualification, Pin, Shift
from roster.planning import snapshot
from roster.planning.snapshot import person_key
from roster.queries.shortages import cause_of
from roster.services import drafts, remedies, rosters
from roster.services.remedies import Choice
from solver import check
from tests.builders import MONDAY, a_coordinator, a_qualification, a_roster, local
from tests.roster.shortages import NOW, Week


@pytest.fixture
def week(session):
    return Week(session)


def apply(week, shift, choice, **changes):
    given = {"revision_seen": week.roster.revision, "by": week.by, "now": NOW} | changes
    return remedies.apply(week.session, week.roster.id, shift.id, choice, **given)


def draft(week):
    rows = week.session.scalars(select(DraftAssignment).where(DraftAssignment.roster_id == week.roster.id))
    return {(row.shift_id, row.person_id) for row in rows}


def broken(week):
    problem = snapshot.build(week.session, week.roster, now=NOW)
    turns = snapshot.draft_of(week.session, week.roster, problem)
    return check.broken_rules(problem, check.Roster(problem, turns))


def one_turn_more(week):
    return Choice("raise_limit", "turns", week.an.id)


def test_somebody_who_agreed_to_one_turn_more_is_put_on_the_shift_and_pinned(week):
    done = apply(week, week.second, one_turn_more(week))

    assert (done.assigned, done.minimum) == (1, 1)
    assert (week.second.id, week.an.id) in draft(week)
    assert week.session.scalars(select(Pin.state)).all() == ["assigned"]
    assert broken(week) == []


def test_their_own_limit_stays_as_they_set_it(week):
    apply(week, week.second, one_turn_more(week))

    problem = snapshot.build(week.session, week.roster, now=NOW)
    assert week.an.max_turns == 1
    assert problem.volunteer_by_id[person_key(week.an.id)].limits.turns == 2


def test_somebody_who_can_come_after_all_is_free_for_this_shift_and_no_other(week):
    third = week.shift(MONDAY + timedelta(days=2))

    apply(week, week.second, Choice("ask", "", week.binh.id))

    assert (week.second.id, week.binh.id) in draft(week)
    assert broken(week) == []
    asked = next(
        one for one in cause_of(week.session, week.roster, third.id, now=NOW).out if one.rule == "availability"
    )
    assert [person.id for person in asked.named] == [week.binh.id]


def test_somebody_lent_serves_where_the_unit_may(week):
    lan = week.person("Phạm Thị Lan", unit=week.neighbours)

    apply(week, week.second, Choice("lend", lan_group(week, lan), lan.id))

    assert (week.second.id, lan.id) in draft(week)
    assert broken(week) == []


def lan_group(week, lan):
    found = cause_of(week.session, week.roster, week.second.id, now=NOW)
    return next(one.detail for one in found.remedies if one.kind == "lend")


def test_nobody_is_trained_by_a_click(week):
    trained = a_qualification(week.session)
    week.second.requires = [trained.code]
    chi = week.person("Đỗ Chi")

    with pytest.raises(FieldError) as refusal:
        apply(week, week.second, Choice("train", trained.code, chi.id))

    assert refusal.value.facts["reason"] == "not_confirmed"
    assert week.session.scalars(select(PersonQualification)).all() == []


def test_a_training_somebody_vouches_for_is_recorded_and_the_person_serves(week):
    trained = a_qualification(week.session)
    week.second.requires = [trained.code]
    chi = week.person("Đỗ Chi")

    apply(week, week.second, Choice("train", trained.code, chi.id, trained=True))

    assert [held.person_id for held in week.session.scalars(select(PersonQualification))] == [chi.id]
    assert (week.second.id, chi.id) in draft(week)


def test_a_shift_moved_to_when_somebody_can_come_has_its_new_hours_and_the_person(week):
    noon = week.shift(MONDAY, starts="13:30", ends="15:30")
    week.shift(MONDAY, starts="18:00", ends="20:00", minimum=0)
    found = cause_of(week.session, week.roster, noon.id, now=NOW)
    move = next(one for one in found.remedies if one.kind == "move")

    apply(week, noon, Choice("move", move.detail))

    assert noon.starts_at == move.hours[0]
    assert {person for shift, person in draft(week) if shift == noon.id} == {one.person.id for one in move.people}


def test_who_can_simply_take_the_place_does(week):
    chi = week.person("Đỗ Chi")

    apply(week, week.second, Choice("add"))

    assert (week.second.id, chi.id) in draft(week)


def undo(week, **changes):
    given = {"revision_seen": week.roster.revision, "by": week.by, "now": NOW} | changes
    drafts.undo(week.session, week.roster.id, **given)


def redo(week):
    drafts.redo(week.session, week.roster.id, revision_seen=week.roster.revision, by=week.by, now=NOW)


def state(week):
    """Everything that a remedy may touch."""
    week.session.flush()
    said = [
        (row.person_id, row.shift_id, row.kind, row.limit, row.more, row.starts_at, row.group) for row in _all(week)
    ]
    held = [(row.person_id, row.granted_on) for row in week.session.scalars(select(PersonQualification))]
    hours = [(one.starts_at, one.ends_at, one.edited) for one in week.session.scalars(select(Shift).order_by(Shift.id))]
    pins = sorted((row.shift_id, row.person_id, row.state) for row in week.session.scalars(select(Pin)))
    return draft(week), said, held, hours, pins


def _all(week):
    return week.session.scalars(select(Agreement).order_by(Agreement.id))


def a_limit(week):
    return week.second, one_turn_more(week)


def an_hour(week):
    return week.second, Choice("ask", "", week.binh.id)


def a_loan(week):
    lan = week.person("Phạm Thị Lan", unit=week.neighbours)
    return week.second, Choice("lend", lan_group(week, lan), lan.id)


def a_training(week):
    trained = a_qualification(week.session)
    week.second.requires = [trained.code]
    return week.second, Choice("train", trained.code, week.person("Đỗ Chi").id, trained=True)


def a_move(week):
    noon = week.shift(MONDAY, starts="13:30", ends="15:30")
    week.shift(MONDAY, starts="18:00", ends="20:00", minimum=0)
    found = cause_of(week.session, week.roster, noon.id, now=NOW)
    return noon, Choice("move", next(one.detail for one in found.remedies if one.kind == "move"))


def an_addition(week):
    week.person("Đỗ Chi")
    return week.second, Choice("add")


REMEDIES = [a_limit, an_hour, a_loan, a_training, a_move, an_addition]


@pytest.mark.parametrize("remedy", REMEDIES)
def test_undo_takes_back_all_that_a_remedy_did_and_redo_does_it_again(week, remedy):
    shift, choice = remedy(week)
    before = state(week)
    apply(week, shift, choice)
    done = state(week)
    assert done != before

    undo(week)
    assert state(week) == before

    redo(week)
    assert state(week) == done


def test_undo_gives_back_an_agreement_that_was_taken_back(week):
    apply(week, *a_limit(week))
    [agreement] = _all(week)
    done = state(week)
    remedies.take_back(week.session, agreement.id, revision_seen=week.roster.revision, by=week.by, now=NOW)

    undo(week)

    assert state(week) == done


def test_hours_that_changed_again_since_are_not_overwritten_by_undo(week):
    shift, choice = a_move(week)
    apply(week, shift, choice)
    shift.starts_at -= timedelta(minutes=15)

    with pytest.raises(Overtaken):
        undo(week)


def test_undo_does_not_move_a_shift_to_an_hour_that_is_over(week):
    shift, choice = a_move(week)
    apply(week, shift, choice)

    with pytest.raises(RuleBroken) as refusal:
        undo(week, now=local(MONDAY, "13:45"))

    assert refusal.value.facts["rule"] == "past"


def test_an_agreement_taken_back_takes_the_person_off(week):
    before = draft(week)
    apply(week, week.second, one_turn_more(week))
    [agreement] = week.session.scalars(select(Agreement))

    remedies.take_back(week.session, agreement.id, revision_seen=week.roster.revision, by=week.by, now=NOW)

    assert draft(week) == before
    assert week.session.scalars(select(Agreement)).all() == []
    assert week.session.scalars(select(Pin)).all() == []


def test_what_is_no_remedy_any_more_is_refused_and_changes_nothing(week):
    with pytest.raises(RemedyGone):
        apply(week, week.second, Choice("raise_limit", "turns", week.binh.id))

    assert week.session.scalars(select(Agreement)).all() == []


def test_a_draft_that_changed_meanwhile_is_looked_at_again_first(week):
    seen = week.roster.revision
    rosters.pin(week.session, week.roster.id, week.first.id, week.an.id, revision_seen=seen, by=week.by, now=NOW)

    with pytest.raises(Stale):
        apply(week, week.second, one_turn_more(week), revision_seen=seen)


def test_only_who_plans_the_unit_may_apply_a_remedy_or_take_one_back(week):
    neighbour = a_coordinator(week.session, week.neighbours)
    apply(week, week.second, one_turn_more(week))
    [agreement] = week.session.scalars(select(Agreement))

    with pytest.raises(NotAllowed):
        apply(week, week.second, one_turn_more(week), by=neighbour)
    with pytest.raises(NotAllowed):
        remedies.take_back(week.session, agreement.id, revision_seen=week.roster.revision, by=neighbour, now=NOW)


def test_the_audit_trail_names_who_agreed_and_where(week):
    apply(week, week.second, one_turn_more(week))

    entry = week.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.action == "roster.agree"
    assert (entry.facts["shift_id"], entry.facts["person_id"]) == (week.second.id, week.an.id)


def test_an_agreement_of_one_week_says_nothing_about_the_next(week):
    next_week = a_roster(week.session, week.roster.period.unit, first_day=MONDAY + timedelta(days=7))
    week.shift(MONDAY + timedelta(days=7))

    apply(week, week.second, one_turn_more(week))

    problem = snapshot.build(week.session, next_week, now=NOW)
    assert problem.volunteer_by_id[person_key(week.an.id)].limits.turns == 1
