"""A swap, or a place kept from the waiting list, answered by a link in a letter without signing in."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from roster.extensions import db
from roster.letters import writing
from roster.models import (
    AnswerLink,
    AnswerPurpose,
    Assignment,
    AssignmentState,
    Claim,
    ClaimState,
    Letter,
    Message,
    MessageKind,
    Person,
    Swap,
    SwapState,
)
from roster.services import claims, covers, placements, swaps
from roster.vietnam.office_hours import monday_of
from tests.published import PublishedWeek

BASE = "http://localhost"


@pytest.fixture
def week(app: Flask) -> Iterator[PublishedWeek]:
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        monday: date = monday_of(datetime.now(UTC).date()) + timedelta(days=14)
        yield PublishedWeek(db.session, monday=monday, published_at=datetime.now(UTC))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def proposed(week: PublishedWeek) -> Swap:
    mine, theirs = week.turn(week.monday, week.lan), week.turn(week.tuesday, week.ha)
    return swaps.propose(db.session, mine.id, theirs.id, by=week.account(week.lan), now=datetime.now(UTC))


def link_in_letter(person: Person, kind: MessageKind) -> str:
    """The one thing to press in the letter that tells a person of this."""
    now = datetime.now(UTC)
    messages = db.session.scalars(select(Message).where(Message.person_id == person.id, Message.kind == kind)).all()
    letter = Letter(person=person, created_at=now, messages=list(messages))
    db.session.add(letter)
    db.session.flush()
    _reader, written = writing.write(db.session, letter, base_url=BASE, now=now)
    db.session.commit()
    assert written is not None
    (action,) = written.parts[0].actions
    return action.href.removeprefix(BASE)


def serving(week: PublishedWeek) -> set[tuple[int, int]]:
    db.session.expire_all()
    rows = select(Assignment.shift_id, Assignment.person_id).where(Assignment.state == AssignmentState.ACTIVE)
    return {(shift_id, person_id) for shift_id, person_id in db.session.execute(rows)}


def test_a_swap_is_agreed_to_from_a_letter_without_signing_in(week: PublishedWeek, client: FlaskClient):
    proposed(week)
    link = link_in_letter(week.ha, MessageKind.SWAP_ASKED)

    assert "Bạn đổi ca được không?" in client.get(link).text
    done = client.post(f"{link}/question", data={"answer": "yes"}, follow_redirects=True)

    assert "Đã đổi ca" in done.text
    assert serving(week) == {(week.monday.id, week.ha.id), (week.tuesday.id, week.lan.id)}
    assert client.post(f"{link}/question", data={"answer": "no"}).location == link


def test_opening_it_or_saying_no_leaves_both_where_they_are(week: PublishedWeek, client: FlaskClient):
    swap_id = proposed(week).id
    link, before = link_in_letter(week.ha, MessageKind.SWAP_ASKED), serving(week)

    client.get(link)
    assert db.session.scalars(select(AnswerLink.used_at).where(AnswerLink.purpose == AnswerPurpose.SWAP)).one() is None
    client.post(f"{link}/question", data={"answer": "no"})

    assert serving(week) == before
    assert db.session.get_one(Swap, swap_id).state is SwapState.DECLINED


def test_where_a_coordinator_must_agree_the_page_says_that_nothing_changed_yet(
    week: PublishedWeek, client: FlaskClient
):
    week.rules(swaps_agreed=True)
    proposed(week)
    link, before = link_in_letter(week.ha, MessageKind.SWAP_ASKED), serving(week)

    done = client.post(f"{link}/question", data={"answer": "yes"}, follow_redirects=True)

    assert "Cán bộ điều phối còn phải đồng ý" in done.text
    assert serving(week) == before


def test_a_proposal_taken_back_asks_for_nothing_any_more(week: PublishedWeek, client: FlaskClient):
    swap = proposed(week)
    link = link_in_letter(week.ha, MessageKind.SWAP_ASKED)
    swaps.take_back(db.session, swap.id, by=week.account(week.lan), now=datetime.now(UTC))
    db.session.commit()

    assert "Đề nghị đổi ca đã được rút lại" in client.get(link).text
    late = client.post(f"{link}/question", data={"answer": "yes"})
    assert late.status_code == 409
    assert "Đề nghị đổi ca đã được rút lại" in late.text


def test_a_proposal_whose_shift_changed_meanwhile_says_so(week: PublishedWeek, client: FlaskClient):
    swap = proposed(week)
    link = link_in_letter(week.ha, MessageKind.SWAP_ASKED)
    swap.state = SwapState.CLOSED
    db.session.commit()

    assert "Một trong hai ca đã bắt đầu hoặc vừa thay đổi" in client.get(link).text


@pytest.mark.parametrize(
    ("state", "words"),
    [(SwapState.TAKEN_BACK, "đã được rút lại"), (SwapState.DONE, "đã được đổi"), (SwapState.CLOSED, "vừa thay đổi")],
)
def test_whoever_answers_a_swap_too_late_on_their_own_page_reads_what_became_of_it(
    week: PublishedWeek, app: Flask, state: SwapState, words: str
):
    swap = proposed(week)
    swap.state = state
    db.session.commit()
    ha = app.test_client()
    with ha.session_transaction() as session:
        session["_user_id"] = f"{week.account(week.ha).id}.0"

    late = ha.post(f"/me/swaps/{swap.id}/yes")

    assert late.status_code == 409
    assert words in late.text
    assert "error-code" not in late.text  # a number tells nobody anything here


def test_a_refused_swap_leaves_the_link_to_be_used(week: PublishedWeek, client: FlaskClient):
    proposed(week)
    link = link_in_letter(week.ha, MessageKind.SWAP_ASKED)
    placements.take_off(db.session, week.tuesday.id, week.ha.id, reason="", by=week.by, now=datetime.now(UTC))
    db.session.commit()

    refused = client.post(f"{link}/question", data={"answer": "yes"})

    assert refused.status_code == 409
    db.session.expire_all()
    assert db.session.scalars(select(AnswerLink.used_at).where(AnswerLink.purpose == AnswerPurpose.SWAP)).one() is None


@pytest.mark.parametrize(("answer", "state"), [("yes", ClaimState.TAKEN), ("no", ClaimState.LET_GO)])
def test_a_place_kept_from_the_waiting_list_is_taken_or_let_go_from_a_letter(
    week: PublishedWeek, client: FlaskClient, answer: str, state: ClaimState
):
    now = datetime.now(UTC)
    waiting = claims.claim(db.session, week.tuesday.id, week.minh, by=week.account(week.minh), now=now)
    placements.take_off(db.session, week.tuesday.id, week.ha.id, reason="", by=week.by, now=now)
    assert waiting.state is ClaimState.OFFERED
    link = link_in_letter(week.minh, MessageKind.PROMOTED)

    page = client.get(link)
    client.post(f"{link}/question", data={"answer": answer})

    assert "Có một chỗ dành cho bạn" in page.text
    db.session.expire_all()
    assert db.session.scalars(select(Claim.state)).one() is state


def test_whoever_takes_a_kept_place_by_a_link_reads_that_a_coordinator_must_still_agree(
    week: PublishedWeek, client: FlaskClient
):
    week.rules(claims_agreed=True)
    now = datetime.now(UTC)
    waiting = claims.claim(db.session, week.tuesday.id, week.minh, by=week.account(week.minh), now=now)
    placements.take_off(db.session, week.tuesday.id, week.ha.id, reason="", by=week.by, now=now)
    link = link_in_letter(week.minh, MessageKind.PROMOTED)

    done = client.post(f"{link}/question", data={"answer": "yes"}, follow_redirects=True)

    assert "Cán bộ điều phối còn phải đồng ý" in done.text
    assert "Chỗ này là của bạn" not in done.text
    db.session.refresh(waiting)
    assert waiting.state is ClaimState.ASKED


def test_a_link_for_something_else_answers_no_question(week: PublishedWeek, client: FlaskClient):
    proposed(week)
    link = link_in_letter(week.ha, MessageKind.SWAP_ASKED)

    assert client.post(f"{link}/cover", data={"answer": "yes"}).status_code == 409
    assert client.post(f"{link}/confirm").status_code == 409


@pytest.mark.parametrize("target", [1, 2])
def test_only_where_somebody_is_missing_a_volunteer_is_asked_to_stand_in(
    week: PublishedWeek, client: FlaskClient, target: int
):
    """On the page of the letter's link and on "my shifts"; where one more is only welcome, to come."""
    week.tuesday.target = target
    if target == 1:
        week.session.delete(week.turn(week.tuesday, week.ha))
    covers.ask(week.session, week.tuesday.id, [week.minh.id], text="", by=week.by, now=datetime.now(UTC))
    link = link_in_letter(week.minh, MessageKind.COVER_ASKED)
    with client.session_transaction() as session:
        session["_user_id"] = f"{week.account(week.minh).id}.0"

    for page in (client.get("/me/").text, client.get(link).text):
        assert ("trực thay" in page) is (target == 1)
        assert ("Bạn đến được không?" in page) is (target == 2)


def test_whoever_says_yes_by_a_link_reads_that_a_coordinator_must_still_agree(week: PublishedWeek, client: FlaskClient):
    week.rules(swaps_agreed=True)
    now, lan = datetime.now(UTC), week.account(week.lan)
    covers.ask_for_oneself(db.session, week.turn(week.monday, week.lan).id, [week.minh.id], by=lan, now=now)
    link, before = link_in_letter(week.minh, MessageKind.COVER_ASKED), serving(week)

    done = client.post(f"{link}/cover", data={"answer": "yes"}, follow_redirects=True)

    assert serving(week) == before
    assert "Cán bộ điều phối còn phải đồng ý" in done.text
    assert "Cán bộ điều phối còn phải đồng ý" in client.get(link).text
