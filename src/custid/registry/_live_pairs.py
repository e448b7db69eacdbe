"""Which pairs of units there are, and what they weigh, while units come and go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from custid.blocking.atoms import hashed_atoms
from custid.blocking.live_atoms import LiveAtoms
from custid.engines._given_model import fitting_table
from custid.engines.live_weigher import LiveWeigher
from custid.engines.options import ResolveOptions
from custid.index.atoms import AtomKind, UnitAtoms
from custid.index.candidate_index import CandidateIndex
from custid.registry._unit_weights import UnitWeights
from custid.registry.near_pairs import Pairs
from custid.scoring.match_model import TrainedMatchModel
from custid.table.record_table import RecordTable

__all__ = ["LivePairs", "Partners", "balance", "keys_of"]

_SHIFT: Final = 32
_LOWER: Final = (1 << _SHIFT) - 1


class LivePairs:
    """The index of all units, and their weights.

    Parameters
    ----------
    index : CandidateIndex
        Tells which pairs there are.
    weights : UnitWeights
        Weighs them.
    most_atoms : int
        As many atoms as any unit of the index has, or more.
    """

    def __init__(self, index: CandidateIndex, weights: UnitWeights, most_atoms: int) -> None:
        self.index = index
        self.weights = weights
        self.most_atoms = most_atoms

    @property
    def most_partners(self) -> int:
        """As many candidates as any unit has, or more: all blocks of its keys full, with no other unit in common."""
        return self.most_atoms * (self.most_atoms + 1) // 2 * (self.index.block_cap - 1)

    def add_to_index(self, units: Sequence[int], atoms: UnitAtoms) -> None:
        """Add units to the index, given their atoms."""
        self.index.add(units, atoms)
        self.most_atoms = max(self.most_atoms, int(np.diff(atoms.starts).max(initial=0)))

    def remove(self, units: Sequence[int]) -> None:
        """Remove units."""
        for unit in units:
            self.index.remove(unit)
        self.weights.remove(units)

    @classmethod
    def of(
        cls,
        model: TrainedMatchModel,
        options: ResolveOptions,
        atoms: LiveAtoms,
        held: tuple[RecordTable, NDArray[np.int64]] | None,
    ) -> LivePairs:
        """Return those of the units of a table, given the unit at each of its places; of none when there is none."""
        cap = options.block_limits(model.block_cap)[0]
        index = CandidateIndex(AtomKind.of_columns(atoms.kinds), block_cap=cap)
        if held is None:
            return cls(index, UnitWeights(LiveWeigher(model), np.empty(0, np.int32)), 0)
        table, units = held
        of_units = UnitAtoms.of_hashed(hashed_atoms(fitting_table(model, table)), len(units))
        index.add(units, of_units, n_threads=options.n_threads)
        most_atoms = int(np.diff(of_units.starts).max(initial=0))
        return cls(index, UnitWeights.of_table(LiveWeigher.of_table(model, table), units), most_atoms)


class Partners:
    """Candidates of units, each looked up once."""

    def __init__(self, index: CandidateIndex, n_threads: int) -> None:
        self._index, self._n_threads = index, n_threads
        self._known: dict[int, NDArray[np.int64]] = {}

    def of_each(self, units: Collection[int]) -> list[NDArray[np.int64]]:
        """Return the units that each of some units has a candidate pair with, ascending."""
        unknown = [unit for unit in units if unit not in self._known]
        if unknown:
            ends, found = self._index.partners_of(unknown, n_threads=self._n_threads)
            others = found.astype(np.int64)
            for unit, (first, last) in zip(unknown, pairwise(ends.tolist()), strict=True):
                self._known[unit] = others[first:last]
        return [self._known[unit] for unit in units]

    def of_all(self, units: Collection[int]) -> NDArray[np.int64]:
        """Return the units that some units have candidate pairs with, each as often as it has them."""
        return np.concatenate([np.empty(0, np.int64), *self.of_each(units)])

    def pairs_of(self, units: Collection[int]) -> Pairs:
        """Return the candidate pairs of some units, each once, ascending, the smaller unit first."""
        others = self.of_each(units)
        one = np.repeat(np.fromiter(units, np.int64, len(units)), list(map(len, others)))
        other = np.concatenate([np.empty(0, np.int64), *others])
        keys = np.unique((np.minimum(one, other) << _SHIFT) | np.maximum(one, other))
        return np.column_stack([keys >> _SHIFT, keys & _LOWER])

    def pairs_within(self, units: Collection[int]) -> Pairs:
        """Return the candidate pairs of some units among themselves, each once, the smaller unit first."""
        pairs = self.pairs_of(units)
        return pairs[np.isin(pairs, np.fromiter(units, np.int64, len(units))).all(axis=1)]


def keys_of(pairs: Pairs) -> NDArray[np.int64]:
    """Return a number for each pair, which grows with the first unit, then with the second one."""
    return (pairs[:, 0] << _SHIFT) | pairs[:, 1]


def balance(gained: Sequence[NDArray[np.uint64]], lost: Sequence[NDArray[np.uint64]]) -> tuple[Pairs, Pairs]:
    """Return the pairs that are gained, and those that are lost, all in all, ascending, the smaller unit first."""
    if len(gained) == 1:
        # Of units that all come, or all go, no pair does both.
        return gained[0].astype(np.int64), lost[0].astype(np.int64)
    none = np.empty((0, 2), np.uint64)
    come = keys_of(np.concatenate([none, *gained]).astype(np.int64))
    gone = keys_of(np.concatenate([none, *lost]).astype(np.int64))
    key, inverse = np.unique(np.concatenate([come, gone]), return_inverse=True)
    total = np.bincount(inverse, np.repeat([1.0, -1.0], [len(come), len(gone)]), len(key))
    pairs = np.column_stack([key >> _SHIFT, key & _LOWER])
    return pairs[total > 0], pairs[total < 0]
