"""What a person asked not to exceed is kept as it was said."""

from tests.builders import a_person, a_unit


def test_somebody_without_a_limit_has_none_from_the_first_day(session):
    person = a_person(session, a_unit(session), max_turns=None, max_turns_per_day=None)

    session.refresh(person)

    assert (person.max_turns, person.max_turns_per_day) == (None, None)


def test_somebody_who_said_nothing_serves_twice_a_week_and_once_a_day(session):
    person = a_person(session, a_unit(session))

    session.refresh(person)

    assert (person.max_turns, person.max_turns_per_day) == (2, 1)
