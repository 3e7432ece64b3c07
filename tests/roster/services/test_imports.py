"""Lists of people to bring in: what names people is not kept longer than it is needed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import ImportState, PeopleImport
from roster.services import imports
from tests import builders

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "kept"), [(timedelta(days=2), True), (timedelta(days=2, seconds=1), False)], ids=["two days", "longer"]
)
def test_a_list_nobody_confirms_is_thrown_away_after_two_days(session: Session, age: timedelta, kept: bool):
    made = a_list(session, made_at=NOW - age)

    imports.forget_old(session, NOW)

    assert is_kept(session, made) is kept


@pytest.mark.parametrize(("days", "kept"), [(90, True), (91, False)])
def test_what_became_of_a_list_is_kept_for_ninety_days(session: Session, days: int, kept: bool):
    made = a_list(session, made_at=NOW - timedelta(days=days))
    made.state, made.finished_at = ImportState.DONE, made.created_at
    session.flush()

    imports.forget_old(session, NOW)

    assert is_kept(session, made) is kept


def a_list(session: Session, *, made_at: datetime) -> PeopleImport:
    unit = builders.a_unit(session)
    return imports.create(
        session,
        unit,
        file_name="people.csv",
        sheet_name="",
        cells=b"",
        first_row=1,
        header_row=0,
        columns=["full_name"],
        by=builders.a_coordinator(session, unit),
        now=made_at,
    )


def is_kept(session: Session, made: PeopleImport) -> bool:
    return session.scalar(select(PeopleImport.id).where(PeopleImport.id == made.id)) is not None
