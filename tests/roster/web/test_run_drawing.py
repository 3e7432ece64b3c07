"""A run at work and over, in words a coordinator can act on: what is reached, and what is proved possible."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from roster import paths
from roster.models import RunState
from roster.queries.runs import Clash, LevelView, RunView
from roster.web import run_drawing
from tests.builders import LONG_AGO

PLACES = LevelView({"under_min": 20}, value=20, bound=17)
RUNNING = RunView(
    id=1,
    roster_id=1,
    state=RunState.RUNNING,
    asked_by=None,
    created_at=LONG_AGO,
    finished_at=None,
    seconds=3.2,
    seconds_limit=120,
    cancel_requested=False,
    placed=700,
    short=20,
    wanted=560,
    levels=(PLACES,),
    applied=False,
    kept=0,
    edited=False,
    contradiction=(),
    in_the_way=(),
    error=None,
)
LEVELS = [
    {"under_min": 3},
    {"under_need": 1},
    {"under_service": 2},
    {"under_target": 5},
    {"changes": 4},
    {"unfairness": 300},
    {"reluctance": 40, "wishes": 2, "travel": 80},
]


@contextmanager
def reading(language: str) -> Iterator[None]:
    app = Flask("words")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(paths.TRANSLATIONS)
    Babel(app, default_locale="vi")
    app.add_url_rule("/runs/<int:run_id>/cancel", "rosters.cancel_run")
    with app.test_request_context(), force_locale(language):
        yield


@pytest.fixture(params=["vi", "en"])
def language(request):
    with reading(request.param):
        yield request.param


@pytest.fixture
def in_english():
    with reading("en"):
        yield


def test_while_it_searches_a_run_says_how_many_places_are_filled_and_how_many_can_be(in_english):
    drawn = run_drawing.run(RUNNING, {})

    assert drawn["meter"]["words"] == "540 of 560 places filled · at most 543 possible"
    assert (drawn["meter"]["filled"], drawn["meter"]["possible"]) == (540, 543)


def test_a_proved_level_says_that_nothing_more_is_possible(in_english):
    proved = replace(RUNNING, levels=(replace(PLACES, bound=20),))

    drawn = run_drawing.run(proved, {})

    assert drawn["meter"]["words"] == "540 of 560 places filled · no roster fills more"
    assert drawn["levels"][0]["proved"]


def test_before_its_first_roster_a_run_shows_no_figures(in_english):
    drawn = run_drawing.run(replace(RUNNING, levels=(), short=0, wanted=0, placed=0), {})

    assert drawn["meter"] is None
    assert drawn["levels"] == []
    assert drawn["sentence"] == "Reading people, times and shifts …"


def test_a_run_that_waits_for_a_machine_shows_no_time_of_search(in_english):
    waiting = replace(RUNNING, state=RunState.QUEUED, seconds=0.0, levels=())

    assert run_drawing.run(waiting, {})["facts"] == []
    assert run_drawing.run(replace(RUNNING, levels=()), {})["facts"] == [("Time", "3.2 s")]


def test_fairness_says_how_far_from_the_best_it_may_be_and_not_its_bare_amount(in_english):
    line = run_drawing.level(LevelView({"unfairness": 306}, value=306, bound=300), wanted=560)

    assert line["possible"] == "at most 2% from the best possible"
    assert line["reached"] == "near the best"


def test_what_may_be_far_from_the_best_is_not_called_near_it(in_english):
    line = run_drawing.level(LevelView({"unfairness": 528}, value=528, bound=300), wanted=560)

    assert line["possible"] == "at most 76% from the best possible"
    assert line["reached"] == "could still be better"


def test_a_level_nothing_is_proved_of_yet_promises_nothing(in_english):
    line = run_drawing.level(LevelView({"unfairness": 306}, value=306, bound=0), wanted=560)

    assert (line["possible"], line["proved"]) == ("nothing proved yet", False)


@pytest.mark.parametrize("terms", LEVELS, ids=lambda terms: next(iter(terms)))
@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_every_level_reads_as_words_whatever_is_proved_of_it(language, terms, share):
    value = sum(terms.values())

    line = run_drawing.level(LevelView(terms, value=value, bound=int(value * share)), wanted=560)

    assert line["name"]
    assert line["reached"]
    assert "%(" not in f"{line['reached']} {line['possible']}"


def test_a_proof_is_not_claimed_for_what_hands_changed_afterwards(in_english):
    over = replace(RUNNING, state=RunState.OPTIMAL, applied=True, edited=True)

    drawn = run_drawing.run(over, {})

    assert drawn["sentence"].endswith("Changed by hand afterwards.")
    assert drawn["meter"] is None


def test_where_nobody_has_answered_a_run_says_so_instead_of_proving_that_nobody_can_be_placed(in_english):
    over = replace(RUNNING, state=RunState.OPTIMAL, applied=True, placed=0, short=560)

    sentences = [run_drawing.run(replace(over, unheard=unheard), {})["sentence"] for unheard in (True, False)]

    assert sentences == [
        "Nobody could be placed: nobody has said yet when they can come.",
        "Proved: none of these shifts has anybody who may and can serve on it.",
    ]


@pytest.mark.parametrize("state", [RunState.OPTIMAL, RunState.FEASIBLE])
def test_how_many_places_stay_empty_is_not_claimed_of_a_roster_that_hands_have_changed(language, state):
    over = replace(RUNNING, state=state, applied=True, edited=True)

    sentence = run_drawing.run(over, {})["sentence"]

    assert not any(figure in sentence for figure in ("17", "20"))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("vi", "Đã chứng minh: dù xếp thế nào cũng còn ít nhất 20 chỗ trống, và đây là cách chia công bằng nhất."),
        ("en", "Proved: at least 20 places stay empty whatever one does, and no roster is fairer."),
    ],
)
def test_a_proof_that_places_stay_empty_says_so_without_denying_a_denial(language, told):
    with reading(language):
        sentence = run_drawing.run(replace(RUNNING, state=RunState.OPTIMAL, applied=True), {})["sentence"]

    assert sentence == told


@pytest.mark.parametrize("state", [RunState.OPTIMAL, RunState.FEASIBLE, RunState.CANCELLED])
def test_a_plan_that_hands_left_no_room_for_says_so_however_its_search_ended(in_english, state):
    pinned_too_often = Clash("limits", person=None, place=None)

    drawn = run_drawing.run(replace(RUNNING, state=state, in_the_way=(pinned_too_often,)), {})

    assert drawn["sentence"].startswith("Changes made by hand meanwhile do not fit the new plan.")
    assert drawn["failed"]
    assert len(drawn["points"]) == 1


@pytest.mark.parametrize(
    ("bound", "told"),
    [
        (0, "The best found in the time given."),
        (1, "The best found in the time given; at least one place stays empty whatever one does."),
        (2, "The best found in the time given; at least 2 places stay empty whatever one does."),
    ],
)
def test_the_best_found_in_time_says_how_many_places_stay_empty_only_if_that_is_proved_of_some(in_english, bound, told):
    over = replace(RUNNING, state=RunState.FEASIBLE, applied=True, levels=(replace(PLACES, bound=bound),))

    assert run_drawing.run(over, {})["sentence"] == told
