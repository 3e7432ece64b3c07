"""How letters tell times."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from roster.letters.desk import Desk
from roster.services.contacts import Reader
from tests.builders import LONG_AGO, MONDAY, ZONE, local


@pytest.mark.parametrize(
    ("language", "told"), [("vi", "Thứ Hai 23/11, 22:00–06:00 hôm sau"), ("en", "Mon 23 Nov, 22:00–06:00 the next day")]
)
def test_a_letter_says_of_a_night_that_it_ends_on_the_next_day(session: Session, language: str, told: str):
    reader = Reader(None, None, language, ZONE, "", (), {}, (0, 0))

    hours = Desk(session, reader, LONG_AGO, "").hours(
        local(MONDAY, "22:00"), local(MONDAY + timedelta(days=1), "06:00")
    )

    assert hours == told
