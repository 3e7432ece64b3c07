"""Vietnamese is complete: every text of code and templates has its words, with the same gaps to fill."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from roster import paths

ROOT = Path(__file__).parents[2]
GAPS = re.compile(r"%\(\w+\)[sd]")
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "N_": None}


@pytest.fixture(scope="module")
def texts() -> set[str | tuple[str, ...]]:
    """Every text that code and templates ask to be translated."""
    methods = {ROOT / "roster": [("**.py", "python")], ROOT / "templates": [("**.html", "jinja2")]}
    found = {
        text
        for folder, mapping in methods.items()
        for _file, _line, text, _comments, _context in extract_from_dir(folder, mapping, keywords=KEYWORDS)
    }
    assert len(found) > 300
    return found


@pytest.fixture(scope="module")
def vietnamese() -> Catalog:
    with (paths.TRANSLATIONS / "vi" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="vi")


def test_every_text_has_vietnamese_words(texts, vietnamese):
    missing = {text for text in texts if not _words(vietnamese, text)}

    assert not missing, f"run 'python3 dev.py messages' and translate: {sorted(map(str, missing))}"


def test_no_text_hides_in_an_f_string():
    """Whoever collects texts does not look into f-strings on Python 3.11, and would drop the words of what is there."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in (ROOT / "roster").rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and _called(call) in KEYWORDS
    ]

    assert not hidden


def test_a_translation_fills_the_same_gaps_as_its_text(vietnamese):
    differing = [message.id for message in vietnamese if message.id and not _same_gaps(message)]

    assert not differing


def test_no_translation_is_a_guess(vietnamese):
    """A guessed catalog would not even be compiled, and every page would speak English."""
    assert not vietnamese.fuzzy
    assert not [message.id for message in vietnamese if message.id and message.fuzzy]


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _words(catalog: Catalog, text: str | tuple[str, ...]) -> bool:
    message = catalog.get(text)
    if message is None:
        return False
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def _same_gaps(message: Message) -> bool:
    """A plural's words need the gaps of its last form: Vietnamese has one form for all numbers."""
    asked = message.id[-1] if isinstance(message.id, (tuple, list)) else message.id
    given = message.string[0] if isinstance(message.string, (tuple, list)) else message.string
    return not given or set(GAPS.findall(asked)) >= set(GAPS.findall(given))
