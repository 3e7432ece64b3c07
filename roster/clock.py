"""What time it is: asked at the edges only, by requests and workers; services are told."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
