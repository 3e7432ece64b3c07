"""In whose name a letter goes out: its reader knows the unit, who coordinates there, and why they get it."""

import pytest
from sqlalchemy import select

from roster.letters import writing
from roster.models import Account, Channel, Letter, MessageKind, Role, RoleKind
from roster.services import letters, outbox
from tests.builders import a_coordinator
from tests.told import NOW, Week


@pytest.fixture
def week(session) -> Week:
    return Week(session)


def the_letter(week, now=NOW):
    letters.gather(week.session, [Channel.EMAIL], now=now + outbox.GATHERING)
    letter = week.session.scalars(select(Letter).order_by(Letter.id.desc()).limit(1)).one()
    _, written = writing.write(week.session, letter, base_url="https://truc.example", now=now)
    assert written is not None
    return written


def holiday_told(week):
    outbox.tell_coordinators(
        week.session, week.unit, MessageKind.HOLIDAY, {"day": "2026-11-24", "shifts": 1, "path": "/"}, now=NOW
    )


def test_a_volunteers_letter_names_their_unit_and_who_coordinates_there_and_why_they_get_it(week):
    week.coordinator.display_name = "Trần Thị Mai"
    week.publishes((0, week.person(email="lan@example.vn")))

    written = the_letter(week)

    assert written.sender == week.unit.name
    for said in (written.text, written.html):
        assert week.unit.name in said
        assert "Cán bộ điều phối: Trần Thị Mai" in said
        assert f"Bạn nhận thư này vì bạn trực cho {week.unit.name}." in said


def test_a_letter_gives_away_nothing_that_its_coordinator_signs_in_with(week):
    week.coordinator.login = "0912345678@gmail.example"
    week.publishes((0, week.person(email="lan@example.vn")))

    written = the_letter(week)

    assert week.coordinator.login not in written.text + written.html


def test_a_coordinators_letter_says_that_they_coordinate_and_does_not_send_them_to_themselves(week):
    holiday_told(week)

    written = the_letter(week)

    assert f"Bạn nhận thư này vì bạn điều phối {week.unit.name}." in written.text
    assert "Cán bộ điều phối:" not in written.text


def test_whoever_serves_and_coordinates_reads_both(week):
    lan = week.person(email="lan@example.vn")
    account = week.session.scalars(select(Account).filter_by(person_id=lan.id)).one()
    account.roles.append(Role(kind=RoleKind.COORDINATOR, unit=week.unit))
    week.publishes((0, lan))

    assert f"vì bạn trực cho {week.unit.name} và điều phối {week.unit.name}." in the_letter(week).text


def test_a_letter_to_a_former_login_names_no_unit(week):
    lan = week.person(email="lan@example.vn")
    facts = {"was": "lan@cu.example", "now": "lan@example.vn", "by_id": None}
    outbox.tell_at(week.session, "lan@cu.example", lan.id, MessageKind.LOGIN_CHANGED, facts, now=NOW)

    written = the_letter(week)

    assert written.sender == ""
    assert week.unit.name not in written.text + written.html


def test_the_plain_text_begins_with_the_headline_of_a_single_matter_too(week):
    week.publishes((0, week.person(email="lan@example.vn", language="en")))

    assert the_letter(week).text.splitlines()[:3] == ["Hello Lan,", "", "You serve on Mon 23 Nov"]


def test_many_coordinators_are_not_all_listed(week):
    for number in range(5):
        a_coordinator(week.session, week.unit).display_name = f"Mai {number}"
    week.publishes((0, week.person(email="lan@example.vn", language="en")))

    line = next(line for line in the_letter(week).text.splitlines() if line.startswith("Coordinators: "))

    assert line.count(",") == 2
