"""The pairs of a sample of units, and how near to certain they are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.blocking._blocks import KeyFamily, Tally
from custid.blocking._finder import BlockFinder, DistinctBlocks, FamilyKind
from custid.blocking._lister import PairLister, largest_cap
from custid.blocking._proposal import PairArrays
from custid.kernels.shared_keys import sizes_of_keys, sum_evidence

__all__ = ["SampledPairs"]

_PENALTY_BITS = 6.0
_MOST_NEAR_CERTAIN = 1000


@frozen(eq=False)
class SampledPairs:
    """The pairs of sampled left units.

    Attributes
    ----------
    finder : BlockFinder
        The blocks of all units.
    lister : PairLister
        The pairs of the sample.
    tallies : sequence of Tally
        How many blocks there are, by family.
    n_units : int
        Number of units.
    one_in : int
        The sample has one in so many units.
    block_cap : int
        Units in the largest blocks looked at.
    """

    finder: BlockFinder
    lister: PairLister
    tallies: Sequence[Tally]
    n_units: int
    one_in: int
    block_cap: int

    @classmethod
    def find(
        cls,
        families: Sequence[KeyFamily],
        n_units: int,
        sources: NDArray[np.int32] | None,
        block_cap: int,
        one_in: int,
        n_threads: int,
    ) -> SampledPairs:
        """Look for the pairs of a sample."""
        finder = BlockFinder(families, n_units, block_cap, n_threads)
        blocks = DistinctBlocks(n_units, block_cap, math.inf, sources, one_in)
        tallies = finder.find(blocks)
        lister = PairLister(
            blocks.close(n_threads), n_units, block_cap, sources=sources, one_in=one_in, n_threads=n_threads
        )
        return cls(finder, lister, tallies, n_units, one_in, block_cap)

    def cap_within(self, budget: float) -> int:
        """Return the largest cap that is expected to fit the budget."""
        return largest_cap(self.lister.counts().sum(axis=0) * self.one_in, budget, self.block_cap)

    def n_pairs_of_units(self, cap: int) -> NDArray[np.int64]:
        """Return how many pairs each sampled unit has within a cap, as the left one."""
        left, _ = self._pairs(cap)
        return np.bincount(left // self.one_in, minlength=-(-self.n_units // self.one_in))

    def n_keys(self) -> dict[str, int]:
        """Return about how many keys all units have, by family."""
        sampled = np.arange(0, self.n_units, self.one_in)
        begins, rows = self.finder.rows.begins, self.finder.rows
        n_kinds = len(self.finder.columns)
        lengths = begins[sampled + 1] - begins[sampled]
        ends = np.cumsum(lengths)
        atoms = rows.atoms[np.arange(int(lengths.sum())) + np.repeat(begins[sampled] - (ends - lengths), lengths)]
        cells = np.repeat(np.arange(len(sampled)) * n_kinds, lengths) + rows.kind_of_atom[atoms]
        counts = np.bincount(cells, minlength=len(sampled) * n_kinds).reshape(len(sampled), n_kinds)
        number = {column.name: kind for kind, column in enumerate(self.finder.columns)}
        scale = self.n_units / max(len(sampled), 1)
        return {
            family.name: round(scale * _n_keys(family, counts, number))
            for kind in self.finder.kinds
            for family in kind.families
        }

    def _pairs(self, cap: int) -> PairArrays:
        parts = [(np.zeros(0, np.int32), np.zeros(0, np.int32)), *self.lister.ranges(cap)]
        return np.concatenate([left for left, _ in parts]), np.concatenate([right for _, right in parts])

    def recall(self, cap: int) -> tuple[NDArray[np.bool_], dict[str, float]]:
        """Tell which near-certain pairs any rule holds within a cap, and which share of them each rule holds."""
        left, right = self._near_certain()
        if not len(left):
            return np.zeros(0, np.bool_), {}
        pair_of_key, outer, other = self._common_keys(left, right)
        is_held = np.zeros(len(left), np.bool_)
        recall = {}
        for kind in self.finder.kinds:
            last = kind.first_atom + len(kind.lists.starts) - 1
            mine = np.flatnonzero((kind.first_atom <= outer) & (outer < last))
            mine = mine[np.argsort(outer[mine], kind="stable")]
            sizes = self._sizes(kind, outer[mine], other[mine])
            kinds = np.where(other[mine] < 0, len(kind.numbers) - 1, self.finder.rows.kind_of_atom[other[mine]])
            rule = kind.numbers[kinds]
            for number, family in enumerate(kind.families, start=1):
                held = np.unique(pair_of_key[mine[(rule == number) & (sizes <= cap)]])
                recall[family.name] = len(held) / len(left)
                is_held[held] = True
        return is_held, recall

    def _near_certain(self) -> PairArrays:
        """Return some near-certain pairs, evenly chosen."""
        left, right = self._pairs(self.block_cap)
        rows, columns = self.finder.rows, self.finder.columns
        groups = {name: number for number, name in enumerate(sorted({column.group for column in columns}))}
        n_with_atom = np.concatenate([np.zeros(0), *(np.diff(column.starts) for column in columns)])
        evidence = np.empty(len(left))
        sum_evidence(
            rows,
            np.array([groups[column.group] for column in columns], np.int32),
            np.log2(self.n_units / n_with_atom),
            _PENALTY_BITS,
            left,
            right,
            np.empty((3, len(groups))),
            evidence,
        )
        near = np.flatnonzero(evidence > 2 * math.log2(max(self.n_units, 2)))
        chosen = near[
            np.arange(min(len(near), _MOST_NEAR_CERTAIN)) * len(near) // min(max(len(near), 1), _MOST_NEAR_CERTAIN)
        ]
        return left[chosen], right[chosen]

    def _common_keys(
        self, left: NDArray[np.int32], right: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """Return the pair, the rarer and the other atom of each key in common; -1 for an atom alone."""
        rows = self.finder.rows
        parts = []
        for pair, (one, two) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
            of_one = rows.atoms[rows.begins[one] : rows.begins[one + 1]]
            common = np.intersect1d(of_one, rows.atoms[rows.begins[two] : rows.begins[two + 1]]).astype(np.int64)
            first, second = np.triu_indices(len(common), 1)
            outer, other = np.append(common[first], common), np.append(common[second], np.full(len(common), -1))
            parts.append(np.stack([np.full(len(outer), pair), outer, other]))
        pair_of_key, outer, other = np.concatenate(parts, axis=1)
        return pair_of_key, outer, other.astype(np.int32)

    def _sizes(self, kind: FamilyKind, outer: NDArray[np.int64], other: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the size of the block of each key, given the keys of a kind in the order of their rarer atoms."""
        atoms, starts = np.unique(outer, return_index=True)
        n_most = int(np.diff(kind.lists.starts).max(initial=0))
        room, _ = self.finder.room(n_most + min(n_most * kind.limits[0], kind.limits[1]))
        sizes = np.empty(len(outer), np.int64)
        with np.errstate(over="ignore"):
            sizes_of_keys(
                kind.lists,
                kind.first_atom,
                (np.append(starts, len(outer)), other),
                atoms,
                self.finder.rows,
                room,
                sizes,
            )
        return sizes


def _n_keys(family: KeyFamily, counts: NDArray[np.int64], number: dict[str, int]) -> float:
    """Return how many keys of a family some units have, given how many atoms of each kind."""
    first = counts[:, number[family.first.name]]
    if family.second is None:
        return float(first.sum())
    if family.second is family.first:
        return float((first * (first - 1) // 2).sum())
    return float((first * counts[:, number[family.second.name]]).sum())
