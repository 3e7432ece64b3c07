"""The page can be installed: a manifest in the reader's language, and a worker that may look after every page."""

import re

from flask import Flask, url_for

from roster import paths


def test_the_manifest_names_the_app_in_the_language_of_its_reader(app: Flask):
    answer = app.test_client().get("/manifest.webmanifest", headers={"Accept-Language": "vi"})

    assert answer.mimetype == "application/manifest+json"
    assert (answer.json["short_name"], answer.json["start_url"]) == ("Ca của tôi", "/me/")
    assert answer.json["icons"][0]["src"].startswith("/static/mark-")


def test_the_worker_stands_at_the_root_and_is_asked_for_anew(app: Flask):
    answer = app.test_client().get("/worker.js")

    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    assert b"availability" in answer.data


def test_every_way_in_and_out_leaves_no_page_of_another_reader_on_the_phone(app: Flask):
    script = (paths.PACKAGE.parent / "frontend/js/worker.js").read_text()
    leaving = re.compile(script.partition("const LEAVING = /")[2].partition("/;")[0])

    with app.test_request_context():
        ways = [
            url_for("accounts.sign_in"),
            url_for("accounts.end_session"),
            url_for("personal_data.erase"),
            url_for("links.use", token="t"),
            url_for("doors.enter", door_token="t"),
        ]
    assert [way for way in ways if not leaving.match(way)] == []
