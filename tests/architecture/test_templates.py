"""What holds for every template: nothing the content security policy refuses, only icons and classes that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

import roster
from roster import paths
from roster.web import context

FRONTEND = Path(__file__).parents[2] / "frontend"
PAGES = sorted(page for page in paths.TEMPLATES.rglob("*.html") if "emails" not in page.parts)
INLINE = re.compile(r"\sstyle=|\son[a-z]+=\"|<script(?! src=)|<style|javascript:|hx-on", re.IGNORECASE)
PACKAGE = Path(roster.__file__).parent
DRAWN = {drawing.stem for drawing in (FRONTEND / "icons").glob("*.svg")}
QUOTED = re.compile(r"[\"'#]([a-z0-9]+(?:-[a-z0-9]+)*)[\"']")
# Which argument of each macro names an icon.
ICON_ARGUMENT = {
    "icon": 0,
    "empty_state": 0,
    "icon_button": 1,
    "badge": 2,
    "button": 2,
    "dialog_button": 3,
    "link_button": 3,
    "post_button": 3,
}
# Classes that are named only to be found, by our scripts or by htmx.
HOOKS: frozenset[str] = frozenset()


def names_of(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(paths.TEMPLATES)) for page in pages]


@pytest.mark.parametrize("page", PAGES, ids=names_of(PAGES))
def test_a_template_holds_no_inline_style_or_script(page: Path) -> None:
    assert INLINE.findall(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=names_of(PAGES))
def test_a_template_names_only_icons_that_exist(page: Path) -> None:
    tree = Environment(autoescape=True).parse(page.read_text(encoding="utf-8"))

    assert set(icons_in(tree)) <= DRAWN


def test_the_navigation_names_only_icons_that_exist() -> None:
    assert {entry.icon for entry in context.ENTRIES} <= DRAWN


def test_every_icon_is_one_that_some_page_or_script_names() -> None:
    """The sprite goes to every phone: a drawing nobody shows is bytes paid by all."""
    sources = [*paths.TEMPLATES.rglob("*.html"), *(FRONTEND / "js").rglob("*.js"), *PACKAGE.rglob("*.py")]
    named = {word for source in sources for word in QUOTED.findall(source.read_text(encoding="utf-8"))}

    assert sorted(DRAWN - named) == []


def icons_in(tree: nodes.Template) -> Iterator[str]:
    """Icon names written out in calls of our macros, both sides of an `if` among them."""
    for call in tree.find_all(nodes.Call):
        place = ICON_ARGUMENT.get(getattr(call.node, "name", ""))
        if place is None:
            continue
        given = [*call.args[place : place + 1], *(word.value for word in call.kwargs if word.key == "icon_name")]
        for expression in given:
            yield from constants_of(expression)


def constants_of(expression: nodes.Expr) -> Iterator[str]:
    if isinstance(expression, nodes.CondExpr):
        yield from constants_of(expression.expr1)
        if expression.expr2:
            yield from constants_of(expression.expr2)
    elif isinstance(expression, nodes.Const) and expression.value:
        yield expression.value


@pytest.mark.parametrize("page", PAGES, ids=names_of(PAGES))
def test_a_template_uses_only_classes_that_are_styled(page: Path, styled: frozenset[str]) -> None:
    assert set(classes_in(page.read_text(encoding="utf-8"))) - styled - HOOKS == set()


@pytest.fixture(scope="module")
def styled() -> frozenset[str]:
    """Every class the built sheet knows."""
    sheet = next(paths.ASSETS.glob("app-*.css")).read_text(encoding="utf-8")
    return frozenset(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", sheet))


def classes_in(text: str) -> Iterator[str]:
    """Class names written out in full; those put together by an expression are left to the design page."""
    for value in re.findall(r'class="([^"]*)"', text):
        for name in re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", value).split():
            if not name.endswith("-"):
                yield name


def test_the_built_sheet_asks_for_nothing_elsewhere() -> None:
    """Fonts and pictures are files of ours: no data: addresses, no other host."""
    sheet = next(paths.ASSETS.glob("app-*.css")).read_text(encoding="utf-8")

    addresses = re.findall(r"url\(([^)]*)\)", sheet)

    assert addresses
    assert [address for address in addresses if not re.fullmatch(r'"?\./[\w-]+\.woff2"?', address)] == []
