"""What a run over a table found out, as numbers."""

from __future__ import annotations

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking.atoms import Blocking, record_atoms
from custid.blocking.candidates import CandidatePairs
from custid.clustering._numbering import numbered_by_first_unit
from custid.clustering._thresholds import threshold_bits
from custid.clustering.greedy import Clusterer
from custid.clustering.pair_graph import PairGraph
from custid.comparison.comparer import PairComparer
from custid.engines.certainties import Certainties
from custid.scoring.match_model import TrainedMatchModel
from custid.table.record_table import RecordTable

__all__ = ["LinkedTable"]


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
        Match weight of each candidate pair, -25 or more; ``-inf`` where it is certain that the two are apart.
    copy_bits : ndarray of float64, shape (n_units,)
        Match weight of two rows of one unit; ``inf`` for units of one row, ``-inf`` where the sources were said to be
        free of duplicates.
    graph : PairGraph
        The pairs with all constraints, as they were clustered.
    clusterer : Clusterer
        What clustered them.
    cluster : ndarray of int64, shape (n_units,)
        Cluster of each unit.
    match_probability : float
        What a merge had to be more probable than, in (0, 1).
    one_per_source : bool
        Whether no customer was allowed two records of one source that differ.
    certain : Certainties
        What the clusters had to keep to.
    blocking : Blocking
        What proposed the pairs, for explanations of those that it did not propose.
    n_spilled_bytes : int
        Size of the files that pairs and weights were moved to so that the run kept to its memory limit, 0 for none.
    """

    table: RecordTable
    comparer: PairComparer = field(repr=False)
    model: TrainedMatchModel = field(repr=False)
    candidates: CandidatePairs = field(repr=False)
    weight_bits: NDArray[np.float64] = field(repr=False)
    copy_bits: NDArray[np.float64] = field(repr=False)
    graph: PairGraph = field(repr=False)
    clusterer: Clusterer = field(repr=False)
    cluster: NDArray[np.int64] = field(repr=False)
    certain: Certainties = field(repr=False)
    match_probability: float = 0.5
    one_per_source: bool = False
    blocking: Blocking = field(default=record_atoms, repr=False)
    n_spilled_bytes: int = 0

    @property
    def is_loose(self) -> NDArray[np.bool_]:
        """Whether each unit's rows are customers of their own, bool, shape (n_units,)."""
        n_units_of = np.bincount(self.cluster, minlength=int(self.cluster.max(initial=-1)) + 1)
        is_alone = n_units_of[self.cluster] == 1
        is_unsure = self.copy_bits <= threshold_bits(self.match_probability)
        is_unsure[self.certain.joined_copies] = False
        return np.asarray(np.isneginf(self.copy_bits) | (is_unsure & is_alone), np.bool_)

    def cluster_of_row(self) -> NDArray[np.int64]:
        """Return the cluster of each input row, numbered by first appearance.

        Rows of one unit are apart where being equal says too little to make them one customer.  Where sources were
        said to be free of duplicates, they are different customers; which of them a record of another source belongs
        to nothing can tell, so none of them is joined with it.
        """
        table = self.table
        label = self.cluster[table.unit_of_row].copy()
        loose_rows = np.flatnonzero(self.is_loose[table.unit_of_row])
        label[loose_rows] = len(self.cluster) + loose_rows
        return numbered_by_first_unit(label)
