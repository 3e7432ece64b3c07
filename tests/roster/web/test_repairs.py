"""The page of a repair: a first answer at once, the best one when the worker has it, accepted with ticks kept."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from roster.extensions import db
from roster.models import Assignment, AssignmentState, Person, Repair
from roster.worker import searches
from tests.builders import a_person, a_unit
from tests.roster.web.test_places import as_user, later, week

__all__ = ["as_user", "later", "week"]  # the same week
PAGE = "/rosters/1/repair"


@pytest.fixture
def client(as_user):
    client = as_user("coordinator")
    client.post("/preferences/", data={"language": "en"})
    return client


def search(app: Flask) -> None:
    with app.app_context():
        number = db.session.scalars(select(Repair.id)).one()
        db.session.rollback()
        searches.REPAIRS.work(sessionmaker(db.engine), {"repair_id": number}, should_stop=lambda: False)


def serving(app: Flask, shift_id: int) -> set[int]:
    with app.app_context():
        mine = {"shift_id": shift_id, "state": AssignmentState.ACTIVE}
        return set(db.session.scalars(select(Assignment.person_id).filter_by(**mine)))


def ask(client, week, **typed):
    return client.post(PAGE, data={"person_id": str(week.ha), "day": "", "window": "week"} | typed)


def lines_of(week, **changes) -> dict[str, str]:
    """What the page sends for Hà's line, with Minh instead."""
    line = {
        "line": str(week.tuesday),
        "shown": str(week.tuesday),
        f"leaving-{week.tuesday}": str(week.ha),
        f"joining-{week.tuesday}": str(week.minh),
    }
    return line | changes


def test_the_first_answer_stands_there_at_once_and_the_proved_one_when_it_is_found(client, app, week):
    asked = ask(client, week)
    assert (asked.status_code, asked.location) == (303, "/repairs/1")
    page = client.get("/repairs/1").text
    assert "Lê Quang Minh</ins>" in page
    assert "Waiting for a free worker to look for fewer changes" in page
    assert 'hx-trigger="every 1s"' in page

    search(app)

    part = client.get("/repairs/1/progress", headers={"HX-Request": "true"}).text
    assert "Proved: as many places are filled as can be, with as few changes as that takes." in part
    assert 'hx-swap-oob="true"' in part
    assert "One turn for somebody to take." in page
    assert "2 turns for others to take." in part, "as many as the lines it brings, which are not the first answer's"
    assert 'hx-trigger="every 1s"' not in part


def test_while_it_is_looked_for_it_can_be_stopped(client, week):
    ask(client, week)

    client.post("/repairs/1/cancel")

    page = client.get("/repairs/1").text
    assert "Stopped; this is the best found so far." in page
    assert "Accept what is ticked" in page


def test_a_line_unticked_while_the_search_went_on_stays_unticked_when_it_ends(client, app, week):
    ask(client, week)
    search(app)

    line = f'id="line-{week.tuesday}" name="line" value="{week.tuesday}"'

    assert f"{line} checked" in client.get("/repairs/1/progress").text
    assert f"{line} checked" not in client.get(f"/repairs/1/progress?shown={week.tuesday}").text


def test_what_is_accepted_is_marked_done_and_its_reason_stands_in_the_history(client, app, week):
    assert f'href="{PAGE}"' in client.get("/attention").text
    ask(client, week)

    assert client.post("/repairs/1", data=lines_of(week, reason="Cúm")).status_code == 303

    assert serving(app, week.tuesday) == {week.minh}
    assert "All of it is in effect" in client.get("/repairs/1").text
    assert "“Cúm”" in client.get(f"/places/{week.tuesday}").text


def test_what_a_rule_forbids_by_now_is_refused_with_its_facts_and_the_form_is_kept(client, app, week):
    ask(client, week)
    with app.app_context():
        db.session.get_one(Person, week.minh).max_turns = 0
        db.session.commit()

    refused = client.post("/repairs/1", data=lines_of(week, reason="Cúm"))

    assert refused.status_code == 422
    assert "Lê Quang Minh" in refused.text
    assert 'value="Cúm"' in refused.text
    assert serving(app, week.tuesday) == {week.ha}


def test_a_place_filled_meanwhile_is_said_and_its_line_marked(client, app, week):
    ask(client, week)
    client.post(f"/places/{week.tuesday}/people/{week.lan}/put")

    refused = client.post("/repairs/1", data=lines_of(week, reason="Cúm"))

    assert refused.status_code == 422
    assert "people have come or gone there since this was worked out" in refused.text
    assert "Changed meanwhile" in refused.text
    assert serving(app, week.tuesday) == {week.ha, week.lan}


def test_a_line_with_somebody_who_was_never_here_says_neither_who_that_is_nor_whether(client, app, week):
    ask(client, week)
    with app.app_context():
        stranger = a_person(db.session, a_unit(db.session, "Xã Lạ"), "Vũ Thị Lạ").id
        db.session.commit()

    answers = [
        client.post("/repairs/1", data=lines_of(week, **{f"joining-{week.tuesday}": number}))
        for number in (stranger, stranger + 1)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "Vũ Thị Lạ" not in answers[0].text


def test_nobody_chosen_is_said_beside_the_list(client, week):
    refused = ask(client, week, person_id="")

    assert refused.status_code == 422
    assert "Please choose at least one." in refused.text


def test_people_are_found_by_name_and_those_ticked_stay(client, week):
    page = client.get(f"{PAGE}?q=lan&person_id={week.ha}").text

    assert "Nguyễn Thị Lan" in page
    assert f'value="{week.ha}" checked' in page
    assert "Nobody with a name like that" in client.get(f"{PAGE}?q=zzz").text


def test_a_number_of_thousands_of_digits_is_nobody(client, app, week):
    ask(client, week)

    refused = client.post(
        "/repairs/1", data=lines_of(week, **{f"{side}-{week.tuesday}": "9" * 5000 for side in ("leaving", "joining")})
    )

    assert refused.status_code == 422
    assert serving(app, week.tuesday) == {week.ha}
