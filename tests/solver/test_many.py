"""Many problems at once: each gets its own answer, and a bad file does not keep the others from theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from solver import many, reader, solution_reader, writer
from solver.check import check
from solver.document import BadInput
from solver.many import Shares, Spent, Terms
from tests.benchmarks.province import a_province
from tests.waiting import PATIENCE


def test_each_problem_is_answered_under_its_own_name(tmp_path: Path):
    asked = [tmp_path / "one.json", tmp_path / "two.json", tmp_path / "bad.json"]
    for seed, file in enumerate(asked[:2]):
        file.write_bytes(writer.to_bytes(a_province(volunteers=30, shifts=10, communes=2, seed=seed)))
    asked[2].write_text("{}")
    answered = tmp_path / "answers"
    answered.mkdir()

    with pytest.raises(BadInput) as refused:
        list(many.solve_each(asked, answered, workers=2, terms=Terms(seconds=PATIENCE, within=2 * PATIENCE)))

    assert refused.value.faults[0].path.startswith("bad.json")
    for file in asked[:2]:
        problem = reader.read_file(file)
        answer = solution_reader.read_file(answered / file.name, problem)
        assert answer.status == "optimal"
        assert check(problem, answer).ok
    assert not (answered / "bad.json").exists()


def test_bad_files_and_folders_are_told_in_a_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "torn.json").write_text("{")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "answers").mkdir()
    small = tmp_path / "small.json"
    small.write_bytes(writer.to_bytes(a_province(volunteers=3, shifts=2, communes=1)))
    (tmp_path / "answers" / "small.json").mkdir()
    asked = [str(tmp_path / name) for name in ("torn.json", "folder.json", "gone.json", "small.json")]

    code = many.main([*asked, "-o", str(tmp_path / "answers")])

    assert code == 2
    assert sorted(capsys.readouterr().err.splitlines()) == [
        f"{tmp_path}/answers/small.json: cannot be written (Is a directory)",
        f"{tmp_path}/folder.json: cannot be read (Is a directory)",
        f"{tmp_path}/gone.json: cannot be read (No such file or directory)",
        "torn.json: line 1 column 2: is not JSON (Expecting property name enclosed in double quotes)",
    ]
    assert many.main([str(small), "-o", str(small)]) == 2
    assert capsys.readouterr().err == f"{small}: cannot be made a folder (File exists)\n"


def test_two_files_of_one_name_would_be_one_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    code = many.main([f"{tmp_path}/a/week.json", f"{tmp_path}/b/week.json", "-o", str(tmp_path / "answers")])

    assert code == 2
    assert capsys.readouterr().err == (
        f"{tmp_path}/b/week.json: would be answered under the name of {tmp_path}/a/week.json\n"
    )


@pytest.mark.parametrize("folder", [".", "sub/.."])
def test_no_answer_is_written_over_its_problem(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "sub").mkdir()
    file = tmp_path / "week.json"
    file.write_bytes(asked := writer.to_bytes(a_province(volunteers=3, shifts=2, communes=1)))

    code = many.main([str(file), "-o", str(tmp_path / folder)])

    assert code == 2
    assert capsys.readouterr().err == f"{file}: would be overwritten by its answer\n"
    assert file.read_bytes() == asked


def test_whoever_waits_next_gets_more_than_an_equal_share_of_the_time_for_all(monkeypatch: pytest.MonkeyPatch):
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    time_for_all = Shares(60, workers=2)

    shares = [time_for_all.next(1, waiting) for waiting in (33, 7, 1, 0)]

    assert shares == pytest.approx([60 * 8 / 40, 60 * 8 / 14, 60, 60])
    now += 100
    assert time_for_all.next(1, 6) == pytest.approx(many.LEAST)


def test_the_time_for_a_first_roster_is_kept_for_all_who_wait(monkeypatch: pytest.MonkeyPatch):
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    time_for_all = Shares(36, workers=1)
    time_for_all.learn(1, Spent(reading=0.5, seconds=2, done=False))

    shares = []
    for waiting in range(19, -1, -1):
        shares.append(time_for_all.next(1, waiting))
        now += shares[-1]

    assert shares == sorted(shares, reverse=True)
    assert min(shares) >= 1.5
    assert now == pytest.approx(1036.0)


def test_a_share_that_would_not_do_is_left_to_later_ones(monkeypatch: pytest.MonkeyPatch):
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    time_for_all = Shares(36, workers=1)
    time_for_all.learn(10, Spent(reading=0.5, seconds=4, done=True))

    shares = []
    for waiting in range(19, -1, -1):
        shares.append(time_for_all.next(10, waiting))
        now += min(shares[-1], 4)

    assert {share == 1.5 or share >= 4 for share in shares} == {True}
    assert sum(share >= 4 for share in shares) >= 2


def test_who_has_hardly_any_time_has_its_places_filled(tmp_path: Path):
    asked = [tmp_path / f"{number}.json" for number in range(3)]
    for seed, file in enumerate(asked):
        problem = a_province(volunteers=300, shifts=100, communes=6, side_rules=True, seed=seed)
        file.write_bytes(writer.to_bytes(problem))
    (tmp_path / "answers").mkdir()

    answers = list(many.solve_each(asked, tmp_path / "answers", workers=1, terms=Terms(within=0.001)))

    for file in answers:
        assert len(solution_reader.read_file(file, reader.read_file(tmp_path / file.name)).assignments) > 200
