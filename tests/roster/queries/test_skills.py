"""A place with enough people but without the skill it needs is short wherever somebody looks: to do, place, center."""

from datetime import timedelta

import pytest

from roster.models import PersonQualification
from roster.queries import center, places, skills
from tests.builders import LONG_AGO, MONDAY, a_qualification, a_shift
from tests.published import LATER, PublishedWeek


@pytest.fixture
def week(session):
    week = PublishedWeek(session)
    week.wednesday = a_shift(
        session, week.site, week.monday.programme, day=MONDAY + timedelta(days=2), needs={"trained": 1}
    )
    week.publish((week.wednesday, week.lan))
    return week


@pytest.fixture
def trained(session):
    return a_qualification(session, "trained")


def train(session, person, qualification, **columns):
    held = {"granted_on": LONG_AGO.date()} | columns
    session.add(PersonQualification(person=person, qualification=qualification, **held))
    session.flush()


def lacking(session, week):
    found = places.attention(session, week.by, now=LATER).short
    return {one.place.shift_id: one.needs_missing for one in found}


def test_a_place_with_its_people_but_not_its_skill_is_to_do(session, week, trained):
    assert lacking(session, week) == {week.monday.id: {}, week.wednesday.id: {"trained": 1}}

    train(session, week.lan, trained)
    assert lacking(session, week) == {week.monday.id: {}}


def test_a_country_of_shifts_is_asked_about_in_parts(session, week, trained, monkeypatch):
    asked = []
    missing = skills.missing
    monkeypatch.setattr(
        skills, "missing", lambda session, shifts: asked.append(len(shifts)) or missing(session, shifts)
    )
    monkeypatch.setattr(places, "BATCH", 1)

    assert lacking(session, week) == {week.monday.id: {}, week.wednesday.id: {"trained": 1}}
    assert asked == [1, 1]


def test_a_training_that_has_run_out_by_the_day_does_not_count(session, week, trained):
    train(session, week.lan, trained, valid_until=MONDAY + timedelta(days=1))

    assert skills.missing_of(session, week.wednesday) == {"trained": 1}


def test_the_place_and_its_center_say_which_skill_is_missing(session, week, trained):
    assert places.place_page(session, week.wednesday, by=week.by, now=LATER).needs_missing == {"trained": 1}

    page = center.center_page(session, week.site, now=LATER, week_of=MONDAY)
    assert page.skills_missing == 1
    assert page.days[2].shifts[0].needs_missing == {"trained": 1}


def test_a_skill_nobody_was_to_bring_yet_is_not_missing_before_publication(session, week, trained):
    week.roster.published_number = 0
    for turn in (week.turn(week.monday, week.lan), week.turn(week.tuesday, week.ha)):
        session.delete(turn)
    session.delete(week.turn(week.wednesday, week.lan))
    session.flush()

    assert lacking(session, week) == {}
    assert center.center_page(session, week.site, now=LATER, week_of=MONDAY).skills_missing == 0


def test_whoever_brings_the_missing_skill_is_offered_first(session, week, trained):
    train(session, week.minh, trained)

    first, *others = places.candidates(session, week.roster, week.wednesday, week.lan.id, now=LATER)

    assert (first.person.id, first.brings) == (week.minh.id, ("trained",))
    assert [one.brings for one in others] == [()]
