"""Invented people are called as people are, and are as old as asked."""

from collections import Counter
from datetime import date
from random import Random

import pytest

from roster.scenarios.people import WELL_KNOWN, People, Point

TODAY = date(2026, 11, 21)


def many(region="south_central", ages=(18, 22), women=0.5, count=4_000):
    people = People(Random("test"), region, TODAY)
    return [people.person(ages, women) for _ in range(count)]


def test_over_a_third_are_called_nguyen():
    families = Counter(person.full_name.split()[0] for person in many())

    assert 0.34 < families["Nguyễn"] / 4_000 < 0.44
    assert families.most_common(2)[1][0] == "Trần"


@pytest.mark.parametrize(
    ("region", "common", "unheard_of"), [("south", "Huỳnh", "Hoàng"), ("north_central", "Hoàng", "Vũ")]
)
def test_families_are_called_as_in_their_region(region, common, unheard_of):
    families = Counter(person.full_name.split()[0] for person in many(region))

    assert families[common] > 100
    assert families[unheard_of] == 0


def test_names_have_three_or_four_words_none_twice_and_nobody_is_well_known():
    for person in many():
        words = person.full_name.split()
        assert len(words) == len(set(words)) in (3, 4)
        assert person.full_name not in WELL_KNOWN


def test_women_are_called_thi_and_men_van():
    women = Counter(person.full_name.split()[1] for person in many(women=1))
    men = Counter(person.full_name.split()[1] for person in many(women=0))

    assert women["Thị"] > 2_000
    assert women["Văn"] == men["Thị"] == 0
    assert men["Văn"] > 300


@pytest.mark.parametrize("ages", [(16, 17), (18, 18), (22, 30)])
def test_everybody_is_as_old_as_asked(ages):
    for person in many(ages=ages):
        birthday_passed = (TODAY.month, TODAY.day) >= (person.birth_date.month, person.birth_date.day)
        age = TODAY.year - person.birth_date.year - (not birthday_passed)
        assert ages[0] <= age <= ages[1]


def test_homes_lie_around_their_place_and_not_all_in_one():
    here, rng = Point(13.76, 109.22), Random("test")
    homes = [here.scattered(rng, 4) for _ in range(500)]

    assert len(set(homes)) == 500
    assert all(abs(home.latitude - here.latitude) * 111.2 <= 4.01 for home in homes)
    assert all(abs(home.longitude - here.longitude) * 108.0 <= 4.01 for home in homes)
