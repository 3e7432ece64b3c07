"""Files for coordinators and volunteers: they arrive whole, under names any server can send."""

import io
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from roster.extensions import db
from roster.imports import columns, people, sheets
from roster.models import Unit
from tests import builders
from tests.roster.imports.sheets_of_people import an_office_list, with_nine_faults


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        unit = builders.a_unit(db.session)
        builders.a_person(db.session, unit, phone="+84912345678")
        coordinator = builders.a_coordinator(db.session, unit)
        data = an_office_list(with_nine_faults())
        app.extensions["import_id"] = people.upload(
            db.session, unit, data, "a.xlsx", by=coordinator, now=datetime.now(UTC)
        ).id
        app.extensions["unit_id"], account_id = unit.id, coordinator.id
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{account_id}.0"
    return client


def test_every_file_has_a_name_that_headers_can_hold(app: Flask, client: FlaskClient):
    files = [
        client.get("/people/imports/template.xlsx"),
        client.get(f"/people/imports/{app.extensions['import_id']}/faulty.xlsx"),
    ]

    for file in files:
        assert file.status_code == 200
        file.headers["Content-Disposition"].encode("latin-1")
        assert file.headers["Cache-Control"] == "no-store"


def test_the_empty_list_to_fill_in_is_read_without_a_question(client: FlaskClient):
    read = sheets.read(client.get("/people/imports/template.xlsx").data)

    assert columns.guess(read.rows) == columns.Layout(
        0, ("full_name", "phone", "email", "birth_date", "unit", "team", "qualifications")
    )


def test_an_uploaded_file_that_is_none_comes_back_with_the_reason(app: Flask, client: FlaskClient):
    sent = {"unit_id": app.extensions["unit_id"], "file": (io.BytesIO(b"PK\x03\x04"), "a.xlsx")}

    answer = client.post("/people/imports/", data=sent, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_whoever_has_one_unit_is_not_asked_for_which_and_reads_that_e_mail_is_a_column(client: FlaskClient):
    page = client.get("/people/imports/").text

    assert "Cho đơn vị nào" not in page
    assert "địa chỉ e-mail" in page
    file = (io.BytesIO("Họ tên\nNguyễn Thị Lan\n".encode()), "a.csv")
    unit_id = page.split('name="unit_id" value="')[1].split('"')[0]
    sent = client.post("/people/imports/", data={"unit_id": unit_id, "file": file})
    assert sent.status_code == 303


def test_whoever_has_several_units_says_for_which(app: Flask, client: FlaskClient):
    with app.app_context():
        above = db.session.get_one(Unit, app.extensions["unit_id"])
        builders.a_unit(db.session, "Chi đoàn Một", parent=above)
        db.session.commit()

    assert "Cho đơn vị nào" in client.get("/people/imports/").text


def _to_mend(app: Flask, client: FlaskClient, waiting: int) -> str:
    """The page of a list whose many rows wait for a unit, and whose last has a birth date that is none."""
    rows = "".join("Trần Văn Chờ,,Chi đoàn mới\n" for _ in range(waiting))
    rows = f"Họ tên,Ngày sinh,Đơn vị\n{rows}Lê Thị Sai,31/2/2005,Chi đoàn mới\n"
    file = (io.BytesIO(rows.encode()), "a.csv")
    sent = client.post("/people/imports/", data={"unit_id": app.extensions["unit_id"], "file": file})
    return client.get(sent.headers["Location"]).text


def test_rows_to_mend_stand_as_in_the_file(app: Flask, client: FlaskClient):
    page = _to_mend(app, client, waiting=2)

    assert page.index("Trần Văn Chờ") < page.index("Lê Thị Sai")
    assert "chỉ chờ đơn vị xếp cuối" not in page


def test_of_too_many_rows_to_mend_those_with_mistakes_of_their_own_stand_first(app: Flask, client: FlaskClient):
    page = _to_mend(app, client, waiting=100)

    assert "Những dòng chỉ chờ đơn vị xếp cuối" in page
    assert page.index("Lê Thị Sai") < page.index("Trần Văn Chờ")
