"""Conflicts as cliques: "at most one of these five" is far stronger to a solver than ten "not both of these two"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, combinations
from typing import TypeVar

T = TypeVar("T")


def cliques(things: Sequence[T], conflict: Callable[[T, T], bool]) -> list[list[T]]:
    """Groups of pairwise conflicting things that together cover every conflict, large ones found greedily."""
    rivals: list[set[int]] = [set() for _ in things]
    for one in range(len(things)):
        for other in range(one):
            if conflict(things[other], things[one]):
                rivals[one].add(other)
                rivals[other].add(one)
    return [[things[index] for index in clique] for clique in _covering(rivals)]


def cliques_of(conflicts: Sequence[tuple[str, str]]) -> list[list[str]]:
    """The same for names, of which the conflicts are known."""
    names = list(dict.fromkeys(chain.from_iterable(conflicts)))
    number = {name: at for at, name in enumerate(names)}
    rivals: list[set[int]] = [set() for _ in names]
    for one, other in conflicts:
        rivals[number[one]].add(number[other])
        rivals[number[other]].add(number[one])
    return [[names[at] for at in clique] for clique in _covering(rivals)]


def _covering(rivals: Sequence[set[int]]) -> list[list[int]]:
    """The same for numbers, of which the rivals of each are known."""
    covered: set[tuple[int, int]] = set()
    found = []
    for edge in sorted((other, one) for one, others in enumerate(rivals) for other in others if other < one):
        if edge not in covered:
            clique = sorted(_grown(edge, rivals))
            covered |= set(combinations(clique, 2))
            found.append(clique)
    return found


def _grown(edge: tuple[int, int], rivals: Sequence[set[int]]) -> set[int]:
    """A maximal clique around a conflict."""
    clique = set(edge)
    common = rivals[edge[0]] & rivals[edge[1]]
    while common:
        chosen = min(common, key=lambda index: (-len(rivals[index] & common), index))
        clique.add(chosen)
        common &= rivals[chosen]
    return clique
