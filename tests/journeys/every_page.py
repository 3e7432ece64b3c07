"""Every page in every state before axe: `python -m tests.journeys.every_page`, a few minutes; exit code 1 for findings.

The tests look at the pages their stories pass through; this walks all of them, in the small world of
`tests/architecture`: as those who may see it, as the coordinator of a unit where everything is still empty, with every
form sent empty, every dialog and sheet open, everything unfolded, without network, in the states of `states.py`, and
what is refused. Phones read English and laptops Vietnamese, one bright and one dark, so that each
template is judged in both languages, widths and colours once. Findings are printed, one a line. With
`--pictures FOLDER` each page leaves a picture there, for eyes.
"""

import logging
import re
import shutil
import sys
import tempfile
import threading
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, Route, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import update
from werkzeug.routing import Rule
from werkzeug.serving import make_server

from roster.app import create_app
from roster.config import Settings
from roster.extensions import db
from roster.models import Account, Base
from tests.architecture.test_access import RULES, World, routes
from tests.architecture.world import ADMINISTRATOR, CENTER, COORDINATOR, NEIGHBOUR, OUTSIDER, VOLUNTEER
from tests.conftest import CHROMIUM
from tests.journeys.looking import JUDGED, USUAL, troubles_of
from tests.journeys.states import STATES, State

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

UNFOLDED = """() => {
    const folded = [...document.querySelectorAll("details:not([open], .menu)")].filter((one) => one.checkVisibility());
    for (const one of folded) one.open = true;
    return folded.length;
}"""

MENUS = """() => [...document.querySelectorAll("details.menu")].filter((one) => one.checkVisibility()).length"""

OPEN_MENU = """(number) => {
    const menus = [...document.querySelectorAll("details.menu")].filter((one) => one.checkVisibility());
    menus.forEach((one, place) => (one.open = place === number));
}"""

SHEETS = """() => {
    const kinds = new Map([...document.querySelectorAll("main a[data-sheet]")].filter((one) => one.checkVisibility())
        .map((one) => [one.className, one.getAttribute("href")]));
    return [...kinds.values()].filter((href) => href.startsWith("/") && !location.pathname.startsWith(href));
}"""

