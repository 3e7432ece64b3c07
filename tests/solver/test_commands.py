"""The commands of the file format: what they write, print and answer to the shell."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from solver import reader, writer
from solver.__main__ import main
from solver.problem import Pin, Problem
from solver.stages import Stages
from tests.benchmarks.province import a_province
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.waiting import eventually


@pytest.fixture
def problem_file(tmp_path: Path) -> Path:
    """One shift for two people and one who can serve."""
    file = tmp_path / "problem.json"
    file.write_bytes(writer.to_bytes(a_problem(shifts=[a_shift("am", min=2)], volunteers=[a_volunteer("lan")])))
    return file


@pytest.fixture
def solution_file(problem_file: Path) -> Path:
    file = problem_file.with_name("solution.json")
    assert main(["solve", str(problem_file), "-o", str(file), "--workers", "1"]) == 0
    return file


def read(file: Path) -> dict[str, Any]:
    return json.loads(file.read_bytes())


def test_solve_writes_the_answer_in_the_format(problem_file: Path, solution_file: Path):
    answer = read(solution_file)

    assert answer["format"] == "roster-solution/1"
    assert answer["status"] == "optimal"
    assert answer["assignments"] == [{"volunteer": "lan", "shift": "am"}]
    assert answer["levels"][0] == {"terms": {"under_min": 1}, "value": 1, "bound": 1}
    assert answer["shortfalls"] == [{"shift": "am", "missing": 1, "needs": {}}]
    assert answer["run"]["problem_sha256"] == sha256(problem_file.read_bytes()).hexdigest()
    assert answer["run"]["workers"] == 1
    assert "contradiction" not in answer


def test_a_python_without_the_solvers_libraries_is_told_in_one_line_where_they_are(problem_file: Path):
    bare = [sys.executable, "-S", "-m", "solver"]  # without site-packages
    command = [*bare, "solve", str(problem_file), "-o", str(problem_file.with_name("answer.json"))]

    done = subprocess.run(command, capture_output=True, text=True)

    (line,) = done.stderr.splitlines()
    assert done.returncode == 3
    assert "has no numpy. In a checkout, `.venv/bin/python -m solver` has it" in line


def test_solve_answers_0_and_names_the_contradiction_if_there_is_no_roster(tmp_path: Path):
    file, answer = tmp_path / "problem.json", tmp_path / "answer.json"
    problem = a_problem(volunteers=[a_volunteer("lan", available=[])], pins=[Pin("lan", "mon-am", "assigned")])
    file.write_bytes(writer.to_bytes(problem))

    assert main(["solve", str(file), "-o", str(answer)]) == 0

    assert read(answer)["status"] == "infeasible"
    assert read(answer)["assignments"] == read(answer)["levels"] == []
    assert {"rule": "pins", "volunteer": "lan", "shift": "mon-am"} in read(answer)["contradiction"]


def test_solve_told_to_end_writes_the_best_roster_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def told_to_end(stages: Stages, _work: float) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        while True:
            stages.effort.check()
            time.sleep(0.01)

    monkeypatch.setattr(Stages, "walk", told_to_end)
    asked, answered = tmp_path / "problem.json", tmp_path / "solution.json"
    asked.write_bytes(writer.to_bytes(a_province(volunteers=300, shifts=60, communes=6, side_rules=True)))

    assert main(["solve", str(asked), "-o", str(answered)]) == 0

    answer = read(answered)
    assert (answer["status"], bool(answer["assignments"])) == ("cancelled", True)
    assert main(["check", str(asked), str(answered)]) == 0


def test_solve_told_to_end_while_it_reads_answers_at_once_that_there_is_no_roster(
    problem_file: Path, monkeypatch: pytest.MonkeyPatch
):
    def read_for_ever(_data: bytes) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        eventually(lambda: False, otherwise=lambda: "it read on")

    monkeypatch.setattr("solver.reader.read", read_for_ever)
    answered = problem_file.with_name("solution.json")

    assert main(["solve", str(problem_file), "-o", str(answered)]) == 0

    answer = read(answered)
    assert (answer["status"], answer["assignments"], answer["levels"]) == ("cancelled", [], [])
    assert answer["run"]["problem_sha256"] == sha256(problem_file.read_bytes()).hexdigest()
    monkeypatch.undo()
    assert main(["check", str(problem_file), str(answered)]) == 0


def test_progress_is_told_again_and_again_while_the_file_is_read(
    problem_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    lines: list[str] = []

    def read_slowly(data: bytes) -> Problem:
        eventually(lambda: lines.extend(capsys.readouterr().err.splitlines()) or len(lines) >= 2)
        return read_at_once(data)

    read_at_once = reader.read
    monkeypatch.setattr("solver.reader.read", read_slowly)

    main(["solve", str(problem_file), "-o", str(problem_file.with_name("s.json")), "--progress"])

    assert json.loads(lines[1]) == {"seconds": 0.0, "placed": 0, "short": 0, "levels": []}


def test_a_roster_near_enough_to_its_bounds_ends_the_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def nearly(stages: Stages, _work: float) -> None:
        for level, value in enumerate(stages.part.values or ()):
            stages.part.prove(level, value - value // 10, stages.part.values or ())
        while True:
            stages.effort.check()
            time.sleep(0.01)

    monkeypatch.setattr(Stages, "walk", nearly)
    asked, answered = tmp_path / "problem.json", tmp_path / "solution.json"
    asked.write_bytes(writer.to_bytes(a_province(volunteers=120, shifts=40, communes=3, side_rules=True)))

    assert main(["solve", str(asked), "-o", str(answered), "--gap", "0.1"]) == 0

    answer = read(answered)
    assert (answer["status"], answer["run"]["parameters"]) == ("feasible", {"seconds": 60.0, "gap": 0.1})
    assert all(level["value"] - level["bound"] <= 0.1 * level["value"] for level in answer["levels"])


def test_check_answers_0_for_a_true_answer(problem_file: Path, solution_file: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", str(problem_file), str(solution_file)]) == 0

    assert "level 1: 1 (under_min=1)" in capsys.readouterr().out


def test_check_answers_1_and_names_what_is_broken_or_misreported(
    problem_file: Path, solution_file: Path, capsys: pytest.CaptureFixture[str]
):
    answer = read(solution_file)
    answer["assignments"] *= 2
    answer["levels"][0]["value"] = 9
    solution_file.write_text(json.dumps(answer))

    assert main(["check", str(problem_file), str(solution_file)]) == 1

    printed = capsys.readouterr().out
    assert "broken overlap" in printed
    assert "misreported levels[0].value" in printed


def test_an_answer_to_another_file_is_pointed_out(
    problem_file: Path, solution_file: Path, capsys: pytest.CaptureFixture[str]
):
    problem_file.write_bytes(problem_file.read_bytes() + b"\n")

    assert main(["check", str(problem_file), str(solution_file)]) == 0

    assert "made for a problem file of other bytes" in capsys.readouterr().out


def test_bad_input_answers_2_with_a_line_for_each_fault(problem_file: Path, capsys: pytest.CaptureFixture[str]):
    document = read(problem_file) | {"extra": 1}
    document["shifts"][0]["end"] = "2026-11-23T06:00"
    problem_file.write_text(json.dumps(document))

    assert main(["solve", str(problem_file), "-o", "never-written.json"]) == 2

    assert capsys.readouterr().err.splitlines() == [
        "shifts[0].end: is before its start",
        "extra: is not a known key",
    ]


@pytest.mark.parametrize("command", ["solve", "check", "standins"])
def test_a_file_that_is_not_there_answers_2(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    more = {"solve": ["-o", "x.json"], "check": ["s.json"], "standins": ["s.json", "--shift", "am"]}[command]

    assert main([command, str(tmp_path / "none.json"), *more]) == 2

    assert "none.json: cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "place", "reason"),
    [
        (["solve", "none.json"], "none/x.json", "No such file or directory"),
        (["repair", "none.json", "none.json", "none.json"], "file/x.json", "Not a directory"),
        (["convert", "curtois-qu", "none.txt"], ".", "Is a directory"),
    ],
)
def test_an_answer_with_no_place_is_refused_before_any_work(
    command: list[str], place: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "file").touch()

    assert main([*command, "-o", str(tmp_path / place)]) == 2

    assert capsys.readouterr().err == f"{tmp_path / place}: cannot be written ({reason})\n"


def test_a_solution_of_unknown_people_answers_2(
    problem_file: Path, solution_file: Path, capsys: pytest.CaptureFixture[str]
):
    answer = read(solution_file)
    answer["assignments"][0]["volunteer"] = "nobody"
    answer["surprise"] = 1
    solution_file.write_text(json.dumps(answer))

    assert main(["check", str(problem_file), str(solution_file)]) == 2

    assert capsys.readouterr().err.splitlines() == [
        'assignments[0].volunteer: "nobody" is no volunteer of the problem',
        "surprise: is not a known key",
    ]


def test_an_unknown_shift_answers_2(problem_file: Path, solution_file: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["standins", str(problem_file), str(solution_file), "--shift", "noon"]) == 2

    assert capsys.readouterr().err == '--shift: "noon" is no shift of the problem\n'


def test_progress_is_one_json_object_a_line(problem_file: Path, capsys: pytest.CaptureFixture[str]):
    main(["solve", str(problem_file), "-o", str(problem_file.with_name("s.json")), "--progress"])

    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert events[-1]["placed"] == 1
    assert events[-1]["short"] == 1
    assert events[-1]["levels"][0] == {"terms": {"under_min": 1}, "value": 1, "bound": 1}


@pytest.mark.parametrize(
    "option", [["--seconds", "0"], ["--workers", "0"], ["--seconds", "nan"], ["--workers", "two"], ["--gap", "1"]]
)
def test_senseless_options_answer_2(option: list[str], problem_file: Path):
    with pytest.raises(SystemExit) as ended:
        main(["solve", str(problem_file), "-o", "never-written.json", *option])

    assert ended.value.code == 2


@pytest.mark.parametrize("option", [["--seed", "-1"], ["--seed", str(10**12)], ["--seconds", "1e300"]])
def test_any_seed_and_any_time_will_do(option: list[str], tmp_path: Path):
    asked, answered = tmp_path / "problem.json", tmp_path / "solution.json"
    asked.write_bytes(writer.to_bytes(a_province(volunteers=80, shifts=30, communes=3, side_rules=True)))

    assert main(["solve", str(asked), "-o", str(answered), *option]) == 0

    assert read(answered)["status"] == "optimal"
    assert main(["check", str(asked), str(answered)]) == 0


def test_levels_may_come_to_more_than_any_number_of_a_problem(tmp_path: Path):
    asked, answered = tmp_path / "problem.json", tmp_path / "solution.json"
    problem = a_problem(shifts=[a_shift("am", min=2)], volunteers=[], levels=[{"under_min": 10**9}])
    asked.write_bytes(writer.to_bytes(problem))

    assert main(["solve", str(asked), "-o", str(answered)]) == 0

    assert read(answered)["levels"] == [{"terms": {"under_min": 2}, "value": 2 * 10**9, "bound": 2 * 10**9}]
    assert main(["check", str(asked), str(answered)]) == 0


@pytest.mark.parametrize("side_rules", [False, True])
def test_weights_beyond_all_reckoning_still_leave_a_roster(side_rules: bool, tmp_path: Path):
    asked, answered = tmp_path / "problem.json", tmp_path / "solution.json"
    problem = a_province(volunteers=80, shifts=30, communes=3, side_rules=side_rules)
    asked.write_bytes(
        writer.to_bytes(replace(problem, levels=({"under_min": 10**400, "reluctance": 1}, *problem.levels[1:])))
    )

    assert main(["solve", str(asked), "-o", str(answered)]) == 0

    assert (read(answered)["status"], bool(read(answered)["assignments"])) == ("feasible", True)
    assert main(["check", str(asked), str(answered)]) == 0


def test_explain_and_standins_answer_in_json(
    problem_file: Path, solution_file: Path, capsys: pytest.CaptureFixture[str]
):
    capsys.readouterr()
    assert main(["explain", str(problem_file), str(solution_file), "--json"]) == 0
    explained = json.loads(capsys.readouterr().out)
    assert main(["standins", str(problem_file), str(solution_file), "--shift", "am", "--json"]) == 0
    stood_in = json.loads(capsys.readouterr().out)

    assert [entry["shift"] for entry in explained["shifts"]] == ["am"]
    assert stood_in == {"shift": "am", "standins": []}


@pytest.mark.parametrize("command", ["explain", "standins", "service", "repair"])
def test_an_answer_without_a_roster_is_nothing_to_go_by(
    command: str, problem_file: Path, solution_file: Path, capsys: pytest.CaptureFixture[str]
):
    none = {"status": "unknown", "assignments": [], "levels": [], "shortfalls": []}
    solution_file.write_text(json.dumps(read(solution_file) | none))
    losses, repaired = problem_file.with_name("losses.json"), problem_file.with_name("repaired.json")
    losses.write_text('{"format": "roster-losses/1"}')
    more = {"standins": ["--shift", "am"], "repair": [str(losses), "--first", "-o", str(repaired)]}.get(command, [])
    capsys.readouterr()

    assert main([command, str(problem_file), str(solution_file), *more]) == 2

    assert capsys.readouterr() == ("", f"{solution_file}: is unknown and has no roster\n")


def test_importing_the_library_loads_no_solver():
    code = "import sys, solver, solver.reader, solver.check, solver.standins, solver.explain, solver.__main__; "
    code += "print(*(name for name in sys.modules if name.startswith('ortools')))"

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert printed.split() == []
