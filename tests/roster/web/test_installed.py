"""The page can be installed: a manifest in the reader's language, and a worker that may look after every page."""

from flask import Flask


def test_the_manifest_names_the_app_in_the_language_of_its_reader(app: Flask):
    answer = app.test_client().get("/manifest.webmanifest", headers={"Accept-Language": "vi"})

    assert answer.mimetype == "application/manifest+json"
    assert (answer.json["short_name"], answer.json["start_url"]) == ("Ca của tôi", "/me/")
    assert answer.json["icons"][0]["src"].startswith("/static/mark-")


def test_the_worker_stands_at_the_root_and_is_asked_for_anew(app: Flask):
    answer = app.test_client().get("/worker.js")

    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    assert b'"/me/availability"' in answer.data
