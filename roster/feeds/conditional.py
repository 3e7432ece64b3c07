"""When "not modified" is the answer, and in which encoding: RFC 9110 §8.8, §12.5.3, §13."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from enum import IntEnum
from functools import lru_cache

_ETAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


class Outcome(IntEnum):
    """The status that the conditions of a request lead to."""

    OK = 200
    NOT_MODIFIED = 304
    PRECONDITION_FAILED = 412


def outcome(environ: dict[str, str], etag: str, modified: datetime) -> Outcome:
    """Judge the conditions of a GET or HEAD, in the order of RFC 9110 §13.2.2.

    `environ` is WSGI's; `etag` is the strong tag of what would be sent, without quotes; `modified` has whole seconds.
    """
    if (if_match := environ.get("HTTP_IF_MATCH")) is not None:
        if not _lists(if_match, etag, weak=False):
            return Outcome.PRECONDITION_FAILED
    elif (until := _date(environ.get("HTTP_IF_UNMODIFIED_SINCE"))) and modified > until:
        return Outcome.PRECONDITION_FAILED
    if (if_none_match := environ.get("HTTP_IF_NONE_MATCH")) is not None:
        return Outcome.NOT_MODIFIED if _lists(if_none_match, etag, weak=True) else Outcome.OK
    since = _date(environ.get("HTTP_IF_MODIFIED_SINCE"))
    return Outcome.NOT_MODIFIED if since and modified <= since else Outcome.OK


def _lists(field: str, etag: str, *, weak: bool) -> bool:
    """Whether the field is "*" or names the tag. A weak tag counts only where weak comparison is asked for."""
    if field.strip() == "*":
        return True
    tags = _ETAG.finditer(field)
    return any(tag[1] == etag and (weak or not tag[0].startswith("W/")) for tag in tags)


def _date(field: str | None) -> datetime | None:
    """An HTTP date, or None for anything else, which RFC 9110 tells us to ignore."""
    return _parsed_date(field) if field else None


@lru_cache(maxsize=1_000)
def _parsed_date(field: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(field)
    except (ValueError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date


@lru_cache(maxsize=10_000)
def http_date(at: datetime) -> str:
    """A time in UTC as HTTP writes it (RFC 9110 §5.6.7); fractions of a second are cut off."""
    return format_datetime(at.replace(microsecond=0), usegmt=True)


@lru_cache(maxsize=1_000)
def accepts_gzip(accept_encoding: str) -> bool:
    """Whether gzip is acceptable and at least as welcome as plain bytes."""
    weights = dict(_weights(accept_encoding))
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _weights(accept_encoding: str) -> list[tuple[str, float]]:
    weights = []
    for item in accept_encoding.lower().split(","):
        coding, _, parameter = item.partition(";")
        weights.append((coding.strip(), _weight(parameter)))
    return weights


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
