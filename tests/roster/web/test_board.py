"""The board over HTTP: moved, taken back, asked for again, narrowed, copied; with scripts and without."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from roster.extensions import db
from roster.models import DraftAssignment, DraftStep, Roster, Unit
from tests import builders

HTMX = {"HX-Request": "true"}


def next_monday() -> date:
    today = datetime.now(UTC).date()
    return today + timedelta(days=7 - today.weekday())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The coordinator of a desk with shifts on Monday (1), where Lan serves, Tuesday (2) and a full one (3)."""
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        unit = builders.a_unit(db.session)
        site, roster = builders.a_site(db.session, unit), builders.a_roster(db.session, unit, first_day=next_monday())
        lan, minh = builders.a_person(db.session, unit), builders.a_person(db.session, unit, "Trần Minh")
        monday = builders.a_shift(db.session, site, day=next_monday())
        builders.a_shift(db.session, site, day=next_monday() + timedelta(days=1))
        full = builders.a_shift(db.session, site, day=next_monday() + timedelta(days=2), maximum=1)
        for shift, person in ((monday, lan), (full, minh)):
            db.session.add(DraftAssignment(roster_id=roster.id, shift_id=shift.id, person_id=person.id))
        coordinator = builders.a_coordinator(db.session, unit)
        db.session.commit()
        account = coordinator.id
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{account}.0"
    return client


def draft(app: Flask) -> set[tuple[int, int]]:
    with app.app_context():
        return {(row.shift_id, row.person_id) for row in db.session.query(DraftAssignment)}


def move(client: FlaskClient, *, to: int, revision: int = 0, headers=HTMX):
    data = {"leaving": "1", "revision": str(revision)}
    return client.post(f"/rosters/1/shifts/{to}/people/1/move", data=data, headers=headers)


def test_whoever_is_picked_up_is_told_about_every_shift_at_once(client: FlaskClient):
    told = client.get("/rosters/1/people/1/targets?leaving=1", headers={"Accept": "application/json"}).json

    verdicts = {shift: (may, told["words"][words]) for shift, (may, words) in told["shifts"].items()}
    assert verdicts["2"] == (True, "")
    assert verdicts["3"] == (False, "Ca này nhận nhiều nhất 1 người.")


def test_the_same_is_a_list_for_whoever_has_no_pointer(client: FlaskClient):
    page = client.get("/rosters/1/people/1/targets?leaving=1").text

    assert 'action="/rosters/1/shifts/2/people/1/move"' in page
    assert "/rosters/1/shifts/3/people/1/move" not in page


def test_a_move_and_its_undo_change_the_draft_in_one_step_each(app: Flask, client: FlaskClient):
    assert move(client, to=2).status_code == 204
    assert draft(app) == {(2, 1), (3, 2)}

    assert client.post("/rosters/1/undo", data={"revision": "1"}, headers=HTMX).status_code == 204
    assert draft(app) == {(1, 1), (3, 2)}
    assert client.post("/rosters/1/redo", data={"revision": "2"}).status_code == 303
    assert draft(app) == {(2, 1), (3, 2)}


def test_a_refused_move_says_which_rule_is_in_the_way_and_moves_nobody(app: Flask, client: FlaskClient):
    answer = move(client, to=3)

    assert (answer.status_code, "nhiều nhất 1 người" in answer.text) == (409, True)
    assert draft(app) == {(1, 1), (3, 2)}


