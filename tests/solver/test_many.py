"""Many problems at once: each gets its own answer, and a bad file does not keep the others from theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from solver import many, reader, solution_reader, writer
from solver.check import check
from solver.document import BadInput
from solver.many import Terms
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


def test_the_time_for_all_is_shared_among_those_that_wait(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)

    shares = [many._share(1060.0, waiting, workers=2) for waiting in (34, 17, 2, 1)]

    assert shares == pytest.approx([60 * 2 / 34, 60 * 2 / 17, 60, 60])
    assert many._share(900.0, 3, workers=2) == pytest.approx(0.1)
