"""What letters tell one volunteer of another: a given name of who agreed to be named, and of nobody else."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.letters import writing
from roster.models import Channel, Letter, Person
from roster.services import covers, letters, swaps
from tests.published import LATER, PublishedWeek


@pytest.fixture
def week(session: Session) -> PublishedWeek:
    return PublishedWeek(session)


def written_to(week: PublishedWeek, person: Person) -> str:
    person.email = "ai-do@example.org"
    letters.gather(week.session, [Channel.EMAIL], now=LATER.replace(hour=20))
    letter = week.session.scalars(select(Letter).filter_by(person_id=person.id)).one()
    _, written = writing.write(week.session, letter, base_url="https://truc.example", now=LATER)
    assert written is not None
    return f"{written.subject}\n{written.text}"


@pytest.mark.parametrize("agreed", [True, False])
def test_whoever_is_relieved_reads_the_name_of_who_agreed_to_be_named_only(week, agreed):
    week.minh.shares_name = agreed
    turn, by = week.turn(week.tuesday, week.ha), week.account(week.ha)
    call = covers.ask_for_oneself(week.session, turn.id, [week.minh.id], by=by, now=LATER)
    covers.answer(week.session, call.asks[0].id, yes=True, by=week.account(week.minh), now=LATER)

    told = written_to(week, week.ha)

    assert ("Minh" in told) is agreed
    assert "Lê Quang" not in told


def test_a_proposal_to_swap_names_nobody_who_did_not_agree_to_be_named(week):
    week.lan.shares_name = False
    mine, theirs = week.turn(week.monday, week.lan), week.turn(week.tuesday, week.ha)
    swaps.propose(week.session, mine.id, theirs.id, by=week.account(week.lan), now=LATER)

    assert "Lan" not in written_to(week, week.ha)


def test_a_letter_calls_nobody_missing_where_one_more_is_only_welcome(week):
    week.account(week.minh).language = "en"
    week.tuesday.target = 2
    covers.ask(week.session, week.tuesday.id, [week.minh.id], text="", by=week.by, now=LATER)

    told = written_to(week, week.minh)

    assert "Could you come on Tue 24 Nov?" in told
    assert "One more would be welcome there." in told
    assert "missing" not in told
