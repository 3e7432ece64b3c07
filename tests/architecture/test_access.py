"""Every route has a rule that says who may use it, and keeps to it for everybody.

The walk asks each route as each of seven people, about things of one unit, in a world built anew each time. Whoever is
not in the rule has to be refused before anything else is looked at: 403, 404, or the way to the sign-in page.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url
from werkzeug.routing import Rule

from roster.config import Settings
from roster.extensions import db
from tests.architecture.world import (
    ADMINISTRATOR,
    CENTER,
    COLLEAGUE,
    COORDINATOR,
    EVERYBODY,
    NEIGHBOUR,
    OTHER_CENTER,
    OUTSIDER,
    STRANGER,
    VOLUNTEER,
    build,
)

MEMBERS = EVERYBODY - {OUTSIDER}
PLANNERS = frozenset({COORDINATOR, NEIGHBOUR, ADMINISTRATOR})  # each sees their own lists and forms
UNIT = frozenset({COORDINATOR, ADMINISTRATOR})
SITE = UNIT | {CENTER}
HOSTS = frozenset({CENTER, OTHER_CENTER}) | PLANNERS
VOLUNTEERS = frozenset({VOLUNTEER})
ADMIN = frozenset({ADMINISTRATOR})

# One line per route: its endpoint, and who may use it on something of the unit (see world.py).
RULES: dict[str, frozenset[str]] = {
    "accounts.change_password": MEMBERS,
    "accounts.change_reach": MEMBERS,
    "accounts.rename": MEMBERS - VOLUNTEERS,
    "accounts.end_session": EVERYBODY,
    "accounts.show": MEMBERS,
    "accounts.sign_in": EVERYBODY,
    "accounts.start_session": EVERYBODY,
    "answers.ask_standin": EVERYBODY,
    "answers.calendar": EVERYBODY,
    "answers.choices": EVERYBODY,
    "answers.choose_standin": EVERYBODY,
    "answers.confirm": EVERYBODY,
    "answers.cover": EVERYBODY,
    "answers.decline": EVERYBODY,
    "answers.question": EVERYBODY,
    "answers.show": EVERYBODY,
    "answers.week": EVERYBODY,
    "attendance.count": SITE,
    "attendance.note": UNIT,
    "attendance.show": SITE,
    "audit.index": ADMIN,
    "beginning.later": MEMBERS,
    "beneath.cancel": UNIT,
    "beneath.plan": UNIT,
    "beneath.show": UNIT,
    "board.copy_week": UNIT,
    "board.move": UNIT,
    "board.redo": UNIT,
    "board.show": UNIT,
    "board.targets": UNIT,
    "board.undo": UNIT,
    "center.index": HOSTS,
    "center.show": SITE,
    "demand.change": UNIT,
    "demand.change_hours": UNIT,
    "demand.create": UNIT,
    "demand.edit": UNIT,
    "demand.end": UNIT,
    "demand.new": UNIT,
    "design.show": EVERYBODY,
    "devices.turn_off": VOLUNTEERS,
    "devices.turn_on": MEMBERS,
    "doors.close_door": UNIT,
    "doors.enter": EVERYBODY,
    "doors.open_door": UNIT,
    "doors.poster": UNIT,
    "doors.show": EVERYBODY,
    "feeds.create": VOLUNTEERS,
    "feeds.mine": MEMBERS,
    "feeds.of_site": SITE,
    "feeds.of_team": UNIT | VOLUNTEERS,
    "feeds.of_unit": UNIT,
    "feeds.revoke": VOLUNTEERS,
    "feeds.robots": EVERYBODY,
    "feeds.rotate": VOLUNTEERS,
    "handouts.of_roster": UNIT,
    "handouts.of_team": UNIT | VOLUNTEERS,
    "handouts.team_now": UNIT | VOLUNTEERS,
    "guardians.agree": EVERYBODY,
    "guardians.ask": UNIT,
    "guardians.disagree": EVERYBODY,
    "guardians.end": UNIT,
    "guardians.index": PLANNERS,
    "guardians.question": UNIT | VOLUNTEERS,
    "guardians.send": UNIT | VOLUNTEERS,
    "guardians.show": EVERYBODY,
    "guardians.stop": UNIT | VOLUNTEERS,
    "health.show": EVERYBODY,
    "holidays.add": ADMIN,
    "holidays.decide": UNIT,
    "holidays.drop": ADMIN,
    "holidays.index": PLANNERS,
    "holidays.propose": ADMIN,
    "holidays.swap": ADMIN,
    "home.show": MEMBERS,
    "imports.add_units": ADMIN,
    "imports.arrange": UNIT,
    "imports.cancel": UNIT,
    "imports.confirm": UNIT,
    "imports.drop": UNIT,
    "imports.faulty": UNIT,
    "imports.index": PLANNERS,
    "imports.progress": UNIT,
    "imports.show": UNIT,
    "imports.template": PLANNERS,
    "imports.upload": UNIT,
    "inbox.index": MEMBERS,
    "inbox.read_all": MEMBERS,
    "inbox.show": VOLUNTEERS,
    "invitations.index": PLANNERS,
    "invitations.mail": UNIT,
    "invitations.make": UNIT,
    "installed.manifest": EVERYBODY,
    "installed.signed_in": EVERYBODY,
    "installed.worker": EVERYBODY,
    "links.show": EVERYBODY,
    "links.use": EVERYBODY,
    "me.add_exception": VOLUNTEERS,
    "me.availability_page": VOLUNTEERS,
    "me.confirm": VOLUNTEERS,
    "me.drop_exception": UNIT | VOLUNTEERS,
    "me.index": VOLUNTEERS,
    "me.save_limits": VOLUNTEERS,
    "me.save_week": VOLUNTEERS,
    "me.was_there": VOLUNTEERS,
    "messages.change_confirming": UNIT,
    "messages.choices": MEMBERS,
    "messages.confirming_rules": UNIT,
    "messages.outbox": UNIT,
    "messages.save": MEMBERS,
    "messages.send_again": UNIT,
    "people.add_exception": UNIT,
    "people.change": UNIT,
    "people.create": UNIT,
    "people.drop_exception": UNIT,
    "people.edit": UNIT,
    "people.grant": UNIT,
    "people.index": PLANNERS,
    "people.invite": UNIT,
    "people.new": PLANNERS,
    "people.set_active": UNIT,
    "people.show": UNIT,
    "people.withdraw": UNIT,
    "places.answer": UNIT,
    "places.ask_cover": UNIT,
    "places.attention": PLANNERS,
    "places.change_rules": UNIT,
    "places.find_cover": UNIT,
    "places.place_person": UNIT,
    "places.put_by_swap": UNIT,
    "places.rules": UNIT,
    "places.show": UNIT,
    "places.stop_cover": UNIT,
    "personal_data.ask_guardian": VOLUNTEERS,
    "personal_data.download": VOLUNTEERS,
    "personal_data.erase": VOLUNTEERS,
    "personal_data.give": VOLUNTEERS,
    "personal_data.show": VOLUNTEERS,
    "personal_data.withdraw": VOLUNTEERS,
    "preferences.change": EVERYBODY,
    "programmes.change": UNIT,
    "programmes.create": UNIT,
    "programmes.edit": UNIT,
    "programmes.index": PLANNERS,
    "programmes.new": PLANNERS,
    "qualifications.change": ADMIN,
    "qualifications.create": ADMIN,
    "qualifications.edit": ADMIN,
    "qualifications.index": PLANNERS,
    "qualifications.new": ADMIN,
    "repairs.accept": UNIT,
    "repairs.ask": UNIT,
    "repairs.cancel": UNIT,
    "repairs.index": UNIT,
    "repairs.progress": UNIT,
    "repairs.show": UNIT,
    "roles.grant": ADMIN,
    "roles.index": PLANNERS,
    "roles.invite": UNIT,
    "roles.new": PLANNERS,
    "roles.revoke": UNIT,
    "rosters.by_hand": UNIT,
    "rosters.cancel_run": UNIT,
    "rosters.changes": UNIT,
    "rosters.choose": UNIT,
    "rosters.history": UNIT,
    "rosters.index": PLANNERS,
    "rosters.open_week": UNIT,
    "rosters.plan": UNIT,
    "rosters.publication": UNIT,
    "rosters.publish": UNIT,
    "rosters.run": UNIT,
    "rosters.show_fairness": UNIT,
    "rosters.week": UNIT,
    "rounds.answer": VOLUNTEERS,
    "rounds.ask": UNIT,
    "rounds.mine": VOLUNTEERS,
    "rounds.remind": UNIT,
    "rounds.show": UNIT,
    "shifts.cancel": UNIT,
    "shifts.change": UNIT,
    "shifts.close_day": UNIT,
    "shifts.create": UNIT,
    "shifts.edit": UNIT,
    "shifts.new": UNIT,
    "shifts.restore": UNIT,
    "shifts.restore_day": UNIT,
    "shortages.apply": UNIT,
    "shortages.show": UNIT,
    "shortages.take_back": UNIT,
    "shortages.why": UNIT,
    "sites.change": UNIT,
    "sites.create": UNIT,
    "sites.edit": UNIT,
    "sites.index": PLANNERS,
    "sites.new": PLANNERS,
    "sites.show": UNIT,
    "teams.add_member": UNIT,
    "teams.create": UNIT,
    "teams.index": PLANNERS,
    "teams.new": PLANNERS,
    "teams.remove_member": UNIT,
    "teams.rename": UNIT,
    "teams.set_lead": UNIT,
    "teams.show": UNIT,
    "turns.answer_claim": VOLUNTEERS,
    "turns.answer_cover": VOLUNTEERS,
    "turns.answer_swap": VOLUNTEERS,
    "turns.ask_standin": VOLUNTEERS,
    "turns.choose_standin": VOLUNTEERS,
    "turns.choose_swap": VOLUNTEERS,
    "turns.claim": VOLUNTEERS,
    "turns.come_after_all": VOLUNTEERS,
    "turns.open_shifts": VOLUNTEERS,
    "turns.propose_swap": VOLUNTEERS,
    "turns.show": VOLUNTEERS,
    "turns.stop_call": UNIT | VOLUNTEERS,
    "turns.withdraw": VOLUNTEERS,
    "timetables.drop": VOLUNTEERS,
    "timetables.index": VOLUNTEERS,
    "timetables.link": VOLUNTEERS,
    "timetables.paste": VOLUNTEERS,
    "timetables.read_again": VOLUNTEERS,
    "timetables.show": VOLUNTEERS,
    "timetables.status": VOLUNTEERS,
    "timetables.upload": VOLUNTEERS,
    "timetables.whole_days": VOLUNTEERS,
    "units.change": ADMIN,
    "units.create": ADMIN,
    "units.edit": ADMIN,
    "units.index": PLANNERS,
    "units.new": ADMIN,
    "whatifs.answers": UNIT,
    "whatifs.ask": UNIT,
    "whatifs.cancel": UNIT,
    "whatifs.forget": UNIT,
    "whatifs.index": UNIT,
    "whatifs.people": UNIT,
}

REFUSED = frozenset({401, 403, 404})
# What forms send that name something the guard asks about; the rest of a form may be missing.
TYPED = {"kind": "coordinator"}


class World:
    """The application on a database that is put back after each request that may have changed it."""

    def __init__(self, app: Flask, file: Path) -> None:
        self.app, self.file, self.kept = app, file, file.with_suffix(".kept")
        with app.app_context():
            self.accounts, self.arguments = build(db.session, datetime.now(UTC))
            db.session.commit()
        self.typed = self.arguments | TYPED
        self.typed |= {"gives": self.arguments["shift_id"], "to": self.arguments["person_id"]}
        self.keep()

    def ask(self, rule: Rule, method: str, role: str) -> int:
        """The status that this route answers to this role."""
        client = self.app.test_client()
        # An outsider asks as htmx does: the answer is a plain 401 rather than the way to the sign-in page.
        headers = {"HX-Request": "true"} if role == OUTSIDER else {}
        if role != OUTSIDER:
            with client.session_transaction() as session:
                session["_user_id"] = f"{self.accounts[role]}.0"
        values = {name: self.arguments[name] for name in rule.arguments}
        address = self.app.url_map.bind("localhost").build(rule.endpoint, values, method)
        if method == "GET":
            return client.get(address, headers=headers).status_code
        status = client.open(address, method=method, data=self.typed, headers=headers).status_code
        self.put_back()
        return status

    def keep(self) -> None:
        """What there is now is what put_back() goes back to."""
        _copy(self.file, self.kept)

    def put_back(self) -> None:
        """Undo whatever requests have changed."""
        _copy(self.kept, self.file)


def _copy(source: Path, target: Path) -> None:
    """SQLite's own way, because open connections keep part of a database beside its file."""
    with closing(sqlite3.connect(source)) as kept, closing(sqlite3.connect(target)) as copied:
        kept.backup(copied)


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    app.config["WTF_CSRF_ENABLED"] = False  # tests/architecture/test_forged_requests.py walks with it
    return World(app, Path(make_url(settings.database_url).database or ""))


