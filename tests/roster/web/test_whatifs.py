"""The page of a week's what-ifs: asked with a form, refused at the field, read level by level."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from roster.extensions import db
from roster.models import WhatIf
from roster.worker import searches
from tests.roster.web.test_shortages import AN, SHORT, client

__all__ = ["client"]  # the same week
PAGE = "/rosters/1/what-ifs"


def answer_it(app: Flask) -> None:
    with app.app_context():
        sessions = sessionmaker(db.engine)
        number = db.session.scalars(select(WhatIf.id)).one()
        db.session.rollback()
        searches.WHAT_IFS.work(sessions, {"whatif_id": number}, should_stop=lambda: False)


def test_what_would_come_of_it_is_told_places_first_and_level_by_level(client: FlaskClient, app: Flask):
    asked = client.post(PAGE, data={"kind": "more_turns", "by": "1", "group": ""})
    assert (asked.status_code, asked.location) == (303, f"{PAGE}#answers")

    answer_it(app)

    page = client.get(PAGE).text
    assert "One turn more a week for everybody" in page
    assert "Would fill one of 1 short places." in page
    assert "1 of 2 filled" in page
    assert "2 of 2 filled" in page


def test_while_it_waits_the_page_asks_for_the_answers_again_and_then_no_more(client, app):
    client.post(PAGE, data={"kind": "away", "person_ids": str(AN)})
    assert 'hx-trigger="every 1s"' in client.get(f"{PAGE}/answers").text

    answer_it(app)

    assert 'hx-trigger="every 1s"' not in client.get(f"{PAGE}/answers").text


def test_somebody_away_tells_the_places_that_then_are_short(client, app):
    client.post(PAGE, data={"kind": "away", "person_ids": str(AN)})

    answer_it(app)

    page = client.get(PAGE).text
    assert "Away all week: Trần Văn An" in page
    assert "Would leave 2 places missing instead of one place." in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": "more_turns", "by": "0"}, "Please give a number from 1 to 5."),
        ({"kind": "hours", "shift_id": str(SHORT), "starts": "x", "ends": "11:00"}, "Please give a time."),
        ({"kind": "away"}, "Please choose at least one."),
    ],
)
def test_a_refused_question_comes_back_with_words_at_its_field(client, typed, words):
    answer = client.post(PAGE, data=typed)

    assert answer.status_code == 422
    assert words in answer.text


def test_people_are_found_by_names_without_marks_and_stay_ticked(client):
    found = client.get(f"{PAGE}/people", query_string={"q": "tran van"}).text
    kept = client.get(f"{PAGE}/people", query_string={"q": "nobody like that", "person_ids": AN}).text

    assert "Trần Văn An" in found
    assert "checked" in kept


def test_one_can_be_stopped_and_put_away(client, app):
    client.post(PAGE, data={"kind": "away", "person_ids": str(AN)})
    with app.app_context():
        number = db.session.scalars(select(WhatIf.id)).one()

    client.post(f"/what-ifs/{number}/cancel")
    assert "Stopped before it was answered." in client.get(PAGE).text

    client.post(f"/what-ifs/{number}/forget")
    assert "Nothing asked yet" in client.get(PAGE).text
