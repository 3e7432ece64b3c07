"""What holds for every template: nothing the content security policy refuses, only icons and classes that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from roster import paths

FRONTEND = Path(__file__).parents[2] / "frontend"
PAGES = sorted(page for page in paths.TEMPLATES.rglob("*.html") if "emails" not in page.parts)
INLINE = re.compile(r"\sstyle=|\son[a-z]+=\"|<script(?! src=)|<style|javascript:|hx-on", re.IGNORECASE)
# Classes that are named only to be found, by our scripts or by htmx.
HOOKS: frozenset[str] = frozenset()


def names_of(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(paths.TEMPLATES)) for page in pages]


@pytest.mark.parametrize("page", PAGES, ids=names_of(PAGES))
def test_a_template_holds_no_inline_style_or_script(page: Path) -> None:
    assert INLINE.findall(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=names_of(PAGES))
def test_a_template_names_only_icons_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    named = set(re.findall(r'\bicon\("([^"]+)"', text)) | set(re.findall(r'\bicon_name="([^"]+)"', text))

    assert named <= {drawing.stem for drawing in (FRONTEND / "icons").glob("*.svg")}


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
