"""Clusters of live records, kept equal to those of a batch as records come, change and go.

Invariant: after every change the groups of records are those of one batch over the live records with the match model,
however they came about.  What a change cannot reach is not looked at again; `docs/decisions/0030` argues why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import exp2
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.blocking.atoms import hashed_atoms
from custid.clustering._thresholds import threshold_bits
from custid.clustering.attachment import AttachmentOptions, at_costs
from custid.clustering.contraction import contract
from custid.clustering.pair_graph import PairGraph
from custid.engines._given_model import fitting_table
from custid.engines.options import ResolveOptions
from custid.engines.table_weigher import TableWeigher, has_persons
from custid.errors import ConfigurationError
from custid.index.atoms import AtomKind, UnitAtoms
from custid.registry._attached import AttachedClusters
from custid.registry.live_units import LiveUnits, table_of_units
from custid.registry.record_keys import RecordKey
from custid.registry.rows import Row
from custid.scoring.match_model import TrainedMatchModel

if TYPE_CHECKING:
    from custid.index.candidate_index import CandidateIndex

__all__ = ["Effort", "Matcher"]

_MANY_ARRIVALS = 0.5
"""Share of the units that have to arrive at once for all pairs to be listed anew: telling what each one changes takes
about twice the time of listing its pairs."""

_LEAST_NEAR_BITS = -16.0
"""Weights from which on pairs are kept.  All others of a unit have odds of 1 together at most, as long as it has no
more than 65,536 of them."""

_MOST_BITS = 40.0
_STEP_BITS = 2.0**-19


@frozen(kw_only=True)
class Effort:
    """How far the last change reached.

    Attributes
    ----------
    n_touched : int
        Units that came, or that have gained or lost a candidate pair.
    n_contracted : int
        Units of the components that were contracted again.
    n_weighed : int
        Fragments that were weighed against their neighbors again.
    """

    n_touched: int = 0
    n_contracted: int = 0
    n_weighed: int = 0


class _Weighed:
    """Some units in a table, and the weights of their pairs."""

    def __init__(self, model: TrainedMatchModel, units: LiveUnits, chosen: Iterable[int]) -> None:
        self.units = sorted(chosen)
        table, places = table_of_units([units.content_of(unit) for unit in self.units])
        self.weigher = TableWeigher(model, table)
        self.place = dict(zip(self.units, places.tolist(), strict=True))

    def graph(self, pairs: Iterable[tuple[int, int]]) -> PairGraph:
        """Return the weighed graph of some pairs, each given once or more."""
        placed = sorted({tuple(sorted((self.place[one], self.place[other]))) for one, other in pairs})
        ends = np.array(placed, np.int32).reshape(-1, 2)
        left, right = np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1])
        return PairGraph(
            left_idx=left,
            right_idx=right,
            weight_bits=self.weigher.weight_bits(left, right),
            tie_break=self.weigher.table.content_hash,
            labels=tuple(self.weigher.labels.values()),
        )

    def clusters(self, numbers: NDArray[np.int64]) -> list[frozenset[int]]:
        """Return the units of each cluster."""
        members: defaultdict[int, list[int]] = defaultdict(list)
        for unit in self.units:
            members[int(numbers[self.place[unit]])].append(unit)
        return [frozenset(each) for each in members.values()]


class Matcher:
    """Groups live records.

    Parameters
    ----------
    model : TrainedMatchModel
        The match model; it has to tell its attributes and its cap of blocks.
    options : ResolveOptions, optional
        Settings; those matter that :mod:`custid.registry.match_options` keeps.

    Raises
    ------
    ConfigurationError
        If the model was trained by a release that did not keep what a batch must not decide.

    Notes
    -----
    It holds all canonical values, the index of candidates, the weights of pairs that are not hopeless and the
    clusters in memory; other pairs are found and weighed again when they are needed.  One thread at a time may use it.
    """

    def __init__(self, model: TrainedMatchModel, options: ResolveOptions | None = None) -> None:
        from custid.index.candidate_index import CandidateIndex  # noqa: PLC0415  # loads numba

        options = options or ResolveOptions()
        if model.attributes is None or model.block_cap is None:
            raise ConfigurationError(
                "match model: expected one that tells its attributes and its cap of blocks, got one that does not.",
                hint="Train it anew with this release.",
            )
        self._model = model
        self._options = options
        self._threshold_bits = threshold_bits(options.match_probability)
        attachment: AttachmentOptions | None = None
        if options.attachment is not None and has_persons(model.outputs):
            attachment = at_costs(options.attachment, options.match_probability)
        self._units = LiveUnits(model.attributes, options.generic)
        kinds = AtomKind.of_columns(hashed_atoms(fitting_table(model, table_of_units([Row()])[0])))
        self._index: CandidateIndex = CandidateIndex(kinds, block_cap=options.block_limits(model.block_cap)[0])
        self._near: defaultdict[int, dict[int, float]] = defaultdict(dict)
        self._clusters = AttachedClusters(attachment)
        self._copy_bits: dict[int, float] = {}
        self.effort = Effort()

    @property
    def records(self) -> Collection[RecordKey]:
        """The live records."""
        return self._units.records

    def update(self, arriving: Mapping[RecordKey, Row], departing: Iterable[RecordKey] = ()) -> set[RecordKey]:
        """Take in records that are new or say something else, and let others go.

        Parameters
        ----------
        arriving : Mapping of RecordKey to Row
            What records say from now on.
        departing : iterable of RecordKey
            Records that are no more; those not held are passed over.

        Returns
        -------
        set of RecordKey
            Live records whose groups may be others than before; all records of these groups are among them.
        """
        changes = self._units.change(arriving, departing)
        for unit in changes.departed:
            self._copy_bits.pop(unit, None)
        if len(changes.arrived) > _MANY_ARRIVALS * len(self._units):
            touched = self._list_all_pairs(changes.departed, changes.arrived)
        else:
            touched = self._change_pairs(changes.departed, changes.arrived)
        affected = self._component_of(touched)
        n_weighed, moved = self._recluster(affected, touched, changes.departed)
        moved |= self._clusters.together_with(changes.recounted)
        self.effort = Effort(n_touched=len(touched), n_contracted=len(affected), n_weighed=n_weighed)
        return {key for unit in moved for key in self._units.records_of(unit)}

    def groups_of(self, records: Iterable[RecordKey]) -> list[frozenset[RecordKey]]:
        """Return the groups that have some of the records, each once.

        Records of one content are groups of their own where being equal says too little, and nothing else is known.
        """
        found: list[frozenset[RecordKey]] = []
        seen: set[RecordKey] = set()
        for record in records:
            if record in seen:
                continue
            group = self._group_of(record)
            seen |= group
            found.append(group)
        return found

    def _group_of(self, record: RecordKey) -> frozenset[RecordKey]:
        unit = self._units.unit_of(record)
        together = self._clusters.together_with([unit])
        if (
            len(together) == 1
            and self._units.n_records_of(unit) > 1
            and self._bits_of_copies(unit) <= self._threshold_bits
        ):
            return frozenset({record})
        return frozenset(key for each in together for key in self._units.records_of(each))

    def _bits_of_copies(self, unit: int) -> float:
        """Return the weight of two records of one unit."""
        if unit not in self._copy_bits:
            self._copy_bits[unit] = float(_Weighed(self._model, self._units, [unit]).weigher.copy_bits()[0])
        return self._copy_bits[unit]

    def weights_among(self, records: Sequence[RecordKey]) -> dict[tuple[int, int], float]:
        """Return the weights of the pairs of some records that are compared, by their places, the smaller one first."""
        units = [self._units.unit_of(record) for record in records]
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, unit in enumerate(units):
            places[unit].append(place)
        weighed = _Weighed(self._model, self._units, places)
        graph = weighed.graph(self._pairs_within(places.keys()))
        unit_at = {place: unit for unit, place in weighed.place.items()}
        found = {}
        for left, right, bits in zip(
            graph.left_idx.tolist(), graph.right_idx.tolist(), graph.weight_bits.tolist(), strict=True
        ):
            for one in places[unit_at[left]]:
                for other in places[unit_at[right]]:
                    found[min(one, other), max(one, other)] = bits
        for unit, held in places.items():
            for position, one in enumerate(held):
                for other in held[position + 1 :]:
                    found[one, other] = self._bits_of_copies(unit)
        return found

    # Pairs

    def _atoms_of(self, units: Sequence[int]) -> UnitAtoms:
        table, places = table_of_units([self._units.content_of(unit) for unit in units])
        return UnitAtoms.of_hashed(hashed_atoms(fitting_table(self._model, table)), len(units)).of(places)

    def _partners_of(self, unit: int) -> list[int]:
        partners: list[int] = self._index.partners(unit).tolist()
        return partners

    def _pairs_within(self, units: Collection[int]) -> set[tuple[int, int]]:
        """Return the candidate pairs of some units among themselves, the smaller unit first."""
        return {(unit, other) for unit in units for other in self._partners_of(unit) if unit < other and other in units}

    def _list_all_pairs(self, departed: Sequence[int], arrived: Sequence[int]) -> set[int]:
        for unit in departed:
            self._index.remove(unit)
        self._index.add(list(arrived), self._atoms_of(arrived))
        units = {*arrived, *self._clusters.units}.difference(departed)
        self._near.clear()
        self._weigh(self._pairs_within(units))
        return units

    def _change_pairs(self, departed: Sequence[int], arrived: Sequence[int]) -> set[int]:
        """Bring index and positive pairs up to date; return the units that are there and have come or met a change."""
        balance: defaultdict[tuple[int, int], int] = defaultdict(int)
        for unit in departed:
            told = self._index.changes_by_departure(unit)
            _count(balance, told.gained, told.lost)
            self._index.remove(unit)
        atoms = self._atoms_of(arrived) if arrived else None
        for number, unit in enumerate(arrived):
            own = atoms.of([number])  # type: ignore[union-attr]  # there are some where there are arrivals
            told = self._index.changes_by_arrival(unit, own)
            _count(balance, told.gained, told.lost)
            self._index.add([unit], own)
        for (one, other), total in balance.items():
            if total < 0:
                self._near[one].pop(other, None)
                self._near[other].pop(one, None)
        for unit in departed:
            self._near.pop(unit, None)
        self._weigh([pair for pair, total in balance.items() if total > 0])
        touched = {unit for pair, total in balance.items() if total for unit in pair}
        return (touched | set(arrived)).difference(departed)

    def _weigh(self, pairs: Collection[tuple[int, int]]) -> None:
        """Weigh pairs that are new, and keep the weights that may matter by themselves."""
        if not pairs:
            return
        weighed = _Weighed(self._model, self._units, {unit for pair in pairs for unit in pair})
        graph = weighed.graph(pairs)
        unit_at = {place: unit for unit, place in weighed.place.items()}
        for place in np.flatnonzero(graph.weight_bits >= _LEAST_NEAR_BITS).tolist():
            one, other = unit_at[int(graph.left_idx[place])], unit_at[int(graph.right_idx[place])]
            self._near[one][other] = self._near[other][one] = float(graph.weight_bits[place])

    # Clusters

    def contracted(self, graph: PairGraph) -> NDArray[np.int64]:
        """Return the cluster of each unit of a graph, int64, shape (n_units,)."""
        return contract(graph, self._options.contraction, match_probability=self._options.match_probability)

    def _component_of(self, touched: Iterable[int]) -> set[int]:
        """Return the units that chains of pairs that may join by themselves join with some."""
        # Below one half they may be negative; contraction rounds its threshold by less than a step.
        least = 0.0 if self._threshold_bits >= 0 else self._threshold_bits - _STEP_BITS
        found = set(touched)
        todo = list(found)
        while todo:
            near = self._near.get(todo.pop(), {})
            new = [other for other, bits in near.items() if bits > least and other not in found]
            found.update(new)
            todo.extend(new)
        return found

    def _recluster(self, affected: set[int], touched: set[int], departed: Sequence[int]) -> tuple[int, set[int]]:
        """Contract and attach again; return the fragments weighed, and the units whose groups were looked at."""
        clusters: list[frozenset[int]] = []
        if affected:
            weighed = _Weighed(self._model, self._units, affected)
            graph = weighed.graph(self._pairs_within(affected))
            clusters = weighed.clusters(self.contracted(graph))
        dirty, near = self._clusters.replace(clusters, touched, departed)
        fragments = self._clusters.fragments_near(dirty, self._partners_of, self._odds_outside)
        neighbors = self._clusters.units_beside(fragments, self._partners_of)
        if fragments:
            weighed = _Weighed(self._model, self._units, neighbors)
            own = {unit for each in fragments for unit in self._clusters.units_of(each)}
            pairs = {(unit, other) for unit in own for other in self._partners_of(unit)}
            self._clusters.find_targets(fragments, weighed.graph(pairs), weighed.place)
        return len(fragments), self._clusters.settle(
            dirty, fragments, near, lambda chosen: _labeled(self._model, self._units, chosen)
        )

    def _odds_outside(self, unit: int, cluster: frozenset[int]) -> float:
        """Return what the odds of a unit with all others but those of its cluster are at most."""
        near = self._near.get(unit, {}).items()
        known = sum(exp2(min(bits, _MOST_BITS)) for other, bits in near if other not in cluster)
        n_pairs = len(self._units)
        if n_pairs > exp2(-_LEAST_NEAR_BITS):
            n_pairs = len(self._partners_of(unit))
        return known + n_pairs * exp2(_LEAST_NEAR_BITS)


def _labeled(model: TrainedMatchModel, units: LiveUnits, chosen: Iterable[int]) -> tuple[PairGraph, dict[int, int]]:
    """Return a graph of some units without pairs: their labels tell which must not meet."""
    weighed = _Weighed(model, units, chosen)
    return weighed.graph(()), weighed.place


def _count(balance: defaultdict[tuple[int, int], int], gained: NDArray[np.uint64], lost: NDArray[np.uint64]) -> None:
    for pairs, sign in ((gained, 1), (lost, -1)):
        for one, other in pairs.tolist():
            balance[one, other] += sign
