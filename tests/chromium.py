"""The browser that tests and walks look at pages with: Debian's Chromium.

Its headless shell has no windows to draw, which are a quarter of the work of looking at a page; so walks take it where
it is installed (`apt-get install chromium-headless-shell`). It shows no notices: tests take the whole browser.
"""

import shutil
from typing import TYPE_CHECKING

from tests.waiting import PATIENCE

if TYPE_CHECKING:  # few tests need it
    from playwright.sync_api import Browser, Playwright

SHELL, WHOLE = "chromium-headless-shell", "chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launched(playwright: "Playwright", *, whole: bool = True) -> "Browser":
    program = (None if whole else shutil.which(SHELL)) or shutil.which(WHOLE)
    assert program, "Chromium is missing; 'python3 dev.py test' installs it where it may"
    return playwright.chromium.launch(executable_path=program, args=[*FLAGS], timeout=1000 * PATIENCE)
