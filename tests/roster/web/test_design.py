"""The design page: every component, in both languages and themes, on a phone and on a laptop, by finger and by key."""

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from werkzeug.serving import make_server

from roster.app import create_app
from roster.config import Settings

PHONE, LAPTOP = 390, 1366
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PRESSED = [".btn", ".half", ".roster-days label", ".chip-tool", ".slot-add", ".choice", ".form-control", ".tabs a"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The design page of an installation without a single row."""
    app = create_app(Settings(tmp_path_factory.mktemp("design"), "sqlite://", "only for tests", rate_limits=False))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/design/"
    server.shutdown()
    thread.join()
    server.server_close()


def opened(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """The page, and everything its console complains about."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    return page, complaints


def in_english(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    page, complaints = opened(context, address)
    page.locator("main").get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    return page, complaints


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(PHONE, "light", "vi"), (PHONE, "dark", "en"), (LAPTOP, "light", "en"), (LAPTOP, "dark", "vi")],
)
def test_the_design_page_breaks_no_rule_of_access(
    address: str, browser: Browser, width: int, theme: str, language: str
) -> None:
    with browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme) as context:
        page, complaints = (in_english if language == "en" else opened)(context, address)

        found = Axe().run(page, options=RULES)

        assert page.get_attribute("html", "lang") == language
        assert found.violations_count == 0, found.generate_report()
        assert complaints == []


@pytest.mark.parametrize("width", [PHONE, LAPTOP])
def test_the_design_page_never_scrolls_sideways(address: str, browser: Browser, width: int) -> None:
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        page, _ = in_english(context, address)

        assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [PHONE, LAPTOP])
def test_fields_side_by_side_do_not_reach_beyond_their_form(address: str, browser: Browser, width: int) -> None:
    with browser.new_context(viewport={"width": width, "height": 800}, is_mobile=width == PHONE) as context:
        page, _ = in_english(context, address)

        beyond = page.eval_on_selector_all(
            ".field-group",
            """groups => groups.flatMap(group => [...group.querySelectorAll("input, select")]
                .filter(field => field.getBoundingClientRect().right > group.getBoundingClientRect().right + 0.5)
                .map(field => field.id))""",
        )

        assert page.locator(".field-group input[type=date]").count() > 0
        assert beyond == []


@pytest.mark.parametrize("scripts", [True, False])
def test_tapping_a_half_day_goes_round_the_four_levels(address: str, browser: Browser, scripts: bool) -> None:
    with browser.new_context(
        viewport={"width": PHONE, "height": 800}, has_touch=True, java_script_enabled=scripts
    ) as context:
        page, _ = in_english(context, address)
        tile = page.get_by_role("radiogroup", name="Monday, Morning")
        levels = []

        for _tap in range(5):
            levels.append(tile.locator("input:checked").get_attribute("value"))
            tap_middle_of(page, tile)

    assert levels == ["preferred", "if_needed", "not", "available", "preferred"]


def test_the_first_tap_on_a_half_day_says_that_one_can_come(address: str, browser: Browser) -> None:
    with browser.new_context(viewport={"width": PHONE, "height": 800}, has_touch=True) as context:
        page, _ = in_english(context, address)
        name = page.locator(".half:not(:has(:checked))").first.get_attribute("aria-label")
        tile = page.get_by_role("radiogroup", name=name, exact=True)

        tap_middle_of(page, tile)

        assert tile.locator("input:checked").get_attribute("value") == "available"


def tap_middle_of(page: Page, tile: Locator) -> None:
    tile.scroll_into_view_if_needed()
    box = tile.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_the_arrow_keys_change_a_half_day_too(address: str, browser: Browser) -> None:
    with browser.new_context() as context:
        page, _ = in_english(context, address)
        tile = page.get_by_role("radiogroup", name="Monday, Morning")
        tile.locator("input:checked").focus()

        page.keyboard.press("ArrowDown")

        assert tile.locator("input:checked").get_attribute("value") == "if_needed"


@pytest.mark.parametrize("selector", PRESSED)
def test_whatever_a_thumb_presses_is_44_pixels_high(address: str, browser: Browser, selector: str) -> None:
    with browser.new_context(viewport={"width": PHONE, "height": 800}, has_touch=True, is_mobile=True) as context:
        page, _ = in_english(context, address)

        heights = page.eval_on_selector_all(
            f".page {selector}", "found => found.map(one => one.getBoundingClientRect().height)"
        )

        assert [height for height in heights if 0 < height < 44] == []


@pytest.mark.parametrize("lacks", ["", "delete Element.prototype.checkVisibility"], ids=["browser", "older browser"])
def test_a_question_opens_takes_the_focus_and_closes_with_escape(address: str, browser: Browser, lacks: str) -> None:
    with browser.new_context() as context:
        context.add_init_script(lacks)
        page, _ = in_english(context, address)
        question = page.get_by_role("dialog", name="Publish week 48?")

        page.get_by_role("button", name="Ask first").click()
        expect(question).to_be_visible()
        page.keyboard.press("Escape")

        expect(question).to_be_hidden()
        expect(page.get_by_role("button", name="Ask first")).to_be_focused()


def test_without_scripts_a_question_stands_open_on_the_page(address: str, browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page, _ = in_english(context, address)

        expect(page.get_by_role("dialog", name="Publish week 48?")).to_be_visible()


def test_on_a_phone_the_grid_shows_the_chosen_day_only(address: str, browser: Browser) -> None:
    with browser.new_context(viewport={"width": PHONE, "height": 800}) as context:
        page, _ = in_english(context, address)

        page.locator(".roster-days label").nth(3).click()

        expect(page.locator("#shift-a30")).to_be_visible()
        expect(page.locator("#shift-a10")).to_be_hidden()


def test_a_link_into_the_sheet_shows_that_page_beside_this_one(address: str, browser: Browser) -> None:
    with browser.new_context(viewport={"width": LAPTOP, "height": 800}) as context:
        page, complaints = in_english(context, address)

        page.locator("#shift-a31 .slot-add").click()

        expect(page.get_by_role("dialog", name="Design")).to_be_visible()
        assert complaints == []


def test_a_file_field_speaks_the_language_of_its_page_and_then_names_its_file(address: str, browser: Browser) -> None:
    with browser.new_context(locale="vi-VN") as context:
        page, _ = in_english(context, address)
        field, name = page.get_by_label("The list"), page.locator(".file-name")
        expect(name).to_have_text("No file chosen yet")
        browsers_own = "(field) => getComputedStyle(field, '::file-selector-button').display"
        assert field.evaluate(browsers_own) == "none"

        with page.expect_file_chooser() as chooser:
            field.press("Enter")
        chooser.value.set_files({"name": "Danh sách.csv", "mimeType": "text/csv", "buffer": b"Lan"})

        expect(name).to_have_text("Danh sách.csv")
