"""Whatever stands in an address or a form, the answer is a page or a refusal in words, never a broken service."""

import re
from datetime import UTC, datetime
from inspect import getsource
from sys import modules
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from roster.extensions import db
from tests.architecture.world import ADMINISTRATOR, VOLUNTEER, build

ODD = (
    "\x00",
    "9" * 30,
    "-1",
    "12",
    "²",
    "unit:²",
    "0001-01-01",
    "9999-12-31",
    "07:30+07:00",
    "//[",
    "a\x00@b.vn",
    "a" * 4_000,
    "FREQ=DAILY;INTERVAL=0",
)
READ = re.compile(r"""\b(?:get|getlist)\(\s*"([a-z_]+)"|request\.\w+\["([a-z_]+)"\]""")
BIG = 10**30
HIDDEN = (403, 404)


@pytest.fixture(params=[ADMINISTRATOR, VOLUNTEER])
def client(app: Flask, request: pytest.FixtureRequest) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False  # tests/architecture/test_forged_requests.py walks with it
    with app.app_context():
        accounts, app.extensions["arguments"] = build(db.session, datetime.now(UTC))
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{accounts[request.param]}.0"
    return client


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Each route with each of its methods; signing out would end the walk."""
    pairs = [(rule, method) for rule in app.url_map.iter_rules() for method in sorted(rule.methods or ())]
    return [
        (rule, method) for rule, method in pairs if method in ("GET", "POST") and "end_session" not in rule.endpoint
    ]


def fields_read(app: Flask, rule: Rule) -> list[str]:
    """The names that the module of the route's view asks for, of forms and addresses."""
    source = getsource(modules[app.view_functions[rule.endpoint].__module__])
    return [first or second for first, second in READ.findall(source)]


def addresses(app: Flask, rule: Rule, method: str) -> list[str]:
    """The route's own address, and one with each of its arguments odd."""
    known = {name: app.extensions["arguments"][name] for name in rule.arguments}
    own = app.url_map.bind("localhost").build(rule.endpoint, known, method)
    values = [(name, str(odd)) for name in known for odd in (BIG, "9999-12-31", "0001-01-01", "²")]
    return [own, *(own.replace(f"/{known[name]}", f"/{quote(odd)}", 1) for name, odd in values)]


def test_no_address_breaks_the_service(app: Flask, client: FlaskClient):
    broken = []
    for rule, method in routes(app):
        for address in addresses(app, rule, method):
            status = client.open(address, method=method).status_code
            if status >= 500:
                broken.append(f"{method} {address} answers {status}")

    assert not broken, "\n".join(broken)


def test_nothing_typed_into_a_form_or_search_breaks_the_service(app: Flask, client: FlaskClient):
    broken = []
    for rule, method in routes(app):
        address, names = addresses(app, rule, method)[0], fields_read(app, rule)
        if not names or client.open(address, method=method).status_code in HIDDEN:
            continue  # whoever may come there is asked by the same functions, and by more
        for odd in ODD:
            sent = dict.fromkeys(names, odd)
            status = client.open(address, method=method, **{"data" if method == "POST" else "query_string": sent})
            if status.status_code >= 500:
                broken.append(f"{method} {address} answers {status.status_code} to {odd[:40]!r}")

    assert not broken, "\n".join(broken)
