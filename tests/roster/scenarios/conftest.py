"""Each scenario, loaded once on a Saturday before a week with a holiday in it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from roster import scenarios
from roster.models import Base
from roster.scenarios import Loaded
from roster.services.passwords import Passwords, at_cost

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return at_cost(1)


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, passwords: Passwords) -> Iterator[tuple[Session, Loaded]]:
    """The module's scenario (`SCENARIO_ID`) in a database of its own, which tests only read."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session, scenarios.load(session, request.module.SCENARIO_ID, now=NOW, today=TODAY, passwords=passwords)
    engine.dispose()


@pytest.fixture(scope="module")
def session(world: tuple[Session, Loaded]) -> Session:
    return world[0]


@pytest.fixture(scope="module")
def loaded(world: tuple[Session, Loaded]) -> Loaded:
    return world[1]
