"""Failed tries are counted within a window that begins with the first of them."""

from datetime import timedelta

from sqlalchemy.orm import Session

from roster.services import tries
from tests.builders import LONG_AGO as NOW

MINUTE = timedelta(minutes=1)


def test_tries_add_up_until_their_window_ends(session: Session):
    counts = [tries.add(session, "lan", 900, now=NOW + number * MINUTE) for number in range(3)]

    assert counts == [1, 2, 3]
    assert tries.made(session, "lan", now=NOW + 3 * MINUTE) == (3, NOW + 15 * MINUTE)
    assert tries.made(session, "lan", now=NOW + 15 * MINUTE)[0] == 0
    assert tries.made(session, "hà", now=NOW)[0] == 0


def test_a_window_that_has_ended_begins_anew(session: Session):
    tries.add(session, "lan", 900, now=NOW)

    assert tries.add(session, "lan", 900, now=NOW + 15 * MINUTE) == 1
    assert tries.made(session, "lan", now=NOW + 16 * MINUTE) == (1, NOW + 30 * MINUTE)


def test_what_has_ended_is_forgotten(session: Session):
    tries.add(session, "lan", 900, now=NOW)
    tries.add(session, "hà", 3600, now=NOW)

    tries.forget_old(session, NOW + 20 * MINUTE)

    assert [tries.made(session, who, now=NOW)[0] for who in ("lan", "hà")] == [0, 1]
