"""The steps from records to clusters, on one machine.

The engine moves data; every formula is in the layers below, so that another engine gives the same result.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from custid._memory import give_back_memory
from custid._threads import in_threads
from custid.blocking.candidates import CandidatePairs, stream_candidates
from custid.clustering.greedy import GreedyClusterer
from custid.clustering.pair_graph import PairGraph
from custid.comparison.comparer import PairComparer
from custid.engines._given_model import fitting_table, fitting_u
from custid.engines.certainties import Certainties, certainties_of
from custid.engines.constraints import Constraints
from custid.engines.linked_table import LinkedTable
from custid.engines.memory import must_spill
from custid.engines.options import Parts, Progress, ResolveOptions
from custid.engines.pair_store import PairStore, pieces_of, some_places_where
from custid.engines.row_links import RowLinks
from custid.engines.table_weigher import binding_context, copy_weights, has_persons
from custid.scoring.classes import pair_classes, tells_persons_apart
from custid.scoring.em import PairSample, fit_classes
from custid.scoring.frequencies import count_terms
from custid.scoring.match_model import OutputParameters, TrainedClass, TrainedMatchModel
from custid.scoring.pair_weigher import PairWeigher
from custid.scoring.strangers import n_pairs_needed, random_pairs, u_probabilities
from custid.scoring.weights import sum_adjustments
from custid.table.record_table import RecordTable

__all__ = ["LocalEngine"]

_COMPILED_FROM_PAIRS = 400_000
_NEAR_CERTAIN_BITS = 6.63
_MAX_SHARE_OF_DUPLICATES = 0.02


def _silent(_step: str, _done: float) -> None:
    """Report nothing."""


def _ignore(_done: float) -> None:
    """Report nothing."""


class LocalEngine:
    """Runs on the threads of this process.

    Parameters
    ----------
    options : ResolveOptions, optional
        Settings; the defaults when not given.
    """

    def __init__(self, options: ResolveOptions | None = None) -> None:
        self.options = options or ResolveOptions()

    def run(
        self,
        table: RecordTable,
        *,
        parts: Parts | None = None,
        model: TrainedMatchModel | None = None,
        has_sources: bool = False,
        duplicate_free: bool | None = None,
        certain: Certainties | None = None,
        progress: Progress = _silent,
    ) -> LinkedTable:
        """Find the customers of a table.

        Parameters
        ----------
        table : RecordTable
            The records.
        parts : Parts, optional
            Parts of the user's own; the built-in ones when not given.
        model : TrainedMatchModel, optional
            A trained model; learned from the table when not given.
        has_sources : bool
            True when the sources of the table matter.
        duplicate_free : bool, optional
            Whether each source holds a customer once at most, so that only pairs across sources are looked at and no
            customer gets two records of one source.  Found out from the data when not given.
        certain : Certainties, optional
            What the clusters have to keep to; what identifiers alone make certain when not given.
        progress : callable
            Told of the steps.

        Returns
        -------
        LinkedTable
            Pairs, weights and clusters.
        """
        table = table if model is None else fitting_table(model, table)
        sources = table.source_of_unit if has_sources and duplicate_free is not False else None
        certain = certain or certainties_of(table, RowLinks(), Constraints())
        work = _Work(self.options, table, parts or Parts(), model, certain, progress)
        work.block(sources if duplicate_free else None)
        work.prepare(sources)
        trained = work.learn(sources)
        if sources is not None and duplicate_free is None and not work.are_duplicate_free(trained, sources):
            sources = None
            trained = work.learn(sources)
        if model is None:
            model = evolve(trained, is_duplicate_free=sources is not None if has_sources else None)
        work.weigh(model, sources)
        may_hold_copies = np.full(table.n_units, not duplicate_free)
        if certain.limited_source is not None:
            may_hold_copies &= certain.limited_source < 0
        return work.cluster(model, one_per_source=sources is not None, may_hold_copies=may_hold_copies)


class _Work:
    """The arrays of one run, step by step."""

    def __init__(
        self,
        options: ResolveOptions,
        table: RecordTable,
        parts: Parts,
        model: TrainedMatchModel | None,
        certain: Certainties,
        progress: Progress,
    ) -> None:
        self._options = options
        self._table = table
        self._parts = parts
        self._given_model = model
        self._progress = progress
        self._certain = certain

    def block(self, sources: NDArray[np.int32] | None) -> None:
        """Propose candidate pairs, across sources only where sources are given."""
        options, model = self._options, self._given_model
        self._progress("blocking", 0.0)
        table = self._table
        block_cap, pairs_per_unit = options.block_limits(None if model is None else model.block_cap)
        stream = stream_candidates(
            self._parts.blocking(table),
            table.n_units,
            source_of_unit=sources,
            block_cap=block_cap,
            pairs_per_unit=pairs_per_unit,
            n_threads=options.n_threads,
        )
        store = PairStore(is_spilled=must_spill(options, table.n_rows, table.n_units, stream.n_pairs))
        step = "blocking"
        if store.is_spilled:
            self._progress(step, 1.0)
            self._progress(step := "spilling", 0.0)
        self._candidates = stream.collect(lambda n_pairs: store.empty(n_pairs, np.int32))
        self._store = store
        del stream
        give_back_memory()
        self._progress(step, 1.0)

    def prepare(self, sources: NDArray[np.int32] | None) -> None:
        """Bind the comparisons and find out how often strangers agree."""
        model, table = self._given_model, self._table
        self._progress("comparing" if model else "learning", 0.0)
        n_random = n_pairs_needed(table.n_units, self._options.n_random_pairs) if model is None else 0
        self._is_large = len(self._candidates) + n_random >= _COMPILED_FROM_PAIRS
        frequencies = count_terms(table) if model is None else model.frequencies
        context = binding_context(frequencies, is_given=model is not None, is_compiled=self._is_large)
        # The interpreter lock would make threads wait for one another where nothing is compiled.
        self._n_threads = self._options.n_threads if self._is_large else 1
        self._frequencies = frequencies
        self._comparer = PairComparer(table, self._parts.comparisons_of(table), context)
        self._u = self._strangers(sources) if model is None else fitting_u(model, self._comparer.outputs)
        self._classes = pair_classes(self._comparer.outputs)

    def _strangers(self, sources: NDArray[np.int32] | None) -> tuple[NDArray[np.float64], ...]:
        options, n_units = self._options, self._table.n_units
        n_wanted = n_pairs_needed(n_units, options.n_random_pairs)
        left, right = random_pairs(n_units, n_wanted, options.seed, sources)
        return u_probabilities(self._comparer.outputs, self._compare(left, right)[0])

    def _compare(
        self, left: NDArray[np.int32], right: NDArray[np.int32]
    ) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        """Compare pairs, not too many: all levels and rarities are kept."""
        levels = np.empty((len(left), len(self._comparer.outputs)), np.int8)
        rarity_bits = np.empty(levels.shape, np.float32)

        def compare(chunk: slice) -> None:
            levels[chunk], rarity_bits[chunk] = self._comparer.compare(left[chunk], right[chunk])

        in_threads(compare, pieces_of(len(left)), n_threads=self._n_threads)
        return levels, rarity_bits

    def learn(self, sources: NDArray[np.int32] | None) -> TrainedMatchModel:
        """Return the model given, or one learned from the candidate pairs, across sources only where they are given."""
        if self._given_model is not None:
            return self._given_model
        options, outputs = self._options, self._comparer.outputs
        sample, n_usable = self._training_pairs(sources)
        copies, n_copied = self._training_copies(sources, len(sample) / n_usable if n_usable else 1.0)
        left, right = self._candidates.left_idx[sample], self._candidates.right_idx[sample]
        levels, rarity_bits = self._compare(np.append(left, copies), np.append(right, copies))
        is_by_chance = [each.is_by_chance for each in self._classes]
        learned = fit_classes(
            PairSample(
                levels=levels,
                rarity_bits=sum_adjustments(outputs, self._u, is_by_chance, levels, rarity_bits),
                weight=(n_usable + n_copied) / max(len(sample) + len(copies), 1),
                n_records=max(self._table.n_units, 1),
                n_pairs=_n_possible_pairs(self._table, sources) + n_copied,
            ),
            self._u,
            self._classes,
            options.em,
            tells_apart=tells_persons_apart(outputs),
        )
        self._progress("learning", 1.0)
        return TrainedMatchModel(
            parameters=tuple(
                OutputParameters(output=output, m_probability=m, u_probability=u)
                for output, m, u in zip(outputs, learned.m, self._u, strict=True)
            ),
            prior_match_probability=learned.prior_match,
            classes=tuple(
                TrainedClass(
                    name=each.name,
                    prior_probability=prior,
                    is_by_chance=each.is_by_chance,
                    probabilities=probabilities,
                    is_match=each.is_match,
                )
                for each, prior, probabilities in zip(
                    self._classes, learned.prior_classes, learned.of_classes, strict=False
                )
            ),
            frequencies=self._frequencies,
            n_records=self._table.n_units,
            block_cap=self._candidates.block_cap,
            attributes=tuple(self._table.columns),
            has_converged=learned.has_converged,
            history=learned.history,
        )

    def _training_pairs(self, sources: NDArray[np.int32] | None) -> tuple[NDArray[np.int64], int]:
        """Return the places of some candidate pairs to learn from, and of how many they are a sample."""
        left, right = self._candidates.left_idx, self._candidates.right_idx
        is_apart = self._certain.limited_to(sources).test()

        def is_usable(piece: slice) -> NDArray[np.bool_]:
            # Pairs that are known to be apart count as what blocking did not propose: as pairs of strangers.
            return ~is_apart(left[piece], right[piece])

        # Every so manyth pair of an order that no input order can sway.
        return some_places_where(is_usable, len(left), self._options.n_training_pairs)

    def _training_copies(self, sources: NDArray[np.int32] | None, share: float) -> tuple[NDArray[np.int32], float]:
        """Return some units with several rows to learn from, each a pair with itself, and how many pairs all stand for.

        Where ``c`` rows are in a unit on average, a pair of units stands for the square of ``c`` pairs of rows.
        Measured by that, rows that are equal by chance are as many among the pairs as chance makes them, and teach
        nothing; but a content that is repeated hundreds of times counts for no more than one pair.
        """
        if sources is not None:
            return np.empty(0, np.int32), 0.0
        n_copies = self._table.n_copies.astype(np.float64)
        n_pairs = n_copies * (n_copies - 1) / 2
        if self._certain.limited_source is not None:
            n_pairs[self._certain.limited_source >= 0] = 0.0
        counted = np.minimum(n_pairs / np.square(n_copies.mean() if len(n_copies) else 1.0), 1.0)
        # Every so manyth of them, by what each counts.
        taken = np.floor(np.cumsum(counted) * share + 0.5)
        return np.flatnonzero(np.diff(taken, prepend=0.0)).astype(np.int32), float(counted.sum())

    def are_duplicate_free(self, model: TrainedMatchModel, sources: NDArray[np.int32]) -> bool:
        """Tell whether fewer than 2 % of each source's records have a near-certain partner in their own source.

        A model that is given tells what was found of its training data, if it was.
        """
        if self._given_model is not None and self._given_model.is_duplicate_free is not None:
            return self._given_model.is_duplicate_free
        left, right = self._candidates.left_idx, self._candidates.right_idx
        within = self._store.only(self._candidates, lambda piece: sources[left[piece]] == sources[right[piece]])
        near = self._weights(model, within) >= _NEAR_CERTAIN_BITS
        n_copies = self._table.n_copies
        has_partner = (n_copies > 1) & (self._copies(model) >= _NEAR_CERTAIN_BITS)
        has_partner[within.left_idx[near]] = True
        has_partner[within.right_idx[near]] = True
        n_records = np.bincount(sources, weights=n_copies)
        n_partnered = np.bincount(sources, weights=n_copies * has_partner)
        return bool((n_partnered < _MAX_SHARE_OF_DUPLICATES * np.maximum(n_records, 1)).all())

    def weigh(self, model: TrainedMatchModel, sources: NDArray[np.int32] | None) -> None:
        """Compare and weigh the candidate pairs, those across sources only where they are given."""
        if sources is not None:
            left, right = self._candidates.left_idx, self._candidates.right_idx
            self._candidates = self._store.only(
                self._candidates, lambda piece: sources[left[piece]] != sources[right[piece]]
            )
        self._certain = self._certain.limited_to(sources)
        self._progress("comparing", 0.0)
        self._weight_bits = self._weights(model, self._candidates, lambda done: self._progress("comparing", done))

    def _weights(
        self, model: TrainedMatchModel, pairs: CandidatePairs, tell: Callable[[float], None] = _ignore
    ) -> NDArray[np.float64]:
        """Compare and weigh pairs piece by piece: their levels take several times the room of their weights."""
        weigher = PairWeigher(model, is_compiled=self._is_large)
        weight_bits = self._store.empty(len(pairs), np.float64)
        tests = (self._certain.test(), self._certain.broken_rules(self._comparer))

        def weigh(chunk: slice) -> None:
            left, right = pairs.left_idx[chunk], pairs.right_idx[chunk]
            found = weigher.compare(self._comparer, left, right)
            for is_apart in tests:
                found[is_apart(left, right)] = -np.inf
            weight_bits[chunk] = found

        in_threads(weigh, pieces_of(len(pairs)), n_threads=self._n_threads, tell=tell)
        return weight_bits

    def cluster(
        self, model: TrainedMatchModel, *, one_per_source: bool, may_hold_copies: NDArray[np.bool_]
    ) -> LinkedTable:
        """Cluster, and put together what was found out."""
        self._progress("clustering", 0.0)
        candidates, weight_bits = self._candidates, self._weight_bits
        graph = PairGraph(
            left_idx=candidates.left_idx,
            right_idx=candidates.right_idx,
            weight_bits=weight_bits,
            tie_break=self._table.content_hash,
            source_of_unit=self._certain.limited_source,
            labels=tuple(self._certain.labels.values()),
        )
        clusterer = self._parts.clusterer or GreedyClusterer(
            contraction=self._options.contraction,
            attachment=self._options.attachment if has_persons(model.outputs) else None,
            match_probability=self._options.match_probability,
            n_threads=self._options.n_threads,
        )
        certain, cluster = self._certain.cluster(graph, clusterer, self._table, self._comparer)
        self._progress("clustering", 1.0)
        return LinkedTable(
            table=self._table,
            comparer=self._comparer,
            model=model,
            candidates=candidates,
            weight_bits=weight_bits,
            copy_bits=np.where(may_hold_copies | (self._table.n_copies == 1), self._copies(model), -np.inf),
            graph=certain.linked(graph),
            clusterer=clusterer,
            cluster=cluster,
            certain=certain,
            match_probability=self._options.match_probability,
            one_per_source=one_per_source,
            blocking=self._parts.blocking,
            n_spilled_bytes=self._store.n_bytes,
        )

    def _copies(self, model: TrainedMatchModel) -> NDArray[np.float64]:
        """Return the match weight of two rows of each unit; infinite for units of one row."""
        copy_bits = np.full(self._table.n_units, np.inf)
        several = np.flatnonzero(self._table.n_copies > 1).astype(np.int32)
        if len(several):
            copy_bits[several] = copy_weights(model, self._comparer, several)
        return copy_bits


def _n_possible_pairs(table: RecordTable, sources: NDArray[np.int32] | None) -> float:
    n_units = table.n_units
    pairs = n_units * (n_units - 1) / 2
    if sources is not None:
        sizes = np.bincount(sources).astype(np.float64)
        pairs -= float((sizes * (sizes - 1) / 2).sum())
    return max(pairs, 1.0)