def routes(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint)


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def test_every_route_has_its_rule_and_every_rule_its_route(app: Flask):
    known = {rule.endpoint for rule in routes(app)}

    missing = "".join(f'\n    "{endpoint}": UNIT,' for endpoint in sorted(known - RULES.keys()))
    assert not missing, f"New routes: say in RULES of {__file__} who may use them, for example{missing}"
    assert not RULES.keys() - known, "Rules of routes that are gone"


def test_the_world_has_something_for_every_argument_of_a_route(app: Flask, world: World):
    wanted = {argument: rule.rule for rule in routes(app) for argument in rule.arguments}

    missing = {argument: route for argument, route in wanted.items() if argument not in world.arguments}
    assert not missing, "New arguments: let build() in tests/architecture/world.py make something of the unit for them"


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_a_route_lets_in_whom_its_rule_names_and_nobody_else(world: World, role: str):
    deviations = []
    for rule in routes(world.app):
        for method in methods(rule):
            status = world.ask(rule, method, role)
            if (status not in REFUSED) != (role in RULES.get(rule.endpoint, EVERYBODY)) or status >= 500:
                deviations.append(f"{method} {rule.rule} ({rule.endpoint}) answers {status} to {role}")

    assert not deviations, "\n".join(deviations)


@pytest.mark.parametrize("other", [COLLEAGUE, STRANGER])
def test_what_is_one_volunteers_or_their_units_is_no_other_volunteers(world: World, other: str):
    """Whatever names something of theirs is refused to whoever counts up the numbers, but for links with a secret."""
    deviations = []
    for rule in routes(world.app):
        # Who may take an open place is for the rules of the roster to say, with their reason.
        if not rule.arguments or RULES[rule.endpoint] == EVERYBODY or rule.endpoint == "turns.claim":
            continue
        for method in methods(rule):
            if (status := world.ask(rule, method, other)) not in REFUSED:
                deviations.append(f"{method} {rule.rule} ({rule.endpoint}) answers {status} to a {other}")

    assert not deviations, "\n".join(deviations)
