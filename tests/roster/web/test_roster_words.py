"""Every rule that can be in the way has a sentence, in both languages, and says the facts it has."""

from datetime import datetime

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from roster import paths
from roster.planning.staffing import Cause, Obstacle, Refusal
from roster.queries.roster_cells import ShiftCell
from roster.web import roster_words
from solver.problem import HARD_RULES
from tests.builders import MONDAY, local

NAMES = {"trained": "Đã tập huấn", "lead": "Đội trưởng"}
FACTS = {
    "value": 2,
    "most": 2,
    "least": 1,
    "missing": ["trained"],
    "needs": ["lead"],
    "day": MONDAY,
    "other_site": "Chợ Đầm",
    "other_starts": local(MONDAY, "07:30"),
    "other_ends": local(MONDAY, "11:30"),
}


@pytest.fixture(params=["vi", "en"])
def language(request):
    app = Flask("words")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(paths.TRANSLATIONS)
    Babel(app, default_locale="vi")
    with app.test_request_context(), force_locale(request.param):
        yield request.param


def a_cell(**changes):
    cell = {
        "id": 1, "site_id": 1, "site_name": "Chợ", "programme": "Trực", "day": MONDAY, "starts": local(MONDAY, "13:30"),
        "ends": local(MONDAY, "17:00"), "shift_type": "afternoon", "note": "", "minimum": 2, "target": 2,
        "maximum": None, "requires": ("trained",), "needs": {}, "people": (), "kept_off": (), "missing": 2,
        "welcome": 1, "needs_missing": {}, "takers": 4, "causes": (), "broken": (), "cancelled": False, "planned": True,
    }  # fmt: skip
    return ShiftCell(**(cell | changes))


def a_cause(**changes):
    cause = {"shift_id": 1, "qualification": None, "pool": 9, "qualified": 6, "free": 4, "takers": 0}
    return Cause(**(cause | changes))


@pytest.mark.parametrize(("rule", "detail"), sorted(roster_words.REFUSALS))
def test_every_refusal_reads_as_a_sentence_with_its_facts(language, rule, detail):
    words = roster_words.refusal_in_words(Refusal(rule, detail, FACTS), NAMES)

    assert words.endswith(".")
    assert "%(" not in words


@pytest.mark.parametrize("rule", HARD_RULES)
def test_every_hard_rule_has_a_name_and_a_refusal(language, rule):
    assert roster_words.rule_in_words(rule)
    assert any(known == rule for known, _ in roster_words.REFUSALS)


@pytest.mark.parametrize("rule", [rule for rule in HARD_RULES if rule not in ("eligibility", "availability")])
def test_every_obstacle_of_a_free_person_can_be_told(language, rule):
    cause = a_cause(obstacles=(Obstacle(rule, "", 4),))

    assert "%(" not in roster_words.causes_in_words(a_cell(causes=(cause,)), NAMES)[0]


def test_a_short_shift_says_who_is_free_and_what_keeps_them():
    cause = a_cause(obstacles=(Obstacle("limits", "turns", 4, most=2),))
    app = Flask("words")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(paths.TRANSLATIONS)
    Babel(app)

    with app.test_request_context():
        with force_locale("vi"):
            vietnamese = roster_words.causes_in_words(a_cell(causes=(cause,)), NAMES)[0]
        with force_locale("en"):
            english = roster_words.causes_in_words(a_cell(causes=(cause,)), {"trained": "Trained"})[0]

    assert vietnamese == "4 người đáp ứng yêu cầu (Đã tập huấn) rảnh chiều Thứ Hai, cả 4 người đã đủ hạn mức 2 lượt."
    assert english == (
        "4 people with what the shift demands (Trained) are free on Monday afternoon, "
        "all 4 already at the limit of 2 turns."
    )


def in_both(cause):
    """The sentence about the one cause, Vietnamese and English."""
    app = Flask("words")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(paths.TRANSLATIONS)
    Babel(app)
    told = []
    with app.test_request_context():
        for language in ("vi", "en"):
            with force_locale(language):
                told += roster_words.causes_in_words(a_cell(causes=(cause,), requires=()), {"lead": "Trưởng ca"})
    return told


def test_a_short_shift_counts_those_of_the_free_who_serve_on_it_already():
    vietnamese, english = in_both(a_cause(free=3, obstacles=(Obstacle("overlap", "", 2),)))

    assert vietnamese == "3 người rảnh chiều Thứ Hai, 1 người đã ở ca này; 2 người đang trực nơi khác vào giờ đó."
    assert english == (
        "3 people are free on Monday afternoon, one already on this shift; 2 serving elsewhere at that time."
    )


def test_one_free_person_alone_is_not_counted_as_all_of_them():
    vietnamese, english = in_both(a_cause(qualification="lead", free=1, obstacles=(Obstacle("overlap", "", 1),)))

    assert vietnamese == ("1 người có “Trưởng ca” rảnh chiều Thứ Hai, nhưng người này đang trực nơi khác vào giờ đó.")
    assert english == (
        "1 person with “Trưởng ca” is free on Monday afternoon, but that person serving elsewhere at that time."
    )


def test_the_only_person_able_is_told_as_one():
    vietnamese, english = in_both(a_cause(qualification="lead", qualified=1, free=0))

    assert vietnamese == "Người duy nhất có “Trưởng ca” không rảnh chiều Thứ Hai."
    assert english == "The only person with “Trưởng ca” is not free on Monday afternoon."


def test_nobody_able_and_nobody_free_are_told_apart(language):
    nobody = roster_words.causes_in_words(a_cell(causes=(a_cause(qualified=0, free=0),)), NAMES)[0]
    busy = roster_words.causes_in_words(a_cell(causes=(a_cause(free=0),)), NAMES)[0]

    assert nobody != busy
    assert "9" in nobody
    assert "6" in busy


def test_a_stale_hand_is_told_who_changed_what(language):
    change = {"action": "roster.add", "person": "Nguyễn Thị Lan", "starts": local(MONDAY, "07:30"),
              "ends": local(MONDAY, "11:30")}  # fmt: skip
    words = roster_words.unseen_changes_in_words({"by": "Bình", "at": datetime.now().astimezone(), "changes": [change]})

    assert "Bình" in words
    assert "Nguyễn Thị Lan" in words
    assert "07:30" in words
