"""Somebody who has only a keyboard: goes through a page by Tab, and notes what a pair of eyes would miss there.

At every stop something must show where the focus is, the stop must be in sight and not beneath anything else, and Tab
must lead on. After a key has changed the page the focus must not have fallen to its top. What is wrong is noted, not
raised, so that a walk tells all of it; a place that no key reaches ends the walk.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Request

from tests.waiting import PATIENCE, eventually

CATALOG = Path(__file__).parents[2] / "roster/translations/vi/LC_MESSAGES/messages.mo"
MOST_TABS = 900
"""Stops until a place counts as out of reach: a board of a week has hundreds of names."""

MOST_SAME = 8
"""Keys that Tab may take to leave one element: a date and a time have a stop for each of their parts."""

WAYS = {"date": ("{1}{2}{0}", "{2}{1}{0}"), "time": ("{0}{1}{2}", "{3}{1}")}
"""The orders in which a browser may want the parts of a date and a time, by its own language."""

WHERE = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const shown = here.matches("input") ? (here.closest(".half") ?? here.closest("label") ?? here) : here;
    const words = (part) => (part?.textContent ?? "").replace(/\\s+/g, " ").trim();
    const labelled = here.getAttribute("aria-labelledby")?.split(" ").map((id) => words(document.getElementById(id)));
    const name = here.getAttribute("aria-label") || labelled?.join(" ") || words(here.labels?.[0])
        || (here.matches("input, select, textarea") ? "" : words(here)) || here.title || here.placeholder || "";
    const ringed = (one) => {
        const style = getComputedStyle(one);
        const lined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
        return lined && !style.outlineColor.endsWith(", 0)") || style.boxShadow !== "none";
    };
    const box = shown.getBoundingClientRect();
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    const seen = right - left > 1 && bottom - top > 1;
    const points = [0.5, 0.15, 0.85].flatMap((across) => [0.5, 0.2, 0.8].map((down) =>
        [left + across * (right - left), top + down * (bottom - top)]));
    const free = seen && points.some(([x, y]) => {
        const hit = document.elementFromPoint(x, y);
        return hit && (shown.contains(hit) || hit.contains(shown));
    });
    return {
        name, seen, free, tag: here.tagName, type: here.type ?? "",
        // The calendar within a date field has the focus without its field, and the browser's own ring.
        ringed: !here.matches(":focus") || [here, shown, shown.parentElement].some((one) => one && ringed(one)),
        html: here.outerHTML.slice(0, 150),
        value: here.matches("select") ? words(here.selectedOptions[0]) : here.value ?? "",
        checked: Boolean(here.checked),
    };
}"""

FRAMES = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


def catalog(language: str) -> NullTranslations:
    """The words of the pages; English ones are the keys themselves."""
    if language == "en":
        return NullTranslations()
    with CATALOG.open("rb") as file:
        return GNUTranslations(file)


def _parts(kind: str, text: str) -> tuple[str, ...]:
    """A date as year, month, day; a time as hour of twelve, minutes, half of the day, hour of the whole day."""
    if kind == "date":
        return tuple(text.split("-"))
    hour, minute = text.split(":")
    return f"{(int(hour) - 1) % 12 + 1:02}", minute, "A" if int(hour) < 12 else "P", hour


@dataclass
class Stop:
    """What has the focus. `name`: what a screen reader calls it; `value`: what a field holds, a list shows."""

    name: str
    seen: bool
    free: bool
    ringed: bool
    tag: str
    type: str
    html: str
    value: str
    checked: bool


class OutOfReach(AssertionError):
    """No key leads there."""


