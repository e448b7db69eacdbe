"""Units that one worker can hold: all of them are matched in one call, by the engine of one machine.

Keys and contents that travel cost more than the work that they are spread for.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking import Blocking, record_atoms, stream_candidates
from custid.engines._given_model import fitting_table
from custid.engines.options import Parts, ResolveOptions
from custid.engines.pair_store import pieces_of
from custid.engines.spark._contents import table_of_contents
from custid.engines.spark._known import UnitLinks
from custid.engines.spark._messages import Message
from custid.engines.spark._weighing import COUNTED, CUSTOMERS, WEIGHED
from custid.engines.whole_match import WholeMatch, match_table
from custid.scoring.match_model import TrainedMatchModel
from custid.table.record_table import RecordTable

__all__ = ["CapFinder", "WholeMatcher"]


@frozen(kw_only=True)
class CapFinder:
    """Finds the largest blocks whose pairs fit the budget, among all units.

    Attributes
    ----------
    model : TrainedMatchModel
        The match model.
    attributes : tuple of str
        Attributes of the contents.
    block_cap : int
        Units in the largest block looked at.
    pairs_per_unit : float
        The budget.
    n_threads : int
        Threads; no result depends on it.
    blocking : Blocking
        What records may share.
    """

    model: TrainedMatchModel = field(repr=False)
    attributes: tuple[str, ...]
    block_cap: int
    pairs_per_unit: float
    n_threads: int
    blocking: Blocking = record_atoms

    def __call__(self, units: pa.Table) -> Iterator[pa.Table]:
        """Yield the cap as ``cap``, for units as ``content``."""
        table = fitting_table(self.model, _table_of(units, self.attributes, self.n_threads))
        stream = stream_candidates(
            self.blocking(table),
            table.n_units,
            block_cap=self.block_cap,
            pairs_per_unit=self.pairs_per_unit,
            n_threads=self.n_threads,
        )
        yield pa.table({"cap": pa.array([stream.block_cap], pa.int32())})


@frozen(kw_only=True)
class WholeMatcher:
    """Finds the pairs, weights and customers of all units, by the engine of one machine.

    Attributes
    ----------
    model : TrainedMatchModel
        The match model.
    attributes : tuple of str
        Attributes of the contents.
    options : ResolveOptions
        What decides on the result.
    n_slices : int
        Places over which the pairs are spread evenly.
    parts : Parts
        What records may share, and what is compared.
    links : UnitLinks
        What is certain of units.
    """

    model: TrainedMatchModel = field(repr=False)
    attributes: tuple[str, ...]
    options: ResolveOptions
    n_slices: int
    parts: Parts = field(factory=Parts)
    links: UnitLinks = field(factory=UnitLinks)

    def __call__(self, units: pa.Table) -> Iterator[Message]:
        """Yield messages of weighed pairs, and of customers, for units as ``content``."""
        table = _table_of(units, self.attributes, self.options.n_threads)
        del units
        found = match_table(table, self.model, self.options, parts=self.parts, certain=self.links.certainties_of(table))
        hashes, graph = table.content_hash, found.graph
        n_pairs = len(graph.left_idx)
        yield from self._customers(hashes, found)
        for piece in pieces_of(n_pairs):
            ends = np.column_stack([hashes[graph.left_idx[piece]], hashes[graph.right_idx[piece]]])
            ends.sort(axis=1)
            sent = np.column_stack([ends, graph.weight_bits[piece].view(np.uint64)])
            yield piece.start * self.n_slices // max(n_pairs, 1), WEIGHED, sent.tobytes()
            yield len(sent), COUNTED, b""

    def _customers(self, hashes: NDArray[np.uint64], found: WholeMatch) -> Iterator[Message]:
        """Yield the units that are together with others; the smallest hash of the cluster that others join names it."""
        name = np.full(len(found.root), ~np.uint64(0))
        np.minimum.at(name, found.cluster, hashes)
        root = found.root[found.cluster]
        together = np.flatnonzero(np.bincount(root, minlength=len(name))[root] > 1)
        for piece in pieces_of(len(together)):
            some = together[piece]
            yield 0, CUSTOMERS, np.column_stack([hashes[some], name[root[some]]]).tobytes()


def _table_of(units: pa.Table, attributes: tuple[str, ...], n_threads: int) -> RecordTable:
    return table_of_contents(units.column("content").combine_chunks(), attributes, n_threads=n_threads)
