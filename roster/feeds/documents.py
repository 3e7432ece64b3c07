"""Calendars as they now stand: the kept bytes if nothing has changed, else drawn again from what has.

Each process remembers the calendars it answered lately (`Shelf`), with the entries they were drawn from: the next
drawing asks the database only for what is new. The same memory holds the last good bytes for when the
database or the drawing fails. What must last is in the database; losing the shelf costs time and nothing else.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Engine

from roster.feeds import wording
from roster.feeds.calendar import Entry, Status, draw
from roster.models import FeedKind
from roster.queries import feeds as queries
from roster.queries.feeds import NO_ALARM, Address, Key
from roster.queries.prepared import moment
from roster.services.feeds import WINDOW

_AT_LEAST_EVERY = timedelta(days=1)  # new wording, after an update, reaches even calendars that never change
_GZIP_LEVEL = 6
_ETAG_LENGTH = 32  # hexadecimal digits: 128 bits of SHA-256


@dataclass(frozen=True)
class Encoded:
    """Bytes as they are sent, with their strong tag."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, body: bytes) -> "Encoded":
        return cls(body, hashlib.sha256(body).hexdigest()[:_ETAG_LENGTH])


class Placed(NamedTuple):
    """An entry, and when the window moves past it."""

    entry: Entry
    leaves: datetime

    @classmethod
    def of(cls, entry: Entry) -> "Placed":
        """A cancelled shift stays until it would have ended, others for the whole window."""
        return cls(entry, entry.ends if entry.status is Status.CANCELLED else entry.ends + WINDOW)


@dataclass(frozen=True)
class Drawn:
    """A calendar's final bytes, drawn after `changes` (see `FeedDocument`), and the entries to draw the next from.

    `modified`: when the bytes last changed, in whole seconds. `kept_gzip`: the compressed form, if it is known.
    """

    changes: int
    plain: Encoded
    modified: datetime
    valid_until: datetime
    entries: Mapping[Key, Placed]
    kept_gzip: Encoded | None = None

    @cached_property
    def gzipped(self) -> Encoded:
        # Without a time in its header, or equal bytes would not stay equal when compressed again.
        return self.kept_gzip or Encoded.of(gzip.compress(self.plain.body, _GZIP_LEVEL, mtime=0))

    def fits(self, address: Address, now: datetime) -> bool:
        return self.changes == address.changes and now < self.valid_until


@dataclass(frozen=True, slots=True)
class Tags:
    """What a poll is compared with: the strong tags of both encodings, and when the bytes last changed."""

    plain: str
    gzipped: str
    modified: datetime


def kept_tags(address: Address, now: datetime) -> Tags | None:
    """The tags of the kept bytes if these still hold, without reading the bytes."""
    if not _keeps_well(address, now):
        return None
    assert address.last_modified is not None  # it was drawn, so it is known when
    return Tags(address.etag, address.etag_gzip, moment(address.last_modified))


def load(engine: Engine, address: Address, earlier: Drawn | None, now: datetime) -> Drawn | None:
    """The kept bytes, if they still hold and nobody has just replaced them."""
    if not _keeps_well(address, now):
        return None
    return _read(engine, address, earlier)


def load_however_old(engine: Engine, address: Address) -> Drawn | None:
    """The last good bytes, for when drawing fails."""
    return _read(engine, address, None) if address.etag else None


def redraw(engine: Engine, address: Address, earlier: Drawn | None, now: datetime, timezone: str) -> Drawn:
    """Draw the calendar as it now is. Raises BrokenCalendar, and whatever the database raises."""
    known = _entries(engine, address, earlier.entries if earlier else {}, now)
    shown = [placed for placed in known.values() if placed.leaves > now]
    calendar = wording.calendar(FeedKind(address.kind), address.name, timezone, address.language)
    plain = Encoded.of(draw(calendar, (placed.entry for placed in shown)))
    return Drawn(
        changes=address.changes,
        plain=plain,
        modified=_modified(plain.etag, address, earlier, shown, now),
        valid_until=min([now + _AT_LEAST_EVERY, *(placed.leaves for placed in shown)]),
        entries=known,
    )


def _keeps_well(address: Address, now: datetime) -> bool:
    fresh = address.changes == address.drawn_changes and address.valid_until is not None
    return fresh and now < moment(address.valid_until or now)


def _read(engine: Engine, address: Address, earlier: Drawn | None) -> Drawn | None:
    kept = queries.kept_bytes(engine, address.document_id, address.etag)
    if kept is None or address.last_modified is None or address.valid_until is None:
        return None
    body, body_gzip = kept
    return Drawn(
        changes=address.drawn_changes,
        plain=Encoded(body, address.etag),
        modified=moment(address.last_modified),
        valid_until=moment(address.valid_until),
        entries=earlier.entries if earlier else {},
        kept_gzip=Encoded(body_gzip, address.etag_gzip),
    )


def _entries(engine: Engine, address: Address, known: Mapping[Key, Placed], now: datetime) -> dict[Key, Placed]:
    """Each event's entry under its key: those that are known, and the others made from the database."""
    kind, since = FeedKind(address.kind), now - WINDOW
    keys = queries.keys_of(engine, kind, address.target_id, since)
    made = _made(engine, address, since, [key[0] for key in keys if key not in known])
    # A row that vanished between the two questions is left out; its change is already counted.
    return {key: placed for key in keys if (placed := known.get(key) or made.get(key[0]))}


def _made(engine: Engine, address: Address, since: datetime, ids: list[int]) -> Mapping[int, Placed]:
    if not ids:
        return {}
    kind, target = FeedKind(address.kind), address.target_id
    alarm = None if address.alarm_minutes == NO_ALARM else address.alarm_minutes
    reader = wording.Reader(address.language, alarm)
    if kind is FeedKind.VOLUNTEER:
        turns = queries.turns_of(engine, target, since, ids)
        return {turn_id: Placed.of(wording.own_entry(turn, reader)) for turn_id, turn in turns.items()}
    shifts = queries.staffed_shifts_of(engine, kind, target, since, ids)
    return {shift_id: Placed.of(wording.staffed_entry(shift, reader)) for shift_id, shift in shifts.items()}


def _modified(etag: str, address: Address, earlier: Drawn | None, shown: list[Placed], now: datetime) -> datetime:
    """When the bytes last changed: the last change shown, or now if something only went away.

    It always rises by a second at least with the bytes, or a subscriber that goes by time alone would miss the
    second of two changes within one second.
    """
    before_etag = earlier.plain.etag if earlier else address.etag
    stamped = max((placed.entry.stamp for placed in shown), default=now)
    if not before_etag:
        return _whole(min(stamped, now))
    before = earlier.modified if earlier else moment(address.last_modified or now)
    if etag == before_etag:
        return before
    changed = stamped if stamped > before else now
    return max(_whole(min(changed, now)), before + timedelta(seconds=1))


def _whole(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
