"""Which pairs of units there are, and what they weigh, while units come and go."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.blocking.atoms import hashed_atoms
from custid.blocking.live_atoms import LiveAtoms
from custid.engines._given_model import fitting_table
from custid.engines.live_weigher import LiveWeigher
from custid.engines.options import ResolveOptions
from custid.index.atoms import AtomKind, UnitAtoms
from custid.index.candidate_index import CandidateIndex
from custid.registry._unit_weights import Pairs, UnitWeights, pairs_array
from custid.scoring.match_model import TrainedMatchModel
from custid.table.record_table import RecordTable

__all__ = ["LivePairs", "Partners"]


@frozen(kw_only=True, eq=False)
class LivePairs:
    """The index of all units, and their weights.

    Attributes
    ----------
    index : CandidateIndex
        Tells which pairs there are.
    weights : UnitWeights
        Weighs them.
    """

    index: CandidateIndex
    weights: UnitWeights

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
            return cls(index=index, weights=UnitWeights(LiveWeigher(model), np.empty(0, np.int32)))
        table, units = held
        index.add(units, UnitAtoms.of_hashed(hashed_atoms(fitting_table(model, table)), len(units)))
        return cls(index=index, weights=UnitWeights.of_table(LiveWeigher.of_table(model, table), units))


class Partners:
    """Candidates of units, each looked up once."""

    def __init__(self, index: CandidateIndex) -> None:
        self._index = index
        self._known: dict[int, list[int]] = {}

    def of(self, unit: int) -> list[int]:
        """Return the units that a unit has a candidate pair with."""
        if unit not in self._known:
            self._known[unit] = self._index.partners(unit).tolist()
        return self._known[unit]

    def pairs_within(self, units: Collection[int]) -> Pairs:
        """Return the candidate pairs of some units among themselves, the smaller unit first."""
        return pairs_array(
            (unit, other) for unit in units for other in self.of(unit) if unit < other and other in units
        )

    def pairs_of(self, units: Collection[int]) -> Pairs:
        """Return the candidate pairs of some units; those among themselves twice."""
        return pairs_array((unit, other) for unit in units for other in self.of(unit))
