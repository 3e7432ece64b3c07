"""Three people are ill: what changes least is proposed, obeys every rule, and is accepted in whole or line by line."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import FieldError, NotAllowed, NotFound, RepairOutdated, RuleBroken
from roster.models import (
    AvailabilityException,
    Job,
    JobState,
    Level,
    MessageKind,
    Repair,
    RunState,
    Withdrawal,
    WithdrawalState,
)
from roster.planning import repairs as planning
from roster.planning.lacks import Lack
from roster.queries import places
from roster.queries import repairs as queries
from roster.queries.repairs import LineState
from roster.services import placements, repairs, rosters, turns
from roster.services.repairs import Loss
from tests.builders import a_coordinator, a_roster, a_shift, a_site, a_unit
from tests.published import LATER, PublishedWeek
from tests.waiting import PATIENCE


@pytest.fixture
def week(session: Session) -> PublishedWeek:
    return PublishedWeek(session)


def ask(week: PublishedWeek, *people, by=None, **loss):
    asked = Loss(tuple(person.id for person in people), **loss)
    return repairs.ask(week.session, week.roster.id, asked, by=by or week.by, now=LATER, seconds=PATIENCE, workers=1)


def view(week: PublishedWeek, row: Repair):
    return queries.repair_view(week.session, row, now=LATER)


def proposal(week: PublishedWeek, *people, **loss):
    return view(week, ask(week, *people, **loss)).proposal


def searched(week: PublishedWeek, sessions, row: Repair, *, should_stop=lambda: False):
    """The repair as it is once a worker has looked for the best."""
    number = row.id
    week.session.commit()  # and no look at the rows before the worker has written
    planning.execute(sessions, number, should_stop=should_stop, clock=lambda: LATER)
    week.session.expire_all()
    return view(week, row)


def accept(week: PublishedWeek, row: Repair, lines=None, *, by=None):
    chosen = view(week, row).proposal.lines if lines is None else lines
    return repairs.accept(
        week.session,
        row.id,
        joining=[(line.place.shift_id, one.id) for line in chosen for one in line.joining],
        leaving=[(line.place.shift_id, one.id) for line in chosen for one in line.leaving],
        reason="Cúm",
        by=by or week.by,
        now=LATER,
    )


def only_lan_could_come_on_tuesday(week: PublishedWeek) -> None:
    """And she only if Minh takes her Monday."""
    tuesday = week.tuesday.starts_at
    no = AvailabilityException(
        person_id=week.minh.id, starts_at=tuesday, ends_at=tuesday + timedelta(hours=8), level=Level.NOT
    )
    week.session.add(no)
    week.lan.max_turns = 1
    week.monday.minimum = week.monday.target = 1
    week.session.flush()


def test_each_place_lost_goes_to_one_who_may_take_it_and_all_else_stays(week):
    found = proposal(week, week.ha)

    (line,) = found.lines
    assert line.place.shift_id == week.tuesday.id
    assert [one.id for one in line.leaving] == [week.ha.id]
    assert [one.id for one in line.joining] == [week.minh.id]
    assert not line.lack


def test_whoever_gave_up_a_turn_that_day_is_not_put_on_another(week, sessions):
    day = week.tuesday.starts_at.astimezone(week.tuesday.site.unit.zone).date()
    evening = a_shift(week.session, week.tuesday.site, week.tuesday.programme, day=day, starts="18:00", ends="20:00")
    gone = Withdrawal(
        shift_id=evening.id, person_id=week.minh.id, state=WithdrawalState.GRANTED, asked_at=LATER, reason="Ốm"
    )
    week.session.add(gone)
    week.session.flush()

    row = ask(week, week.ha)

    for found in (view(week, row), searched(week, sessions, row)):
        joining = {(line.place.shift_id, one.id) for line in found.proposal.lines for one in line.joining}
        assert joining.isdisjoint({(week.tuesday.id, week.minh.id), (evening.id, week.minh.id)})


def test_what_is_accepted_is_published_at_once_and_told_to_everybody_concerned(week):
    row = ask(week, week.ha)

    accept(week, row)

    assert turns.is_serving(week.session, week.tuesday.id, week.minh.id)
    assert not turns.is_serving(week.session, week.tuesday.id, week.ha.id)
    assert week.told(week.ha) == [MessageKind.TURN_CANCELLED]
    assert week.told(week.minh) == [MessageKind.TURN_ADDED]
    assert week.turn(week.tuesday, week.minh).confirmed_at is None
    assert view(week, row).is_done


def the_able(week: PublishedWeek, shift, leaving) -> set[int]:
    """Who is offered for a place when cover is sought."""
    found = places.candidates(week.session, week.roster, shift, leaving.id, now=LATER)
    return {one.person.id for one in found}


def test_whoever_is_away_for_the_rest_of_the_week_is_offered_for_no_other_day_of_it(week):
    row = ask(week, week.lan)
    assert week.lan.id in the_able(week, week.tuesday, week.ha)

    accept(week, row)

    assert the_able(week, week.tuesday, week.ha) == {week.minh.id}
    with pytest.raises(RuleBroken):
        placements.put(week.session, week.tuesday.id, week.lan.id, by=week.by, now=LATER)


def test_whoever_is_away_for_one_day_is_offered_for_the_others(week):
    row = ask(week, week.lan, day=week.monday.starts_at.date().isoformat())

    accept(week, row)

    assert week.lan.id in the_able(week, week.tuesday, week.ha)


def test_an_absence_is_kept_once_and_is_no_answer_of_the_person_to_when_they_could_come(week):
    placements.put(week.session, week.tuesday.id, week.lan.id, by=week.by, now=LATER)
    said = week.lan.availability_at
    row = ask(week, week.lan)

    for line in view(week, row).proposal.lines:
        accept(week, row, [line])

    kept = week.session.scalars(select(AvailabilityException).filter_by(person_id=week.lan.id)).all()
    assert [(one.level, one.note) for one in kept] == [(Level.NOT, "")], "the reason may be about somebody else"
    assert week.lan.availability_at == said


def test_whoever_changes_turns_for_it_is_not_away(week, sessions):
    only_lan_could_come_on_tuesday(week)
    row = ask(week, week.ha)
    searched(week, sessions, row)

    accept(week, row)

    tuesday = week.tuesday.starts_at
    away = select(AvailabilityException.person_id).where(AvailabilityException.ends_at > tuesday + timedelta(hours=8))
    assert week.session.scalars(away).all() == [week.ha.id]


def test_one_line_may_be_accepted_without_the_others_which_stay_open(week):
    row = ask(week, week.lan, week.ha)

    accept(week, row, [line for line in view(week, row).proposal.lines if line.place.shift_id == week.monday.id])

    assert not turns.is_serving(week.session, week.monday.id, week.lan.id)
    assert turns.is_serving(week.session, week.tuesday.id, week.ha.id)
    assert [line.state for line in view(week, row).proposal.lines] == [LineState.DONE, LineState.OPEN]


def test_only_the_day_named_is_repaired(week):
    placements.put(week.session, week.tuesday.id, week.lan.id, by=week.by, now=LATER)

    found = proposal(week, week.lan, day=week.monday.starts_at.date().isoformat())

    assert [line.place.shift_id for line in found.lines] == [week.monday.id]


def test_a_place_nobody_may_take_stays_empty_and_says_so(week):
    week.minh.max_turns, week.lan.max_turns = 0, 1  # Lan has one already

    found = proposal(week, week.ha)

    (line,) = found.lines
    assert (line.joining, line.lack) == ((), Lack(1))


def test_the_search_finds_what_no_single_step_would_and_proves_it(week, sessions):
    only_lan_could_come_on_tuesday(week)
    row = ask(week, week.ha)
    assert view(week, row).proposal.lack == Lack(1)

    found = searched(week, sessions, row)

    assert (found.state, found.better, found.proposal.proved) == (RunState.OPTIMAL, True, True)
    assert not found.proposal.lack
    assert {line.place.shift_id: [one.id for one in line.joining] for line in found.proposal.lines} == {
        week.monday.id: [week.minh.id],
        week.tuesday.id: [week.lan.id],
    }
    (monday, _tuesday) = found.proposal.lines
    assert [(one.id, place.shift_id) for one, place in monday.elsewhere] == [(week.lan.id, week.tuesday.id)]
    accept(week, row)
    assert view(week, row).is_done


def test_within_a_window_turns_outside_stay_as_they_are(week, sessions):
    only_lan_could_come_on_tuesday(week)

    found = searched(week, sessions, ask(week, week.ha, window="days"))

    assert [line.place.shift_id for line in found.proposal.lines] == [week.tuesday.id]
    assert not found.better


def test_stopped_before_a_worker_took_it_the_first_answer_stands(week, sessions):
    row = ask(week, week.ha)

    repairs.cancel(week.session, row.id, by=week.by, now=LATER)

    found = searched(week, sessions, row)
    assert (found.state, found.searched) == (RunState.CANCELLED, False)
    assert [one.id for one in found.proposal.lines[0].joining] == [week.minh.id]


def test_stopped_at_work_it_keeps_a_roster(week, sessions):
    row = ask(week, week.ha)

    found = searched(week, sessions, row, should_stop=lambda: True)

    assert found.is_over
    assert [one.id for one in found.proposal.lines[0].joining] == [week.minh.id]


def test_asking_again_looks_no_more_for_what_one_asked_before(week):
    first = ask(week, week.ha)

    ask(week, week.ha, week.lan)

    assert first.state is RunState.CANCELLED
    assert week.session.scalars(select(Job.state).where(Job.id == first.job_id)).one() is JobState.CANCELLED


def test_another_coordinators_search_goes_on(week):
    first = ask(week, week.ha)

    ask(week, week.ha, by=a_coordinator(week.session, week.unit))

    assert first.state is RunState.QUEUED


def test_what_changed_meanwhile_is_marked_and_the_rest_can_be_accepted(week):
    row = ask(week, week.lan, week.ha)
    lines = view(week, row).proposal.lines
    (joining,) = next(line.joining for line in lines if line.place.shift_id == week.tuesday.id)
    assert joining.id == week.minh.id
    placements.put(week.session, week.tuesday.id, week.minh.id, by=week.by, now=LATER)

    found = view(week, row)

    states = {line.place.shift_id: line.state for line in found.proposal.lines}
    assert (found.outdated, states[week.tuesday.id]) == (True, LineState.CHANGED)
    assert states[week.monday.id] is LineState.OPEN


def test_somebody_who_has_become_busy_since_is_refused_and_nothing_changes(week):
    row = ask(week, week.ha)
    week.minh.max_turns = 0

    with pytest.raises(RuleBroken):
        accept(week, row)

    assert turns.is_serving(week.session, week.tuesday.id, week.ha.id)


def test_a_place_filled_meanwhile_refuses_its_line_and_is_marked_while_the_others_can_be_accepted(week):
    row = ask(week, week.lan, week.ha)
    seen = view(week, row).proposal.lines
    placements.put(week.session, week.tuesday.id, week.somebody().id, by=week.by, now=LATER)

    with pytest.raises(RepairOutdated):
        accept(week, row, seen)

    monday, tuesday = view(week, row).proposal.lines
    assert (monday.state, tuesday.state) == (LineState.OPEN, LineState.CHANGED)
    assert turns.is_serving(week.session, week.tuesday.id, week.ha.id)
    assert not turns.is_serving(week.session, week.tuesday.id, week.minh.id)
    accept(week, row, [monday])


def test_whoever_a_line_takes_off_and_has_gone_by_now_refuses_it(week):
    row = ask(week, week.ha)
    seen = view(week, row).proposal.lines
    placements.take_off(week.session, week.tuesday.id, week.ha.id, reason="", by=week.by, now=LATER)

    with pytest.raises(RepairOutdated):
        accept(week, row, seen)


def test_whoever_is_away_for_one_day_stays_on_a_shift_that_has_moved_to_another(week):
    row = ask(week, week.ha, day=week.tuesday.starts_at.date().isoformat())
    (seen,) = view(week, row).proposal.lines
    week.move(week.tuesday, now=LATER)

    assert [line.state for line in view(week, row).proposal.lines] == [LineState.CHANGED]
    with pytest.raises(RepairOutdated):
        accept(week, row, [seen])


def test_where_more_served_than_wanted_already_the_line_fits_as_it_was_found(week):
    placements.put(week.session, week.tuesday.id, week.lan.id, by=week.by, now=LATER)
    row = ask(week, week.ha)
    row.first = row.first | {"added": [[week.tuesday.id, week.minh.id]], "people": {str(week.tuesday.id): 2}}

    accept(week, row)

    assert view(week, row).is_done


def test_nothing_ticked_nobody_named_a_day_of_another_week_and_an_unknown_window_are_refused(week):
    row = ask(week, week.ha)
    for wrong in (
        lambda: accept(week, row, []),
        lambda: ask(week),
        lambda: ask(week, week.ha, day="2020-01-01"),
        lambda: ask(week, week.ha, window="year"),
    ):
        with pytest.raises(FieldError):
            wrong()


def test_somebody_else_s_week_and_one_not_published_are_refused(week):
    row = ask(week, week.ha)
    with pytest.raises(NotAllowed):
        accept(week, row, by=week.account(week.lan))
    other = a_unit(week.session, parent=week.unit)
    shift = a_shift(week.session, a_site(week.session, other))
    roster = a_roster(week.session, other)
    by = a_coordinator(week.session, other)
    assert shift.site.unit_id == rosters.get(week.session, roster.id, by=by).period.unit_id
    with pytest.raises(NotFound):
        repairs.ask(week.session, roster.id, Loss((week.ha.id,)), by=by, now=LATER, seconds=1, workers=1)
