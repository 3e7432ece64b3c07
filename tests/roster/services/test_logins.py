"""Whoever changes their number signs in with the new one; nobody moves an account without its password."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from roster.errors import AlreadyExists, FieldError, LinkUsed
from roster.models import Account, Message, MessageKind, Role, RoleKind, Unit
from roster.services import accounts, erasure, links, logins, people
from roster.services.logins import ReachTyped
from roster.services.passwords import Passwords
from roster.services.people import PersonDetails
from tests import builders
from tests.builders import LONG_AGO as NOW

PASSWORD = "một câu dễ nhớ"
PASSWORDS = Passwords(time_cost=1)
OLD, NEW = "+84912345678", "+84987654321"


@pytest.fixture
def unit(session: Session) -> Unit:
    return builders.a_unit(session)


@pytest.fixture
def lan(session: Session, unit: Unit) -> Account:
    return somebody(session, unit, OLD, "lan@example.org")


def somebody(session: Session, unit: Unit, phone: str | None, email: str | None) -> Account:
    person = builders.a_person(session, unit, phone=phone, email=email)
    account = builders.an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=unit), person=person)
    account.login, account.password_hash = phone or email or "", PASSWORDS.hash(PASSWORD)
    session.commit()
    return account


def change(session: Session, account: Account, typed: ReachTyped, password: str = PASSWORD) -> Account:
    return logins.change_own(session, typed, password, by=account, passwords=PASSWORDS, now=NOW)


def details(account: Account, **columns: str) -> PersonDetails:
    person = account.person
    known = {"full_name": person.full_name, "phone": person.phone or "", "email": person.email or ""}
    return PersonDetails(**(known | columns))


class MeanwhileReplaced(Passwords):
    """Says yes to the old password; while it was at it, somebody with a link chose another one."""

    def __init__(self, sessions: sessionmaker[Session], account: Account) -> None:
        super().__init__(time_cost=1)
        self._sessions, self._account_id = sessions, account.id

    def matches(self, kept: str | None, password: str) -> bool:
        found = super().matches(kept, password)
        with self._sessions() as other:
            accounts.set_password_hash(other.get_one(Account, self._account_id), PASSWORDS.hash("khác hẳn rồi đấy"))
            other.commit()
        return found


@pytest.mark.parametrize("wants", ["password", "number", "to be forgotten"])
def test_a_password_replaced_while_it_is_checked_opens_nothing_any_more(
    session: Session, sessions: sessionmaker[Session], lan: Account, wants: str
):
    passwords, new = MeanwhileReplaced(sessions, lan), "một câu khác dễ nhớ"
    deeds = {
        "password": lambda: logins.change_password(
            session, old=PASSWORD, new=new, repeated=new, by=lan, passwords=passwords, now=NOW
        ),
        "number": lambda: logins.change_own(
            session, ReachTyped(phone=NEW), PASSWORD, by=lan, passwords=passwords, now=NOW
        ),
        "to be forgotten": lambda: erasure.erase_oneself(session, PASSWORD, by=lan, passwords=passwords, now=NOW),
    }

    with pytest.raises(FieldError) as refusal:
        deeds[wants]()

    assert refusal.value.facts["reason"] == "wrong_password"


def test_a_new_password_of_ones_own_ends_a_link_that_somebody_else_may_hold(session: Session, unit: Unit, lan: Account):
    token = links.make(session, lan, by=builders.a_coordinator(session, unit), now=NOW)
    session.commit()
    new = "một câu khác dễ nhớ"

    logins.change_password(session, old=PASSWORD, new=new, repeated=new, by=lan, passwords=PASSWORDS, now=NOW)
    session.commit()

    with pytest.raises(LinkUsed):
        links.opened(session, token, now=NOW)


def test_a_new_number_is_the_new_login(session: Session, lan: Account):
    change(session, lan, ReachTyped(phone="0987 654 321", email="lan@example.org"))
    session.commit()

    assert lan.person.phone == NEW
    assert accounts.sign_in(session, "0987654321", PASSWORD, passwords=PASSWORDS, now=NOW).id == lan.id
    with pytest.raises(FieldError):
        accounts.sign_in(session, OLD, PASSWORD, passwords=PASSWORDS, now=NOW)


def test_a_new_address_leaves_whoever_signs_in_by_phone_alone(session: Session, lan: Account):
    change(session, lan, ReachTyped(phone=OLD, email="moi@example.org"))

    assert (lan.login, lan.person.email) == (OLD, "moi@example.org")


def test_whoever_has_a_number_and_an_address_signs_in_with_either(session: Session, lan: Account):
    for typed in ("0912 345 678", "Lan@Example.org"):
        assert accounts.sign_in(session, typed, PASSWORD, passwords=PASSWORDS, now=NOW).id == lan.id


def test_of_two_with_one_address_each_comes_in_by_their_own_password(session: Session, unit: Unit, lan: Account):
    other = somebody(session, unit, NEW, "lan@example.org")
    other.password_hash = PASSWORDS.hash("a password of Binh's")
    session.commit()

    for password, whose in ((PASSWORD, lan.id), ("a password of Binh's", other.id)):
        assert accounts.sign_in(session, "lan@example.org", password, passwords=PASSWORDS, now=NOW).id == whose
    with pytest.raises(FieldError):
        accounts.sign_in(session, "lan@example.org", "a password of nobody's", passwords=PASSWORDS, now=NOW)


def test_whoever_takes_an_address_as_login_keeps_nobody_out_of_their_own(session: Session, unit: Unit, lan: Account):
    other = somebody(session, unit, None, "lan@example.org")
    other.password_hash = PASSWORDS.hash("a password of Binh's")
    session.commit()

    assert accounts.sign_in(session, "lan@example.org", PASSWORD, passwords=PASSWORDS, now=NOW).id == lan.id


def test_strangers_who_claim_an_address_keep_nobody_out_who_had_it_before(session: Session, unit: Unit):
    """However many there are, and however long they have had their accounts."""
    strangers = [somebody(session, unit, f"+8498765430{number}", None) for number in range(accounts.SHARING)]
    lan = somebody(session, unit, OLD, "lan@example.org")
    lan.password_hash = PASSWORDS.hash("a password of Lan's")
    session.commit()
    for stranger in strangers:
        change(session, stranger, ReachTyped(phone=stranger.login, email="lan@example.org"))
        session.commit()
    change(session, lan, ReachTyped(phone=NEW, email="lan@example.org"), "a password of Lan's")
    session.commit()

    signed_in = accounts.sign_in(session, "lan@example.org", "a password of Lan's", passwords=PASSWORDS, now=NOW)

    assert signed_in.id == lan.id


@pytest.mark.parametrize("typed", ["", "Lan", "0912"])
def test_what_is_no_login_reaches_nobody_not_even_those_without_an_address(session: Session, unit: Unit, typed: str):
    somebody(session, unit, NEW, None)

    with pytest.raises(FieldError):
        accounts.sign_in(session, typed, PASSWORD, passwords=PASSWORDS, now=NOW)


class Counting(Passwords):
    """Passwords of which none fits, and how often one was tried."""

    tried = 0

    def matches(self, kept: str | None, password: str) -> bool:
        self.tried += 1
        return False


def test_a_wrong_password_takes_as_long_whether_nobody_is_known_or_one_or_two(
    session: Session, unit: Unit, lan: Account
):
    somebody(session, unit, NEW, "lan@example.org")
    tried = []
    for typed in ("nobody@example.org", "no login", OLD, "lan@example.org"):
        counting = Counting(time_cost=1)
        with pytest.raises(FieldError):
            accounts.sign_in(session, typed, "a password of nobody's", passwords=counting, now=NOW)
        tried.append(counting.tried)

    assert len(set(tried)) == 1


@pytest.mark.parametrize("gone", [{"password_hash": None}, {"active": False}])
def test_an_account_nobody_can_use_keeps_nobody_out_of_their_own(
    session: Session, unit: Unit, lan: Account, gone: dict[str, object]
):
    shadow = somebody(session, unit, "lan@example.org", None)
    for name, value in gone.items():
        setattr(shadow, name, value)
    session.commit()

    assert accounts.sign_in(session, "lan@example.org", PASSWORD, passwords=PASSWORDS, now=NOW).id == lan.id


def test_without_the_number_the_address_is_the_login(session: Session, lan: Account):
    change(session, lan, ReachTyped(email="lan@example.org"))

    assert lan.login == "lan@example.org"


@pytest.mark.parametrize(
    ("typed", "password", "field"),
    [
        (ReachTyped(phone=NEW), "đoán bừa", "password"),
        (ReachTyped(phone="12345"), PASSWORD, "phone"),
        (ReachTyped(email="không phải"), PASSWORD, "email"),
        (ReachTyped(), PASSWORD, "phone"),
    ],
    ids=["wrong password", "no number", "no address", "nothing left"],
)
def test_what_cannot_be_is_refused_at_its_field(
    session: Session, lan: Account, typed: ReachTyped, password: str, field: str
):
    with pytest.raises(FieldError) as refusal:
        change(session, lan, typed, password)

    session.rollback()
    assert refusal.value.facts["field"] == field
    assert (lan.login, lan.person.phone) == (OLD, OLD)


def test_a_number_with_which_somebody_else_signs_in_is_theirs(session: Session, unit: Unit, lan: Account):
    somebody(session, unit, NEW, None)

    with pytest.raises(AlreadyExists) as refusal:
        change(session, lan, ReachTyped(phone=NEW))

    assert (refusal.value.facts["field"], refusal.value.facts["value"]) == ("phone", "0987 654 321")


def test_a_desk_has_nothing_but_its_login(session: Session, unit: Unit):
    desk = builders.an_account(session, Role(kind=RoleKind.CENTER, site=builders.a_site(session, unit)))
    desk.password_hash = PASSWORDS.hash(PASSWORD)
    session.commit()

    change(session, desk, ReachTyped(login="Quay@Example.org"))

    assert desk.login == "quay@example.org"


def test_a_coordinator_who_notes_a_new_number_changes_the_login(session: Session, unit: Unit, lan: Account):
    by = builders.a_coordinator(session, unit)

    people.change(session, lan.person.id, unit, details(lan, phone=NEW), by=by, now=NOW)

    assert lan.login == NEW


def told_at(session: Session) -> list[tuple[str | None, str, str]]:
    """Where each notice of another login goes (None: to the person, as they chose), with what it says of the two."""
    rows = session.scalars(select(Message).filter_by(kind=MessageKind.LOGIN_CHANGED).order_by(Message.id))
    return [(row.sent_to, row.facts["was"], row.facts["now"]) for row in rows]


def test_another_login_is_told_where_somebody_was_and_where_they_are_now(session: Session, unit: Unit, lan: Account):
    by = builders.a_coordinator(session, unit)

    people.change(session, lan.person.id, unit, details(lan, phone=NEW), by=by, now=NOW)

    assert told_at(session) == [(None, "…678", "…321"), (OLD, "…678", "…321"), (NEW, "…678", "…321")]
    kept = session.scalars(select(Message.facts)).all()
    assert [facts["by_id"] for facts in kept] == [by.id] * 3, "no name, which would outlast its bearer's erasure"


def test_what_is_no_login_or_was_never_used_changes_without_a_notice(session: Session, unit: Unit, lan: Account):
    by, new = builders.a_coordinator(session, unit), somebody(session, unit, "+84911111111", None)
    new.password_hash = None

    people.change(session, lan.person.id, unit, details(lan, email="moi@example.org"), by=by, now=NOW)
    people.change(session, new.person.id, unit, details(new, phone=NEW), by=by, now=NOW)

    assert (new.login, told_at(session)) == (NEW, [])


def test_a_coordinator_changes_no_login_of_somebody_they_do_not_stand_above(session: Session, unit: Unit, lan: Account):
    lan.roles.append(Role(kind=RoleKind.ADMINISTRATOR, unit=unit))
    by = builders.a_coordinator(session, unit)

    people.change(session, lan.person.id, unit, details(lan, phone=NEW), by=by, now=NOW)

    assert (lan.person.phone, lan.login) == (NEW, OLD)


def test_a_phone_shared_in_a_family_stays_the_login_of_one(session: Session, unit: Unit, lan: Account):
    somebody(session, unit, NEW, None)

    people.change(
        session, lan.person.id, unit, details(lan, phone=NEW), by=builders.a_coordinator(session, unit), now=NOW
    )

    assert (lan.person.phone, lan.login) == (NEW, OLD)


def test_an_invitation_that_went_to_a_wrong_address_lets_nobody_in_once_that_is_put_right(session: Session, unit: Unit):
    person = builders.a_person(session, unit, phone=None, email="la@example.org")
    by = builders.a_coordinator(session, unit)
    made = people.invite(session, person.id, by=by, now=NOW)

    with_a_number = PersonDetails(full_name=person.full_name, phone=OLD, email="la@example.org")
    people.change(session, person.id, unit, with_a_number, by=by, now=NOW)
    assert links.opened(session, made.token, now=NOW).account_id == made.account.id

    put_right = PersonDetails(full_name=person.full_name, phone=OLD, email="lan@example.org")
    people.change(session, person.id, unit, put_right, by=by, now=NOW)
    with pytest.raises(LinkUsed):
        links.opened(session, made.token, now=NOW)


def test_whoever_may_not_manage_an_account_still_ends_its_stray_invitation(session: Session, unit: Unit):
    person = builders.a_person(session, unit, phone=None, email="la@example.org")
    above = builders.an_account(session, Role(kind=RoleKind.ADMINISTRATOR, unit=unit))
    made = people.invite(session, person.id, by=above, now=NOW)
    made.account.roles.append(Role(kind=RoleKind.COORDINATOR, unit=unit))
    by = builders.a_coordinator(session, unit)

    people.change(session, person.id, unit, details(made.account, email="lan@example.org"), by=by, now=NOW)

    assert made.account.login == "la@example.org"
    with pytest.raises(LinkUsed):
        links.opened(session, made.token, now=NOW)
