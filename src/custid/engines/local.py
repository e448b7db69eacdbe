"""The steps from records to clusters, on one machine.

The engine moves data; every formula is in the layers below, so that another engine gives the same result.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking.atoms import record_atoms
from custid.blocking.candidates import CandidatePairs, block_candidates
from custid.clustering.attachment import AttachmentOptions, attach_fragments
from custid.clustering.contraction import ContractionOptions, PairGraph, contract
from custid.comparison.comparer import PairComparer
from custid.comparison.comparison import BindingContext, Comparison, ComparisonOutput
from custid.comparison.library import default_comparisons
from custid.comparison.string_metrics import Executor
from custid.scoring.em import EMOptions, PairSample, fit_classes
from custid.scoring.frequencies import TermFrequencies, count_terms, rarity_of
from custid.scoring.match_model import OutputParameters, TrainedMatchModel, sum_adjustments
from custid.scoring.strangers import random_pairs, u_probabilities
from custid.table.record_table import RecordTable

__all__ = ["LinkedTable", "LocalEngine", "Progress", "ResolveOptions"]

Progress = Callable[[str, float], None]
"""Called with the name of a step and the share of it that is done, in [0, 1]."""

_CHUNK = 65_536
_COMPILED_FROM_PAIRS = 200_000
_TWIN_SHARE = 0.05
_MIN_OUTPUTS_FOR_HOUSEHOLDS = 4


def _silent(_step: str, _done: float) -> None:
    """Report nothing."""


@frozen(kw_only=True)
class ResolveOptions:
    """Settings of a run; the defaults are meant for every file.

    Attributes
    ----------
    block_cap : int
        Records in the largest block looked at, at most 63.
    pairs_per_record : float
        Budget of candidate pairs per distinct record.
    n_random_pairs : int
        Random pairs from which to learn how often strangers agree.
    n_training_pairs : int
        Candidate pairs from which to learn, at most.
    em : EMOptions
        Learning.
    contraction : ContractionOptions
        Clustering.
    attachment : AttachmentOptions or None
        Attaching of fragments; None leaves the step out.
    review_probability : float
        Pairs at least this probable are reported, and those that stay apart are to be reviewed.
    seed : int
        Seed of the random samples.
    n_threads : int
        Threads; no result depends on it.
    """

    block_cap: int = 50
    pairs_per_record: float = 45.0
    n_random_pairs: int = 400_000
    n_training_pairs: int = 400_000
    em: EMOptions = field(factory=EMOptions)
    contraction: ContractionOptions = field(factory=ContractionOptions)
    attachment: AttachmentOptions | None = field(factory=AttachmentOptions)
    review_probability: float = 0.5
    seed: int = 20_160_101
    n_threads: int = field(factory=lambda: max(1, min(8, len(os.sched_getaffinity(0)))))


@frozen(kw_only=True, eq=False)
class LinkedTable:
    """What a run found out.

    Attributes
    ----------
    table : RecordTable
        The records.
    comparer : PairComparer
        Compares further pairs the same way, for explanations.
    model : TrainedMatchModel
        The match model used.
    candidates : CandidatePairs
        The pairs weighed.
    weight_bits : ndarray of float64, shape (n_pairs,)
        Match weight of each candidate pair.
    copy_bits : ndarray of float64, shape (n_units,)
        Match weight of two rows of one unit; ``inf`` for units of one row.
    cluster : ndarray of int64, shape (n_units,)
        Cluster of each unit.
    """

    table: RecordTable
    comparer: PairComparer = field(repr=False)
    model: TrainedMatchModel = field(repr=False)
    candidates: CandidatePairs = field(repr=False)
    weight_bits: NDArray[np.float64] = field(repr=False)
    copy_bits: NDArray[np.float64] = field(repr=False)
    cluster: NDArray[np.int64] = field(repr=False)

    def cluster_of_row(self) -> NDArray[np.int64]:
        """Return the cluster of each input row, numbered by first appearance.

        Rows of one unit are apart where being equal says too little to make them one customer.
        """
        table = self.table
        label = self.cluster[table.unit_of_row].copy()
        n_units_of = np.bincount(self.cluster, minlength=int(self.cluster.max(initial=-1)) + 1)
        is_loose = (self.copy_bits <= 0) & (n_units_of[self.cluster] == 1)
        loose_rows = np.flatnonzero(is_loose[table.unit_of_row])
        label[loose_rows] = len(n_units_of) + loose_rows
        _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
        rank = np.empty(len(first), np.int64)
        rank[np.argsort(first)] = np.arange(len(first))
        return rank[inverse]


@frozen(kw_only=True, eq=False)
class _Compared:
    levels: NDArray[np.int8]
    match_bits: NDArray[np.float32]
    household_bits: NDArray[np.float32]


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
        comparisons: Sequence[Comparison] | None = None,
        model: TrainedMatchModel | None = None,
        one_per_source: bool = False,
        progress: Progress = _silent,
    ) -> LinkedTable:
        """Find the customers of a table.

        Parameters
        ----------
        table : RecordTable
            The records.
        comparisons : sequence of Comparison, optional
            What to compare; the ready-made ones for the table's attributes when not given.
        model : TrainedMatchModel, optional
            A trained model; learned from the table when not given.
        one_per_source : bool
            True when no source holds a customer twice: only pairs across sources are looked at, and no customer gets
            two records of one source.
        progress : callable
            Told of the steps.

        Returns
        -------
        LinkedTable
            Pairs, weights and clusters.
        """
        options = self.options
        sources = table.source_of_unit if one_per_source else None
        progress("blocking", 0.0)
        candidates = block_candidates(
            record_atoms(table),
            table.n_units,
            source_of_unit=sources,
            block_cap=options.block_cap,
            pairs_per_unit=options.pairs_per_record,
            n_threads=options.n_threads,
        )
        progress("blocking", 1.0)
        frequencies = count_terms(table) if model is None else model.frequencies
        comparer = self._comparer(table, comparisons, frequencies, len(candidates))
        if model is None:
            u = self._strangers(table, comparer, sources)
        else:
            u = tuple(parameters.u_probability for parameters in model.parameters)
        compared = self._compare(comparer, u, candidates.left_idx, candidates.right_idx, progress)
        if model is None:
            progress("learning", 0.0)
            model = self._learn(table, comparer.outputs, u, compared, frequencies, sources)
            progress("learning", 1.0)
        weight_bits = model.weight_bits(compared.levels, compared.match_bits, compared.household_bits)
        progress("clustering", 0.0)
        graph = PairGraph(
            left_idx=candidates.left_idx,
            right_idx=candidates.right_idx,
            weight_bits=weight_bits,
            tie_break=table.content_hash,
            source_of_unit=sources,
        )
        cluster = contract(graph, options.contraction)
        if options.attachment is not None:
            cluster = attach_fragments(graph, cluster, options.attachment)
        progress("clustering", 1.0)
        return LinkedTable(
            table=table,
            comparer=comparer,
            model=model,
            candidates=candidates,
            weight_bits=weight_bits,
            copy_bits=self._copies(table, comparer, model, one_per_source=one_per_source),
            cluster=cluster,
        )

    def _comparer(
        self,
        table: RecordTable,
        comparisons: Sequence[Comparison] | None,
        frequencies: dict[str, TermFrequencies],
        n_candidates: int,
    ) -> PairComparer:
        executor = Executor.NUMBA if n_candidates >= _COMPILED_FROM_PAIRS else Executor.RAPIDFUZZ
        context = BindingContext(
            rarity=lambda attribute, values: rarity_of(frequencies, attribute, values), executor=executor
        )
        return PairComparer(table, default_comparisons(table) if comparisons is None else comparisons, context)

    def _strangers(
        self, table: RecordTable, comparer: PairComparer, sources: NDArray[np.int32] | None
    ) -> tuple[NDArray[np.float64], ...]:
        left, right = random_pairs(table.n_units, self.options.n_random_pairs, self.options.seed, sources)
        chunks = [slice(start, start + _CHUNK) for start in range(0, len(left), _CHUNK)]
        with ThreadPoolExecutor(self.options.n_threads) as pool:
            levels = list(pool.map(lambda chunk: comparer.compare(left[chunk], right[chunk])[0], chunks))
        empty = np.zeros((0, len(comparer.outputs)), np.int8)
        return u_probabilities(comparer.outputs, np.concatenate([empty, *levels]))

    def _compare(
        self,
        comparer: PairComparer,
        u: Sequence[NDArray[np.float64]],
        left: NDArray[np.int32],
        right: NDArray[np.int32],
        progress: Progress = _silent,
    ) -> _Compared:
        levels = np.empty((len(left), len(comparer.outputs)), np.int8)
        match_bits = np.empty(len(left), np.float32)
        household_bits = np.empty(len(left), np.float32)

        def compare(start: int) -> None:
            chunk = slice(start, start + _CHUNK)
            levels[chunk], rarity = comparer.compare(left[chunk], right[chunk])
            match_bits[chunk], household_bits[chunk] = sum_adjustments(comparer.outputs, u, levels[chunk], rarity)

        starts = range(0, len(left), _CHUNK)
        with ThreadPoolExecutor(self.options.n_threads) as pool:
            for n_done, _ in enumerate(pool.map(compare, starts), start=1):
                progress("comparing", n_done / len(starts))
        return _Compared(levels=levels, match_bits=match_bits, household_bits=household_bits)

    def _learn(
        self,
        table: RecordTable,
        outputs: Sequence[ComparisonOutput],
        u: Sequence[NDArray[np.float64]],
        compared: _Compared,
        frequencies: dict[str, TermFrequencies],
        sources: NDArray[np.int32] | None,
    ) -> TrainedMatchModel:
        options = self.options
        n_pairs = len(compared.levels)
        sample = np.arange(n_pairs)
        if n_pairs > options.n_training_pairs:
            sample = np.sort(
                np.random.default_rng(options.seed + 1).choice(n_pairs, options.n_training_pairs, replace=False)
            )
        names = {output.attribute for output in outputs}
        em = options.em
        if "given_name" not in names or len(outputs) < _MIN_OUTPUTS_FOR_HOUSEHOLDS:
            em = EMOptions(
                max_iterations=em.max_iterations,
                tolerance=em.tolerance,
                start_top=em.start_top,
                prior_weight=em.prior_weight,
                matches_per_record=em.matches_per_record,
                has_household_class=False,
            )
        learned = fit_classes(
            PairSample(
                levels=compared.levels[sample],
                match_bits=compared.match_bits[sample],
                household_bits=compared.household_bits[sample],
                weight=n_pairs / max(len(sample), 1),
                n_records=table.n_units,
                n_pairs=_n_possible_pairs(table, sources),
            ),
            u,
            [output.is_personal for output in outputs],
            [_TWIN_SHARE if output.attribute == "birth_date" else None for output in outputs],
            em,
        )
        return TrainedMatchModel(
            parameters=tuple(
                OutputParameters(output=output, m_probability=m, u_probability=u_k, h_probability=h)
                for output, m, u_k, h in zip(outputs, learned.m, u, learned.h, strict=True)
            ),
            prior_match_probability=learned.prior_match,
            prior_household_probability=learned.prior_household,
            frequencies=frequencies,
            n_records=table.n_units,
            has_converged=learned.has_converged,
            history=learned.history,
        )

    def _copies(
        self, table: RecordTable, comparer: PairComparer, model: TrainedMatchModel, *, one_per_source: bool
    ) -> NDArray[np.float64]:
        copy_bits = np.full(table.n_units, np.inf)
        several = np.flatnonzero(table.n_copies > 1).astype(np.int32)
        if one_per_source:
            copy_bits[several] = -np.inf
        elif len(several):
            levels, rarity = comparer.compare(several, several)
            copy_bits[several] = model.weight_bits(levels, *model.adjustments(levels, rarity))
        return copy_bits


def _n_possible_pairs(table: RecordTable, sources: NDArray[np.int32] | None) -> float:
    n_units = table.n_units
    pairs = n_units * (n_units - 1) / 2
    if sources is not None:
        sizes = np.bincount(sources).astype(np.float64)
        pairs -= float((sizes * (sizes - 1) / 2).sum())
    return max(pairs, 1.0)
