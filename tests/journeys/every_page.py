"""Every page in every state before axe: `python -m tests.journeys.every_page`, a few minutes; exit code 1 for findings.

The tests look at the pages their stories pass through; this walks all of them, in the small world of
`tests/architecture`: as those who may see it, as the coordinator of a unit where everything is still empty, with every
form sent empty, and what is refused. Phones read English and laptops Vietnamese, one bright and one dark, so that each
template is judged in both languages, widths and colours once. Findings are printed, one a line.
"""

import shutil
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from werkzeug.routing import Rule
from werkzeug.serving import make_server

from roster.app import create_app
from roster.config import Settings
from roster.extensions import db
from roster.models import Base
from tests.architecture.test_access import RULES, World, routes
from tests.architecture.world import ADMINISTRATOR, CENTER, COORDINATOR, NEIGHBOUR, OUTSIDER, VOLUNTEER
from tests.conftest import CHROMIUM

SCREENS = (("phone", "en", "dark", (390, 844)), ("laptop", "vi", "light", (1366, 800)))
ROLES = (VOLUNTEER, CENTER, COORDINATOR, ADMINISTRATOR, OUTSIDER)
"""Who looks at a page: the first of them who may."""

REFUSED = ("/nowhere", "/sites/999999", "/a/no-such-link", "/guardian/no-such-link", "/join/no-such-door", "/welcome/x")
SMALL_TARGETS = """() => ["button", "a.btn", "summary", "select", "input"]
    .flatMap((kind) => [...document.querySelectorAll(`main ${kind}`)])
    .filter((one) => !["hidden", "checkbox", "radio"].includes(one.type))
    .filter((one) => one.checkVisibility({ opacityProperty: true }) && !one.closest(".visually-hidden"))
    .filter((one) => one.getBoundingClientRect().height < 43.5)
    .map((one) => one.outerHTML.slice(0, 120))"""

EMPTIED = """(form) => {
    for (const one of form.querySelectorAll("input:not([type=hidden]), textarea")) one.value = "";
    HTMLFormElement.prototype.submit.call(form);
}"""


@dataclass
class Walk:
    """One screen going through all pages; what it finds is printed at once."""

    world: World
    base: str
    page: Page
    screen: str
    language: str
    theme: str
    findings: int = 0
    looked: int = 0

    def everywhere(self) -> None:
        for rule in routes(self.world.app):
            who = next((role for role in ROLES if role in RULES[rule.endpoint]), None)
            if "GET" not in (rule.methods or ()) or rule.endpoint == "static" or who is None:
                continue
            self._states(rule, who)
            if NEIGHBOUR in RULES[rule.endpoint] and not rule.arguments:
                self._as(NEIGHBOUR)
                self._look(self._address(rule), "empty")
        self._as(VOLUNTEER)
        for address in REFUSED:
            self._look(address, "refused")

    def _states(self, rule: Rule, who: str) -> None:
        self._as(who)
        address = self._address(rule)
        if not self._look(address, who):
            return
        forms = self.page.locator("main form[method=post]:has(input:visible, textarea:visible)").count()
        for number in range(forms):
            self._send_empty(address, number)

    def _send_empty(self, address: str, number: int) -> None:
        self.page.goto(self.base + address)
        form = self.page.locator("main form[method=post]:has(input:visible, textarea:visible)").nth(number)
        try:
            with self.page.expect_navigation():
                form.evaluate(EMPTIED)
        except PlaywrightError:
            return  # The answer is a file.
        self._judge(f"{address} (form {number + 1} sent empty)")
        self.world.put_back()

    def _look(self, address: str, state: str) -> bool:
        """Judge a page; False if the address answers with something else than one."""
        try:
            answer = self.page.goto(self.base + address)
        except PlaywrightError:
            return False  # The answer is a file.
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            return False
        if answer.status >= 500:
            self._note(f"{address} ({state})", [f"status {answer.status}"])
        self._judge(f"{address} ({state})")
        return "<html" in answer.text()

    def _judge(self, where: str) -> None:
        self.looked += 1
        if self.page.locator("main").count() == 0:
            return  # a fragment: judged in the page that asks for it
        found = Axe().run(self.page).response["violations"]
        told = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            told.append(f"{wide} px wider than the screen")
        if self.screen == "phone":
            told += [f"too small for a thumb: {one}" for one in self.page.evaluate(SMALL_TARGETS)]
        self._note(where, told)

    def _note(self, where: str, told: Iterable[str]) -> None:
        for one in told:
            self.findings += 1
            sys.stdout.write(f"{where}, {self.screen}: {one}\n")
            sys.stdout.flush()

    def _address(self, rule: Rule) -> str:
        values = {name: self.world.arguments[name] for name in rule.arguments}
        return self.world.app.url_map.bind("localhost").build(rule.endpoint, values, "GET")

    def _as(self, role: str) -> None:
        client = self.world.app.test_client()
        with client.session_transaction() as session:
            session.update(language=self.language, theme=self.theme)
            if role != OUTSIDER:
                session["_user_id"] = f"{self.world.accounts[role]}.0"
        name = self.world.app.config["SESSION_COOKIE_NAME"]
        cookie = client.get_cookie(name)
        assert cookie is not None
        self.page.context.clear_cookies()
        self.page.context.add_cookies([{"name": name, "value": cookie.value, "url": self.base}])


@contextmanager
def served() -> Iterator[tuple[World, str]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "roster.db"
        settings = Settings(
            home=Path(folder), database_url=f"sqlite:///{file}", secret_key="only for this walk", rate_limits=False
        )
        app: Flask = create_app(settings)
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            Base.metadata.create_all(db.engine)
        world = World(app, file)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield world, f"http://127.0.0.1:{server.port}"
        server.shutdown()


def walks(browser: Browser, world: World, base: str) -> Iterator[Walk]:
    for screen, language, theme, (width, height) in SCREENS:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, has_touch=screen == "phone", service_workers="block")
        walk = Walk(world, base, context.new_page(), screen, language, theme)
        walk.everywhere()
        yield walk


def main() -> int:
    with served() as (world, base), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
        done = list(walks(browser, world, base))
    findings = sum(walk.findings for walk in done)
    sys.stdout.write(f"{sum(walk.looked for walk in done)} pages looked at, {findings} findings\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
