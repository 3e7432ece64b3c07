"""A list that is in leads on to inviting its people, and claims nobody whom it left out."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from roster.extensions import db
from roster.models import ImportState, PeopleImport
from tests import builders
from tests.builders import LONG_AGO

FAULTY = {"row": 44, "name": "Lê Văn Sai", "problems": []}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The coordinator of unit 1, whose list 1 is in whole, and list 2 but for a row."""
    with app.app_context():
        unit = builders.a_unit(db.session)
        by = builders.a_coordinator(db.session, unit)
        for faulty in ([], [FAULTY]):
            row = PeopleImport(unit=unit, asked_by=by, state=ImportState.DONE, file_name="a.xlsx", columns=[])
            row.report, row.created_at = {"new": 39, "bad_rows": faulty}, LONG_AGO
            db.session.add(row)
        db.session.commit()
        account = by.id
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{account}.0"
    return client


def test_a_list_that_is_in_leads_on_to_inviting(client: FlaskClient):
    assert 'href="/people/invitations/?unit_id=1"' in client.get("/people/imports/1").text


def test_a_list_with_rows_to_mend_does_not_say_that_everybody_is_in(client: FlaskClient):
    whole, faulty = (client.get(f"/people/imports/{number}").text for number in (1, 2))

    assert "Đã nhập xong tất cả." in whole
    assert "Đã nhập xong tất cả." not in faulty
    assert "Đã nhập xong, trừ 1 dòng." in faulty
