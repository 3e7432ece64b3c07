"""What was told and done is thrown away in time, a handful at once, and nothing goes that somebody is still shown."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from roster.models import AnswerLink, AnswerPurpose, Channel, Delivery, Job, JobState, Letter, Message, MessageKind, Run
from roster.queries import inbox
from roster.services import answers, jobs, keeping, letters, outbox
from tests.builders import a_person, a_roster, a_unit, an_account

TOLD = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SHOWN = TOLD + keeping.KEPT - timedelta(minutes=1)
OVER = TOLD + keeping.KEPT + timedelta(hours=1)


@pytest.fixture
def lan(session):
    return a_person(session, a_unit(session), email="lan@example.org")


def a_letter(session, person, *, now=TOLD, link_until=TOLD + timedelta(days=2)) -> Letter:
    """One that is on its way, with a link."""
    outbox.tell(session, person.id, MessageKind.TURN_ADDED, {"shift_id": 1}, now=now)
    letters.gather(session, [Channel.EMAIL], now=now + outbox.GATHERING)
    letter = session.scalars(select(Letter).order_by(Letter.id.desc()).limit(1)).one()
    answers.make(session, person.id, AnswerPurpose.TURN, 1, now=now, expires_at=link_until, letter_id=letter.id)
    session.commit()
    return letter


def a_run(session, state=JobState.DONE) -> Run:
    job = jobs.enqueue(session, "plan", {}, now=TOLD)
    job.state, job.finished_at = state, TOLD if state is JobState.DONE else None
    unit = a_unit(session)
    run = Run(roster_id=a_roster(session, unit).id, job=job, roster_revision=0, seconds_limit=1, workers=1)
    run.created_at = TOLD
    session.add(run)
    session.commit()
    return run


def forget(session, now) -> None:
    keeping.forget_old(session, now)
    session.commit()


def kept(session, *tables) -> list[int]:
    return [len(session.scalars(select(table.id)).all()) for table in tables]


def test_what_was_told_long_ago_goes_with_all_that_was_sent_of_it(session, lan):
    a_letter(session, lan)

    forget(session, OVER)

    assert kept(session, Letter, Message, Delivery, AnswerLink) == [0, 0, 0, 0]


def test_what_an_inbox_shows_is_kept(session, lan):
    account = an_account(session, person=lan)
    a_letter(session, lan)

    forget(session, SHOWN)

    assert inbox.inbox(session, account, now=SHOWN).total == 1


def test_a_letter_is_kept_while_one_of_its_messages_is_shown_or_its_link_is_good(session, lan):
    waiting = a_letter(session, lan)
    waiting.messages[0].created_at = TOLD + timedelta(hours=8)
    far_ahead = a_letter(session, lan, now=TOLD + timedelta(hours=10), link_until=OVER + timedelta(days=30))
    far_ahead.created_at = far_ahead.messages[0].created_at = TOLD
    session.commit()

    forget(session, OVER)

    assert kept(session, Letter, Message) == [2, 2]


def test_a_job_that_ended_long_ago_goes_and_its_run_stays(session):
    run = a_run(session)

    forget(session, OVER)

    session.refresh(run)
    assert (kept(session, Job), run.job_id) == ([0], None)


def test_a_job_that_has_not_ended_is_kept_however_old(session):
    run = a_run(session, JobState.QUEUED)

    forget(session, OVER)

    session.refresh(run)
    assert run.job_id is not None


def test_months_of_letters_go_a_handful_at_a_time(session, lan, monkeypatch):
    monkeypatch.setattr(keeping, "LOOKED_AT", 2)
    for number in range(3):
        a_letter(session, lan, now=TOLD + timedelta(minutes=10 * number))
    later = OVER + timedelta(days=1)

    forget(session, later)
    assert kept(session, Letter) == [1]

    forget(session, later)
    assert kept(session, Letter) == [0]
