"""A unit's first week says which of its five steps are done, until all are or something is published."""

from dataclasses import asdict, astuple

from roster.models import DraftAssignment, Round, RoundAnswer
from roster.queries.beginning import beginning_of
from tests.builders import LONG_AGO, a_person, a_programme, a_roster, a_shift, a_site, a_unit


def test_each_step_of_a_first_week_stays_until_it_is_done(session):
    unit = a_unit(session)
    roster, site = a_roster(session, unit), a_site(session, unit)

    def done():
        session.flush()
        return [step for step, is_done in asdict(beginning_of(session, roster)).items() if is_done]

    found = Round(roster_id=roster.id, asked_at=LONG_AGO, deadline=LONG_AGO)
    session.add(found)
    assert done() == [], "whoever asks before there are people asks nobody"
    programme = a_programme(session, unit)
    assert done() == ["programmes"]
    shift = a_shift(session, site, programme)
    assert done() == ["programmes", "shifts"]
    person = a_person(session, unit, free={}, availability_at=None)
    assert done() == ["programmes", "shifts", "people"]
    session.add(RoundAnswer(round_id=found.id, person_id=person.id))
    assert done() == ["programmes", "shifts", "people", "asked"]
    session.add(DraftAssignment(roster_id=roster.id, shift_id=shift.id, person_id=person.id))
    session.flush()
    assert beginning_of(session, roster) is None


def test_whoever_has_published_a_week_has_begun_and_whoever_plans_beneath_begins_with_what_there_is(session):
    above = a_unit(session)
    beneath = a_unit(session, "Xã đoàn Hoài Tân", parent=above)
    a_programme(session, above)
    first, second = a_roster(session, above), a_roster(session, beneath)
    assert astuple(beginning_of(session, second)) == (True, False, False, False, False)

    first.published_number = 1
    session.flush()
    assert beginning_of(session, first) is None
    assert beginning_of(session, second)
