"""Counting on a page: the desk counts one day, the coordinator is led to the shift and says who was missing."""

import html
import re

import time_machine

from roster.extensions import db
from roster.models import Account, Assignment, Role, RoleKind, Shift
from tests.builders import MONDAY, a_shift, an_account, local
from tests.roster.web.test_places import as_user, later, week

__all__ = ["as_user", "later", "week"]  # the same week


def test_the_desk_counts_and_the_coordinator_says_who_was_missing(app, week, as_user):
    with app.app_context():
        site = db.session.get_one(Shift, week.monday).site
        week.accounts["desk"] = an_account(db.session, Role(kind=RoleKind.CENTER, site=site)).id
        site_id = site.id
        db.session.commit()
    day = f"/coverage/{site_id}/{MONDAY}/came"
    assert "Ngày này chưa có gì để đếm" in as_user("desk").get(day).text

    with time_machine.travel(local(MONDAY, "12:00"), tick=False):
        desk, coordinator = as_user("desk"), as_user("coordinator")
        assert day in desk.get(f"/coverage/{site_id}").text
        page = desk.get(day).text
        assert f'name="came-{week.monday}" value="1"' in page
        assert 'aria-current="page"' in page
        assert desk.post(day, data={f"came-{week.monday}": "-1"}).status_code == 422
        desk.post(day, data={f"came-{week.monday}": "0"})
        assert "0 trên 1 người đã đến" in desk.get(f"/coverage/{site_id}").text

        assert f'href="/places/{week.monday}"' in coordinator.get("/attention").text
        place = coordinator.get(f"/places/{week.monday}").text
        assert "Người theo lịch" in place
        assert "Chờ xác nhận" not in place
        coordinator.post(f"/places/{week.monday}/people/{week.lan}/absent")
        assert "Không đến" in coordinator.get(f"/places/{week.monday}").text
        assert "Ai đã vắng?" not in coordinator.get("/attention").text

        lan = as_user("lan")
        assert "Được ghi là vắng" in lan.get("/me/").text
        turn = re.search(r"/me/shifts/(\d+)/was-there", lan.get("/me/").text)[1]
        lan.post(f"/me/shifts/{turn}/was-there")
        assert "Cán bộ điều phối sẽ xem lại" in lan.get("/me/").text
        assert f"/matters/absence/{turn}/yes" in coordinator.get(f"/places/{week.monday}").text
        answered = coordinator.post(f"/matters/absence/{turn}/no", follow_redirects=True)
        assert "Họ thấy điều này" in answered.text
        assert "vẫn giữ như vậy" in lan.get("/me/").text
    with app.app_context():
        assert db.session.query(Assignment).filter_by(shift_id=week.monday, absent=True).count() == 1
        assert db.session.get_one(Account, week.accounts["desk"]).active


def test_who_was_there_after_all_is_noted_as_missing_no_more(app, week, as_user):
    with time_machine.travel(local(MONDAY, "12:00"), tick=False):
        coordinator, lan = as_user("coordinator"), as_user("lan")
        coordinator.post(f"/places/{week.monday}/people/{week.lan}/absent")
        turn = re.search(r"/me/shifts/(\d+)/was-there", lan.get("/me/").text)[1]
        lan.post(f"/me/shifts/{turn}/was-there")

        answered = coordinator.post(f"/matters/absence/{turn}/yes", follow_redirects=True)

        assert "Ca này được tính là đã trực" in answered.text
        assert f"/matters/absence/{turn}" not in coordinator.get("/attention").text
        assert "Được ghi là vắng" not in lan.get("/me/").text


def test_two_who_count_the_same_day_do_not_undo_each_other(app, week, as_user):
    with app.app_context():
        shift = db.session.get_one(Shift, week.monday)
        afternoon = a_shift(db.session, shift.site, shift.programme, starts="11:45", ends="17:00").id
        day = f"/coverage/{shift.site_id}/{MONDAY}/came"
        db.session.commit()

    with time_machine.travel(local(MONDAY, "12:00"), tick=False):
        coordinator = as_user("coordinator")
        early = typed_on(coordinator.get(day).text)
        assert (early[f"came-{week.monday}"], early[f"came-{afternoon}"]) == ("1", "")  # it still goes on
        assert coordinator.post(day, data=early | {f"came-{week.monday}": "0"}).status_code == 303

        answer = coordinator.post(day, data=early | {f"came-{afternoon}": "2"})
        assert answer.status_code == 409
        assert "Trong lúc đó" in answer.text
        assert coordinator.post(day, data=typed_on(answer.text) | {f"came-{week.monday}": "0"}).status_code == 303
    with app.app_context():
        assert [db.session.get_one(Shift, id).came for id in (week.monday, afternoon)] == [0, 2]


def typed_on(page):
    """What a browser sends of the form on a page that is left as it is."""
    fields = re.findall(r'<input[^>]* name="(came-\d+|seen)"[^>]*value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in fields}
