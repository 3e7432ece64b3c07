"""Migrations build exactly the models, on both engines, and take everything away again."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, Connection, Enum, inspect, select, text

from roster import paths
from roster.app import create_app
from roster.config import Settings
from roster.extensions import db, init_migrations
from roster.models import Base, Channel, Delivery, DeliveryState, Letter, Message, MessageKind
from tests import builders, postgres

LONGEST_REVISION = 32  # characters: the width of Alembic's version column
FILES = sorted((paths.MIGRATIONS / "versions").glob("*.py"))
LAST = FILES[-1].stem


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_app(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path, worker_id: str) -> Iterator[Flask]:
    """The application on a database without any table."""
    if request.param == "sqlite":
        yield from _serving(replace(settings, database_url=f"sqlite:///{tmp_path / 'empty.db'}"))
    else:
        url = postgres.fresh_database(f"roster_{worker_id}_migrations")
        yield from _serving(replace(settings, database_url=url))


def _serving(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    init_migrations(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_migrations_build_the_models_and_nothing_else(empty_app: Flask):
    upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert _built_checks(connection) == _modelled_checks()


def test_migrations_go_down_to_nothing_and_up_again(empty_app: Flask):
    upgrade()
    _write_to_a_guardian()
    downgrade(revision="0019_tries")  # with rows; a base without tables has none to look at
    downgrade(revision="base")
    with db.engine.connect() as connection:
        left = set(inspect(connection).get_table_names())
    upgrade()

    with db.engine.connect() as connection:
        assert left == {"alembic_version"}
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == LAST


def _write_to_a_guardian() -> None:
    """What a column that goes takes along: a letter with its delivery, which may be left referring to nothing."""
    child = builders.a_person(db.session, builders.a_unit(db.session, "Xã đoàn Hoài Nhơn"))
    about = {"person_id": child.id, "sent_to": "me@example.vn"}
    delivery = Delivery(channel=Channel.EMAIL, state=DeliveryState.SENT, message_id="1", due_at=builders.LONG_AGO)
    letter = Letter(created_at=builders.LONG_AGO, deliveries=[delivery], **about)
    told = {"kind": MessageKind.CONSENT_ASKED, "created_at": builders.LONG_AGO, "due_at": builders.LONG_AGO}
    letter.messages.append(Message(facts={"person_id": child.id}, **told, **about))
    db.session.add(letter)
    db.session.commit()


def test_who_came_and_who_was_missing_have_names_of_their_own_on_the_trail(empty_app: Flask):
    upgrade(revision="0021_attendance")
    notes = ({"absent": True}, {"absent": False}, {})
    trail = Base.metadata.tables["audit_entries"]
    with db.engine.begin() as connection:
        rows = [{"action": "attendance.note", "subject": f"turn:{n}", "facts": facts} for n, facts in enumerate(notes)]
        connection.execute(trail.insert(), [{"at": builders.LONG_AGO, **row} for row in rows])

    for revision in ("0022_objections", "0021_attendance", "0022_objections"):
        (downgrade if revision == "0021_attendance" else upgrade)(revision=revision)

        with db.engine.connect() as connection:
            actions = connection.execute(select(trail.c.action).order_by(trail.c.id)).scalars().all()
        assert actions == ["attendance.missed", "attendance.came", "attendance.came"]


def test_a_choice_outside_its_list_is_refused_by_the_database(empty_app: Flask):
    upgrade()

    with db.engine.connect() as connection, pytest.raises(Exception, match="ck_units_kind"):
        connection.execute(
            text(
                "INSERT INTO units (path, kind, name, name_sort, timezone) VALUES ('/1/', 'planet', 'Mars', 'mars', '')"
            )
        )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_migration_is_named_by_its_revision_and_tells_its_reason(file: Path):
    source = file.read_text(encoding="utf-8")
    module = ast.parse(source)

    assert re.search(r'^revision = "(.+)"$', source, re.MULTILINE)[1] == file.stem
    assert len(file.stem) <= LONGEST_REVISION
    assert (ast.get_docstring(module) or "").splitlines()[0].endswith(".")


def _modelled_checks() -> dict[str, str]:
    """Every check constraint by its name. A choice has its values; a rule has "", because each engine rewrites it."""
    named = [
        constraint
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    ]
    choices = {
        f"ck_{table.name}_{column.type.name}": " ".join(sorted(column.type.enums))
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Enum)
    }
    return {str(constraint.name): "" for constraint in named} | choices


def _built_checks(connection: Connection) -> dict[str, str]:
    inspector = inspect(connection)
    return {
        str(check["name"]): _values(check["sqltext"]) if re.search(r"\bIN\b|ANY", check["sqltext"]) else ""
        for table in Base.metadata.sorted_tables
        for check in inspector.get_check_constraints(table.name)
    }


def _values(condition: str) -> str:
    return " ".join(sorted(re.findall(r"'([^']*)'", condition)))
