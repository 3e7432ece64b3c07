"""Lists of people: reviewed before anything is written, applied once, and harmless when they come again."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from roster.errors import Conflict, NotAllowed
from roster.imports import people as lists
from roster.imports.review import Fate, Review
from roster.models import (
    Account,
    ImportState,
    PeopleImport,
    Person,
    PersonQualification,
    Role,
    RoleKind,
    Team,
    TeamMember,
    Unit,
)
from roster.services import imports
from tests import builders
from tests.roster.imports.sheets_of_people import an_office_list, two_hundred_people, with_nine_faults

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def never() -> bool:
    return False


@pytest.fixture
def unit(session: Session) -> Unit:
    unit = builders.a_unit(session)
    for name in "ABC":
        builders.a_unit(session, f"Chi đoàn K45{name}", parent=unit)
    builders.a_qualification(session)
    return unit


@pytest.fixture
def coordinator(session: Session, unit: Unit) -> Account:
    return builders.a_coordinator(session, unit)


def upload(session: Session, unit: Unit, by: Account, *lines: str, header: str = "Họ tên;SĐT;Ngày sinh;Lớp;Tổ;Kỹ năng"):
    data = "\n".join((header, *lines)).encode()
    return lists.upload(session, unit, data, "danh sách.csv", by=by, now=NOW)


def reviewed(session: Session, unit: Unit, by: Account, *lines: str) -> Review:
    found = upload(session, unit, by, *lines)
    session.commit()
    return lists.reviewed(session, found, by=by, now=NOW)


def applied(
    session: Session, sessions: sessionmaker[Session], unit: Unit, by: Account, *lines: str, data: bytes = b""
) -> PeopleImport:
    found = lists.upload(session, unit, data, "a.xlsx", by=by, now=NOW) if data else upload(session, unit, by, *lines)
    imports.confirm(session, found.id, rows=0, by=by, now=NOW)
    import_id = found.id
    session.commit()
    lists.apply(sessions, import_id, should_stop=never, clock=lambda: NOW)
    session.expire_all()
    return session.get_one(PeopleImport, import_id)


def fates(review: Review) -> list[Fate]:
    return [one.fate for one in review.verdicts]


def reasons(review: Review) -> list[str]:
    return [problem.reason for one in review.verdicts for problem in one.problems]


def people_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Person)) or 0


def test_a_list_of_200_people_with_nine_faulty_rows_writes_the_other_191_and_names_the_nine(
    session: Session, sessions: sessionmaker[Session], unit: Unit, coordinator: Account
):
    done = applied(session, sessions, unit, coordinator, data=an_office_list(with_nine_faults()))

    assert done.state is ImportState.DONE
    assert (done.report["new"], done.report["bad"], people_count(session)) == (191, 9, 191)
    assert [(one["row"], one["problems"][0]["reason"]) for one in done.report["bad_rows"]] == [
        (9, "not_a_phone"),
        (22, "no_such_date"),
        (38, "not_an_email"),
        (63, "no_such_unit"),
        (79, "cut_number"),
        (106, "only_a_year"),
        (125, "not_a_name"),
        (155, "number_twice_in_list"),
        (204, "no_such_qualification"),
    ]
    assert [number for number, _ in done.report["skipped"]] == [206, 207, 208]
    assert done.cells is None


def test_the_same_list_again_changes_nothing_and_the_mended_one_only_adds_what_was_left_out(
    session: Session, sessions: sessionmaker[Session], unit: Unit, coordinator: Account
):
    applied(session, sessions, unit, coordinator, data=an_office_list(with_nine_faults()))

    again = applied(session, sessions, unit, coordinator, data=an_office_list(with_nine_faults()))
    mended = applied(session, sessions, unit, coordinator, data=an_office_list(two_hundred_people()))

    assert (again.report["new"], again.report["updated"], again.report["same"]) == (0, 0, 191)
    assert (mended.report["new"], mended.report["updated"], mended.report["same"]) == (9, 0, 191)
    assert people_count(session) == 200


def test_what_a_row_says_is_kept_with_unit_team_and_qualification(
    session: Session, sessions: sessionmaker[Session], unit: Unit, coordinator: Account
):
    applied(session, sessions, unit, coordinator, "Đặng Thị Ánh;912345678;12/03/2005;K45B;Tổ công nghệ số;trained")

    person = session.scalars(select(Person)).one()
    assert (person.full_name, person.phone, person.birth_date) == ("Đặng Thị Ánh", "+84912345678", date(2005, 3, 12))
    assert (person.unit.name, person.max_turns) == ("Chi đoàn K45B", 2)
    assert session.scalars(select(Team.name).join(TeamMember)).all() == ["Tổ công nghệ số"]
    assert session.scalars(select(PersonQualification.granted_on)).all() == [date(2026, 11, 21)]


def test_an_empty_cell_erases_nothing_and_a_filled_one_updates(
    session: Session, sessions: sessionmaker[Session], unit: Unit, coordinator: Account
):
    lan = builders.a_person(session, unit, "Lê Lan", phone="+84912345678", email="lan@example.org", max_turns=5)

    done = applied(session, sessions, unit, coordinator, "Lê Thị Lan;0912345678;12/03/2005;;;")

    session.refresh(lan)
    assert done.report["updated"] == 1
    assert (lan.full_name, lan.email, lan.birth_date, lan.max_turns) == (
        "Lê Thị Lan",
        "lan@example.org",
        date(2005, 3, 12),
        5,
    )


def test_nobody_is_moved_by_a_list_that_names_no_unit_and_everybody_by_one_that_does(
    session: Session, sessions: sessionmaker[Session], unit: Unit, coordinator: Account
):
    branch = session.scalars(select(Unit).where(Unit.name == "Chi đoàn K45A")).one()
    lan = builders.a_person(session, branch, "Lê Lan", phone="+84912345678")

    same = applied(session, sessions, unit, coordinator, "Lê Lan;0912345678;;;;")
    assert same.report["same"] == 1
    moved = applied(session, sessions, unit, coordinator, "Lê Lan;0912345678;;Chi đoàn K45C;;")

    session.refresh(lan)
    assert (moved.report["updated"], lan.unit.name) == (1, "Chi đoàn K45C")


def test_two_of_one_name_in_one_branch_stay_two_however_often_the_list_comes(
    session: Session, sessions: sessionmaker[Session], unit: Unit, coordinator: Account
):
    rows = ("Lê Lan;;;K45A;;", "Lê Lan;0912345678;;K45A;;", "Lê Lan;;12/03/2005;K45A;;")

    first = applied(session, sessions, unit, coordinator, *rows)
    again = applied(session, sessions, unit, coordinator, *rows)

    assert (first.report["new"], people_count(session)) == (3, 3)
    assert again.report["new"] == 0


def test_two_alike_in_everything_are_one_row_too_many(session: Session, unit: Unit, coordinator: Account):
    review = reviewed(session, unit, coordinator, "Lê Lan;;12/03/2005;K45A;;", "Lê Lan;;12/3/2005;K45A;;")

    assert fates(review) == [Fate.NEW, Fate.BAD]
    assert reasons(review) == ["twice_in_list"]


def test_a_number_of_somebody_called_otherwise_is_told_and_not_overwritten(
    session: Session, unit: Unit, coordinator: Account
):
    builders.a_person(session, unit, "Trần Văn Đức", phone="+84912345678")

    review = reviewed(session, unit, coordinator, "Lê Lan;0912345678;;;;")

    assert reasons(review) == ["phone_of_another"]


def test_several_whom_a_row_may_mean_are_left_to_whoever_knows_them(session: Session, unit: Unit, coordinator: Account):
    builders.a_person(session, unit, "Lê Lan")
    builders.a_person(session, unit, "Lê Lan")

    assert reasons(reviewed(session, unit, coordinator, "Lê Lan;0912345678;;;;")) == ["several_people"]


@pytest.mark.parametrize("written", ["Chi đoàn K45A", "k45a", "CĐ K45A", "Khoa CNTT / K45A"])
def test_a_branch_is_known_by_what_people_call_it(session: Session, unit: Unit, coordinator: Account, written: str):
    review = reviewed(session, unit, coordinator, f"Lê Lan;0912345678;;{written};;")

    assert [one.unit.name for one in review.verdicts] == ["Chi đoàn K45A"]


def test_a_unit_outside_the_lists_own_is_not_known(session: Session, unit: Unit, coordinator: Account):
    builders.a_unit(session, "Chi đoàn Y khoa")

    assert reasons(reviewed(session, unit, coordinator, "Lê Lan;0912345678;;Chi đoàn Y khoa;;")) == ["no_such_unit"]


def test_nothing_is_written_before_somebody_confirms(session: Session, unit: Unit, coordinator: Account):
    reviewed(session, unit, coordinator, "Lê Lan;0912345678;;;Tổ mới;")

    assert people_count(session) == 0
    assert session.scalars(select(Team)).all() == []


def test_another_units_coordinator_neither_uploads_nor_sees_nor_confirms(
    session: Session, unit: Unit, coordinator: Account
):
    stranger = builders.a_coordinator(session, builders.a_unit(session, "Xã đoàn Hoài Tân"))
    found = upload(session, unit, coordinator, "Lê Lan;;;;;")

    for forbidden in (
        lambda: upload(session, unit, stranger, "Lê Lan;;;;;"),
        lambda: imports.get(session, found.id, by=stranger),
        lambda: imports.confirm(session, found.id, rows=1, by=stranger, now=NOW),
        lambda: imports.drop(session, found.id, by=stranger),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


def test_a_list_is_confirmed_only_once(session: Session, unit: Unit, coordinator: Account):
    found = upload(session, unit, coordinator, "Lê Lan;;;;;")
    imports.confirm(session, found.id, rows=1, by=coordinator, now=NOW)

    with pytest.raises(Conflict):
        imports.confirm(session, found.id, rows=1, by=coordinator, now=NOW)


def test_stopping_keeps_whole_hundreds_and_the_same_list_brings_the_rest(
    session: Session, sessions: sessionmaker[Session], unit: Unit, coordinator: Account
):
    data = an_office_list(two_hundred_people()[:120])
    found = lists.upload(session, unit, data, "a.xlsx", by=coordinator, now=NOW)
    imports.confirm(session, found.id, rows=120, by=coordinator, now=NOW)
    import_id, asked = found.id, iter([False, True])
    session.commit()

    lists.apply(sessions, import_id, should_stop=lambda: next(asked), clock=lambda: NOW)

    session.expire_all()
    stopped = session.get_one(PeopleImport, import_id)
    assert (stopped.state, stopped.rows_done, people_count(session)) == (ImportState.CANCELLED, 100, 100)
    rest = applied(session, sessions, unit, coordinator, data=data)
    assert (rest.report["new"], rest.report["same"], people_count(session)) == (20, 100, 120)


def test_a_worker_that_died_is_followed_by_one_that_goes_on_behind_the_last_hundred(
    session: Session, sessions: sessionmaker[Session], unit: Unit, coordinator: Account
):
    data = an_office_list(two_hundred_people()[:120])
    found = lists.upload(session, unit, data, "a.xlsx", by=coordinator, now=NOW)
    imports.confirm(session, found.id, rows=120, by=coordinator, now=NOW)
    import_id, asked = found.id, iter([False])
    session.commit()

    class PowerCut(Exception):
        pass

    def dies_at_the_second_hundred() -> bool:
        try:
            return next(asked)
        except StopIteration:
            raise PowerCut from None

    with pytest.raises(PowerCut):
        lists.apply(sessions, import_id, should_stop=dies_at_the_second_hundred, clock=lambda: NOW)
    lists.apply(sessions, import_id, should_stop=never, clock=lambda: NOW)

    session.expire_all()
    done = session.get_one(PeopleImport, import_id)
    assert (done.state, done.report["new"], people_count(session)) == (ImportState.DONE, 120, 120)


def test_branches_that_nobody_set_up_are_told_once_and_added_by_whoever_administers(
    session: Session, unit: Unit, coordinator: Account
):
    found = upload(session, unit, coordinator, "Lê Lan;;;K46A;;", "Lê Hà;;;K46A;;", "Lê Ánh;;;K46B;;")
    administrator = builders.an_account(session, Role(kind=RoleKind.ADMINISTRATOR, unit=unit))
    session.commit()
    assert lists.reviewed(session, found, by=coordinator, now=NOW).unknown_units == {"K46A": 2, "K46B": 1}

    with pytest.raises(NotAllowed):
        lists.add_unknown_units(session, found.id, by=coordinator, now=NOW)
    assert lists.add_unknown_units(session, found.id, by=administrator, now=NOW) == 2

    session.commit()
    assert fates(lists.reviewed(session, found, by=coordinator, now=NOW)) == [Fate.NEW] * 3


def test_a_hundred_rows_ask_the_database_no_more_often_than_ten(
    session: Session, sessions: sessionmaker[Session], unit: Unit, coordinator: Account
):
    """Both as new people and when each of them changes."""
    taken = {
        (letter, count): _statements(session, sessions, unit, coordinator, count, letter)
        for count in (10, 90)
        for letter in "AB"
    }

    assert taken["A", 90] <= taken["A", 10] + 5, "new people"
    assert taken["B", 90] <= taken["B", 10] + 5, "people in another branch"


def _statements(
    session: Session, sessions: sessionmaker[Session], unit: Unit, by: Account, count: int, letter: str
) -> int:
    """How many it takes to write so many people of one branch, beside one row for each of them."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("INSERT", "UPDATE")):
            seen.append(statement)

    family = {10: "Trần", 90: "Lê"}[count]
    lines = [
        f"{family} {chr(65 + number // 10)} {chr(65 + number % 10)};09{count}0{number:05};;Chi đoàn K45{letter};Tổ 1;"
        for number in range(count)
    ]
    event.listen(sessions.kw["bind"], "before_cursor_execute", note)
    try:
        done = applied(session, sessions, unit, by, *lines)
    finally:
        event.remove(sessions.kw["bind"], "before_cursor_execute", note)
    assert done.report["bad"] == 0, done.report["bad_rows"]
    return len(seen)
