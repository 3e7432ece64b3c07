"""What every answer tells the browser to refuse, and how cookies are kept."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from roster.app import create_app
from roster.config import Settings
from roster.extensions import db
from roster.web.headers import CONTENT_SECURITY_POLICY


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def https_client(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(replace(settings, base_url="https://roster.example", secure_cookies=True))
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("address", ["/account/sign-in", "/", "/nothing-here", "/healthz", "/welcome/unknown"])
def test_every_answer_forbids_inline_code_frames_and_guessing_of_types(client: FlaskClient, address: str):
    headers = client.get(address).headers

    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_built_files_are_kept_for_ever_and_pages_name_them_by_hash(client: FlaskClient):
    page = client.get("/account/sign-in").get_data(as_text=True)
    script = page.partition('<script src="')[2].partition('"')[0]

    answer = client.get(script)
    answer.close()

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_holds_no_inline_script_and_no_inline_style(client: FlaskClient):
    page = client.get("/account/sign-in").get_data(as_text=True)

    assert " style=" not in page
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=")


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: FlaskClient):
    cookie = client.get("/account/sign-in").headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_over_https_cookies_and_browsers_stay_there(https_client: FlaskClient):
    answer = https_client.get("/account/sign-in", base_url="https://roster.example")

    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_without_https_browsers_are_not_sent_there(client: FlaskClient):
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
