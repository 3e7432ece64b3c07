"""Long lists: what they are searched for, and links to their pages that keep the search."""

from dataclasses import dataclass

from flask import request, url_for

from roster.services import fields

LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Pages:
    """Rows `first` to `last` of `total` are shown; an empty href marks an end of the list."""

    first: int
    last: int
    total: int
    previous_href: str
    next_href: str


def search_typed() -> str:
    """What the list is searched for, on one line; no database takes every sign that an address may hold."""
    typed = request.args.get("q", "")[:LONGEST_SEARCH]
    return fields.one_line(typed, "q", longest=3 * LONGEST_SEARCH, required=False)  # NFC may write one letter as three


def page_links(page: int, size: int, total: int, **kept: object) -> Pages | None:
    """Links around one page of the present view, or None when everything fits on it."""
    before = (page - 1) * size
    return part_links(page, before, min(size, total - before), total, **kept)


def part_links(page: int, before: int, shown: int, total: int, **kept: object) -> Pages | None:
    """The same where pages differ in size: so many rows are shown, after so many before them."""
    if total <= shown:
        return None

    def href(number: int) -> str:
        return url_for(request.endpoint or "", **(request.view_args or {}), **kept, page=number)  # type: ignore[arg-type]

    return Pages(
        first=before + 1,
        last=before + shown,
        total=total,
        previous_href=href(page - 1) if page > 1 else "",
        next_href=href(page + 1) if before + shown < total else "",
    )
