"""All of it by keyboard alone: `python -m tests.journeys.by_keyboard [WORD …]`, ten minutes; exit code 1 for findings.

No mouse, and no script that presses or fills in: only keys (and the files that a dialog of the system would choose),
before a real service with a scenario of its own, in Vietnamese, on a laptop and on a phone's width. Every main thing
that coordinators, volunteers and centers do is done once on each (`stories.py`). WORDs walk only the stories that hold
all of them in their names; a story may need what those before it left.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.conftest import CHROMIUM
from tests.journeys.conftest import SCREENS
from tests.journeys.keyboard import Keys
from tests.journeys.service import Service, running
from tests.journeys.stories import STORIES
from tests.journeys.walker import Walker


def walks(browser: Browser, service: Service, wanted: Iterable[str]) -> int:
    """Every story on every screen; gives how many findings were printed."""
    findings = 0
    for screen, (width, height) in SCREENS.items():
        for story in STORIES:
            if all(word in story.__name__ for word in wanted):
                findings += walked(browser, service, screen, story, {"width": width, "height": height})
    return findings


def walked(browser: Browser, service: Service, screen: str, story: Callable[[Walker], None], size: ViewportSize) -> int:
    context = browser.new_context(viewport=size, locale="vi-VN", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    keys = Keys(context.new_page())
    keys.page.on("pageerror", lambda error: keys.troubles.setdefault(f"script: {error}"))
    name = f"{story.__name__.replace('_', ' ')} ({screen})"
    walker = Walker(keys, service, screen)
    try:
        story(walker)
    except (AssertionError, PlaywrightError) as failure:
        keys.troubles[f"not done: {(str(failure) or type(failure).__name__).splitlines()[0]} at {keys.page.url}"] = None
    context.close()
    sys.stdout.write(f"{name}: {keys.presses} keys, {len(keys.troubles)} findings\n")
    if walker.missed:
        sys.stdout.write(f"  not offered, so not walked: {', '.join(walker.missed)}\n")
    for trouble in keys.troubles:
        sys.stdout.write(f"  {trouble}\n")
    sys.stdout.flush()
    return len(keys.troubles)


def main(wanted: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as service, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
        findings = walks(browser, service, wanted)
    sys.stdout.write(f"{findings} findings\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
