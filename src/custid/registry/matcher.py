"""Clusters of live records, kept equal to those of a batch as records come, change and go.

Invariant: after every change the groups of records are those of one batch over the live records with the match model,
however they came about.  What a change cannot reach is not looked at again; `docs/decisions/0030` argues why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from math import exp2
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.blocking.live_atoms import LiveAtoms
from custid.clustering._thresholds import threshold_bits
from custid.clustering.attachment import AttachmentOptions, at_costs
from custid.clustering.contraction import contract
from custid.clustering.pair_graph import PairGraph
from custid.engines.labels import IDENTIFIERS
from custid.engines.live_weigher import Content, LiveWeigher
from custid.engines.options import ResolveOptions
from custid.engines.table_weigher import has_persons
from custid.errors import ConfigurationError
from custid.index.atoms import UnitAtoms
from custid.index.candidate_index import CandidateIndex
from custid.registry._attached import AttachedClusters, regrouped
from custid.registry._live_pairs import LivePairs, Partners, balance
from custid.registry._unit_weights import Pairs, UnitWeights, pairs_array
from custid.registry._whole_match import match_table
from custid.registry.keyed_rows import KeyedRows
from custid.registry.live_units import LiveUnits, UnitChanges, UnitContent
from custid.registry.near_pairs import NearPairs
from custid.registry.record_keys import RecordKey
from custid.registry.row_columns import RowColumns
from custid.registry.rows import Row
from custid.scoring.match_model import TrainedMatchModel

if TYPE_CHECKING:
    from custid.table.record_table import RecordTable

__all__ = ["Effort", "Matcher", "NearUnits"]

_FEW_CHANGES = 32
_MANY_CHANGES = 0.02
"""Records that come, change or go at once, and share of all, from which on all are matched anew: telling what one of
them changes takes about as long as a batch takes for fifty."""

_MANY_NEW = 0.5
"""Share of the units that have to come or go for the index to be made anew."""

_LEAST_NEAR_BITS = -16.0
"""Weights from which on pairs are kept: the others of a unit have little odds, however many they are."""

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


class NearUnits(NamedTuple):
    """Units that a content is compared with.

    Attributes
    ----------
    units : ndarray of int64, shape (n_units,)
        The units, ascending.
    weight_bits : ndarray of float64, shape (n_units,)
        Match weight of the content with each, ``-inf`` where labels keep the two apart; with a unit that says the same,
        that of two records of it.
    own : int or None
        The unit that says the same; None where there is none.
    """

    units: NDArray[np.int64]
    weight_bits: NDArray[np.float64]
    own: int | None


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
        self._units = LiveUnits({*model.attributes, *IDENTIFIERS}, options.generic, options.n_threads)
        self._atoms = LiveAtoms(model.attributes)
        self._near = NearPairs()
        self._clusters = AttachedClusters(attachment)
        self._copy_bits: dict[int, float] = {}
        self._live: LivePairs | None = None
        # Threads that ask side by side may be the first.
        self._opening = Lock()
        self._table: tuple[RecordTable, NDArray[np.int64]] | None = None
        self._outlived = False
        self.effort = Effort()

    @property
    def model(self) -> TrainedMatchModel:
        """The match model."""
        return self._model

    @property
    def match_probability(self) -> float:
        """What a merge has to be more probable than."""
        return self._options.match_probability

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
        if arriving:
            self._renew()
        said = KeyedRows.of(arriving)
        changed, table = self._units.changed_rows(said)
        leaving = [key for key in departing if key in self._units and key not in said]
        n_changes = len(changed) + len(leaving)
        is_much = n_changes > max(_FEW_CHANGES, _MANY_CHANGES * len(self._units.records))
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
            self._copy_bits.update(zip(several, self._opened().weights.copy_bits(several).tolist(), strict=True))

    def weights_among(self, records: Sequence[RecordKey]) -> dict[tuple[int, int], float]:
        """Return the weights of the pairs of some records that are compared, by their places, the smaller one first."""
        units = [self._units.unit_of(record) for record in records]
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, unit in enumerate(units):
            places[unit].append(place)
        live = self._opened()
        weighed = live.weights.graph(places, Partners(live.index).pairs_within(places))
        found = {}
        for left, right, bits in weighed.pairs_above(-np.inf):
            for one in places[left]:
                for other in places[right]:
                    found[min(one, other), max(one, other)] = bits
        for unit, held in places.items():
            for position, one in enumerate(held):
                for other in held[position + 1 :]:
                    found[one, other] = self._bits_of_copies(unit)
        return found

    # Questions

    def content_for(self, row: Row) -> UnitContent:
        """Return what a row says beside the live records: the known values that are not generic."""
        return self._units.content_for(row)

    def unit_with(self, content: UnitContent) -> int | None:
        """Return the unit of a content; None where no live record says just that."""
        return self._units.unit_with(content)

    def unit_of(self, record: RecordKey) -> int:
        """Return the unit of a live record."""
        return self._units.unit_of(record)

    def held_unit_of(self, record: RecordKey) -> int | None:
        """Return the unit of a record; None for one that is not held."""
        return self._units.unit_of(record) if record in self._units.records else None

    def held_content(self, unit: int) -> Callable[[], Content]:
        """Return what tells what a unit says now, whenever it is called."""
        return self._opened().weights.held_content(unit)

    def records_of(self, unit: int) -> frozenset[RecordKey]:
        """Return the live records of a unit."""
        return self._units.records_of(unit)

    def near_units(self, content: UnitContent) -> NearUnits:
        """Return the units that a record would be compared with if it were one of the live ones, and the weights.

        Parameters
        ----------
        content : UnitContent
            What it would say.

        Returns
        -------
        NearUnits
            The pairs of a batch, with weights that are equal to the bit.
        """
        live, own = self._opened(), self._units.unit_with(content)
        if own is None:
            units = live.index.candidates(self._atoms_of(content)).astype(np.int64)
            return NearUnits(units, live.weights.bits_of_probe(content, units), None)
        units = np.sort(np.append(live.index.partners(own).astype(np.int64), own))
        return NearUnits(units, live.weights.bits_of_unit(own, units), own)

    def are_apart(self, content: UnitContent, units: Sequence[int]) -> bool:
        """Tell whether labels keep a content apart from one of some units."""
        bits = self._opened().weights.bits_of_probe(content, np.array(units, np.int64))
        return bool(np.isneginf(bits).any())

    # What is there for changes and questions

    def _opened(self) -> LivePairs:
        """Return index and weights of all units; a first load does without, and whoever asks first waits."""
        with self._opening:
            if self._live is None:
                self._live = LivePairs.of(self._model, self._options, self._atoms, self._table)
                self._table = None
            return self._live

    def open(self) -> None:
        """Make ready for changes and questions, which takes about as long as matching all."""
        self._renew()
        self._opened()

    def forget_departed(self, model: TrainedMatchModel) -> None:
        """Hold nothing of records that are no more, from the next arrival, question or saving on.

        Vocabularies, index and weights keep values of records that have gone, until then in memory alone.

        Parameters
        ----------
        model : TrainedMatchModel
            The model from now on, which weighs all pairs of the live records as the one before.
        """
        self._model, self._outlived = model, True

    def columns_of(self, without: Collection[RecordKey]) -> RowColumns:
        """Return what live records say, but for some."""
        return self._units.columns_of(without)

    def _renew(self) -> None:
        """Make vocabularies anew, and put off index and weights, if values have outlived their records."""
        if self._outlived:
            _, table, units = self._units.remake(KeyedRows.of({}), ())
            self._live, self._table, self._outlived = None, (table, units), False

    def _atoms_of(self, content: UnitContent) -> UnitAtoms:
        kinds, hashes = self._atoms.of(content.values)
        return UnitAtoms(starts=np.array([0, len(kinds)]), kinds=kinds, hashes=hashes)

    # As it is saved

    def save(self, index: Path, weights: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Save the index of pairs and the contents of units.

        Parameters
        ----------
        index, weights : Path
            Files to be written.

        Returns
        -------
        about : dict of str to any
            What :meth:`load` has to be told, as JSON has it.
        arrays : dict of str to ndarray
            All else.
        """
        self._renew()
        live, n_numbers = self._opened(), self._units.n_numbers
        live.index.save(index)
        live.weights.weigher.save(weights)
        starts, others, bits = self._near.arrays(n_numbers)
        arrays: dict[str, NDArray[Any]] = {
            "near.starts": starts,
            "near.others": others,
            "near.bits": bits,
            "copies": np.fromiter(self._copy_bits, np.int64, len(self._copy_bits)),
            "copy_bits": np.fromiter(self._copy_bits.values(), np.float64, len(self._copy_bits)),
            "places": live.weights.array(),
        }
        arrays |= {f"units.{name}": each for name, each in self._units.arrays().items()}
        arrays |= {f"clusters.{name}": each for name, each in self._clusters.arrays().items()}
        return {"attributes": self._units.table_attributes, "most_atoms": live.most_atoms}, arrays

    @classmethod
    def load(
        cls,
        model: TrainedMatchModel,
        options: ResolveOptions,
        about: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        *,
        index: Path,
        weights: Path,
    ) -> Self:
        """Return a matcher as it was saved.

        Parameters
        ----------
        model : TrainedMatchModel
            The match model it was saved with.
        options : ResolveOptions
            The options it was saved with.
        about : Mapping of str to any
            From :meth:`save`.
        arrays : Mapping of str to ndarray
            From :meth:`save`; they may be mapped from a file.
        index, weights : Path
            The files.

        Returns
        -------
        Matcher
            As it was.

        Raises
        ------
        StoreError
            If a file cannot be read, is damaged or is of another version.
        """
        matcher = cls(model, options)
        places = arrays["places"].astype(np.int32)
        held = UnitWeights(LiveWeigher.load(weights, model), places)
        matcher._live = LivePairs(CandidateIndex.load(index), held, about["most_atoms"])
        matcher._near = NearPairs(arrays["near.starts"], arrays["near.others"], arrays["near.bits"])
        copies = zip(arrays["copies"].tolist(), arrays["copy_bits"].tolist(), strict=True)
        matcher._copy_bits = dict(copies)
        matcher._units.take_arrays(_part(arrays, "units."), about["attributes"])
        matcher._clusters.take_arrays(_part(arrays, "clusters."))
        return matcher

    # Pairs

    def _match_all(self, changes: UnitChanges, table: RecordTable, units: NDArray[np.int64]) -> set[int]:
        """Let the batch match all units; return those that are together with others than before."""
        self._follow(changes, table, units)
        found = match_table(table, self._model, self._options)
        graph = found.graph
        near = np.flatnonzero(graph.weight_bits >= _LEAST_NEAR_BITS)
        n_numbers = self._units.n_numbers
        left, right = units[graph.left_idx[near]], units[graph.right_idx[near]]
        self._near = NearPairs.of_pairs(left, right, graph.weight_bits[near], n_numbers)
        several = np.flatnonzero(table.n_copies > 1)
        self._copy_bits = dict(zip(units[several].tolist(), found.copy_bits[several].tolist(), strict=True))
        before = self._clusters.roots(n_numbers)
        # A number that was given anew is another unit's.
        before[list(changes.arrived)] = -1
        self._clusters.replace_all(units, found.cluster, found.targets, found.root)
        after = self._clusters.roots(n_numbers)
        self.effort = Effort(n_touched=len(units), n_contracted=len(units), n_weighed=len(found.root))
        return set(regrouped(before, after).tolist())

    def _follow(self, changes: UnitChanges, table: RecordTable, units: NDArray[np.int64]) -> None:
        """Bring index and weights up to date, or put off making them anew where most units are new."""
        live = self._live
        if live is None or len(changes.arrived) + len(changes.departed) > _MANY_NEW * len(units):
            self._live, self._table = None, (table, units)
            return
        live.remove(changes.departed)
        contents = [self._units.content_of(unit) for unit in changes.arrived]
        for unit, content in zip(changes.arrived, contents, strict=True):
            live.add_to_index(unit, self._atoms_of(content))
        live.weights.add(changes.arrived, contents)

    def _change_pairs(self, departed: Sequence[int], arrived: Sequence[int]) -> tuple[set[int], set[int]]:
        """Bring index, weights and near pairs up to date.

        Returns
        -------
        touched : set of int
            Units that are there and have come or met a change.
        seeds : set of int
            Those of them whose chains of pairs that may join, or the pairs inside of these, have changed.
        """
        live, gained, lost = self._opened(), [], []
        for unit in departed:
            told = live.index.changes_by_departure(unit)
            gained.append(told.gained)
            lost.append(told.lost)
            live.index.remove(unit)
        contents = [self._units.content_of(unit) for unit in arrived]
        for unit, content in zip(arrived, contents, strict=True):
            atoms = self._atoms_of(content)
            told = live.index.changes_by_arrival(unit, atoms)
            gained.append(told.gained)
            lost.append(told.lost)
            live.add_to_index(unit, atoms)
        live.weights.remove(departed)
        live.weights.add(arrived, contents)
        come, gone = balance(gained, lost)
        seeds = set(arrived)
        for one, other in gone.tolist():
            bits = self._near.drop(one, other)
            if bits is not None and bits > self._joining_bits:
                seeds |= {one, other}
        seeds |= self._weigh(come)
        ends = np.concatenate([come, gone])
        touched = {*ends.ravel().tolist(), *arrived}.difference(departed)
        chain = self._chains_of(touched)
        # A pair that does not join matters inside a chain alone.
        seeds.update(one for one, other in ends.tolist() if chain.get(one, -1) == chain.get(other, -2))
        return touched, seeds.difference(departed)

    def _weigh(self, pairs: Pairs) -> set[int]:
        """Weigh pairs that are new, keep the weights that may matter by themselves; return ends of those that join."""
        joined: set[int] = set()
        if len(pairs):
            weighed = self._opened().weights.graph(set(pairs.ravel().tolist()), pairs)
            for one, other, bits in weighed.pairs_above(_LEAST_NEAR_BITS):
                self._near.put(one, other, bits)
                if bits > self._joining_bits:
                    joined |= {one, other}
        return joined

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
        live = self._opened()
        partners = Partners(live.index)
        affected = self._chains_of(seeds).keys()
        clusters = [frozenset(affected)] if affected else []
        if len(affected) > 1:
            weighed = live.weights.graph(affected, partners.pairs_within(affected))
            clusters = weighed.clusters(self.contracted(weighed.graph))
        new, near = self._clusters.replace(clusters, departed)
        hopeless = min(len(self._units), live.most_partners) * exp2(_LEAST_NEAR_BITS)
        odds = partial(self._odds_outside, hopeless)
        fragments = self._clusters.fragments_near(new, touched, partners.of, odds)
        if fragments:
            own = {unit for each in fragments for unit in self._clusters.units_of(each)}
            beside = self._clusters.units_beside(fragments, partners.of)
            self._clusters.find_targets(fragments, live.weights.graph(beside, partners.pairs_of(own)))
        self.effort = Effort(n_touched=len(touched), n_contracted=len(affected), n_weighed=len(fragments))
        return self._clusters.settle(new, fragments, near, lambda chosen: live.weights.graph(chosen, pairs_array(())))

    def _odds_outside(self, hopeless: float, unit: int, cluster: frozenset[int]) -> float:
        """Return what the odds of a unit with all others but those of its cluster are at most, given those not kept."""
        near = self._near.of(unit).items()
        return hopeless + sum(exp2(min(bits, _MOST_BITS)) for other, bits in near if other not in cluster)


def _part(held: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): each for name, each in held.items() if name.startswith(prefix)}
