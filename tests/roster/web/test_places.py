"""Published places on screen: what waits for a coordinator, one place with its history, finding cover, and a phone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from roster.extensions import db
from roster.models import (
    Account,
    Assignment,
    AvailabilityException,
    Claim,
    DraftAssignment,
    FeedKind,
    Level,
    Person,
    PersonQualification,
    Roster,
    Shift,
    Swap,
    Withdrawal,
)
from roster.services import feeds
from roster.web import places
from tests.builders import LONG_AGO, a_coordinator, a_qualification, a_unit
from tests.published import LATER, TOO_LATE, PublishedWeek


@dataclass
class Ids:
    """The rows of a published week, by id, for pages."""

    monday: int
    tuesday: int
    lan: int
    ha: int
    minh: int
    lan_turn: int
    ha_turn: int
    unit: int
    accounts: dict[str, int]


@pytest.fixture
def week(app: Flask) -> Ids:
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        week = PublishedWeek(db.session)
        stranger = a_coordinator(db.session, a_unit(db.session, "Xã đoàn Hoài Tân"))
        people = {name: getattr(week, name) for name in ("lan", "ha", "minh")}
        accounts = {name: week.account(person).id for name, person in people.items()}
        ids = Ids(
            monday=week.monday.id,
            tuesday=week.tuesday.id,
            **{name: person.id for name, person in people.items()},
            lan_turn=week.turn(week.monday, week.lan).id,
            ha_turn=week.turn(week.tuesday, week.ha).id,
            unit=week.unit.id,
            accounts=accounts | {"coordinator": week.by.id, "stranger": stranger.id},
        )
        db.session.commit()
    return ids


@pytest.fixture
def as_user(app: Flask, week: Ids) -> Callable[[str], FlaskClient]:
    def client_of(name: str) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{week.accounts[name]}.0"
        return client

    return client_of


@pytest.fixture(autouse=True)
def later() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def first(app: Flask, table):
    with app.app_context():
        return db.session.query(table.id).order_by(table.id.desc()).limit(1).scalar()


def test_leaving_opens_the_place_and_the_history_says_who_left_when_and_why(app, week, as_user):
    turn = as_user("lan").get(f"/me/turns/{week.lan_turn}")
    assert turn.status_code == 200
    answer = as_user("lan").post(f"/me/turns/{week.lan_turn}/withdraw", data={"reason": "Thi giữa kỳ"})
    assert answer.location == "/me/"

    assert f"/me/open/{week.monday}" in as_user("minh").get("/me/open").text
    coordinator = as_user("coordinator")
    assert f"/places/{week.monday}/cover" in coordinator.get("/attention").text
    page = coordinator.get(f"/places/{week.monday}").text
    assert "Nguyễn Thị Lan" in page
    assert "“Thi giữa kỳ”" in page


def test_a_place_tells_all_its_moments_as_it_tells_its_own_day(app, week, as_user):
    coordinator = as_user("coordinator")
    coordinator.post(f"/places/{week.monday}/cover", data={"person_id": str(week.minh), "text": ""})
    as_user("lan").post(f"/me/turns/{week.lan_turn}/withdraw", data={"reason": "Ốm"})

    moments = re.findall(r"<small>.*?(\d\d:\d\d[^<·]*\d)", coordinator.get(f"/places/{week.monday}").text)

    assert len(moments) > 2
    assert all(re.fullmatch(r"\d\d:\d\d, Thứ (Năm|Sáu) \d\d/\d\d", moment) for moment in moments), moments


def test_leaving_too_late_is_a_request_that_the_to_do_list_answers(app, week, as_user):
    with time_machine.travel(TOO_LATE, tick=False):
        as_user("lan").post(f"/me/turns/{week.lan_turn}/withdraw", data={"reason": "Ốm"})
        address = f"/matters/withdrawal/{first(app, Withdrawal)}/yes"
        coordinator = as_user("coordinator")
        assert address in coordinator.get("/attention").text

        assert as_user("stranger").post(address).status_code == 403
        assert coordinator.post(address).status_code == 303

        assert f"/me/turns/{week.lan_turn}" not in as_user("lan").get("/me/").text


def test_whoever_left_or_was_not_let_off_reads_so_on_the_page_of_the_turn(app, week, as_user):
    as_user("ha").post(f"/me/turns/{week.ha_turn}/withdraw", data={"reason": "Ốm"})
    left = as_user("ha").get(f"/me/turns/{week.ha_turn}").text
    assert "Bạn đã được nghỉ ca này" in left
    assert "Đã hủy" not in left

    with time_machine.travel(TOO_LATE, tick=False):
        as_user("lan").post(f"/me/turns/{week.lan_turn}/withdraw", data={"reason": "Ốm"})
        assert "Ca này vẫn cần bạn" not in as_user("lan").get(f"/me/turns/{week.lan_turn}").text
        as_user("coordinator").post(f"/matters/withdrawal/{first(app, Withdrawal)}/no")
        assert "Ca này vẫn cần bạn" in as_user("lan").get(f"/me/turns/{week.lan_turn}").text


def test_a_place_that_was_called_off_says_so_and_asks_nobody_to_come(app, week, as_user):
    coordinator = as_user("coordinator")
    assert "/cover" in coordinator.get(f"/places/{week.monday}").text

    coordinator.post(f"/shifts/{week.monday}/cancel", data={"reason": "Bão số 9"})

    page = coordinator.get(f"/places/{week.monday}").text
    assert "Đã hủy" in page
    assert "Bão số 9" in page
    assert "/cover" not in page
    too_late = coordinator.get(f"/places/{week.monday}/cover")
    assert (too_late.status_code, "Ca này đã bị hủy" in too_late.text) == (409, True)


def test_a_week_is_offered_for_repair_only_while_somebody_s_turn_is_still_to_come(week, as_user):
    repair = "/rosters/1/repair"
    assert repair in as_user("coordinator").get("/attention").text

    with time_machine.travel(LATER + timedelta(days=6), tick=False):  # Thursday: both shifts are over, the week is not
        assert repair not in as_user("coordinator").get("/attention").text


def test_a_place_is_taken_with_one_tap_and_gone_for_the_next(week, as_user):
    as_user("minh").post(f"/me/open/{week.monday}")

    assert "Lê Quang Minh" in as_user("coordinator").get(f"/places/{week.monday}").text
    waiting = as_user("ha").post(f"/me/open/{week.monday}", follow_redirects=True)
    assert waiting.status_code == 200
    assert "/me/claims/" in waiting.text


def test_a_place_from_the_waiting_list_waits_for_the_coordinator_who_agrees_first(app, week, as_user):
    rules = {"withdraw_hours": "24", "answer_hours": "12", "claims_agreed": "y"}
    as_user("coordinator").post(f"/units/{week.unit}/turn-rules", data=rules)
    minh, coordinator = as_user("minh"), as_user("coordinator")
    minh.post(f"/me/open/{week.tuesday}")
    as_user("ha").post(f"/me/turns/{week.ha_turn}/withdraw")
    claim = first(app, Claim)

    said_yes = minh.post(f"/me/claims/{claim}/yes", follow_redirects=True).text

    assert "Còn chờ cán bộ điều phối đồng ý" in said_yes
    assert "Chỗ này là của bạn" not in said_yes
    assert "Đã hỏi cán bộ điều phối" in minh.get("/me/open").text
    listed = as_user("lan").get("/me/open").text
    assert "Đã đủ, nhưng bạn có thể chờ" in listed
    assert f'action="/me/open/{week.tuesday}"' in listed
    to_do = coordinator.get("/attention").text
    assert f"/matters/claim/{claim}/yes" in to_do
    assert "1 người muốn nhận" in to_do
    coordinator.post(f"/matters/claim/{claim}/yes")
    assert "Lê Quang Minh" in coordinator.get(f"/places/{week.tuesday}").text
    assert re.search(r"/me/turns/\d+", minh.get("/me/").text)


def test_open_shifts_promise_a_place_to_the_first_only_where_no_coordinator_agrees(week, as_user):
    as_user("lan").post(f"/me/turns/{week.lan_turn}/withdraw")
    minh = as_user("minh")
    first_has_it = "Ai nhận trước thì được."
    assert first_has_it in minh.get("/me/open").text

    rules = {"withdraw_hours": "24", "answer_hours": "12", "claims_agreed": "y"}
    as_user("coordinator").post(f"/units/{week.unit}/turn-rules", data=rules)

    page = minh.get("/me/open").text
    assert first_has_it not in page
    assert "cán bộ điều phối đồng ý trước" in page
    assert "Tôi muốn nhận" in page


def test_five_are_ticked_and_the_first_yes_on_a_phone_has_the_place(app, week, as_user):
    page = as_user("coordinator").get(f"/places/{week.monday}/cover").text
    assert f'name="person_id" form="ask" value="{week.minh}" checked' in page

    sent = {"person_id": [str(week.minh), str(week.ha)], "text": "Giúp nhé"}
    as_user("coordinator").post(f"/places/{week.monday}/cover", data=sent)

    phones = {name: as_user(name) for name in ("minh", "ha")}
    answers = {name: re.search(r"/me/asks/\d+/yes", phone.get("/me/").text) for name, phone in phones.items()}
    assert "Giúp nhé" in phones["ha"].get("/me/").text
    statuses = [phones[name].post(found[0]).status_code for name, found in answers.items()]
    assert statuses == [303, 409]
    assert "Lê Quang Minh" in as_user("coordinator").get(f"/places/{week.monday}").text


def test_ready_words_that_nobody_changed_are_left_to_each_reader_s_language(app, week, as_user):
    coordinator, page = as_user("coordinator"), f"/places/{week.monday}/cover"
    ready = re.search(r'name="ready" value="([^"]+ đang thiếu người[^"]+)"', coordinator.get(page).text)[1]

    coordinator.post(page, data={"person_id": str(week.minh), "text": ready, "ready": ready})
    unchanged = as_user("minh").get("/me/").text
    coordinator.post(page, data={"person_id": str(week.ha), "text": f"{ready} – Mai", "ready": ready})

    assert "/me/asks/" in unchanged
    assert "đang thiếu người" not in unchanged
    assert f"{ready} – Mai" in as_user("ha").get("/me/").text


def test_the_volunteer_s_calendar_follows_each_change_at_once_with_its_sequence(app, week, as_user):
    with app.app_context():
        minh = db.session.get_one(Account, week.accounts["minh"])
        address = feeds.create(db.session, FeedKind.VOLUNTEER, week.minh, feeds.Wishes(), by=minh, now=LATER)
        path = address.path
        db.session.commit()
    calendar = app.test_client()
    assert "BEGIN:VEVENT" not in calendar.get(path).text

    as_user("minh").post(f"/me/open/{week.monday}")
    taken = calendar.get(path)
    assert "STATUS:CONFIRMED" in taken.text
    assert "SEQUENCE:0" in taken.text
    turn = re.search(r"/me/turns/\d+", as_user("minh").get("/me/").text)[0]
    with time_machine.travel(LATER + timedelta(minutes=1), tick=False):
        as_user("minh").post(f"{turn}/withdraw")
        left = calendar.get(path)

    assert "STATUS:CANCELLED" in left.text
    assert "SEQUENCE:1" in left.text
    stamps = [re.search(r"LAST-MODIFIED:(\S+)", answer.text)[1] for answer in (taken, left)]
    assert stamps[0] < stamps[1]
    assert taken.headers["ETag"] != left.headers["ETag"]


def test_nobody_ticked_brings_the_form_back_with_its_text(week, as_user):
    answer = as_user("coordinator").post(f"/places/{week.monday}/cover", data={"text": "Giúp nhé"})

    assert answer.status_code == 422
    assert "Giúp nhé" in answer.text


def test_a_swap_is_proposed_on_one_phone_and_done_on_the_other(app, week, as_user):
    choices = as_user("lan").get(f"/me/turns/{week.lan_turn}/swap").text
    assert f'name="wanted" value="{week.ha_turn}"' in choices

    as_user("lan").post(f"/me/turns/{week.lan_turn}/swap", data={"wanted": week.ha_turn})
    swap = first(app, Swap)
    assert f"/me/swaps/{swap}/yes" in as_user("ha").get("/me/").text
    as_user("ha").post(f"/me/swaps/{swap}/yes")

    assert "Nguyễn Thị Lan" in as_user("coordinator").get(f"/places/{week.tuesday}").text
    assert as_user("lan").get(f"/me/turns/{week.lan_turn}").status_code == 200


def test_two_of_one_shift_who_are_not_named_are_told_apart_where_one_would_swap(app, week, as_user):
    page = as_user("ha").get(f"/me/turns/{week.ha_turn}/swap").text
    assert "Đang là ca của một tình nguyện viên khác" in page
    assert "người thứ" not in page

    as_user("minh").post(f"/me/open/{week.monday}")

    page = as_user("ha").get(f"/me/turns/{week.ha_turn}/swap").text
    assert "người thứ 1 trong 2" in page
    assert "người thứ 2 trong 2" in page


def test_a_stand_in_is_asked_by_the_volunteer_and_named_only_if_they_agreed(week, as_user):
    page = as_user("lan").get(f"/me/turns/{week.lan_turn}/stand-in").text
    assert f'value="{week.minh}"' in page
    assert "Minh" not in page

    as_user("lan").post(f"/me/turns/{week.lan_turn}/stand-in", data={"person_id": week.minh})

    assert "/me/asks/" in as_user("minh").get("/me/").text


def test_a_unit_sets_what_volunteers_do_by_themselves(app, week, as_user):
    coordinator, inherited = as_user("coordinator"), "là quy định chung hoặc của cấp trên"
    assert inherited in coordinator.get(f"/units/{week.unit}/turn-rules").text
    wrong = coordinator.post(f"/units/{week.unit}/turn-rules", data={"withdraw_hours": "viele", "answer_hours": "2"})
    assert (wrong.status_code, inherited in wrong.text) == (422, True)
    saved = {"withdraw_hours": "48", "answer_hours": "2", "claims_agreed": "1"}
    coordinator.post(f"/units/{week.unit}/turn-rules", data=saved)
    assert inherited not in coordinator.get(f"/units/{week.unit}/turn-rules").text

    as_user("minh").post(f"/me/open/{week.monday}")

    claim = first(app, Claim)
    assert f"/matters/claim/{claim}/yes" in coordinator.get("/attention").text


def test_a_coordinator_puts_somebody_on_and_takes_them_off_at_once(week, as_user):
    coordinator = as_user("coordinator")
    people = f"/places/{week.monday}/people/{week.minh}"

    assert coordinator.post(f"{people}/put").status_code == 303
    assert coordinator.post(f"{people}/put").status_code == 409
    assert coordinator.post(f"{people}/off", data={"reason": "Nhầm"}).status_code == 303

    assert "“Nhầm”" in coordinator.get(f"/places/{week.monday}").text


def test_whoever_tells_a_coordinator_that_they_come_is_asked_no_more(app, week, as_user):
    coordinator, said = as_user("coordinator"), f"/places/{week.monday}/people/{week.lan}/comes"
    assert said in coordinator.get(f"/places/{week.monday}").text

    assert as_user("stranger").post(said).status_code == 403
    assert as_user("minh").post(said).status_code == 403
    assert coordinator.post(f"/places/{week.monday}/people/{week.minh}/comes").status_code == 404
    assert coordinator.post(said).status_code == 303

    assert said not in coordinator.get(f"/places/{week.monday}").text
    with app.app_context():
        assert db.session.get_one(Assignment, week.lan_turn).confirmed_at == LATER


def test_a_place_that_lacks_a_skill_says_which_and_who_brings_it(app, week, as_user):
    with app.app_context():
        held = PersonQualification(qualification=a_qualification(db.session), granted_on=LONG_AGO.date())
        minh = db.session.get_one(Person, week.minh)
        minh.qualifications.append(held)
        db.session.get_one(Shift, week.tuesday).needs = {"trained": 1}
        db.session.commit()
    coordinator = as_user("coordinator")

    lack = "thiếu 1: Kỹ năng trained"
    assert lack in coordinator.get("/attention").text
    assert lack in coordinator.get(f"/places/{week.tuesday}").text
    cover = coordinator.get(f"/places/{week.tuesday}/cover?leaving={week.ha}").text
    assert cover.index("Lê Quang Minh") < cover.index("Nguyễn Thị Lan")


def test_beyond_the_first_stand_ins_the_others_can_be_unfolded_and_ticked_too(app, week, as_user, monkeypatch):
    monkeypatch.setattr(places, "SHOWN", 1)
    page = as_user("coordinator").get(f"/places/{week.monday}/cover").text

    first, unfolded = page.split('<details class="more">')
    ticks = [part.count('name="person_id" form="ask"') for part in (first, unfolded)]
    assert ticks == [1, 1]
    assert "Thêm 1 người có thể đến" in unfolded


def test_what_keeps_somebody_from_an_open_shift_stands_beside_it(app, week, as_user):
    with app.app_context():
        db.session.get_one(Person, week.minh).max_turns = 0
        db.session.commit()

    page = as_user("minh").get("/me/open").text

    assert "person-barred" in page
    assert f'action="/me/open/{week.monday}"' not in page


def test_a_stand_in_after_a_swap_is_put_on_with_one_click(as_user, app, week):
    with app.app_context():
        db.session.get_one(Person, week.lan).max_turns = 1
        tuesday = db.session.get_one(Shift, week.tuesday)
        no = {"starts_at": tuesday.starts_at, "ends_at": tuesday.ends_at, "level": Level.NOT}
        db.session.add(AvailabilityException(person_id=week.minh, **no))
        db.session.commit()
    client = as_user("coordinator")
    page = client.get(f"/places/{week.tuesday}/cover?leaving={week.ha}").text
    action = f"/places/{week.tuesday}/people/{week.lan}/swap"
    assert f'action="{action}"' in page

    offered = {"gives": str(week.monday), "to": str(week.minh), "leaving": str(week.ha)}
    assert all(f'name="{name}" value="{value}"' in page for name, value in offered.items())
    assert client.post(action, data=offered).status_code == 303

    assert "Nguyễn Thị Lan" in client.get(f"/places/{week.tuesday}").text
    assert client.post(action, data=offered).status_code == 409


def test_board_handout_and_open_shifts_tell_who_is_needed_and_who_would_be_welcome_in_the_same_words(
    app, week, as_user
):
    with app.app_context():
        shift = db.session.get_one(Shift, week.tuesday)
        shift.target, day, roster = 3, shift.starts_at.date(), 1
        shift = db.session.get_one(Shift, week.monday)
        shift.maximum = shift.target = 3
        db.session.commit()

    coordinator = as_user("coordinator")
    handout = coordinator.get(f"/handouts/roster/{roster}").text
    places = as_user("minh").get("/me/open").text
    board = coordinator.get(f"/plan/{week.unit}/{day - timedelta(days=1)}").text

    assert "còn thiếu 1 người, thêm 1 người càng tốt" in handout
    assert "Còn thiếu 1 người, thêm 1 người càng tốt" in places
    assert "thiếu 1" in board
    assert "thêm 1 người càng tốt" in board
    assert all("thêm 2 người càng tốt" in page.lower() for page in (handout, places, board))


def test_a_place_where_one_more_is_only_welcome_is_nowhere_called_short(app, week, as_user):
    with app.app_context():
        db.session.get_one(Shift, week.tuesday).target = 2
        db.session.commit()
    client = as_user("coordinator")
    client.post("/preferences/", data={"language": "en"})
    place, cover = f"/places/{week.tuesday}", f"/places/{week.tuesday}/cover"

    assert "Ask one more" in client.get(place).text
    assert "One more welcome" in client.get(place).text
    assert "One more would be welcome on" in client.get(cover).text
    assert not any("Find cover" in client.get(page).text or "short" in client.get(page).text for page in (place, cover))

    assert "Find cover" in client.get(f"/places/{week.monday}").text
    assert "We are short of somebody" in client.get(f"/places/{week.monday}/cover").text
    relieving = client.get(cover, query_string={"leaving": week.ha}).text
    assert "We are short of somebody" in relieving, "whoever leaves is missing then"


def test_a_published_week_and_its_publication_lead_to_what_the_chat_group_is_sent(app, week, as_user):
    with app.app_context():
        monday = db.session.get_one(Shift, week.monday).starts_at.date()
    pages = (f"/plan/{week.unit}/{monday}", "/rosters/1/publications", "/rosters/1/publications/1")

    assert all('href="/handouts/roster/1"' in as_user("coordinator").get(page).text for page in pages)


def test_whoever_publishes_is_told_how_many_hear_of_it_and_who_only_sees_it_on_their_page(app, week, as_user):
    with app.app_context():
        app.extensions["settings"] = replace(app.extensions["settings"], mail_url="mailto://localhost")
        db.session.get_one(Account, week.accounts["minh"]).login = "+84901234567"
        for shift, person in ((week.tuesday, week.lan), (week.monday, week.minh)):
            db.session.add(DraftAssignment(roster_id=1, shift_id=shift, person_id=person))
        db.session.commit()
        revision = db.session.get_one(Roster, 1).revision
    client = as_user("coordinator")
    client.post("/preferences/", data={"language": "en"})

    said = client.post("/rosters/1/publish", data={"revision": revision}, follow_redirects=True).text

    assert "One person is told. No letter reaches Lê Quang Minh: they see it only on their page." in said
