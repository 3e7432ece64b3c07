"""Conflicts as cliques: "at most one of these five" is far stronger to a solver than ten "not both of these two"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def cliques(things: Sequence[T], conflict: Callable[[T, T], bool]) -> list[list[T]]:
    """Groups of pairwise conflicting things that together cover every conflict, large ones first found greedily."""
    rivals: list[set[int]] = [set() for _ in things]
    for one in range(len(things)):
        for other in range(one):
            if conflict(things[other], things[one]):
                rivals[one].add(other)
                rivals[other].add(one)
    open_edges = {(other, one) for one, others in enumerate(rivals) for other in others if other < one}
    found = []
    while open_edges:
        clique = _grown(min(open_edges), rivals)
        open_edges -= {(low, high) for low in clique for high in clique if low < high}
        found.append([things[index] for index in sorted(clique)])
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
