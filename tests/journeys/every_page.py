"""Every page in every state before axe: `python -m tests.journeys.every_page`, a few minutes; exit code 1 for findings.

The tests look at the pages their stories pass through; this walks all of them, in the small world of
`tests/architecture`: as everybody who sees more on it than those before them, the last of them the coordinator of a
unit where everything is still empty, with every form sent empty, every dialog, menu and sheet open, everything
unfolded, with notices, saved after somebody else, without network, in the states of `states.py`, and what is refused.
Phones read English and laptops Vietnamese, one bright and one dark, so that each template is judged in both languages,
widths and colours once. Findings are printed, one a line. With `--screen phone` it walks on that alone, and with
`--pictures FOLDER` each page leaves a picture there, for eyes.
"""

import logging
import re
import sys
import tempfile
import threading
from argparse import ArgumentParser
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import Update, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.serving import make_server

from roster.app import create_app
from roster.config import Settings
from roster.extensions import db
from roster.models import Account, Base, DemandPattern, Person, Roster, Site
from tests import chromium
from tests.architecture.test_access import RULES, World, routes
from tests.architecture.world import ADMINISTRATOR, CENTER, COORDINATOR, NEIGHBOUR, OUTSIDER, VOLUNTEER
from tests.journeys.looking import JUDGED, USUAL, troubles_of
from tests.journeys.states import STATES, State

SCREENS = (("phone", "en", "dark", (390, 844)), ("laptop", "vi", "light", (1366, 800)))
ROLES = (VOLUNTEER, CENTER, COORDINATOR, ADMINISTRATOR, OUTSIDER, NEIGHBOUR)
"""Who looks at a page, if it has something for them that it had for nobody before. The last has nothing yet."""

BROKEN = "/broken"
REFUSED = (
    *("/nowhere", "/sites/999999", "/audit/", BROKEN),
    *("/a/no-such-link", "/guardian/no-such-link", "/join/no-such-door", "/welcome/x"),
)
MEANWHILE: tuple[tuple[str, str, Update], ...] = (
    ("/sites/{site_id}/edit", "", update(Site).values(name="Chợ Đầm", address="Phường Quy Nhơn")),
    ("/people/{person_id}/edit", "", update(Person).values(full_name="Nguyễn Thị Lan Anh")),
    ("/patterns/{pattern_id}/edit", "", update(DemandPattern).values(name="Trực chiều", target=2)),
    ("/plan/{unit_id}/{first_day}", "[action$='/publish']", update(Roster).values(revision=99)),
)
"""A page, which of its forms, and what somebody else saves while it is open."""

NOTICES = [("success", "Đã lưu."), ("info", "Không có gì mới để gửi."), ("error", "Chưa lưu được.")]
"""One of each kind: they stay where they are only until they have been read."""

PARTS = re.compile(r'<([a-z]\w*)(?: [^>]*?class="([^"]*)")?')
SMALL_TARGETS = """() => ["button", "a.btn", "summary", "select", "input"]
    .flatMap((kind) => [...document.querySelectorAll(`main ${kind}`)])
    .filter((one) => !["hidden", "checkbox", "radio"].includes(one.type))
    .filter((one) => one.checkVisibility({ opacityProperty: true }) && !one.closest(".visually-hidden"))
    .filter((one) => one.getBoundingClientRect().height < 43.5)
    .map((one) => one.outerHTML.slice(0, 120))"""

