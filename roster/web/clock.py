"""The time that a request hands to the services, which never look at a clock themselves."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
