"""Reading problem files: what is written comes back, and every fault is named with its exact path."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import reader, writer
from solver.document import BadInput
from solver.problem import DEFAULT_LEVELS, Assignment, Interval, Limits, Need, Place, Rules, Weights
from tests.solver.random_problems import a_random_problem

EXAMPLE: dict[str, Any] = {
    "format": "roster-problem/1",
    "timezone": "Asia/Ho_Chi_Minh",
    "period": {"first_day": "2026-11-23", "days": 7},
    "sites": [{"id": "center", "lat": 13.77, "lon": 109.22}, {"id": "market"}],
    "equipment": [{"id": "laptop", "count": 7}],
    "shifts": [
        {
            "id": "center-mon-am",
            "site": "center",
            "type": "morning",
            "start": "2026-11-23T07:30",
            "end": "2026-11-23T11:30",
            "min": 2,
            "target": 3,
            "max": 4,
            "requires": ["trained"],
            "needs": [{"qualification": "lead", "min": 1}],
            "pool": ["quy-nhon-university"],
            "adults_only": False,
            "all_or_nothing": False,
            "equipment": {"laptop": 1},
            "weights": {"under_min": 1, "under_target": 1, "over_target": 0},
        }
    ],
    "volunteers": [
        {
            "id": "v0001",
            "groups": ["quy-nhon-university"],
            "qualifications": ["trained", "lead"],
            "minor": False,
            "newcomer": True,
            "home": [13.76, 109.22],
            "max_km": 15,
            "available": [{"start": "2026-11-23T07:00", "end": "2026-11-23T12:00", "level": "preferred"}],
            "limits": {
                "turns": 2,
                "minutes_max": 480,
                "minutes_min": 0,
                "turns_per_day": 1,
                "rest_minutes": 600,
                "consecutive_days_max": 5,
                "consecutive_days_min": 1,
                "consecutive_days_off_min": 1,
                "weekends": 1,
                "turns_per_type": {"evening": 1},
            },
            "history": {"turns": 3},
        },
        {"id": "v0002", "groups": ["quy-nhon-university"], "qualifications": ["trained"]},
    ],
    "wishes": [{"volunteer": "v0001", "shift": "center-mon-am", "want": True, "weight": 2}],
    "pins": [{"volunteer": "v0001", "shift": "center-mon-am", "state": "assigned"}],
    "pairs": [{"volunteers": ["v0001", "v0002"], "rule": "together"}],
    "travel": [{"from": "center", "to": "market", "minutes": 25}],
    "rules": {"minors_latest_end": "18:00", "forbidden_successions": [["evening", "morning"]]},
    "previous": [{"volunteer": "v0001", "shift": "center-mon-am"}],
    "objective": {"levels": [{"under_min": 1}, {"reluctance": 1, "wishes": 2}]},
}

Edit = Callable[[dict[str, Any]], object]


def faults_of(edit: Edit) -> list[str]:
    """What is wrong with the example after an edit."""
    document = deepcopy(EXAMPLE)
    edit(document)
    with pytest.raises(BadInput) as refused:
        reader.read_json(document)
    return [str(fault) for fault in refused.value.faults]


def test_every_part_of_a_file_arrives():
    problem = reader.read_json(EXAMPLE)

    shift, person = problem.shifts[0], problem.volunteers[0]
    assert (shift.start, shift.end, shift.day, shift.minutes) == (450, 690, 0, 240)
    assert (shift.min, shift.target, shift.max, shift.needs) == (2, 3, 4, (Need("lead", 1),))
    assert person.available == (Interval(420, 720, "preferred"),)
    assert person.limits == Limits(2, 480, 0, 1, 600, 5, 1, 1, 1, {"evening": 1})
    assert (person.home, person.max_km, person.history_turns) == (Place(13.76, 109.22), 15, 3)
    assert problem.rules == Rules(18 * 60, (("evening", "morning"),))
    assert problem.previous == (Assignment("v0001", "center-mon-am"),)
    assert problem.levels == ({"under_min": 1}, {"reluctance": 1, "wishes": 2})


def test_what_is_absent_has_the_defaults_of_the_format():
    document = {key: EXAMPLE[key] for key in ("format", "period")} | {
        "shifts": [{"id": "s", "start": "2026-11-23T07:30", "end": "2026-11-23T11:30", "min": 2}],
        "volunteers": [{"id": "v"}],
    }

    problem = reader.read_json(document)

    shift, person = problem.shifts[0], problem.volunteers[0]
    assert (shift.target, shift.max, shift.pool, shift.weights) == (2, None, None, Weights(1, 1, 0))
    assert (person.available, person.limits, person.history_turns) == (None, Limits(), 0)
    assert (problem.previous, problem.levels, problem.rules) == (None, DEFAULT_LEVELS, Rules())


def test_an_empty_list_is_not_an_absent_one():
    document = deepcopy(EXAMPLE)
    document["previous"] = []
    document["shifts"][0]["pool"] = []
    document["volunteers"][0]["available"] = []

    problem = reader.read_json(document)

    assert problem.previous == ()
    assert problem.shifts[0].pool == ()
    assert problem.volunteers[0].available == ()


@settings(deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_problem_that_is_written_reads_back_the_same(seed: int):
    problem = a_random_problem(seed)

    assert reader.read(writer.to_bytes(problem)) == problem


def test_times_translate_both_ways():
    problem = reader.read_json(EXAMPLE)

    assert problem.moment(450) == datetime.fromisoformat("2026-11-23T07:30")
    assert problem.minute(datetime.fromisoformat("2026-11-22T23:59")) == -1


def test_saturday_and_sunday_are_one_weekend():
    problem = reader.read_json(EXAMPLE)

    weekends = [problem.weekend_of(day) for day in range(14)]
    assert [weekend is None for weekend in weekends] == ([True] * 5 + [False] * 2) * 2
    assert weekends[5] == weekends[6]
    assert weekends[5] != weekends[12]


def put(*path: str | int, value: object) -> Edit:
    """An edit that sets what stands at a path."""

    def edit(document: dict[str, Any]) -> None:
        place: Any = document
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return edit


def drop(*path: str | int) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        place: Any = document
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]

    return edit


def again(key: str) -> Edit:
    """An edit that repeats the first entry of a list."""
    return lambda document: document[key].append(deepcopy(document[key][0]))


SHIFT, PERSON = ("shifts", 0), ("volunteers", 0)


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (put("colour", value=1), "colour: is not a known key"),
        (put(*SHIFT, "colour", value=1), "shifts[0].colour: is not a known key"),
        (put(*SHIFT, "weights", "under_mim", value=1), "shifts[0].weights.under_mim: is not a known key"),
        (put(*PERSON, "limits", "turnz", value=1), "volunteers[0].limits.turnz: is not a known key"),
        (put(*PERSON, "history", "hours", value=1), "volunteers[0].history.hours: is not a known key"),
        (put("objective", "levels", 0, "cost", value=1), "objective.levels[0].cost: is not a known key"),
        (put("a\nb", value=1), '"a\\nb": is not a known key'),
        (drop("format"), "format: is missing"),
        (drop("period"), "period: is missing"),
        (drop("shifts"), "shifts: is missing"),
        (drop("volunteers"), "volunteers: is missing"),
        (drop("period", "days"), "period.days: is missing"),
        (drop(*SHIFT, "start"), "shifts[0].start: is missing"),
        (drop(*PERSON, "available", 0, "end"), "volunteers[0].available[0].end: is missing"),
        (drop("pins", 0, "state"), "pins[0].state: is missing"),
        (
            put("format", value="roster-problem/3"),
            'format: is "roster-problem/3", not roster-problem/1 or roster-problem/2',
        ),
        (put("timezone", value="Asia/Quy_Nhon"), 'timezone: is "Asia/Quy_Nhon", not a time zone like Asia/Ho_Chi_Minh'),
        (
            put("period", "first_day", value="23.11.2026"),
            'period.first_day: is "23.11.2026", not a date like 2026-11-23',
        ),
        (put("period", "days", value=0), "period.days: is 0, not a whole number from 1 to 3660"),
        (put("period", "days", value=3661), "period.days: is 3661, not a whole number from 1 to 3660"),
        (put(*SHIFT, "min", value=-1), "shifts[0].min: is -1, not a whole number from 0 to 1000000000"),
        (put(*SHIFT, "min", value=True), "shifts[0].min: is true, not a whole number from 0 to 1000000000"),
        (put(*SHIFT, "min", value=1.5), "shifts[0].min: is 1.5, not a whole number from 0 to 1000000000"),
        (put(*SHIFT, "min", value=None), "shifts[0].min: is null, not a whole number from 0 to 1000000000"),
        (
            put(*SHIFT, "weights", "over_target", value=-2),
            "shifts[0].weights.over_target: is -2, not a whole number from 0 on",
        ),
        (
            put("objective", "levels", 0, "under_min", value=0.5),
            "objective.levels[0].under_min: is 0.5, not a whole number from 0 on",
        ),
        (put(*SHIFT, "adults_only", value="no"), 'shifts[0].adults_only: is "no", not true or false'),
        (put(*SHIFT, "requires", value="trained"), 'shifts[0].requires: is "trained", not a list'),
        (put(*SHIFT, "requires", value=[1]), "shifts[0].requires[0]: is 1, not text"),
        (put(*SHIFT, "weights", value=[]), "shifts[0].weights: is a list, not an object"),
        (put("shifts", 0, value="monday"), 'shifts[0]: is "monday", not an object'),
        (
            put(*SHIFT, "start", value="2026-11-23 07:30"),
            'shifts[0].start: is "2026-11-23 07:30", not a time like 2026-11-23T07:30',
        ),
        (
            put(*SHIFT, "start", value="2026-02-30T07:30"),
            'shifts[0].start: is "2026-02-30T07:30", not a time like 2026-11-23T07:30',
        ),
        (put(*SHIFT, "end", value="2026-11-23T07:00"), "shifts[0].end: is before its start"),
        (put(*SHIFT, "end", value="2026-11-23T07:30"), "shifts[0].end: is when it starts"),
        (put(*SHIFT, "start", value="2026-11-22T23:00"), "shifts[0].start: is outside the period"),
        (put("period", "first_day", value="2026-11-16"), "shifts[0].start: is outside the period"),
        (put(*SHIFT, "site", value="moon"), 'shifts[0].site: "moon" is no site of this file'),
        (put(*SHIFT, "equipment", value={"boat": 1}), "shifts[0].equipment.boat: is no equipment of this file"),
        (
            put(*SHIFT, "needs", value=[{"qualification": "lead", "min": 1}] * 2),
            'shifts[0].needs[1].qualification: "lead" is needed twice',
        ),
        (
            put(*PERSON, "available", 0, "end", value="2026-11-23T06:00"),
            "volunteers[0].available[0].end: is before its start",
        ),
        (
            put(*PERSON, "available", 0, "level", value="maybe"),
            'volunteers[0].available[0].level: is "maybe", not one of preferred, available, if_needed',
        ),
        (
            put(*PERSON, "home", value=[91, 0]),
            "volunteers[0].home: is not a pair of latitude and longitude like [13.76, 109.22]",
        ),
        *[
            (put(*PERSON, "max_km", value=value), f"volunteers[0].max_km: is {text}, not a number from 0 to 1e+09")
            for value, text in ((10**400, f"1{'0' * 59}…"), (inf, "Infinity"), (nan, "NaN"))
        ],
        (
            put("sites", 0, "lat", value=-(10**400)),
            f"sites[0].lat: is -1{'0' * 58}…, not a number from -90 to 90",
        ),
        (
            put(*PERSON, "home", value=[13, 10**400]),
            "volunteers[0].home: is not a pair of latitude and longitude like [13.76, 109.22]",
        ),
        (drop("sites", 0, "lon"), "sites[0].lon: is missing"),
        (again("shifts"), 'shifts[1].id: "center-mon-am" is already that of shifts[0]'),
        (again("equipment"), 'equipment[1].id: "laptop" is already that of equipment[0]'),
        (again("sites"), 'sites[2].id: "center" is already that of sites[0]'),
        (again("volunteers"), 'volunteers[2].id: "v0001" is already that of volunteers[0]'),
        (again("pins"), "pins[1]: repeats pins[0]"),
        (again("wishes"), "wishes[1]: repeats wishes[0]"),
        (again("previous"), "previous[1]: repeats previous[0]"),
        (again("travel"), "travel[1]: repeats travel[0]"),
        (
            lambda document: document["travel"].append({"from": "market", "to": "center", "minutes": 30}),
            "travel[1]: repeats travel[0]",
        ),
        (put("travel", 0, "to", value="moon"), 'travel[0].to: "moon" is no site of this file'),
        (put("wishes", 0, "volunteer", value="v9"), 'wishes[0].volunteer: "v9" is no volunteer of this file'),
        (put("pins", 0, "shift", value="s9"), 'pins[0].shift: "s9" is no shift of this file'),
        (put("previous", 0, "shift", value="s9"), 'previous[0].shift: "s9" is no shift of this file'),
        (put("pairs", 0, "volunteers", value=["v0001"]), "pairs[0].volunteers: does not name two people"),
        (put("pairs", 0, "volunteers", value=["v0001", "v0001"]), "pairs[0].volunteers: does not name two people"),
        (put("pairs", 0, "volunteers", 1, value="v9"), 'pairs[0].volunteers[1]: "v9" is no volunteer of this file'),
        (put("pairs", 0, "rule", value="near"), 'pairs[0].rule: is "near", not one of together, apart'),
        (put("rules", "minors_latest_end", value="6pm"), 'rules.minors_latest_end: is "6pm", not a time like 18:00'),
        (
            put("rules", "forbidden_successions", 0, value=["evening"]),
            "rules.forbidden_successions[0]: does not name two shift types",
        ),
        (put(*SHIFT, "id", value="\ud800"), "shifts[0].id: holds half a character"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_is_named_with_its_path(edit: Edit, fault: str):
    assert fault in faults_of(edit)


def test_a_name_without_letters_is_a_name():
    text = json.dumps(EXAMPLE).replace('"v0001"', '""').replace('"center-mon-am"', '""').replace('"market"', '""')
    document = json.loads(text)
    pin, way = document["pins"][0], document["travel"][0]
    document["pins"].append(pin | {"state": "forbidden"})
    document["travel"].append(way | {"from": way["to"], "to": way["from"]})

    with pytest.raises(BadInput) as refused:
        reader.read_json(document)

    assert [str(fault) for fault in refused.value.faults] == [
        "pins[1]: repeats pins[0]",
        "travel[1]: repeats travel[0]",
    ]


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [("format", 1, "format: is 1, not text"), ("period", "x", 'period: is "x", not an object')],
)
def test_a_fault_is_named_once(key: str, value: object, fault: str):
    assert faults_of(put(key, value=value)) == [fault]


def test_a_weight_may_be_any_whole_number():
    document = deepcopy(EXAMPLE)
    document["shifts"][0]["weights"]["under_min"] = 2 * 10**9
    document["wishes"][0]["weight"] = 10**30
    document["objective"]["levels"][0]["under_min"] = 10**400

    problem = reader.read_json(document)

    assert (problem.shifts[0].weights.under_min, problem.wishes[0].weight) == (2 * 10**9, 10**30)
    assert problem.levels[0] == {"under_min": 10**400}


def test_all_faults_of_a_file_are_named_at_once():
    def edit(document: dict[str, Any]) -> None:
        document["shifts"][0]["min"] = -1
        document["volunteers"][1]["groups"] = 3
        document["extra"] = {}

    assert faults_of(edit) == [
        "shifts[0].min: is -1, not a whole number from 0 to 1000000000",
        "volunteers[1].groups: is 3, not a list",
        "extra: is not a known key",
    ]


def test_a_fault_stays_on_one_short_line_whatever_the_file_holds():
    (fault,) = faults_of(put("shifts", 0, "site", value="\n" + "🙂" * 4000))

    assert "\n" not in fault
    assert len(fault) < 200


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "line 1 column 1: is not JSON"),
        (b'{"format": }', "line 1 column 12: is not JSON"),
        (b"\xff\xfe", "byte 0: is not UTF-8"),
        (b"[]", "is a list, not an object"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'{"format": NaN}', "is not JSON"),
    ],
)
def test_what_is_no_json_object_is_refused(data: bytes, fault: str):
    with pytest.raises(BadInput, match=fault):
        reader.read(data)


def test_a_key_written_twice_is_refused():
    text = json.dumps(EXAMPLE).replace('"min": 2,', '"min": 2, "min": 1,')

    with pytest.raises(BadInput, match=r"shifts\[0\].min: is given twice"):
        reader.read(text.encode())


def test_a_key_of_the_whole_file_written_twice_is_refused_beside_its_other_faults():
    text = json.dumps(EXAMPLE | {"colour": 1}).replace('"travel": ', '"shifts": [], "travel": ')

    with pytest.raises(BadInput) as refused:
        reader.read(text.encode())

    assert {"shifts: is given twice", "colour: is not a known key"} <= {str(one) for one in refused.value.faults}


def test_a_byte_order_mark_is_no_fault():
    assert reader.read(b"\xef\xbb\xbf" + json.dumps(EXAMPLE).encode()) == reader.read_json(EXAMPLE)
