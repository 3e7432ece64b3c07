"""Asking everybody for a week: who is asked, who is reminded, what is planned with, and when it is over."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, event, select

from roster.errors import FieldError, NotAllowed, RemindedAlready, RoundClosed
from roster.models import AnswerPurpose, Half, Level, Message, MessageKind, Person, WeeklyAvailability
from roster.planning import snapshot
from roster.queries.rounds import asked_people
from roster.services import answers, consents, rounds
from tests.builders import MONDAY, a_coordinator, a_person, a_roster, a_shift, a_site, a_unit, an_account, local

NOW = local(MONDAY - timedelta(days=7), "09:00")
DEADLINE = MONDAY - timedelta(days=2)
LATE = local(DEADLINE, "20:01")
MORNING = {(0, Half.MORNING): Level.PREFERRED}


class Week:
    def __init__(self, session) -> None:
        self.session, self.unit = session, a_unit(session)
        self.by = a_coordinator(session, self.unit)
        self.shift = a_shift(session, a_site(session, self.unit))
        self.roster = a_roster(session, self.unit)
        self.lan, self.binh = a_person(session, self.unit), a_person(session, self.unit, "Trần Văn Bình")

    def ask(self, **changed):
        return rounds.ask(self.session, self.roster.id, **{"deadline": DEADLINE, "by": self.by, "now": NOW} | changed)

    def told(self, kind: MessageKind) -> list[int | None]:
        told = select(Message.person_id).where(Message.kind == kind).order_by(Message.person_id)
        return list(self.session.scalars(told))

    def offered(self, person) -> tuple:
        problem = snapshot.build(self.session, self.roster, now=NOW)
        return next(one.available for one in problem.volunteers if one.id == snapshot.person_key(person.id))


@pytest.fixture
def week(session) -> Week:
    return Week(session)


def test_everybody_who_may_serve_is_asked_once_and_newcomers_by_asking_again(session, week):
    week.ask()
    late = a_person(session, week.unit, "Võ Thị Hạ")
    a_person(session, week.unit, "Đã nghỉ", active=False)

    week.ask()

    assert week.told(MessageKind.AVAILABILITY_ASKED) == [week.lan.id, week.binh.id, late.id]


def test_only_those_who_have_not_answered_are_reminded(session, week):
    found = week.ask()
    rounds.answer(session, found.id, week.lan, MORNING, by=None, now=NOW)

    assert rounds.remind(session, week.roster.id, by=week.by, now=NOW) == 1

    assert week.told(MessageKind.AVAILABILITY_REMINDER) == [week.binh.id]


def test_nobody_is_asked_or_reminded_who_took_their_consent_back(session, week):
    by = an_account(session, person=week.lan)
    consents.withdraw(session, week.lan, by=by, now=NOW)
    week.ask()
    assert week.told(MessageKind.AVAILABILITY_ASKED) == [week.binh.id]

    consents.give(session, week.lan, by=by, now=NOW)
    found = week.ask()
    assert week.told(MessageKind.AVAILABILITY_ASKED) == [week.lan.id, week.binh.id]

    consents.withdraw(session, week.lan, by=by, now=NOW)
    rounds.remind(session, week.roster.id, by=week.by, now=NOW)
    assert week.told(MessageKind.AVAILABILITY_REMINDER) == [week.binh.id]
    assert rounds.counts(session, found) == (0, 1)
    assert rounds.open_for(session, week.lan, now=NOW) == []


def test_whoever_went_to_another_unit_is_waited_for_no_more(session, week):
    found = week.ask()
    assert [row.round for row in rounds.open_for(session, week.lan, now=NOW)] == [found]
    week.lan.unit = a_unit(session, "Xã đoàn Hoài Tân")

    assert rounds.remind(session, week.roster.id, by=week.by, now=NOW) == 1
    assert week.told(MessageKind.AVAILABILITY_REMINDER) == [week.binh.id]
    assert rounds.counts(session, found) == (0, 1)
    assert [one.person_id for one in asked_people(session, found, [], answered=False).rows] == [week.binh.id]
    assert rounds.open_for(session, week.lan, now=NOW) == []


def test_an_answer_is_planned_with_in_place_of_the_usual_week(session, week):
    found, usual = week.ask(), week.offered(week.binh)

    rounds.answer(session, found.id, week.lan, {}, by=None, now=NOW)

    assert week.offered(week.lan) == ()
    assert week.offered(week.binh) == usual != ()


def test_nobody_is_reminded_twice_within_an_hour_however_the_clock_stands(session, week):
    found = week.ask()
    first = local(MONDAY - timedelta(days=6), "10:59")
    assert rounds.remind(session, week.roster.id, by=week.by, now=first) == 2

    with pytest.raises(RemindedAlready):
        rounds.remind(session, week.roster.id, by=week.by, now=first + timedelta(minutes=2))

    assert week.told(MessageKind.AVAILABILITY_REMINDER) == [week.lan.id, week.binh.id]
    assert found.reminded_at == first
    assert rounds.remind(session, week.roster.id, by=week.by, now=first + timedelta(hours=1)) == 2


def test_after_the_deadline_nobody_can_answer_or_be_reminded(session, week):
    found = week.ask()

    with pytest.raises(RoundClosed):
        rounds.answer(session, found.id, week.lan, MORNING, by=None, now=LATE)
    with pytest.raises(RoundClosed):
        rounds.remind(session, week.roster.id, by=week.by, now=LATE)


def test_the_links_of_letters_take_answers_until_a_deadline_that_was_put_off(session, week):
    found, week_is = week.ask(), AnswerPurpose.AVAILABILITY
    token = answers.make(session, week.lan.id, week_is, found.id, now=NOW, expires_at=found.deadline)

    week.ask(deadline=DEADLINE + timedelta(days=1))

    assert answers.opened(session, token, week_is, now=LATE).target_id == found.id


def test_as_last_week_is_the_answer_before_or_else_the_usual_week(session, week):
    usual = rounds.last_offer(session, week.lan, week.ask())
    rounds.answer(session, rounds.of_roster(session, week.roster).id, week.lan, MORNING, by=None, now=NOW)
    next_roster = a_roster(session, week.unit, first_day=MONDAY + timedelta(days=7))
    following = rounds.ask(session, next_roster.id, deadline=MONDAY + timedelta(days=4), by=week.by, now=NOW)

    assert len(usual) == 21
    assert rounds.last_offer(session, week.lan, following) == MORNING


def test_whoever_never_said_anything_has_no_last_week_to_repeat(session, week):
    session.execute(delete(WeeklyAvailability))
    week.lan.availability_at = None

    found = week.ask()
    before = rounds.last_offer(session, week.lan, found)
    rounds.answer(session, found.id, week.lan, MORNING, by=None, now=NOW)

    assert before is None
    assert (
        rounds.last_offer(session, week.lan, found) is None
    )  # and not "busy" wherever the first answer says otherwise


def test_as_last_week_is_read_with_no_more_queries_after_many_weeks(session, week):
    def queries_at(weeks_ahead: int) -> int:
        days = timedelta(days=7 * weeks_ahead)
        found = rounds.ask(
            session,
            a_roster(session, week.unit, first_day=MONDAY + days).id,
            deadline=DEADLINE + days,
            by=week.by,
            now=NOW,
        )
        rounds.answer(session, found.id, week.lan, MORNING, by=None, now=NOW)
        session.flush()
        session.expire_all()
        found, lan = rounds.get(session, found.id), session.get_one(Person, week.lan.id)
        seen.clear()
        rounds.last_offer(session, lan, found)
        return len(seen)

    seen: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: seen.append(args[2]))
    queries_at(1)

    assert queries_at(2) == queries_at(3) == queries_at(4)


@pytest.mark.parametrize("deadline", ["", "hôm qua", MONDAY - timedelta(days=8), MONDAY + timedelta(days=7)])
def test_a_deadline_that_is_no_day_before_the_weeks_end_is_refused(week, deadline):
    with pytest.raises(FieldError):
        week.ask(deadline=deadline)


def test_only_who_plans_the_unit_may_ask(session, week):
    neighbour = a_coordinator(session, a_unit(session, "Xã đoàn Hoài Tân"))

    with pytest.raises(NotAllowed):
        week.ask(by=neighbour)
