"""The page of figures keeps what was not measured anew."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.__main__ import groups, selected
from tests.benchmarks.page import Group, Page

WEEKS = Group(
    "weeks", "A week", "Seconds.", ("work", "seconds"), {"desk": list, "province": list}, quick=frozenset({"desk"})
)


def written(path: Path, *row: str) -> str:
    page = Page.read(path)
    page.put(WEEKS, row)
    page.write(path, [WEEKS])
    return path.read_text(encoding="utf-8")


def test_a_new_figure_takes_the_place_of_the_old_and_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.md"
    written(path, "province", "2.5", "0.1")
    written(path, "desk", "0.5", "0.1")

    text = written(path, "desk", "0.4", "7.0")

    assert [line for line in text.splitlines() if line.startswith("| ")] == [
        "| work | seconds | load |",
        "| --- | --- | --- |",
        "| desk | 0.4 | 7.0 |",
        "| province | 2.5 | 0.1 |",
    ]


def test_an_empty_cell_stays_empty(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.md"
    written(path, "desk", "", "0.1")

    assert "| desk |  | 0.1 |" in written(path, "province", "2.5", "0.1")


def test_without_names_the_quick_works_are_measured_and_with_full_all() -> None:
    assert [work for _, work in selected([WEEKS], [], full=False)] == ["desk"]
    assert [work for _, work in selected([WEEKS], [], full=True)] == ["desk", "province"]
    assert [work for _, work in selected([WEEKS], ["weeks/province"], full=False)] == ["province"]


def test_no_two_tables_of_the_page_share_a_name() -> None:
    names = [name for group in groups() for name in (group.name, group.title)]

    assert len(names) == len(set(names))
