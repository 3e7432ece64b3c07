"""`docs/benchmarks.md`: every figure that was measured, a table for each group of works.

A measurement puts its own rows on the page and leaves the others as they stand, so that two hours of one table need
not be measured again for one figure of another.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.timing import table

Row = tuple[str, ...]
LOAD = "load"  # processes that wanted a core when a work began: more than its own wait shows as seconds without CPU
HOW = """\
`python3 dev.py bench` measures the quick works and `bench --full` all of them; `bench weeks long/12` measures one group
and one work of another. What was not measured anew stays as it was. Seconds are those of the clock, CPU those of all
cores, MiB the most that one process held, *load* how many processes wanted a core when the work began.
"""


@dataclass(frozen=True, slots=True)
class Group:
    """Works that fill one table. Each gives rows that begin alike on every run, in `keys` columns."""

    name: str
    title: str
    about: str
    head: Row
    works: Mapping[str, Callable[[], Iterable[Row]]]
    quick: frozenset[str] = frozenset()
    keys: int = 1

    def place(self, row: Row) -> int:
        """Of a row, as its work's: one of the row's first columns names that, unless the group has only one."""
        names = list(self.works)
        return next((names.index(cell) for cell in row[: self.keys] if cell in self.works), 0)


@dataclass
class Page:
    """The rows of each group by its title."""

    tables: dict[str, list[Row]] = field(default_factory=dict)

    @staticmethod
    def read(path: Path) -> Page:
        page, rows = Page(), list[Row]()
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            if line.startswith("## "):
                rows = page.tables[line.removeprefix("## ")] = []
            elif line.startswith("| ") and not line.startswith("| ---"):
                rows.append(tuple(line.removeprefix("| ").removesuffix(" |").split(" | ")))
        return page

    def put(self, group: Group, row: Row) -> None:
        """In the place of the row that begins alike, if there is one. Rows of another form than today's are dropped."""
        head = (*group.head, LOAD)
        rows = {one[: group.keys]: one for one in self.tables.get(group.title, ()) if len(one) == len(head)}
        rows.pop(head[: group.keys], None)
        rows[row[: group.keys]] = row
        self.tables[group.title] = [head, *sorted(rows.values(), key=group.place)]

    def lines(self, groups: Iterable[Group]) -> Iterator[str]:
        yield from ("# Benchmarks", "", f"On {machine()}. {HOW}")
        for group in groups:
            if group.title in self.tables:
                yield from (f"## {group.title}", "", group.about, "", *table(self.tables[group.title]), "")

    def write(self, path: Path, groups: Iterable[Group]) -> None:
        path.write_text("\n".join(self.lines(groups)).rstrip() + "\n", encoding="utf-8")


def machine() -> str:
    processor = next((name for name in _processors() if name), platform.machine())
    return f"{os.cpu_count()} cores ({processor}), Python {platform.python_version()}, OR-Tools {version('ortools')}"


def _processors() -> Iterator[str]:
    cpuinfo = Path("/proc/cpuinfo")
    for line in cpuinfo.read_text().splitlines() if cpuinfo.exists() else ():
        if line.startswith("model name"):
            yield line.partition(":")[2].strip()
