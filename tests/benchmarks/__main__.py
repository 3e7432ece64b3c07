"""Measure, and put the figures into `docs/benchmarks.md`: `python -m tests.benchmarks [--full] [WHAT …]`.

WHAT is a group or one of its works: `weeks`, `long/12`, `timefold/province`. Without any, all quick works are measured;
with `--full` all there are, which takes some three hours. `--list` names them.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.benchmarks import answers, curtois_qu, feeds, imports, pages, timefold, weeks
from tests.benchmarks.page import Group, Page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
WORKERS = 2


def groups() -> list[Group]:
    return [
        weeks.group(WORKERS),
        weeks.watching(WORKERS),
        answers.group(),
        curtois_qu.group(WORKERS),
        timefold.group(WORKERS),
        pages.group(),
        feeds.group(),
        imports.group(),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 if a work failed, as one does whose answer the referee refuses."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", nargs="*", metavar="WHAT", help="a group, or GROUP/WORK")
    parser.add_argument("--full", action="store_true", help="all works, not only the quick ones")
    parser.add_argument("--list", action="store_true", help="name all works and measure nothing")
    parser.add_argument("--write", type=Path, metavar="FILE", default=PAGE, help="the page of all figures")
    chosen = parser.parse_args(arguments)
    known = groups()
    wanted = list(selected(known, chosen.what, full=chosen.full or chosen.list))
    unknown = set(chosen.what) - {one for group, work in wanted for one in (group.name, f"{group.name}/{work}")}
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: no group or work of that name; --list names them")
    if chosen.list:
        for group, work in wanted:
            say(f"{group.name}/{work}{'' if work in group.quick else '  (--full)'}")
        return 0
    return max([measure(group, work, known, chosen.write) for group, work in wanted])


def selected(known: Iterable[Group], what: Sequence[str], *, full: bool) -> Iterator[tuple[Group, str]]:
    """The works that were named; without names the quick ones, or all."""
    for group in known:
        for work in group.works:
            named = group.name in what or f"{group.name}/{work}" in what
            if named if what else full or work in group.quick:
                yield group, work


def measure(group: Group, work: str, known: Iterable[Group], path: Path) -> int:
    """Put a work's rows on the page as soon as each is known: hours of them should not be lost with the last."""
    say(f"{group.name}/{work}: {' | '.join(group.head)}")
    load = f"{os.getloadavg()[0]:.1f}"
    try:
        for row in group.works[work]():
            say(f"  {' | '.join(row)}")
            page = Page.read(path)
            page.put(group, (*row, load))
            page.write(path, known)
    except Exception:  # whatever it is, the other works can be measured
        traceback.print_exc()
        return 1
    return 0


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  a benchmark prints


if __name__ == "__main__":
    sys.exit(main())
