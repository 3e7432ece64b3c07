"""All of it by keyboard alone: `python -m tests.journeys.by_keyboard [WORD …]`, half an hour; exit code 1 for findings.

No mouse, and no script that presses or fills in: only keys (and the files that a dialog of the system would choose),
before a real service with a scenario of its own for each screen: a phone that reads Vietnamese and a laptop that reads
English. Every main thing that coordinators, volunteers, guardians and centers do is done once on each (`stories/`), and
axe judges every page on the way. A whole walk tells what of the service no story asked for. WORDs walk only stories
that hold all of them in their names, `--screen phone` one screen; a story may need what those before it left. With
`--pictures FOLDER` each page leaves a picture there.
"""

import os
import signal
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests import chromium
from tests.journeys.conftest import SCREENS, TELLS
from tests.journeys.keyboard import Keys
from tests.journeys.looking import Looking
from tests.journeys.offered import Asked, asked_for, left_out
from tests.journeys.service import Service, running
from tests.journeys.stories import STORIES
from tests.journeys.walker import Walker, app_of
from tests.mailbox import a_mail_server
from tests.waiting import PATIENCE

Story = Callable[[Walker], None]
LANGUAGES = {"phone": "vi", "laptop": "en"}


def walks(browser: Browser, screen: str, language: str, stories: Sequence[Story], pictures: Path | None) -> int:
    """Every story on one screen, in one world; gives how many findings were printed."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as service:
        looking, asked = Looking(pictures and pictures / screen), set[Asked]()
        findings = sum(walked(browser, service, screen, language, story, looking, asked) for story in stories)
        missing = left_out(app_of(service.home), asked) if len(stories) == len(STORIES) else []
    for offer in missing:
        sys.stdout.write(f"no story on the {screen} asked for {offer}\n")
    return findings + len(missing)


def walked(
    browser: Browser, service: Service, screen: str, language: str, story: Story, looking: Looking, asked: set[Asked]
) -> int:
    """One story, with its number of findings; `asked` gathers what it asked the service for."""
    width, height = SCREENS[screen]
    size = {"width": width, "height": height}
    context = browser.new_context(viewport=size, locale="vi-VN", reduced_motion="reduce")  # type: ignore[arg-type]  # a dict of two is a size
    context.set_default_timeout(1000 * PATIENCE)
    context.on("request", lambda request: asked.add(asked_for(request)))
    keys = Keys(context.new_page(), looks=looking.at)
    keys.page.expose_function("tell", lambda notice: keys.told.append(" ".join(notice.split())))
    keys.page.add_init_script(TELLS)
    keys.page.on("pageerror", lambda error: keys.troubles.setdefault(f"script: {error}"))
    walker = Walker(keys, service, screen, language)
    try:
        walker.settles_in()
        story(walker)
    except (AssertionError, PlaywrightError) as failure:
        keys.troubles[f"not done: {(str(failure) or type(failure).__name__).splitlines()[0]} at {keys.page.url}"] = None
    context.close()
    _tell(f"{name_of(story)} ({screen}, {language})", walker)
    return len(keys.troubles)


def name_of(story: Story) -> str:
    return story.__name__.replace("_", " ")


def _tell(name: str, walker: Walker) -> None:
    keys = walker.keys
    sys.stdout.write(f"{name}: {keys.presses} keys, {len(keys.troubles)} findings\n")
    if walker.missed:
        sys.stdout.write(f"  not offered, so not walked: {', '.join(walker.missed)}\n")
    for trouble in keys.troubles:
        sys.stdout.write(f"  {trouble}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    options = ArgumentParser(prog="by_keyboard", description="Do everything that people do with keys alone.")
    options.add_argument("words", nargs="*", metavar="WORD", help="only stories that hold all of them in their names")
    options.add_argument("--screen", choices=SCREENS, help="one screen instead of both")
    options.add_argument("--language", choices=sorted(LANGUAGES.values()), help="not vi on phones, en on laptops")
    options.add_argument("--pictures", type=Path, metavar="FOLDER", help="keep a picture of each page there")
    asked = options.parse_args(arguments)
    stories = [story for story in STORIES if all(word in name_of(story) for word in asked.words)]
    if not stories:
        options.error("no story holds those words; there are\n  " + "\n  ".join(map(name_of, STORIES)))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # its service ends with it
    with sync_playwright() as playwright, a_mail_server() as mailbox:
        os.environ["ROSTER_MAIL_URL"] = mailbox.url
        browser = chromium.launched(playwright, whole=False)
        screens = [asked.screen] if asked.screen else list(SCREENS)
        findings = sum(
            walks(browser, screen, asked.language or LANGUAGES[screen], stories, asked.pictures) for screen in screens
        )
    sys.stdout.write(f"{len(stories)} stories on {len(screens)} screens, {findings} findings\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