KEPT = """([account, about]) => {
    const one = {id: "1", about, action: "/me/nowhere", fields: [], label: about};
    localStorage[`answers:${account}`] = JSON.stringify([one, {...one, id: "2", refused: "<p data-refusal>…</p>"}]);
}"""

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
    menus: set[str] = field(default_factory=set)
    pictures: Path | None = None

    def everywhere(self) -> None:
        self._suit_everybody()
        for rule in routes(self.world.app):
            who = next((role for role in ROLES if role in RULES[rule.endpoint]), None)
            if "GET" not in (rule.methods or ()) or rule.endpoint == "static" or who is None:
                continue
            self._states(rule, who)
            if NEIGHBOUR in RULES[rule.endpoint] and not rule.arguments:
                self._as(NEIGHBOUR)
                self._look(self._address(rule), "empty")
        for state in STATES:
            self._in(state)
        self._as(VOLUNTEER)
        for address in REFUSED:
            self._look(address, "refused")
        for address in ("/me/", "/me/availability", "/me/open"):
            self._without_network(address)

    def _suit_everybody(self) -> None:
        """An account keeps its language and colours, whatever its session says."""
        with self.world.app.app_context():
            db.session.execute(update(Account).values(language=self.language, theme=self.theme))
            db.session.commit()
            db.session.remove()
        self.world.keep()

    def _states(self, rule: Rule, who: str) -> None:
        self._as(who)
        address = self._address(rule)
        if not self._look(address, who):
            return
        self._open_dialogs(address)
        self._open_sheets(address)
        self._unfold(address)
        self._open_menus(address)
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

    def _open_dialogs(self, address: str) -> None:
        for name in self.page.evaluate("[...document.querySelectorAll('main dialog')].map(({ id }) => id)"):
            self.page.evaluate("(name) => document.getElementById(name).showModal()", name)
            self._judge(f"{address} (dialog {name})")
            self.page.keyboard.press("Escape")

    def _open_sheets(self, address: str) -> None:
        for href in self.page.evaluate(SHEETS):
            self.page.evaluate("(href) => document.querySelector(`a[data-sheet][href='${href}']`).click()", href)
            self.page.locator("#sheet[open]").wait_for()
            self._judge(f"{address} (sheet {href})")
            self.page.keyboard.press("Escape")

    def _unfold(self, address: str) -> None:
        if self.page.evaluate(UNFOLDED):
            self._judge(f"{address} (unfolded)")

    def _open_menus(self, address: str) -> None:
        """One after the other; that of the account, which is on every page, once."""
        for number in range(self.page.evaluate(MENUS)):
            self.page.evaluate(OPEN_MENU, number)
            sheet = self.page.locator("details.menu[open] > .menu-sheet").inner_text()
            if sheet not in self.menus:
                self.menus.add(sheet)
                self._judge(f"{address} (menu {number + 1})", USUAL)

    def _in(self, state: State) -> None:
        with self.world.app.app_context():
            state.change(db.session, self.world.arguments, datetime.now(UTC))
            db.session.commit()
            db.session.remove()
        self._as(state.who)
        for address in state.addresses:
            if self._look(address.format(**self.world.arguments), state.name):
                self._unfold(f"{address} {state.name}")
        self.world.put_back()

    def _without_network(self, address: str) -> None:
        """As the service worker shows it then: marked as old, with answers that wait and one that came too late."""
        self.page.goto(self.base + address)
        self.page.evaluate(KEPT, [self.page.locator("body").get_attribute("data-account"), "turn-1"])
        self.page.route(f"**{address}", _marked_as_old)
        self.page.goto(self.base + address)
        self._judge(f"{address} (without network)")
        self.page.unroute(f"**{address}")
        self.page.evaluate("localStorage.clear()")

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

    def _judge(self, where: str, options: Mapping[str, Any] = JUDGED) -> None:
        """Axe's word, the width, and on a phone the size of what is pressed; a menu lies over what is beneath it."""
        self.looked += 1
        if self.page.locator("main").count() == 0:
            return  # a fragment: judged in the page that asks for it
        told = list(troubles_of(self.page, options))
        if self.screen == "phone":
            told += [f"too small for a thumb: {one}" for one in self.page.evaluate(SMALL_TARGETS)]
        self._note(where, told)
        if self.pictures:
            name = re.sub(r"\W+", "-", where).strip("-")[:90]
            self.page.screenshot(path=self.pictures / f"{self.screen}-{self.looked:03}-{name}.png", full_page=True)

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


def _marked_as_old(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("<html ", "<html data-offline ", 1))


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


def walks(browser: Browser, world: World, base: str, pictures: Path | None) -> Iterator[Walk]:
    for screen, language, theme, (width, height) in SCREENS:
        size = {"width": width, "height": height}
        still = {"reduced_motion": "reduce", "service_workers": "block"}  # axe must not judge what is just fading in
        context = browser.new_context(viewport=size, has_touch=screen == "phone", **still)
        walk = Walk(world, base, context.new_page(), screen, language, theme, pictures=pictures)
        walk.everywhere()
        yield walk


def main(arguments: Sequence[str]) -> int:
    options = ArgumentParser(prog="every_page", description="Show axe every page in every state.")
    options.add_argument("--pictures", type=Path, metavar="FOLDER", help="keep a picture of each page there")
    pictures: Path | None = options.parse_args(arguments).pictures
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with served() as (world, base), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
        done = list(walks(browser, world, base, pictures))
    findings = sum(walk.findings for walk in done)
    sys.stdout.write(f"{sum(walk.looked for walk in done)} pages looked at, {findings} findings\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
