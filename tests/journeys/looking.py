"""What eyes and axe see of pages that a walk passes: each kind of page once, with its width."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

USUAL = {"resultTypes": ["violations"]}
"""Axe's usual rules; to describe all that obeys them too would take most of its time."""

JUDGED = {**USUAL, "rules": {"target-size": {"enabled": True}}}
"""And WCAG 2.2's: nothing to press is smaller than 24 pixels."""


def troubles_of(page: Page, options: Mapping[str, Any] = JUDGED) -> Iterator[str]:
    """What axe says of the page as it stands, and whether it is wider than its screen."""
    if not page.evaluate("'axe' in window"):  # a page that has opened something has it already
        page.evaluate(AXE_SCRIPT)
    for one in page.evaluate("(options) => axe.run(options).then(({ violations }) => violations)", dict(options)):
        yield f"{one['id']}: {one['nodes'][0]['html'][:160]}"
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        yield f"{wide} px wider than the screen"


@dataclass
class Looking:
    """Looks at each page of a walk the first time it is passed. `pictures`: where each leaves one."""

    pictures: Path | None = None
    _seen: set[tuple[str, ...]] = field(default_factory=set)

    def at(self, page: Page) -> list[str]:
        """What is wrong with the page, unless the like of it was looked at before."""
        try:
            state = self._like(page)
            if state in self._seen:
                return []
            page.evaluate("scrollTo(0, 0)")  # what keys have just scrolled beneath the bar is no smaller for it
            found = list(troubles_of(page))
            self._keep(page, state[0])
        except PlaywrightError:  # it gave way to another page meanwhile, which is looked at next
            return []
        self._seen.add(state)
        return found

    def _keep(self, page: Page, path: str) -> None:
        if self.pictures:
            self.pictures.mkdir(parents=True, exist_ok=True)
            name = f"{len(self._seen):03}-{re.sub(r'[^a-z]+', '-', path).strip('-')[:60]}.png"
            page.screenshot(path=self.pictures / name, full_page=True)

    @staticmethod
    def _like(page: Page) -> tuple[str, ...]:
        """Its address without numbers and secrets, its headings, and what is open on it."""
        path = re.sub(r"/[\w-]{20,}", "/…", re.sub(r"\d+", "0", re.sub(r"https?://[^/]+|[?#].*", "", page.url)))
        shown = page.evaluate(
            """() => [...document.querySelectorAll("dialog[open], main .message, main .field-error, main section")]
                .filter((one) => one.checkVisibility()).map((one) => one.id || one.className)"""
        )
        return (path, *shown)
