"""What the commands print for people: the same facts as their JSON, a line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from solver.check import Report

MOST_NAMED = 12  # of a list on one line; the JSON has them all


def verdict(report: Report) -> Iterator[str]:
    """Every broken rule by name, every wrong figure, every level, and the outcome."""
    for one in report.broken:
        who = {"volunteer": one.volunteer, "shift": one.shift, **one.facts}
        yield f"broken {one.rule}{f'.{one.detail}' if one.detail else ''}: {fields(who)}"
    for wrong in report.misreported:
        yield f"misreported {wrong.path}: says {wrong.reported}, is {wrong.actual}"
    if report.of_another_file:
        yield "note: made for a problem file of other bytes"
    for number, level in enumerate(report.levels):
        yield f"level {number + 1}: {level.value} ({fields(level.terms)})"
    short = sum(gap.missing for gap in report.shortfalls)
    outcome = "ok" if report.ok else "not ok"
    yield f"{outcome}: {len(report.shortfalls)} shifts short, {short} people missing to their min"


def plain(records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each record on a line of its own; lists of records inside it indented below."""
    for record in records:
        lists = {key: value for key, value in record.items() if value and _records(value)}
        yield fields({key: value for key, value in record.items() if key not in lists})
        for key, values in lists.items():
            yield from (f"  {key}: {line}" for line in plain(values))


def comparison(found: Mapping[str, Any]) -> Iterator[str]:
    """What was changed, each level before and after, each place that is short before or after, and the outcome."""
    yield from (f"change: {fields(one)}" for one in found["changes"])
    for number, level in enumerate(found["levels"]):
        before, after = level["before"]["value"], level["after"]["value"]
        proof = "" if level["certain"] else f", proved only {level['before']['bound']} -> {level['after']['bound']}"
        yield f"level {number + 1} ({','.join(level['terms'])}): {before} -> {after}{proof}"
    for shift in found["shifts"]:
        yield f"shift {shift['shift']}: {fields(shift['before']) or '-'} -> {fields(shift['after']) or '-'}"
    certain = "proved" if found["certain"] else "not proved"
    covered = f"covers {found['covered']} of {found['missing_before']} short places"
    yield f"{found['status']}: {found['verdict']} ({certain}), {covered}, {found['moved']} turns moved"


def fields(record: Mapping[str, Any]) -> str:
    """`name=value` for everything that says something."""
    return " ".join(f"{key}={_word(value)}" for key, value in record.items() if value not in (None, [], {}))


def _records(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, dict) for one in value)


def _word(value: object) -> str:
    if isinstance(value, Mapping):
        return f"({fields(value)})"
    if isinstance(value, list | tuple | set | frozenset):
        words = [_word(one) for one in value]
        return ",".join(words[:MOST_NAMED]) + (f",… ({len(words)} in all)" if len(words) > MOST_NAMED else "")
    return str(value)
