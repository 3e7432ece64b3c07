"""Names sort, search and shorten as a Vietnamese reader expects."""

import random
import sqlite3
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roster.models import Person
from roster.vietnam import names

SYLLABLE_LIST = """
    An Ánh Ăn Ân Bảo Da Dương Đào Đặng Ê Hà Hạ Hòa Huỳnh On Ôn Ơn Thị Út Ưng Văn Yến
"""
SYLLABLES = st.sampled_from(SYLLABLE_LIST.split())
FULL_NAMES = st.lists(SYLLABLES, min_size=1, max_size=5).map(" ".join)

ORDERS = [
    "Da, Dương, Đào, Đặng",
    "An, Ánh, Ăn, Ân",
    "On, Ôn, Ơn",
    "Ma, Mà, Mả, Mã, Má, Mạ, Mai",
    "Hiên, Hiền, Hiến, Hiện",
    "Du, Dung, Dũng, Dư, Dương, Dy",
    "Em, Ên",
    "Nguyễn Văn Hà, Trần Văn Hà, Lê Anh Hạ",
    "Lê An Hà, Lê An Bình Hà, Lê Anh Hà",
    "Hà, Lê Hà, Lê An Hà",
    "Trần An Hà, Lê Bình Hà",
    "Lê An Yên Hà, Lê Anh Hà",
]


@pytest.mark.parametrize("order", ORDERS)
def test_names_stand_in_vietnamese_order(order):
    expected = order.split(", ")
    shuffled = random.Random(1).sample(expected, len(expected))

    assert sorted(shuffled, key=names.sort_key) == expected


@pytest.mark.parametrize("order", ORDERS)
def test_a_database_that_knows_no_collation_sorts_the_stored_keys_right(order):
    expected = order.split(", ")
    database = sqlite3.connect(":memory:")
    database.execute("create table person (name, name_sort)")
    rows = [(name, names.sort_key(name)) for name in reversed(expected)]
    database.executemany("insert into person values (?, ?)", rows)

    found = [name for (name,) in database.execute("select name from person order by name_sort")]
    database.close()

    assert found == expected


@pytest.mark.parametrize("order", ["Tổ 2, Tổ 10, Tổ 10 B", "An Tân, Bình Định, Đồng Tháp", "Chợ Ba, Chợ Bà"])
def test_places_sort_from_their_first_word_and_by_number(order):
    expected = order.split(", ")
    shuffled = random.Random(1).sample(expected, len(expected))

    assert sorted(shuffled, key=names.text_sort_key) == expected


@given(st.text(min_size=150, max_size=200))
@example("Ậ" * 200)
@example("ß" * 200)
@example("한" * 200)
def test_the_longest_name_a_person_may_have_has_keys_that_fit_their_columns(name):
    assert len(names.sort_key(name)) <= Person.name_sort.type.length
    assert len(names.text_sort_key(name)) <= Person.name_sort.type.length
    assert len(names.search_key(name)) <= Person.name_search.type.length


@given(FULL_NAMES)
def test_the_sort_key_of_a_vietnamese_name_is_plain_ascii(name):
    key = names.sort_key(name)

    assert key.isascii()
    assert key.isprintable()


@given(st.text(max_size=60))
def test_any_text_has_the_same_keys_composed_and_decomposed(text):
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))

    assert names.sort_key(composed) == names.sort_key(decomposed)
    assert names.search_key(composed) == names.search_key(decomposed)


@given(FULL_NAMES, FULL_NAMES)
def test_two_different_vietnamese_names_never_share_a_sort_key(one, other):
    assert (names.sort_key(one) == names.sort_key(other)) == (one == other)


@given(FULL_NAMES)
def test_the_sort_key_ignores_case_and_spare_spaces(name):
    assert names.sort_key(f"  {name.upper()}  ") == names.sort_key(name)


def test_a_dot_below_does_not_hide_the_circumflex_that_follows_it():
    assert names.sort_key("Hậu") > names.sort_key("Hăng")


def test_letters_of_the_highland_languages_differ_only_after_the_plain_ones():
    assert sorted(["Čin", "Cin", "Cao"], key=names.sort_key) == ["Cao", "Cin", "Čin"]


@pytest.mark.parametrize("lookalike", ["Ðào", "Đào", "Ɖào"])
def test_the_lookalikes_of_the_crossed_d_sort_and_search_as_one_letter(lookalike):
    assert names.sort_key(lookalike) == names.sort_key("Đào")
    assert names.search_key(lookalike) == "dao"


@pytest.mark.parametrize(
    ("text", "key"),
    [("Đặng Thị Ánh", "dang thi anh"), ("  NGUYỄN   Văn\tƯớc ", "nguyen van uoc"), ("", "")],
)
def test_people_are_found_without_typing_marks(text, key):
    assert names.search_key(text) == key


@given(st.text(max_size=60))
def test_searching_by_a_search_key_finds_what_it_was_made_from(text):
    assert names.search_key(names.search_key(text)) == names.search_key(text)


@pytest.mark.parametrize(
    ("full_name", "parts"),
    [
        ("Nguyễn Thị Minh Hà", ("Nguyễn", "Thị Minh", "Hà")),
        ("Lê Hà", ("Lê", "", "Hà")),
        (" Hà ", ("", "", "Hà")),
        ("", ("", "", "")),
    ],
)
def test_a_full_name_parts_into_family_middle_and_given_name(full_name, parts):
    assert names.split(full_name) == parts
    assert names.given_name(full_name) == parts[-1]


def test_people_are_labelled_by_the_least_that_tells_them_apart():
    people = {
        1: ("Trần Quốc Bảo", "K45"),
        2: ("Nguyễn Thị Minh Hà", "K45"),
        3: ("Nguyễn Thị Thu Hà", "K45"),
        4: ("Lê Văn Nam", "K45"),
        5: ("Võ Văn Nam", "K45"),
        6: ("Lê Thị Yến", "K45 Luật"),
        7: ("Lê Thị Yến", "K46 Toán"),
        8: ("Phan Thị Uyên", "K45"),
        9: ("Phan Tú Uyên", "K45"),
    }

    assert names.told_apart(people) == {
        1: "Bảo",
        2: "Minh Hà",
        3: "Thu Hà",
        4: "Lê Văn Nam",
        5: "Võ Văn Nam",
        6: "Lê Thị Yến (K45 Luật)",
        7: "Lê Thị Yến (K46 Toán)",
        8: "Phan Thị Uyên",
        9: "Tú Uyên",
    }


def test_two_people_alike_in_name_and_branch_are_both_still_labelled():
    assert names.told_apart({1: ("Lê Hà", "K45"), 2: ("Lê Hà", "K45")}) == {1: "Lê Hà (K45)", 2: "Lê Hà (K45)"}


def test_whoever_may_be_named_by_given_name_alone_is_told_from_namesakes_without_the_family_name():
    people = {
        1: ("Nguyễn Thanh Vy", "K45"),
        2: ("Lê Thị Vy", "K45"),
        3: ("Trần Minh Hà", "K45"),
        4: ("Phạm Minh Hà", "K46"),
        5: ("Võ Bảo", "K46"),
        6: ("Đỗ Thu An", "K46"),
    }

    assert names.called(people, ["Hồ An"]) == {
        1: "Thanh Vy",
        2: "Vy",
        3: "Minh Hà (K45)",
        4: "Minh Hà (K46)",
        5: "Bảo",
        6: "Thu An",
    }
