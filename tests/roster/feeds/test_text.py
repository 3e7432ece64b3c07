"""Any text a person can type leaves a content line valid, and can be read again."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.feeds.text import cleaned, line, text_line

ANY_TEXT = st.text(st.characters(), max_size=400)  # surrogates and control characters too
AWKWARD = st.text(st.sampled_from("a,;\\\n\r\t \0đẵ😀👨\u0301\u0323\u200d\u200f\u202e\u2028\ufeff\ud800"), max_size=300)


def physical_lines(drawn: bytes) -> list[bytes]:
    assert drawn.endswith(b"\r\n")
    return drawn[:-2].split(b"\r\n")


@given(ANY_TEXT | AWKWARD)
def test_no_physical_line_passes_75_octets_or_holds_a_control_character(text):
    for physical in physical_lines(text_line("SUMMARY", text)):
        assert len(physical) <= 75
        assert not re.search(rb"[\x00-\x1f\x7f]", physical)


@given(ANY_TEXT | AWKWARD)
def test_every_physical_line_is_whole_utf_8(text):
    for physical in physical_lines(text_line("SUMMARY", text)):
        physical.decode("utf-8")


@given(ANY_TEXT | AWKWARD)
def test_an_unfolded_line_reads_as_the_cleaned_text(text):
    unfolded = text_line("SUMMARY", text).replace(b"\r\n ", b"")[:-2]

    name, _, value = unfolded.decode().partition(":")

    assert name == "SUMMARY"
    assert re.sub(r"\\(.)", lambda escape: escape[1].replace("n", "\n"), value) == cleaned(text)


@given(AWKWARD)
def test_cleaning_twice_changes_nothing_more(text):
    assert cleaned(cleaned(text)) == cleaned(text)


@given(st.text("ạẵộưđ e\u0301\u0323", min_size=40, max_size=200))
def test_a_fold_never_starts_with_a_combining_mark(text):
    for physical in physical_lines(line(f"SUMMARY:{text}"))[1:]:
        assert not unicodedata.category(physical.decode()[1]).startswith("M")


def test_a_fold_never_tears_an_escape_or_an_emoji_family_apart():
    family = "👨\u200d👩\u200d👧"
    for shift in range(75):
        folds = physical_lines(text_line("SUMMARY", "x" * shift + family + "\n" * 40))
        assert not any(re.search(rb"(?<!\\)(\\\\)*\\$", fold) for fold in folds)
        assert sum(family.encode() in fold for fold in folds) == 1


def test_a_pile_of_marks_longer_than_a_line_is_folded_all_the_same():
    pile = "a" + "\u0323\u0301" * 400

    assert all(len(physical) <= 75 for physical in physical_lines(text_line("SUMMARY", pile)))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Nguyê\u0303n", "Nguyễn"),
        ("one\r\ntwo\rthree\u2028four\x85five", "one\ntwo\nthree\nfour\nfive"),
        ("tab\there", "tab here"),
        ("nul\0 bell\a bom\ufeff half\ud800", "nul bell bom half"),
        ("  around  ", "around"),
        ("\u200fשלום\u200f", "\u200fשלום\u200f"),
    ],
)
def test_text_is_cleaned(typed, shown):
    assert cleaned(typed) == shown


def test_only_backslash_semicolon_comma_and_newline_are_escaped():
    assert text_line("SUMMARY", 'a\\b;c,d\ne:f"g') == b'SUMMARY:a\\\\b\\;c\\,d\\ne:f"g\r\n'


def test_a_line_of_exactly_75_octets_is_not_folded():
    assert line("SUMMARY:" + "x" * 67) == b"SUMMARY:" + b"x" * 67 + b"\r\n"
    assert line("SUMMARY:" + "x" * 68) == b"SUMMARY:" + b"x" * 67 + b"\r\n x\r\n"
