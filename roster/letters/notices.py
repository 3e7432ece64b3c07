"""Notices: a letter in the few lines a phone shows on its lock screen, and where a tap on it leads."""

import json
from collections.abc import Iterator

from roster.letters.parts import Action, Written

LONGEST = 400
"""Signs of a notice; phones show less."""


def body(written: Written, *, tag: str) -> bytes:
    """What the service worker is handed (frontend/js/worker.js). `tag`: a notice with one that is shown replaces it."""
    said = "\n".join(_lines(written))
    shown = said if len(said) <= LONGEST else f"{said[: LONGEST - 1].rstrip()}…"
    told = {
        "title": written.subject[:LONGEST],
        "body": shown,
        "href": _where(written),
        "lang": written.language,
        "tag": tag,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _lines(written: Written) -> Iterator[str]:
    for number, part in enumerate(written.parts):
        if number:
            yield part.heading
        yield from part.sentences
        for line in part.lines:
            yield f"{line.when}, {line.where}" + (f" ({line.mark_words})" if line.mark_words else "")


def _where(written: Written) -> str:
    """To the one thing there is to answer; else to the page with all of it."""
    wanted = [action for action in _actions(written) if action.main]
    return wanted[0].href if len(wanted) == 1 else written.page


def _actions(written: Written) -> Iterator[Action]:
    for part in written.parts:
        yield from part.actions
        for line in part.lines:
            yield from line.actions