def test_nothing_is_sent_again_until_somebody_changes_something(client: FlaskClient):
    first = client.get("/rosters/1/board")
    again = client.get("/rosters/1/board", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")

    move(client, to=2)
    after = client.get("/rosters/1/board", headers={"If-None-Match": first.headers["ETag"]})
    assert (after.status_code, 'id="shift-2"' in after.text) == (200, True)

    client.post("/shifts/3/cancel", data={"reason": ""})
    assert client.get("/rosters/1/board", headers={"If-None-Match": after.headers["ETag"]}).status_code == 200


def test_only_the_slots_that_changed_have_another_version(client: FlaskClient):
    def versions() -> dict[str, str]:
        parts = client.get("/rosters/1/board").text.split('class="slot')
        found = (part.split('data-version="') for part in parts if 'id="shift-' in part and "data-version" in part)
        return {head.split('id="')[1].split('"')[0]: rest.split('"')[0] for head, rest in found}

    before = versions()
    move(client, to=2)
    after = versions()

    assert {shift for shift in before if before[shift] != after[shift]} == {"shift-1", "shift-2"}


def test_the_week_shows_what_undo_would_take_back_and_whose_it_is(app: Flask, client: FlaskClient):
    move(client, to=2)
    week = client.get(f"/plan/1/{next_monday().isoformat()}").text
    assert "data-others" not in week
    assert "đã chuyển: Nguyễn Thị Lan" in week

    with app.app_context():
        db.session.query(DraftStep).one().account_id = None
        db.session.commit()
    assert "data-others" in client.get(f"/plan/1/{next_monday().isoformat()}").text


def test_a_filter_stands_in_the_address_counts_and_says_when_nothing_fits(client: FlaskClient):
    week = f"/plan/1/{next_monday().isoformat()}"

    only_lan = client.get(f"{week}?person_id=1").text
    assert ('id="shift-1"' in only_lan, 'id="shift-3"' in only_lan) == (True, False)
    assert "1 trong 3 ca trực của tuần" in only_lan
    assert "Chỉ Nguyễn Thị Lan" in only_lan
    assert "Không có ca trực nào trong tuần khớp với lựa chọn." in client.get(f"{week}?person_id=1&short=1").text


def test_a_copied_week_lists_what_could_not_be_copied(app: Flask, client: FlaskClient):
    with app.app_context():
        earlier = builders.a_roster(
            db.session, db.session.get_one(builders.Unit, 1), first_day=next_monday() - timedelta(days=7)
        )
        site = db.session.get_one(builders.Site, 1)
        tuesday = builders.a_shift(db.session, site, day=next_monday() - timedelta(days=6))
        evening = builders.a_shift(
            db.session, site, day=next_monday() - timedelta(days=6), starts="18:00", ends="20:00"
        )
        for shift in (tuesday, evening):
            db.session.add(DraftAssignment(roster_id=earlier.id, shift_id=shift.id, person_id=2))
        db.session.commit()

    page = client.post("/rosters/1/copy-week", data={"revision": "0"}).text

    assert (2, 2) in draft(app)
    assert "Đã chép 1 lượt trực." in page
    assert ("Trần Minh" in page, "18:00–20:00" in page) == (True, True)


def test_a_closed_day_is_offered_for_restoring_and_comes_back(client: FlaskClient):
    week, day = f"/plan/1/{next_monday().isoformat()}", next_monday().isoformat()
    assert "restore-day" not in client.get(week).text
    client.post("/units/1/close-day", data={"day": day, "reason": "Bão"})
    assert "restore-day" in client.get(week).text

    answer = client.post("/units/1/restore-day", data={"day": day, "next": week})

    assert (answer.status_code, answer.location) == (303, week)
    assert "restore-day" not in client.get(week).text


def test_publishing_again_with_nothing_new_comes_back_to_the_week_and_says_so(client: FlaskClient, app: Flask):
    revision = {"revision": "0"}
    assert client.post("/rosters/1/publish", data=revision).status_code == 303

    with app.app_context():
        revision = {"revision": str(db.session.get_one(Roster, 1).revision)}
    again = client.post("/rosters/1/publish", data=revision, follow_redirects=True)

    assert again.status_code == 200
    assert "Mọi thứ trong bản nháp này đã được công bố rồi." in again.text


def test_before_publishing_a_few_people_are_named_and_many_are_counted(app: Flask, client: FlaskClient):
    week = f"/plan/1/{next_monday()}"
    assert "Liên quan đến: Nguyễn Thị Lan, Trần Minh." in client.get(week).text

    with app.app_context():
        unit = db.session.get_one(Unit, 1)
        for number in range(4):
            person = builders.a_person(db.session, unit, f"Phạm Thuỷ {number}")
            db.session.add(DraftAssignment(roster_id=1, shift_id=2, person_id=person.id))
        db.session.commit()

    assert "Liên quan đến 6 người." in client.get(week).text
