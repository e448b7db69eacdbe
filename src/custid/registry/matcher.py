"""Clusters of live records, kept equal to those of a batch as records come, change and go.

Invariant: after every change the groups of records are those of one batch over the live records with the match model,
however they came about.  What a change cannot reach is not looked at again; `docs/decisions/0030` argues why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
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
from custid.registry._whole_match import match_table
from custid.registry.keyed_rows import KeyedRows
from custid.registry.live_units import LiveUnits, UnitChanges, table_of_units
from custid.registry.near_pairs import NearPairs
from custid.registry.record_keys import RecordKey
from custid.registry.rows import Row
from custid.scoring.match_model import TrainedMatchModel

if TYPE_CHECKING:
    from custid.index.candidate_index import CandidateIndex
    from custid.table.record_table import RecordTable

__all__ = ["Effort", "Matcher"]

_MANY_ARRIVALS = 0.5
"""Share of the units that have to arrive at once for all pairs to be listed anew: telling what each one changes takes
about twice the time of listing its pairs."""

_LEAST_NEAR_BITS = -16.0
"""Weights from which on pairs are kept.  All others of a unit have odds of 1 together at most, as long as it has no
more than 65,536 of them."""

_MOST_BITS = 40.0
_STEP_BITS = 2.0**-19
_PLACES = np.array([1 << 32, 1], np.uint64)

Pairs = NDArray[np.int64]
"""Two units for each pair, shape (n_pairs, 2)."""


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
        self._sorted = np.array(self.units, np.int64)
        table, self._places = table_of_units([units.content_of(unit) for unit in self.units])
        self.weigher = TableWeigher(model, table)
        self.place = dict(zip(self.units, self._places.tolist(), strict=True))

    def graph(self, pairs: Pairs) -> PairGraph:
        """Return the weighed graph of some pairs, each given once or more."""
        ends = np.sort(self._places[np.searchsorted(self._sorted, pairs)], axis=1)
        n_units = max(len(self.units), 1)
        left, right = (
            each.astype(np.int32) for each in np.divmod(np.unique(ends[:, 0] * n_units + ends[:, 1]), n_units)
        )
        return PairGraph(
            left_idx=left,
            right_idx=right,
            weight_bits=self.weigher.weight_bits(left, right),
            tie_break=self.weigher.table.content_hash,
            labels=tuple(self.weigher.labels.values()),
        )

    def unit_at(self) -> NDArray[np.int64]:
        """Return the unit at each place."""
        found = np.empty(len(self.units), np.int64)
        found[self._places] = self._sorted
        return found

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
        self._model, self._options = model, options
        self._threshold_bits = threshold_bits(options.match_probability)
        # Below one half they may be negative; contraction rounds its threshold by less than a step.
        self._joining_bits = 0.0 if self._threshold_bits >= 0 else self._threshold_bits - _STEP_BITS
        attachment: AttachmentOptions | None = None
        if options.attachment is not None and has_persons(model.outputs):
            attachment = at_costs(options.attachment, options.match_probability)
        self._units = LiveUnits(model.attributes, options.generic, options.n_threads)
        kinds = AtomKind.of_columns(hashed_atoms(fitting_table(model, table_of_units([Row()])[0])))
        self._index: CandidateIndex = CandidateIndex(kinds, block_cap=options.block_limits(model.block_cap)[0])
        self._near = NearPairs()
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
        said = KeyedRows.of(arriving)
        changed, table = self._units.changed_rows(said)
        leaving = [key for key in departing if key in self._units and key not in said]
        is_much = len(changed) > _MANY_ARRIVALS * (len(self._units.records) + len(changed))
        if is_much or self._units.turns_kinds(said.namings(changed), (*leaving, *changed)):
            changes, table, units = self._units.remake(said, leaving, table)
            moved = self._match_all(changes, table, units)
        else:
            changes = self._units.change(said.chosen(changed), leaving)
            touched, seeds = self._change_pairs(changes.departed, changes.arrived)
            moved = self._recluster(seeds, touched, changes.departed)
        for unit in changes.departed:
            self._copy_bits.pop(unit, None)
        moved |= self._clusters.together_with(changes.recounted)
        self._weigh_copies(moved)
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
            self._weigh_copies([unit])
        return self._copy_bits[unit]

    def _weigh_copies(self, units: Iterable[int]) -> None:
        """Weigh the records of units that have several with one another."""
        several = [unit for unit in units if unit not in self._copy_bits and self._units.n_records_of(unit) > 1]
        if several:
            weighed = _Weighed(self._model, self._units, several)
            self._copy_bits.update(zip(weighed.unit_at().tolist(), weighed.weigher.copy_bits().tolist(), strict=True))

    def weights_among(self, records: Sequence[RecordKey]) -> dict[tuple[int, int], float]:
        """Return the weights of the pairs of some records that are compared, by their places, the smaller one first."""
        units = [self._units.unit_of(record) for record in records]
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, unit in enumerate(units):
            places[unit].append(place)
        weighed = _Weighed(self._model, self._units, places)
        graph = weighed.graph(_Partners(self._index).pairs_within(places))
        unit_at = weighed.unit_at()
        found = {}
        for left, right, bits in zip(
            unit_at[graph.left_idx].tolist(), unit_at[graph.right_idx].tolist(), graph.weight_bits.tolist(), strict=True
        ):
            for one in places[left]:
                for other in places[right]:
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

    def _match_all(self, changes: UnitChanges, table: RecordTable, units: NDArray[np.int64]) -> set[int]:
        """Let the batch match all units; return those that are together with others than before."""
        for unit in changes.departed:
            self._index.remove(unit)
        atoms = UnitAtoms.of_hashed(hashed_atoms(fitting_table(self._model, table)), len(units))
        n_numbers = self._units.n_numbers
        place = np.empty(n_numbers, np.int64)
        place[units] = np.arange(len(units))
        self._index.add(list(changes.arrived), atoms.of(place[list(changes.arrived)]))
        found = match_table(table, self._model, self._options)
        near = np.flatnonzero(found.graph.weight_bits >= _LEAST_NEAR_BITS)
        self._near = NearPairs.of_pairs(
            units[found.graph.left_idx[near]],
            units[found.graph.right_idx[near]],
            found.graph.weight_bits[near],
            n_numbers,
        )
        before = self._clusters.roots(n_numbers)
        # A number that was given anew is another unit's.
        before[list(changes.arrived)] = -1
        self._clusters.replace_all(units, found.cluster, found.targets, found.root)
        after = self._clusters.roots(n_numbers)
        self.effort = Effort(n_touched=len(units), n_contracted=len(units), n_weighed=len(found.root))
        return set(_regrouped(before, after).tolist())

    def _change_pairs(self, departed: Sequence[int], arrived: Sequence[int]) -> tuple[set[int], set[int]]:
        """Bring index and near pairs up to date.

        Returns
        -------
        touched : set of int
            Units that are there and have come or met a change.
        seeds : set of int
            Those of them whose chains of positive pairs, or the pairs inside of these, have changed.
        """
        gained, lost = [], []
        for unit in departed:
            told = self._index.changes_by_departure(unit)
            gained.append(told.gained)
            lost.append(told.lost)
            self._index.remove(unit)
        atoms = self._atoms_of(arrived) if arrived else None
        for number, unit in enumerate(arrived):
            own = atoms.of([number])  # type: ignore[union-attr]  # there are some where there are arrivals
            told = self._index.changes_by_arrival(unit, own)
            gained.append(told.gained)
            lost.append(told.lost)
            self._index.add([unit], own)
        come, gone = _balance(gained, lost)
        seeds = set(arrived)
        for one, other in gone.tolist():
            bits = self._near.drop(one, other)
            if bits is not None and bits > self._joining_bits:
                seeds |= {one, other}
        seeds |= self._weigh(come)
        ends = np.concatenate([come, gone])
        gone_units = set(departed)
        touched = {*ends.ravel().tolist(), *arrived} - gone_units
        seeds -= gone_units
        chain = self._chains_of(touched)
        for one, other in ends.tolist():
            # A pair that weighs nothing or speaks against matters inside a chain alone.
            if chain.get(one, -1) == chain.get(other, -2):
                seeds.add(one)
        return touched, seeds

    def _weigh(self, pairs: Pairs) -> set[int]:
        """Weigh pairs that are new, keep the weights that may matter by themselves; return ends of positive ones."""
        positive: set[int] = set()
        if not len(pairs):
            return positive
        weighed = _Weighed(self._model, self._units, set(pairs.ravel().tolist()))
        graph, unit_at = weighed.graph(pairs), weighed.unit_at()
        near = np.flatnonzero(graph.weight_bits >= _LEAST_NEAR_BITS)
        for one, other, bits in zip(
            unit_at[graph.left_idx[near]].tolist(),
            unit_at[graph.right_idx[near]].tolist(),
            graph.weight_bits[near].tolist(),
            strict=True,
        ):
            self._near.put(one, other, bits)
            if bits > self._joining_bits:
                positive |= {one, other}
        return positive

    # Clusters

    def contracted(self, graph: PairGraph) -> NDArray[np.int64]:
        """Return the cluster of each unit of a graph, int64, shape (n_units,)."""
        return contract(graph, self._options.contraction, match_probability=self._options.match_probability)

    def _chains_of(self, units: Iterable[int]) -> dict[int, int]:
        """Return a number of its chain for some units, and all that chains of pairs that may join join with them."""
        found: dict[int, int] = {}
        for start in units:
            if start in found:
                continue
            found[start] = start
            todo = [start]
            while todo:
                for other, bits in self._near.of(todo.pop()).items():
                    if bits > self._joining_bits and other not in found:
                        found[other] = start
                        todo.append(other)
        return found

    def _recluster(self, seeds: set[int], touched: set[int], departed: Sequence[int]) -> set[int]:
        """Contract and attach again; return the units that are together with others than before."""
        partners = _Partners(self._index)
        affected = self._chains_of(seeds).keys()
        clusters: list[frozenset[int]] = []
        if affected:
            weighed = _Weighed(self._model, self._units, affected)
            graph = weighed.graph(partners.pairs_within(affected))
            clusters = weighed.clusters(self.contracted(graph))
        new, near = self._clusters.replace(clusters, departed)
        odds = partial(self._odds_outside, partners)
        fragments = self._clusters.fragments_near(new, touched, partners.of, odds)
        if fragments:
            weighed = _Weighed(self._model, self._units, self._clusters.units_beside(fragments, partners.of))
            own = {unit for each in fragments for unit in self._clusters.units_of(each)}
            self._clusters.find_targets(fragments, weighed.graph(partners.pairs_of(own)), weighed.place)
        self.effort = Effort(n_touched=len(touched), n_contracted=len(affected), n_weighed=len(fragments))
        return self._clusters.settle(new, fragments, near, lambda chosen: _labeled(self._model, self._units, chosen))

    def _odds_outside(self, partners: _Partners, unit: int, cluster: frozenset[int]) -> float:
        """Return what the odds of a unit with all others but those of its cluster are at most."""
        near = self._near.of(unit).items()
        known = sum(exp2(min(bits, _MOST_BITS)) for other, bits in near if other not in cluster)
        n_pairs = len(self._units)
        if n_pairs > exp2(-_LEAST_NEAR_BITS):
            n_pairs = len(partners.of(unit))
        return known + n_pairs * exp2(_LEAST_NEAR_BITS)


class _Partners:
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
        return _pairs((unit, other) for unit in units for other in self.of(unit) if unit < other and other in units)

    def pairs_of(self, units: Collection[int]) -> Pairs:
        """Return the candidate pairs of some units; those among themselves twice."""
        return _pairs((unit, other) for unit in units for other in self.of(unit))


def _pairs(pairs: Iterable[tuple[int, int]]) -> Pairs:
    return np.array(list(pairs), np.int64).reshape(-1, 2)


def _labeled(model: TrainedMatchModel, units: LiveUnits, chosen: Iterable[int]) -> tuple[PairGraph, dict[int, int]]:
    """Return a graph of some units without pairs: their labels tell which must not meet."""
    weighed = _Weighed(model, units, chosen)
    return weighed.graph(_pairs(())), weighed.place


def _balance(gained: Sequence[NDArray[np.uint64]], lost: Sequence[NDArray[np.uint64]]) -> tuple[Pairs, Pairs]:
    """Return the pairs that are gained, and those that are lost, all in all."""
    none = np.empty((0, 2), np.uint64)
    come, gone = np.concatenate([none, *gained]), np.concatenate([none, *lost])
    key, inverse = np.unique(np.concatenate([come, gone]) @ _PLACES, return_inverse=True)
    total = np.bincount(inverse, np.repeat([1.0, -1.0], [len(come), len(gone)]), len(key))
    pairs = np.column_stack([key >> np.uint64(32), key & np.uint64(0xFFFF_FFFF)]).astype(np.int64)
    return pairs[total > 0], pairs[total < 0]


def _regrouped(before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the units of groups that are others than before, given a number of the group of each unit, -1 for none."""
    units = np.flatnonzero(after >= 0)
    old, new = before[units], after[units]
    n_before, n_after = np.bincount(before[before >= 0], minlength=len(before)), np.bincount(new, minlength=len(after))
    # A group is as before if one old group has all of its units, and no others.
    _, first, inverse = np.unique(new, return_index=True, return_inverse=True)
    is_same = (old >= 0) & (old == old[first][inverse]) & (n_before[old] == n_after[new])
    n_same = np.bincount(inverse, is_same)
    return units[(n_same < n_after[new[first]])[inverse]]
