"""All units matched at once, by the steps of a batch, with what a batch does not tell of them."""

from __future__ import annotations

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from custid.clustering._numbering import numbered_by_first_unit
from custid.clustering.attachment import AttachmentOptions, Targets, find_targets, settle_targets
from custid.clustering.contraction import contract
from custid.clustering.pair_graph import PairGraph
from custid.engines.certainties import Certainties, certainties_of
from custid.engines.constraints import Constraints
from custid.engines.local import LocalEngine
from custid.engines.options import Parts, ResolveOptions
from custid.engines.row_links import RowLinks
from custid.engines.table_weigher import has_persons
from custid.scoring.match_model import TrainedMatchModel
from custid.table.record_table import RecordTable

__all__ = ["WholeMatch", "match_table"]


@frozen(kw_only=True, eq=False)
class WholeMatch:
    """What a batch finds, step by step.

    Attributes
    ----------
    graph : PairGraph
        All candidate pairs, weighed.
    cluster : ndarray of int64, shape (n_units,)
        Cluster of each unit after contraction, numbered from 0.
    targets : Targets or None
        What each cluster is bound for; None where nothing is attached.
    root : ndarray of int64, shape (n_clusters,)
        The cluster that each one becomes part of.
    copy_bits : ndarray of float64, shape (n_units,)
        Weight of two records of each unit; infinite for a unit of one.
    """

    graph: PairGraph = field(repr=False)
    cluster: NDArray[np.int64] = field(repr=False)
    targets: Targets | None = field(repr=False)
    root: NDArray[np.int64] = field(repr=False)
    copy_bits: NDArray[np.float64] = field(repr=False, factory=lambda: np.empty(0))


class _Steps:
    """A clusterer that keeps what it found on the way."""

    def __init__(self, options: ResolveOptions, attachment: AttachmentOptions | None) -> None:
        self._options = options
        self._attachment = attachment
        self.found: WholeMatch | None = None

    def __call__(self, graph: PairGraph, /) -> NDArray[np.int64]:
        n_threads, least = self._options.n_threads, self._options.match_probability
        cluster = contract(graph, self._options.contraction, match_probability=least, n_threads=n_threads)
        root, targets = np.arange(int(cluster.max(initial=-1)) + 1), None
        if self._attachment is not None:
            targets = find_targets(graph, cluster, self._attachment, match_probability=least, n_threads=n_threads)
            root = settle_targets(graph, cluster, targets)
        self.found = WholeMatch(graph=graph, cluster=cluster, targets=targets, root=root)
        return numbered_by_first_unit(root[cluster])


def match_table(
    table: RecordTable,
    model: TrainedMatchModel,
    options: ResolveOptions,
    *,
    parts: Parts | None = None,
    certain: Certainties | None = None,
) -> WholeMatch:
    """Return what a batch over some units finds.

    Parameters
    ----------
    table : RecordTable
        The units, without sources.
    model : TrainedMatchModel
        The match model.
    options : ResolveOptions
        Settings.
    parts : Parts, optional
        Blocking and comparisons of the user's own; the built-in ones when not given.
    certain : Certainties, optional
        What the clusters have to keep to; that registered numbers keep units apart, whether or not the model knows
        them, when not given.

    Returns
    -------
    WholeMatch
        Units as in the table.
    """
    steps = _Steps(options, options.attachment if has_persons(model.outputs) else None)
    linked = LocalEngine(options).run(
        table,
        parts=evolve(parts or Parts(), clusterer=steps),
        model=model,
        duplicate_free=False,
        certain=certain or certainties_of(table, RowLinks(), Constraints()),
    )
    assert steps.found is not None  # noqa: S101  # the engine has called it
    return evolve(steps.found, copy_bits=linked.copy_bits)
