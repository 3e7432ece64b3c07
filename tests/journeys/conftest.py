"""A browser before the running service; every page it shows is watched for errors and judged by axe."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.keyboard import Keys
from tests.journeys.looking import USUAL
from tests.journeys.service import ROOT, Service, running
from tests.waiting import PATIENCE, eventually

SHOTS = ROOT / "artifacts" / "screenshots"
SCREENS = {"phone": (390, 844), "laptop": (1366, 800)}
LANGUAGES = ("vi", "en")
READY = """
  const unready = new CSSStyleSheet();
  unready.replaceSync("body { pointer-events: none !important }");
  document.adoptedStyleSheets = [unready];
  addEventListener("DOMContentLoaded", () => (document.adoptedStyleSheets = []));
  addEventListener("htmx:configRequest", ({ detail }) => (detail.timeout = 0));
"""
"""No hand is as quick as ours: it would press what a slow machine has drawn already and given no script yet. So a page
takes no press before. And whatever it asks for has all the time that such a machine takes."""
TELLS = """addEventListener("DOMContentLoaded", () => {
  const notices = document.getElementById("toasts");
  const tellAll = () => [...(notices?.children ?? [])].forEach((notice) => tell(notice.textContent));
  tellAll();
  if (notices) new MutationObserver(tellAll).observe(notices, { childList: true });
});"""
KEPT = """async (path) => {
  const parts = performance.getEntriesByType("resource").filter(({ initiatorType }) => initiatorType !== "css");
  const needed = [path, ...parts.map(({ name }) => name).filter((name) => name.includes("/static/"))];
  const kept = await Promise.all(needed.map((one) => caches.match(one, { ignoreVary: true })));
  return Boolean(navigator.serviceWorker.controller) && kept.every(Boolean);
}"""
UNDER_WAY = ".htmx-request, .htmx-swapping, .htmx-settling"


@dataclass
class Visitor:
    """One person before one screen, in one language."""

    page: Page
    service: Service
    language: str
    screen: str
    troubles: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """Every notice that was shown, also those that have left by themselves."""

    def go(self, path: str) -> None:
        self.page.goto(f"{self.service.base}{path}")

    def sign_in(self, role: str) -> None:
        name, password = self.service.logins[role]
        self.go("/account/sign-in")
        self.page.locator("[name=login]").fill(name)
        self.page.locator("[name=password]").fill(password)
        self.page.locator("main form button[type=submit]").click()
        self.page.wait_for_url(lambda address: "sign-in" not in address)
        self.choose_language()

    def press(self, name: str) -> None:
        """Go from what has the focus to a link or button of this name, and press it: by the keyboard alone."""
        keys = Keys(self.page, self.language)
        keys.press(name)
        assert not keys.troubles, "; ".join(keys.troubles)

    def say(self, vietnamese: str, english: str) -> str:
        """The words of the page in this visitor's language."""
        return vietnamese if self.language == "vi" else english

    def look(self, name: str) -> None:
        """Keep a picture, and have axe judge the page once it is all there."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_load_state()
        expect(self.page.locator(UNDER_WAY)).to_have_count(0)
        self.page.screenshot(path=SHOTS / f"{name}-{self.language}-{self.screen}.png", full_page=True)
        found = Axe().run(self.page, options=USUAL).response["violations"]
        told = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
        assert not told, f"{name} ({self.language}, {self.screen}): {told}"
        assert self._fits(), f"{name}: the page is wider than the screen"

    def plan_the_week(self) -> None:
        """Press the button, and wait until the page has loaded itself anew and shows what came of it."""
        self.page.get_by_role("button", name=self.say("Xếp lịch tuần", "Plan the week")).click()
        self.sees_the_plan()

    def sees_the_plan(self) -> None:
        words = re.compile(self.say("Đã chứng minh", "Proved: "))
        self.page.locator("#run:not([hx-get])").get_by_text(words).first.wait_for()

    def is_told(self, words: str | re.Pattern[str]) -> None:
        """Wait for a notice, however short it is shown."""
        wanted = re.compile(re.escape(words)) if isinstance(words, str) else words
        for _ in range(10 * PATIENCE):
            if any(wanted.search(notice) for notice in self.told):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"no {words!r} among {self.told}")

    def keep(self, path: str) -> None:
        """Wait until this browser can show the page without network, with all that pages are made of."""
        eventually(lambda: self.page.evaluate(KEPT, path), otherwise=lambda: f"{path} was not kept")

    def choose_language(self) -> None:
        """By the menu, unless the page speaks it already."""
        if self.page.locator("html").get_attribute("lang") == self.language:
            return
        # One menu stands in the bar of phones, the other in the rail of laptops.
        menu = self.page.locator("header details.menu" if self.screen == "phone" else "nav details.menu")
        menu.locator("summary").click()
        menu.locator(f"button[value={self.language}]").click()
        self.page.locator(f"html[lang={self.language}]").wait_for()
        self.page.wait_for_load_state()

    def _fits(self) -> bool:
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        return wide


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("home")) as service:
        yield service


@pytest.fixture
def visit(browser: Browser, service: Service) -> Iterator[Callable[..., Visitor]]:
    """Open a screen: visit(language="vi", screen="phone"). Errors of its pages fail the test at its end."""
    visitors: list[Visitor] = []

    def open_screen(language: str = "vi", screen: str = "laptop", **options: object) -> Visitor:
        width, height = SCREENS[screen]
        # Without motion: axe would judge colours half-way, and what moves is elsewhere by the time it is pressed.
        common = {"locale": "vi-VN", "reduced_motion": "reduce"}
        context = browser.new_context(viewport={"width": width, "height": height}, **common, **options)
        visitor = Visitor(context.new_page(), service, language, screen)
        visitor.page.expose_function("tell", lambda notice: visitor.told.append(notice))
        visitor.page.add_init_script(READY)
        visitor.page.add_init_script(TELLS)
        visitor.page.on("console", lambda message: _note_console(visitor, message))
        visitor.page.on("pageerror", lambda error: visitor.troubles.append(str(error)))
        visitors.append(visitor)
        return visitor

    yield open_screen
    for visitor in visitors:
        visitor.page.context.close()
    assert not [trouble for visitor in visitors for trouble in visitor.troubles]


def _note_console(visitor: Visitor, message: object) -> None:
    """Errors only, without those of requests refused or cut off on purpose, which the page puts in words."""
    text: str = message.text  # type: ignore[attr-defined]
    kind: str = message.type  # type: ignore[attr-defined]
    if kind == "error" and not re.search(
        r"status of (400|401|403|404|409|410|422|429)|ERR_INTERNET_DISCONNECTED", text
    ):
        visitor.troubles.append(text)