@dataclass
class Keys:
    """Two hands on a keyboard. `troubles`: what was wrong on the way, each once. `presses`: keys in all.

    `looks` is shown the page at rest after each key that may change it, and says what is wrong there. `told`: what the
    page's notices said since such a key, if somebody listens to them.
    """

    page: Page
    language: str = "vi"
    troubles: dict[str, None] = field(default_factory=dict)
    presses: int = 0
    told: list[str] = field(default_factory=list)
    looks: Callable[[Page], Iterable[str]] = lambda _page: ()
    _coming: set[Request] = field(default_factory=set)  # pages asked for and not here yet
    _pressed: str = ""
    _left: str = ""

    def __post_init__(self) -> None:
        self.speak(self.language)
        self.page.on("request", lambda one: one.is_navigation_request() and self._coming.add(one))
        self.page.on("requestfinished", lambda one: self._coming.discard(one))
        self.page.on("requestfailed", lambda one: self._coming.discard(one))

    # What pages say.

    def speak(self, language: str) -> None:
        """The page's language, "vi" or "en"; names of things are given in English all the same."""
        self.language, self._words = language, catalog(language)

    def words(self, english: str | re.Pattern[str]) -> re.Pattern[str]:
        """The page's own words for an English text, its gaps (%(name)s) filled with anything; a pattern stays."""
        if isinstance(english, re.Pattern):
            return english
        found = self._words.gettext(english)
        if found == english and self.language != "en":
            found = self._words.ngettext(english, english, 2)
        return re.compile(re.sub(r"%\\\(\w+\\\)s", ".+", re.escape(found).replace("%%", "%")).replace(r"\%", "%"))

    def see(self, english: str | re.Pattern[str]) -> None:
        """Wait until the page says so, or has since the last key, in a notice that left by itself."""
        words = self.words(english)
        eventually(lambda: self._says(words), otherwise=lambda: f"nothing says “{english}”")

    def at(self, path: str) -> None:
        """Wait until this page is open."""
        self.page.wait_for_url(re.compile(path), timeout=1000 * PATIENCE)

    # Where the focus is.

    def here(self) -> Stop | None:
        for _ in range(20):
            try:
                found = self.page.evaluate(WHERE)
            except PlaywrightError:  # the page is just leaving
                self.page.wait_for_load_state()
            else:
                return Stop(**found) if found else None
        raise AssertionError("the page does not come to rest")

    def tab(self, *, back: bool = False, before: Stop | None = None) -> Stop | None:
        """One stop on from `before`, looked at; None at the end of the page."""
        before = before or self.here()
        for _ in range(MOST_SAME):
            self.key("Shift+Tab" if back else "Tab")
            stop = self.here()
            if stop is None or before is None or stop != before:
                break
        else:
            self._note(f"a trap: Tab does not leave {before.html if before else 'the page'}")
        if stop is None and self._is_redrawing():  # what had the focus is being drawn anew, and gets it back
            self.rest()
            stop = self.here()
        for _ in range(6):
            if stop is None or (stop.ringed and stop.seen and stop.free):
                break
            self._see_frames()  # it may be just moving into sight
            stop = self.here()
        if stop is not None:
            self._judge(stop)
        return stop

    def reach(self, english: str | re.Pattern[str], *, back: bool = False, kind: str = "") -> Stop:
        """Tab until something of that name has the focus; `kind`: its tag, where several things have the name."""
        self._keeps_its_place()
        wanted = re.compile(rf"({self.words(english).pattern})(\s*[·:(–,…\d].*|$)", re.IGNORECASE)
        ends, stop = 0, None
        for _ in range(MOST_TABS):
            stop = self.tab(back=back, before=stop)
            if stop is not None and wanted.match(stop.name) and stop.tag.lower() in (kind or stop.tag.lower()):
                return stop
            ends += stop is None
            if ends > 1:
                break
        raise OutOfReach(f"no key leads to “{english}” on {self.page.url}")

    # What keys do.

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)
        self.presses += 1

    def press(self, english: str | re.Pattern[str], *, back: bool = False, kind: str = "", by: str = "Enter") -> None:
        """Go to a link or button and press it."""
        self.reach(english, back=back, kind=kind)
        self.hit(by)

    def hit(self, name: str) -> None:
        """A key that may change the page; where it leaves the focus is looked at before the next one."""
        stop = self.here()
        self._pressed, self._left = stop.html if stop else "", self.page.url
        self.told.clear()
        focused = self.page.locator(":focus")
        if stop and focused.count():
            focused.press(name)  # unlike a bare key it waits for a page that this leads to
            self.presses += 1
        else:
            self.key(name)
        self.rest()
        self._look()

    def tick(self, english: str | re.Pattern[str]) -> None:
        self.press(english, kind="input", by="Space")

    def write(self, english: str | re.Pattern[str], text: str, *, back: bool = False) -> None:
        """Go to a field and type: dates as year-month-day, times as hours:minutes."""
        stop = self.reach(english, back=back, kind="input textarea")
        ways = WAYS.get(stop.type, ("{}",))
        for way in ways:
            self._rewrite(way.format(*_parts(stop.type, text)) if stop.type in WAYS else text)
            now = self.here()
            if now is not None and now.value == text:
                return
        self._note(f"{english}: {now.value if now else ''!r} stands there after typing {text!r}")

    def _rewrite(self, text: str) -> None:
        for key in ("Control+a", *(["ArrowLeft"] * 3)):
            self.key(key)
        self.key("Control+a")
        self.page.keyboard.type(text)
        self.presses += len(text)

    def choose(self, english: str | re.Pattern[str], option: str | re.Pattern[str]) -> None:
        """Go to a list and press the arrow down until it shows that option (English, or as it stands there)."""
        self.reach(english, kind="select")
        wanted = self.words(option)
        self.key("Home")
        for _ in range(400):
            stop = self.here()
            assert stop is not None
            if wanted.search(stop.value):
                return
            self.key("ArrowDown")
            now = self.here()
            if now == stop:
                break
        raise OutOfReach(f"“{english}” offers no “{option}”")

    def pick(self, english: str | re.Pattern[str]) -> None:
        """Go to the nearest group of which one is chosen, and press the arrow down until it is that one."""
        wanted, stop = self.words(english), self.here()
        for _ in range(MOST_TABS):
            if stop is not None and stop.type == "radio":
                break
            stop = self.tab()
        for _ in range(20):
            if stop is not None and stop.checked and wanted.match(stop.name):
                return
            self.key("ArrowDown")
            stop = self.here()
        raise OutOfReach(f"no group to choose “{english}” from on {self.page.url}")

    def escape(self) -> None:
        """Close what is open on top."""
        self.hit("Escape")
        if self.page.locator("dialog[open]").count():
            self._note("Escape does not close the dialog")
        self._keeps_its_place()

    def go(self, address: str) -> None:
        """Type an address into the browser."""
        self._pressed = ""
        self.page.goto(address)
        self._look()

    def _says(self, words: re.Pattern[str]) -> bool:
        if any(words.search(notice) for notice in self.told):
            return True
        with suppress(PlaywrightError):  # the page is just leaving
            return self.page.get_by_text(words).locator("visible=true").count() > 0
        return False

    def _see_frames(self) -> None:
        """Wait until the page has drawn itself: what a key moves goes with the next frame, whenever that comes."""
        with suppress(PlaywrightError):  # the page is just leaving
            self.page.evaluate(FRAMES)
        self.page.wait_for_timeout(50)

    def rest(self) -> None:
        """Wait until what a key set off is done."""
        self.page.wait_for_timeout(60)
        for _ in range(200):
            try:
                self.page.wait_for_load_state()
                if not self._coming and not self._is_redrawing():
                    return
            except PlaywrightError:
                pass
            self.page.wait_for_timeout(50)

    def _is_redrawing(self) -> bool:
        with suppress(PlaywrightError):  # the page is just leaving
            return bool(self.page.evaluate("Boolean(document.querySelector('.htmx-request, .htmx-settling'))"))
        return True

    def _keeps_its_place(self) -> None:
        """After a change of the same page the focus is somewhere on it; a new page may begin at its top."""
        pressed, self._pressed = self._pressed, ""
        if not pressed or "#" in self.page.url:
            return
        same = self.page.url.partition("?")[0] == self._left.partition("#")[0].partition("?")[0]
        for _ in range(200):
            if not same or self.here() is not None:
                return
            self.page.wait_for_timeout(50)  # a page begins once all of it is there
        self._note(f"the focus fell to the top of the page after {pressed}")

    def _look(self) -> None:
        for trouble in self.looks(self.page):
            self._note(trouble)

    def _judge(self, stop: Stop) -> None:
        if not stop.name:
            self._note(f"has no name: {stop.html}")
        if not stop.ringed:
            self._note(f"nothing shows the focus on {stop.html}")
        if not stop.seen:
            self._note(f"out of sight: {stop.html}")
        elif not stop.free:
            self._note(f"covered by something else: {stop.html}")

    def _note(self, what: str) -> None:
        path = re.sub(r"https?://[^/]+", "", self.page.url)
        self.troubles[f"{path}: {what}"] = None
