"""What-ifs are asked, checked, answered by a worker and put away; the roster itself stays as it is."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from roster.errors import AlreadyRunning, EndsBeforeStart, FieldError, NotAllowed
from roster.models import DraftAssignment, Job, JobState, Person, RunState, Shift, WhatIf
from roster.planning import whatifs as planning
from roster.planning.lacks import Lack
from roster.queries.whatifs import whatifs_of
from roster.services import whatifs
from roster.services.whatifs import Question
from tests.builders import MONDAY, a_coordinator, a_qualification
from tests.roster.shortages import NOW, Week
from tests.waiting import PATIENCE


@pytest.fixture
def week(session):
    return Week(session)


def ask(week, question, **changes):
    given = {"by": week.by, "now": NOW, "seconds": PATIENCE, "workers": 1} | changes
    return whatifs.ask(week.session, week.roster.id, question, **given)


def answered(week, sessions, question):
    """Ask, have it answered as a worker would, and read the answer."""
    number = ask(week, question).id
    week.session.commit()  # and no look at the rows before the worker has written
    planning.execute(sessions, number, should_stop=lambda: False, clock=lambda: NOW)
    week.session.expire_all()
    return whatifs_of(week.session, week.roster)[0]


def one_turn_more(week):
    return Question("more_turns", by="1", group=f"unit:{week.unit.id}")


def test_one_turn_more_for_a_unit_tells_how_many_places_it_would_fill(week, sessions):
    view = answered(week, sessions, one_turn_more(week))

    assert (view.state, view.answer.verdict, view.answer.certain) == (RunState.OPTIMAL, "better", True)
    assert (view.answer.lack_before, view.answer.lack_after, view.answer.covered) == (Lack(1), Lack(0), 1)
    assert view.group_name == week.unit.name


def test_an_answer_goes_level_by_level_and_place_by_place(week, sessions):
    answer = answered(week, sessions, one_turn_more(week)).answer

    assert [step.gained for step in answer.steps][:1] == [1]
    assert [(one.before, one.after) for one in answer.places] == [(1, 0)]


def test_people_trained_are_chosen_and_named(week, sessions):
    trained = a_qualification(week.session)
    week.second.requires = [trained.code]
    chi = week.person("Đỗ Chi")

    view = answered(week, sessions, Question("train", qualification=trained.code, count="1"))

    assert [one.id for one in view.answer.trained] == [chi.id]
    assert view.answer.covered == 1


def test_a_shift_at_another_hour_is_compared_with_its_own(week, sessions):
    week.shift(MONDAY, starts="18:00", ends="20:00", minimum=0)
    noon = week.shift(MONDAY, starts="13:30", ends="15:30")

    view = answered(week, sessions, Question("hours", shift_id=noon.id, starts="18:00", ends="20:00"))

    assert view.answer.covered == 1
    assert [moment.strftime("%H:%M") for moment in view.hours] == ["18:00", "20:00"]


def test_people_away_leave_their_places_short(week, sessions):
    view = answered(week, sessions, Question("away", person_ids=(week.an.id,)))

    assert (view.answer.verdict, view.answer.covered) == ("worse", -1)
    assert [one.id for one in view.people] == [week.an.id]


def test_nothing_of_the_roster_changes(week, sessions):
    before = {(row.shift_id, row.person_id) for row in week.session.scalars(select(DraftAssignment))}
    hours = week.second.starts_at

    answered(week, sessions, Question("hours", shift_id=week.second.id, starts="13:30", ends="17:00"))

    after = {(row.shift_id, row.person_id) for row in week.session.scalars(select(DraftAssignment))}
    assert (after, week.session.get_one(Shift, week.second.id).starts_at) == (before, hours)
    assert week.session.get_one(Person, week.an.id).max_turns == 1
    assert week.roster.revision == 0


def test_one_that_is_stopped_has_no_answer(week, sessions):
    number = ask(week, one_turn_more(week)).id
    week.session.commit()

    planning.execute(sessions, number, should_stop=lambda: True, clock=lambda: NOW)

    week.session.expire_all()
    [view] = whatifs_of(week.session, week.roster)
    assert (view.state, view.answer is None) in [(RunState.CANCELLED, True), (RunState.OPTIMAL, False)]


def test_one_that_waits_is_cancelled_at_once(week):
    row = ask(week, one_turn_more(week))

    whatifs.cancel(week.session, row.id, by=week.by, now=NOW)

    assert row.state is RunState.CANCELLED
    assert week.session.scalars(select(Job.state)).all() == [JobState.CANCELLED]


def test_a_week_is_asked_one_thing_at_a_time(week):
    ask(week, one_turn_more(week))

    with pytest.raises(AlreadyRunning):
        ask(week, one_turn_more(week))


def test_an_answer_put_away_is_gone(week):
    row = ask(week, one_turn_more(week))

    whatifs.forget(week.session, row.id, by=week.by, now=NOW)
    week.session.flush()

    assert week.session.scalars(select(WhatIf)).all() == []


def test_only_the_latest_answers_are_kept(week):
    for _ in range(whatifs.KEPT + 1):
        whatifs.cancel(week.session, ask(week, one_turn_more(week)).id, by=week.by, now=NOW)
    week.session.flush()

    assert len(week.session.scalars(select(WhatIf)).all()) == whatifs.KEPT


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (Question("nonsense"), "kind"),
        (Question("train", qualification="unknown", count="1"), "qualification"),
        (Question("train", qualification="trained", count="0"), "count"),
        (Question("train", qualification="trained", count=""), "count"),
        (Question("more_turns", by="9"), "by"),
        (Question("more_turns", by="1", group="unit:99999"), "group"),
        (Question("hours", shift_id=99999, starts="08:00", ends="09:00"), "shift_id"),
        (Question("away"), "person_ids"),
        (Question("away", person_ids=(99999,)), "person_ids"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_at_its_field(week, question, field):
    a_qualification(week.session)

    with pytest.raises(FieldError) as refusal:
        ask(week, question)

    assert refusal.value.facts["field"] == field


def test_the_hours_a_shift_has_already_are_no_question(week):
    with pytest.raises(FieldError) as refusal:
        ask(week, Question("hours", shift_id=week.second.id, starts="07:30", ends="11:30"))

    assert refusal.value.facts["reason"] == "as_before"


def test_a_shift_cannot_end_before_it_starts(week):
    with pytest.raises(EndsBeforeStart):
        ask(week, Question("hours", shift_id=week.second.id, starts="11:30", ends="07:30"))


def test_a_shift_may_be_asked_to_run_past_midnight(week):
    row = ask(week, Question("hours", shift_id=week.second.id, starts="22:00", ends="06:00"))

    assert row.question["minutes_longer"] == 4 * 60


def test_only_who_plans_the_unit_may_ask_or_read_away(week):
    neighbour = a_coordinator(week.session, week.neighbours)
    row = ask(week, one_turn_more(week))

    with pytest.raises(NotAllowed):
        ask(week, one_turn_more(week), by=neighbour)
    with pytest.raises(NotAllowed):
        whatifs.cancel(week.session, row.id, by=neighbour, now=NOW + timedelta(minutes=1))