UNFOLDED = """() => {
    const folded = [...document.querySelectorAll("details:not([open], .menu)")].filter((one) => one.checkVisibility());
    for (const one of folded) one.open = true;
    return folded.map((one) => one.outerHTML);
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

SENT = "(form) => HTMLFormElement.prototype.submit.call(form)"
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
    opened: set[str] = field(default_factory=set)
    """What was judged while it was open: that of every page of a week is judged once."""
    pictures: Path | None = None

    def everywhere(self) -> None:
        self._suit_everybody()
        for rule in routes(self.world.app):
            if "GET" in (rule.methods or ()) and rule.endpoint != "static":
                address = self._address(rule)
                for role in self._readers(address, RULES[rule.endpoint]):
                    self._states(address, role)
        for state in STATES:
            self._in(state)
        for address, form, change in MEANWHILE:
            self._saved_meanwhile(address.format(**self.world.arguments), form, change)
        self._as(VOLUNTEER)
        for address in REFUSED:
            self._look(address, "refused")
        for address in ("/me/", "/me/availability", "/me/open"):
            self._without_network(address)
        self._as(COORDINATOR, _flashes=NOTICES)
        self._look("/people/", "notices")

    def _readers(self, address: str, may: Collection[str]) -> Iterator[str]:
        """Whoever sees something on the page that those before do not."""
        seen: set[tuple[str, str]] = set()
        for role in ROLES:
            parts = self._parts(address, role) if role in may else set()
            if not parts <= seen:
                seen |= parts
                yield role

    def _parts(self, address: str, role: str) -> set[tuple[str, str]]:
        """What the page is made of, but for what is around each; nothing for what is no page."""
        answer = self._client(role).get(address)
        if answer.location or answer.mimetype != "text/html":
            return set()
        return set(PARTS.findall(answer.text.partition("<main")[2] or answer.text))

    def _suit_everybody(self) -> None:
        """An account keeps its language and colours, whatever its session says."""
        with self._rows() as session:
            session.execute(update(Account).values(language=self.language, theme=self.theme))
        self.world.keep()

    @contextmanager
    def _rows(self) -> Iterator[Session]:
        with self.world.app.app_context():
            yield db.session  # type: ignore[misc]  # scoped to this block
            db.session.commit()
            db.session.remove()

    def _states(self, address: str, who: str) -> None:
        self._as(who)
        if not self._look(address, who):
            return
        self._open_all(address)
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

    def _open_all(self, address: str) -> None:
        self._open_dialogs(address)
        self._open_sheets(address)
        self._unfold(address)
        self._open_menus(address)

    def _judge_opened(self, what: str, where: str, options: Mapping[str, Any] = JUDGED) -> None:
        if what not in self.opened:
            self.opened.add(what)
            self._judge(where, options)

    def _open_dialogs(self, address: str) -> None:
        for name in self.page.evaluate("[...document.querySelectorAll('main dialog')].map(({ id }) => id)"):
            dialog = self.page.evaluate("(name) => document.getElementById(name).outerHTML", name)
            self.page.evaluate("(name) => document.getElementById(name).showModal()", name)
            self._judge_opened(dialog, f"{address} (dialog {name})")
            self.page.keyboard.press("Escape")

    def _open_sheets(self, address: str) -> None:
        for href in self.page.evaluate(SHEETS):
            self.page.evaluate("(href) => document.querySelector(`a[data-sheet][href='${href}']`).click()", href)
            self.page.locator("#sheet[open]").wait_for()
            self._judge_opened(self.page.locator("#sheet").inner_html(), f"{address} (sheet {href})")
            self.page.keyboard.press("Escape")

    def _unfold(self, address: str) -> None:
        if unfolded := self.page.evaluate(UNFOLDED):
            self._judge_opened("".join(unfolded), f"{address} (unfolded)")

    def _open_menus(self, address: str) -> None:
        """One after the other; that of the account, which is on every page, once."""
        for number in range(self.page.evaluate(MENUS)):
            self.page.evaluate(OPEN_MENU, number)
            sheet = self.page.locator("details.menu[open] > .menu-sheet").inner_text()
            self._judge_opened(sheet, f"{address} (menu {number + 1})", USUAL)

    def _in(self, state: State) -> None:
        with self._rows() as session:
            state.change(session, self.world.arguments, datetime.now(UTC))
        self._as(state.who)
        for address in state.addresses:
            if self._look(address.format(**self.world.arguments), f"{state.name}, {state.who}"):
                self._open_all(f"{address} {state.name}")
        self.world.put_back()

    def _saved_meanwhile(self, address: str, form: str, change: Update) -> None:
        """What somebody else saves while a form is open is told to whoever saves next."""
        self._as(COORDINATOR)
        self.page.goto(self.base + address)
        with self._rows() as session:
            session.execute(change)
        with self.page.expect_navigation():
            self.page.locator(f"main form[method=post]{form}").first.evaluate(SENT)
        self.page.locator(".field-meanwhile, .error-page").first.wait_for()
        self._judge(f"{address} (saved meanwhile)")
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
        if answer.status >= 500 and address != BROKEN:
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

    def _client(self, role: str, **known: Any) -> FlaskClient:
        client = self.world.app.test_client()
        with client.session_transaction() as session:
            session.update(language=self.language, theme=self.theme, **known)
            if role != OUTSIDER:
                session["_user_id"] = f"{self.world.accounts[role]}.0"
        return client

    def _as(self, role: str, **known: Any) -> None:
        """`known`: what the session holds besides."""
        client = self._client(role, **known)
        name = self.world.app.config["SESSION_COOKIE_NAME"]
        cookie = client.get_cookie(name)
        assert cookie is not None
        self.page.context.clear_cookies()
        self.page.context.add_cookies([{"name": name, "value": cookie.value, "url": self.base}])


def _marked_as_old(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("<html ", "<html data-offline ", 1))


def _break() -> None:
    """What nobody expects, on one address."""
    if request.path == BROKEN:
        raise RuntimeError("broken on purpose")


@contextmanager
def served() -> Iterator[tuple[World, str]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "roster.db"
        known = {"secret_key": "only for this walk", "rate_limits": False, "mail_url": "mailto://localhost"}
        app: Flask = create_app(Settings(home=Path(folder), database_url=f"sqlite:///{file}", **known))
        app.config["WTF_CSRF_ENABLED"] = False
        app.before_request(_break)
        with app.app_context():
            Base.metadata.create_all(db.engine)
        world = World(app, file)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield world, f"http://127.0.0.1:{server.port}"
        server.shutdown()


def walks(browser: Browser, world: World, base: str, pictures: Path | None, only: str | None = None) -> Iterator[Walk]:
    for screen, language, theme, (width, height) in SCREENS:
        if only not in (None, screen):
            continue
        size = {"width": width, "height": height}
        still = {"reduced_motion": "reduce", "service_workers": "block"}  # axe must not judge what is just fading in
        context = browser.new_context(viewport=size, has_touch=screen == "phone", **still)
        walk = Walk(world, base, context.new_page(), screen, language, theme, pictures=pictures)
        walk.everywhere()
        yield walk


def main(arguments: Sequence[str]) -> int:
    options = ArgumentParser(prog="every_page", description="Show axe every page in every state.")
    options.add_argument("--pictures", type=Path, metavar="FOLDER", help="keep a picture of each page there")
    options.add_argument("--screen", choices=[screen for screen, *_ in SCREENS], help="one screen instead of both")
    asked = options.parse_args(arguments)
    pictures: Path | None = asked.pictures
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    for noisy in ("werkzeug", "roster.web.errors"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    with served() as (world, base), sync_playwright() as playwright:
        browser = chromium.launched(playwright, whole=False)
        done = list(walks(browser, world, base, pictures, asked.screen))
    findings = sum(walk.findings for walk in done)
    sys.stdout.write(f"{sum(walk.looked for walk in done)} pages looked at, {findings} findings\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
