"""Clusters of live records, kept equal to those of a batch as records come, change and go.

Invariant: after every change the groups of records are those of one batch over the live records with the match model,
however they came about.  What a change cannot reach is not looked at again; `docs/decisions/0030` argues why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from custid.blocking.live_atoms import LiveAtoms
from custid.clustering._thresholds import threshold_bits
from custid.clustering.attachment import AttachmentOptions, at_costs
from custid.clustering.pair_graph import PairGraph
from custid.engines.labels import IDENTIFIERS
from custid.engines.live_weigher import Content, LiveWeigher
from custid.engines.options import ResolveOptions
from custid.engines.table_weigher import has_persons
from custid.engines.whole_match import match_table
from custid.errors import ConfigurationError
from custid.index.atoms import UnitAtoms
from custid.index.candidate_index import CandidateIndex
from custid.registry._attached import AttachedClusters, regrouped
from custid.registry._live_pairs import LivePairs, Partners
from custid.registry._reach import LEAST_NEAR_BITS, Effort, Reach, contracted, joining_bits
from custid.registry._unit_weights import UnitWeights
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
_MANY_CHANGES = 0.04
"""Records that come, change or go at once, and share of all, from which on all are matched anew: telling what one of
them changes takes about as long as a batch takes for twenty-five."""

_FEW_GROUPS = 1_000
"""As many records are looked up one by one in less time than all are gone through."""

_MANY_NEW = 0.5
"""Share of the units that have to come or go for the index to be made anew."""


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

    @property
    def units(self) -> LiveUnits:
        """The live records by their units; to be looked at."""
        return self._units

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
            self.renew()
        said = KeyedRows.of(arriving)
        changed, table = self._units.changed_rows(said)
        leaving = {key for key in departing if key in self._units and key not in said}
        n_changes = len(changed) + len(leaving)
        is_much = n_changes > max(_FEW_CHANGES, _MANY_CHANGES * len(self._units.records))
        if is_much or self._units.turns_kinds(said.namings(changed), (*leaving, *changed)):
            changes, table, units = self._units.remake(said, leaving, table)
            moved = self._match_all(changes, table, units)
        else:
            changes = self._units.change(said.chosen(changed), leaving)
            moved = self._change(changes)
        for unit in changes.departed:
            self._copy_bits.pop(unit, None)
        moved |= self._clusters.together_with(changes.recounted)
        self._weigh_copies(moved)
        return set(self._units.records_of_units(moved))

    def groups_of(self, records: Iterable[RecordKey]) -> list[frozenset[RecordKey]]:
        """Return the groups that have some of the records, each once.

        Records of one content are groups of their own where being equal says too little, and nothing else is known.
        """
        asked = list(records)
        if len(asked) > max(_FEW_GROUPS, _MANY_CHANGES * len(self._units.records)):
            return self._groups_of_many(asked)
        found: list[frozenset[RecordKey]] = []
        seen: set[RecordKey] = set()
        for record in asked:
            if record in seen:
                continue
            group = self._group_of(record)
            seen |= group
            found.append(group)
        return found

    def _groups_of_many(self, records: Sequence[RecordKey]) -> list[frozenset[RecordKey]]:
        """Return the groups that have some of the records, by going through all that are live."""
        units = self._units
        asked, numbers = units.numbers_of(records), units.live_numbers()
        unit = units.units_of_numbers(numbers)
        root = self._clusters.roots(units.n_numbers)
        n_together = np.bincount(root[units.numbers], minlength=units.n_numbers)
        loose = [
            each
            for each in units.numbers.tolist()
            if units.n_records_of(each) > 1
            and n_together[root[each]] == 1
            and self._bits_of_copies(each) <= self._threshold_bits
        ]
        # Records of loose units are groups of their own, numbered behind all others.
        is_loose = np.zeros(units.n_numbers, np.bool_)
        is_loose[loose] = True
        group = np.where(is_loose[unit], units.n_numbers + numbers, root[unit])
        group_of = np.full(units.n_record_numbers, -1)
        group_of[numbers] = group
        chosen = np.isin(group, np.unique(group_of[asked]))
        numbers, group = numbers[chosen], group[chosen]
        order = np.argsort(group, kind="stable")
        # Objects that are there are not made again.
        key_of: dict[int, RecordKey] = dict(zip(asked.tolist(), records, strict=True))
        others = np.setdiff1d(numbers, asked)
        key_of.update(zip(others.tolist(), units.keys_of(others), strict=True))
        keys = [key_of[number] for number in numbers[order].tolist()]
        ends = [*(np.flatnonzero(np.diff(group[order])) + 1).tolist(), len(keys)]
        return [frozenset(keys[first:last]) for first, last in pairwise([0, *ends])]

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
        pairs = Partners(live.index, self._options.n_threads).pairs_within(places)
        found = {}
        for (left, right), bits in zip(pairs.tolist(), live.weights.bits(pairs).tolist(), strict=True):
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

    def held_content(self, unit: int) -> Callable[[], Content]:
        """Return what tells what a unit says now, whenever it is called."""
        return self._opened().weights.held_content(unit)

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
        live = self._opened()
        units = live.index.candidates_of(*self._atoms.of(content.values)).view(np.int64)
        with live.weights.asking(content) as asked:
            own = self._units.unit_of_content(asked.content_hash)
            if own is None:
                return NearUnits(units, asked.bits(units), None)
        # Where a record says just that, its candidates are those of the batch: copies are no units of their own.
        units = np.sort(np.append(live.index.partners(own).astype(np.int64), own))
        return NearUnits(units, live.weights.bits_of_unit(own, units), own)

    def are_apart(self, content: UnitContent, units: Sequence[int]) -> bool:
        """Tell whether labels keep a content apart from one of some units."""
        with self._opened().weights.asking(content) as asked:
            return bool(np.isneginf(asked.bits(np.array(units, np.int64))).any())

    # What is there for changes and questions

    def _opened(self) -> LivePairs:
        """Return index and weights of all units; a first load does without, and whoever asks first waits."""
        live = self._live
        if live is not None:
            return live
        with self._opening:
            if self._live is None:
                self._live = LivePairs.of(self._model, self._options, self._atoms, self._table)
                self._table = None
            return self._live

    def open(self) -> None:
        """Make ready for changes and questions, which takes about as long as matching all."""
        self.renew()
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

    def renew(self) -> None:
        """Make vocabularies anew, and put off index and weights, if values have outlived their records."""
        if self._outlived:
            _, table, units = self._units.remake(KeyedRows.of({}), ())
            self._live, self._table, self._outlived = None, (table, units), False

    def _atoms_of(self, contents: Sequence[UnitContent]) -> UnitAtoms:
        told = [self._atoms.of(content.values) for content in contents]
        return UnitAtoms(
            starts=np.append(0, np.cumsum([len(kinds) for kinds, _ in told], dtype=np.int64)),
            kinds=np.concatenate([np.empty(0, np.uint8), *(kinds for kinds, _ in told)]),
            hashes=np.concatenate([np.empty(0, np.uint64), *(hashes for _, hashes in told)]),
        )

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
        self.renew()
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
        near = np.flatnonzero(graph.weight_bits >= LEAST_NEAR_BITS)
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
        if contents:
            live.add_to_index(changes.arrived, self._atoms_of(contents))
        live.weights.add(changes.arrived, contents)

    def _change(self, changes: UnitChanges) -> set[int]:
        """Let units go and come; return those that are together with others than before."""
        live = self._opened()
        self._near.make_room(self._units.n_numbers)
        reach = Reach(
            live=live,
            near=self._near,
            clusters=self._clusters,
            options=self._options,
            joining_bits=joining_bits(self._threshold_bits),
        )
        contents = [self._units.content_of(unit) for unit in changes.arrived]
        moved, self.effort = reach.change(changes.departed, changes.arrived, contents, self._atoms_of(contents))
        return moved

    def contracted(self, graph: PairGraph) -> NDArray[np.int64]:
        """Return the cluster of each unit of a graph, int64, shape (n_units,)."""
        return contracted(graph, self._options)


def _part(held: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): each for name, each in held.items() if name.startswith(prefix)}
