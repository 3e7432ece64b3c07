"""Every kind of remedy, reason and level of a what-if reads as a sentence in both languages."""

from dataclasses import replace

import pytest

from roster.models import AgreementKind
from roster.planning.lacks import Lack
from roster.planning.reasons import Service
from roster.queries.agreements import AgreementRow
from roster.queries.publications import Place
from roster.queries.shortages import Candidate, Cause, Out, Remedy
from roster.queries.somebody import Somebody
from roster.web import reason_words, shortage_words
from solver.explain.findings import KINDS
from solver.explain.funnels import ORDER
from tests.builders import LONG_AGO, MONDAY, local
from tests.roster.web.test_run_drawing import in_english, language

__all__ = ["in_english", "language"]
NAMES = {"trained": "Đã tập huấn"}
LAN = Somebody(1, "Lan", "Nguyễn Thị Lan", "Chi đoàn 2")
PLACE = Place(1, "Chợ Đầm", local(MONDAY, "07:30"), local(MONDAY, "11:30"))
REMEDY = Remedy(
    kind="add",
    detail="turns",
    people=(Candidate(LAN, None, 2, 1),),
    together=(),
    other=LAN,
    place=PLACE,
    hours=(PLACE.starts, PLACE.ends),
    facts={"from": 2, "to": 3},
    lack_after=Lack(2, 1),
)
CAUSE = Cause(
    place=PLACE,
    missing=1,
    needs={},
    group=(PLACE, PLACE),
    people=4,
    places=6,
    filled=4,
    asked=9,
    out=(),
    remedies=(),
    lack_now=Lack(8, 1),
)
SERVICE = Service(
    pinned=True,
    wished=None,
    reluctance=0,
    turns=2,
    lost=1,
    lost_needs={"trained": 1},
    needed_by=("minors", "newcomers", "all_or_nothing", "equipment"),
    others=("p1", "p2"),
    fresher=("p1",),
)


def whole(words: str) -> bool:
    return bool(words) and "%(" not in words


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_remedy_has_its_sentence_and_its_button(language, kind):
    remedy = replace(REMEDY, kind=kind, together=(LAN,))

    assert whole(shortage_words.remedy_in_words(remedy, NAMES))
    assert whole(shortage_words.button_in_words(remedy))


@pytest.mark.parametrize("limit", ["turns", "turns_per_day", "minutes_max", "weekends"])
def test_every_limit_that_can_be_raised_is_asked_for_in_words(language, limit):
    assert whole(shortage_words.remedy_in_words(replace(REMEDY, kind="raise_limit", detail=limit), NAMES))


@pytest.mark.parametrize(("rule", "detail"), [*ORDER, ("equipment", ""), ("newcomers", "company"), ("pairs", "apart")])
def test_every_reason_to_be_out_can_be_told(language, rule, detail):
    out = Out(rule, detail, 3, 0, 2, (LAN,))

    assert whole(shortage_words.out_in_words(out, NAMES, ["trained"]))


def test_a_group_says_how_many_places_its_people_fill(in_english):
    assert shortage_words.group_in_words(CAUSE, NAMES) == (
        "2 shifts draw on the same 4 people. Together they want 6 places and have 4: "
        "whoever comes here is missing there."
    )


def test_a_remedy_says_what_the_week_lacks_with_it_and_without(in_english):
    assert shortage_words.effect_in_words(REMEDY, CAUSE) == (
        "Then the week still lacks 2 places and one skill; now it lacks 8 places and one skill."
    )


def test_a_missing_skill_is_named(in_english):
    assert shortage_words.heading(replace(CAUSE, missing=0, needs={"trained": 1}), NAMES) == (
        "Enough people, but missing: 1 × Đã tập huấn"
    )


def test_why_somebody_serves_names_all_that_speaks_for_it(language):
    words = reason_words.why_here_in_words(SERVICE, NAMES)

    assert whole(words)
    assert words.endswith(".")
    assert "Đã tập huấn" in words


def test_somebody_who_could_be_spared_is_not_called_needed(in_english):
    spare = replace(SERVICE, pinned=False, lost=0, lost_needs={}, needed_by=(), others=(), fresher=())

    assert reason_words.why_here_in_words(spare, NAMES) == (
        "They prefer this time; the shift would be complete without them as well; "
        "their 2 turns in five weeks count this one; nobody else could take the place now."
    )


@pytest.mark.parametrize("kind", list(AgreementKind))
@pytest.mark.parametrize("limit", ["turns", "turns_per_day", "minutes_max", "weekends", ""])
def test_every_agreement_can_be_told(language, kind, limit):
    row = AgreementRow(1, LAN, PLACE, kind, limit, 60, None, LONG_AGO, over=False)

    assert whole(reason_words.agreed_in_words(row))
