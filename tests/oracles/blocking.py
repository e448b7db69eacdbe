"""Candidate pairs by dictionaries of keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations, product
from typing import NamedTuple

__all__ = ["Kind", "blocks_by_rule", "candidate_pairs"]


class Kind(NamedTuple):
    """One kind of atom: its group, its name, whether it may stand alone, and the atoms of each unit."""

    group: str
    name: str
    may_stand_alone: bool
    atoms: Sequence[frozenset[int]]


def blocks_by_rule(kinds: Sequence[Kind]) -> dict[str, list[frozenset[int]]]:
    """Return the blocks of two units or more of each rule: sets of units that share a key."""
    rules: dict[str, list[frozenset[int]]] = {}
    for first in kinds:
        if first.may_stand_alone:
            rules[first.name] = _blocks(first.atoms)
        if first.group == "name":
            rules[f"{first.name} + {first.name}"] = _blocks(
                [{frozenset(pair) for pair in combinations(atoms, 2)} for atoms in first.atoms]
            )
    for first, second in combinations(kinds, 2):
        if first.group != second.group:
            rules[f"{first.name} + {second.name}"] = _blocks(
                [set(product(mine, others)) for mine, others in zip(first.atoms, second.atoms, strict=True)]
            )
    return rules


def candidate_pairs(
    kinds: Sequence[Kind], *, cap: int, budget: float, sources: Sequence[int] | None = None
) -> tuple[set[tuple[int, int]], int]:
    """Return the pairs of the largest cap whose pairs fit the budget, and that cap; 2 is the smallest one."""
    smallest: dict[tuple[int, int], int] = {}
    for blocks in blocks_by_rule(kinds).values():
        for block in blocks:
            for left, right in combinations(sorted(block), 2):
                if sources is None or sources[left] != sources[right]:
                    smallest[left, right] = min(len(block), smallest.get((left, right), len(block)))
    while True:
        pairs = {pair for pair, size in smallest.items() if size <= cap}
        if len(pairs) <= budget or cap == 2:
            return pairs, cap
        cap -= 1


def _blocks(keys: Iterable[Iterable[Hashable]]) -> list[frozenset[int]]:
    units: dict[Hashable, set[int]] = defaultdict(set)
    for unit, keys_of_unit in enumerate(keys):
        for key in keys_of_unit:
            units[key].add(unit)
    return [frozenset(block) for block in units.values() if len(block) > 1]
