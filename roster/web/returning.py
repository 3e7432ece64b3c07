"""Where to send somebody afterwards: back to a page of ours, and never to an address somebody else put in."""

from urllib.parse import urlsplit

from flask import request, url_for


def safe_path(address: str | None) -> str | None:
    """The path and query of an address on this service; None for anything else."""
    if not address or "\\" in address or any(ord(char) < 32 for char in address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:  # "//[" begins an IPv6 address that never ends
        return None
    if parts.netloc not in ("", request.host) or not parts.path.startswith("/") or parts.path.startswith("//"):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def back() -> str:
    """The page the request came from, or the account's home."""
    return safe_path(request.referrer) or url_for("home.show")


def came_from() -> str | None:
    """The page whose form is being answered: the answer's own address may be no page at all."""
    return safe_path(request.referrer) if request.method == "POST" else None
