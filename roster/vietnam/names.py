"""Vietnamese personal names: order, search, and telling two people of one name apart.

A full name is written family name first ("Nguyễn Thị Minh Hà"), but people are addressed and listed by
their given name, the last word. The order is computed here once and stored beside the name, because
SQLite has no Vietnamese collation and not every PostgreSQL is built with one.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)

# "{" and "|" follow "z", so "a{" (ă) stands after every "a…" and before "b".
LETTERS = {
    "a\N{COMBINING BREVE}": "a{",
    "a\N{COMBINING CIRCUMFLEX ACCENT}": "a|",
    "đ": "d{",
    "e\N{COMBINING CIRCUMFLEX ACCENT}": "e{",
    "o\N{COMBINING CIRCUMFLEX ACCENT}": "o{",
    "o\N{COMBINING HORN}": "o|",
    "u\N{COMBINING HORN}": "u{",
}
# Dictionary order: ngang (no mark, "0"), huyền, hỏi, ngã, sắc, nặng.
TONES = {
    "\N{COMBINING GRAVE ACCENT}": "1",
    "\N{COMBINING HOOK ABOVE}": "2",
    "\N{COMBINING TILDE}": "3",
    "\N{COMBINING ACUTE ACCENT}": "4",
    "\N{COMBINING DOT BELOW}": "5",
}
FOREIGN_MARK = "6"
# What the columns hold: only a name of 200 marked letters is cut, and it still sorts by its beginning.
SORT_LENGTH = 400
SEARCH_LENGTH = 200
# Old typefaces drew the Icelandic and African letters for Đ, and lists typed with them are still about.
LOOKALIKES = str.maketrans("ðɖ", "đđ")
TELLING_SEX = (["Thị"], ["Văn"])
NUMBER = re.compile(r"\d+")
NUMBER_DIGITS = 6
LETTER_WITH_MARKS = re.compile(r"([^\W_])([\u0300-\u036f]*)")


class FullName(NamedTuple):
    """A full name in its written order; a single word is a given name."""

    family: str
    middle: str
    given: str


def tidy(text: str) -> str:
    """The same name in composed letters (NFC) with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def split(full_name: str) -> FullName:
    """Part a full name into family, middle (several words or none) and given name."""
    *before, given = tidy(full_name).split(" ")
    return FullName(family=before[0] if before else "", middle=" ".join(before[1:]), given=given)


def given_name(full_name: str) -> str:
    """What a person is called by: the last word, empty for an empty name."""
    return split(full_name).given


def sort_key(full_name: str) -> str:
    """A plain string whose byte order is the Vietnamese order of names: given, middle, family.

    Each part is its letters, then its tone marks, so all who are called Hà stand together before those
    called Hạ. A space ends a part and a hyphen a word within it: both come before any letter.
    """
    name = split(full_name)
    return " ".join(_part_key(part) for part in (name.given, name.middle, name.family))[:SORT_LENGTH]


def text_sort_key(text: str) -> str:
    """The same order for what is read from its beginning: units, sites, teams. "Tổ 2" comes before "Tổ 10"."""
    return _part_key(NUMBER.sub(lambda number: number[0].zfill(NUMBER_DIGITS), text))[:SORT_LENGTH]


def search_key(text: str) -> str:
    """The text without marks or case, for finding "Đặng Thị Ánh" by typing "dang thi anh"."""
    bare = "".join(char for char in _decomposed(text) if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFC", bare).replace("đ", "d").split())[:SEARCH_LENGTH].rstrip()


def given_key(full_name: str) -> str:
    """With this the sort keys of all begin who share the given name."""
    return f"{_part_key(given_name(full_name))} "


def called(people: Mapping[Key, tuple[str, str]], others: Iterable[str] = ()) -> dict[Key, str]:
    """What these people, given as (full name, branch), are called by whoever may know no more than their given names.

    The given name; with the middle name before it ("Thanh Vy") where somebody of them or of the `others`, full names
    that are not shown, has the same; and with the branch where that still does not tell two of these apart.
    """
    fulls = [full_name for full_name, _branch in people.values()]
    given = Counter(map(given_name, [*fulls, *others]))
    short = {
        key: given_name(full_name) if given[given_name(full_name)] == 1 else _with_middle(full_name)
        for key, (full_name, _branch) in people.items()
    }
    shared = Counter(short.values())
    return {
        key: f"{label} ({people[key][1]})" if shared[label] > 1 and people[key][1] else label
        for key, label in short.items()
    }


def told_apart(people: Mapping[Key, tuple[str, str]]) -> dict[Key, str]:
    """The shortest label by which each of these people, given as (full name, branch), is unmistakable.

    Given name alone if nobody shares it, else with the word before it ("Minh Hà"), else the full name,
    else the full name with the branch. Two alike even then keep the longest label: only a person could
    tell them apart.
    """
    labels: dict[Key, str] = {}
    for shorten in LABELS:
        left = {key: shorten(*person) for key, person in people.items() if key not in labels}
        shared = Counter(left.values())
        labels |= {key: label for key, label in left.items() if shared[label] == 1 or shorten is LABELS[-1]}
    return {key: labels[key] for key in people}


def _short(full_name: str, _branch: str) -> str:
    return given_name(full_name)


def _double(full_name: str, _branch: str) -> str:
    """The last two words, unless the first of them only tells women from men: nobody is called "Thị Uyên"."""
    words = tidy(full_name).split(" ")
    return " ".join(words if words[-2:-1] in TELLING_SEX else words[-2:])


def _with_middle(full_name: str) -> str:
    """The same without a word that is only the family's."""
    words = tidy(full_name).split(" ")
    return words[-1] if len(words) < 3 or words[-2:-1] in TELLING_SEX else " ".join(words[-2:])


def _full(full_name: str, _branch: str) -> str:
    return tidy(full_name)


def _full_with_branch(full_name: str, branch: str) -> str:
    return f"{tidy(full_name)} ({branch})" if branch else tidy(full_name)


LABELS: tuple[Callable[[str, str], str], ...] = (_short, _double, _full, _full_with_branch)


def _decomposed(text: str) -> str:
    folded = unicodedata.normalize("NFC", text).casefold().translate(LOOKALIKES)
    return unicodedata.normalize("NFD", folded)


def _part_key(part: str) -> str:
    words = [list(_letters(word)) for word in part.split()]
    letters = "-".join("".join(letter for letter, _ in word) for word in words)
    tones = "".join(tone for word in words for _, tone in word)
    return f"{letters} {tones}"


def _letters(word: str) -> Iterator[tuple[str, str]]:
    """Each letter of a word with its tone; punctuation counts for nothing."""
    for base, marks in LETTER_WITH_MARKS.findall(_decomposed(word)):
        letter, tone = base, "0"
        for mark in marks:
            if base + mark in LETTERS:
                letter = LETTERS[base + mark]
            else:
                tone = TONES.get(mark, FOREIGN_MARK)
        yield LETTERS.get(letter, letter), tone
