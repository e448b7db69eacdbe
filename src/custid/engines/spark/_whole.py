"""Units that one worker can hold: their pairs are found and weighed in one call, as on one machine.

Keys and contents that travel cost more than the work that they are spread for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid._memory import give_back_memory
from custid._threads import in_threads
from custid.blocking import Blocking, record_atoms, stream_candidates
from custid.engines._given_model import fitting_table
from custid.engines.options import Parts
from custid.engines.pair_store import pieces_of
from custid.engines.spark._contents import table_of_contents
from custid.engines.spark._known import UnitLinks
from custid.engines.spark._messages import Message
from custid.engines.spark._weighing import WEIGHED, forest_of
from custid.engines.table_weigher import TableWeigher
from custid.scoring.match_model import TrainedMatchModel
from custid.table.record_table import RecordTable

__all__ = ["CapFinder", "WholeWeigher"]

_COMPILED_FROM_PAIRS: Final = 50_000
"""As in the tiles of `custid.engines.spark._weighing`."""


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
class WholeWeigher:
    """Finds and weighs the pairs of all units.

    Attributes
    ----------
    model : TrainedMatchModel
        The match model.
    attributes : tuple of str
        Attributes of the contents.
    block_cap : int
        Units in the largest block looked at.
    above_bits : float
        Pairs above this weight join components.
    n_slices : int
        Places over which the pairs are spread evenly.
    n_threads : int
        Threads; no result depends on it.
    parts : Parts
        What records may share, and what is compared.
    links : UnitLinks
        What is certain of units.
    """

    model: TrainedMatchModel = field(repr=False)
    attributes: tuple[str, ...]
    block_cap: int
    above_bits: float
    n_slices: int
    n_threads: int
    parts: Parts = field(factory=Parts)
    links: UnitLinks = field(factory=UnitLinks)

    def __call__(self, units: pa.Table) -> Iterator[Message]:
        """Yield messages of weighed pairs, and a forest of their components, for units as ``content``."""
        whole = _table_of(units, self.attributes, self.n_threads)
        labels = self.links.labels_of(whole)
        table = fitting_table(self.model, whole)
        del units, whole
        stream = stream_candidates(
            self.parts.blocking(table),
            table.n_units,
            block_cap=self.block_cap,
            pairs_per_unit=np.inf,
            n_threads=self.n_threads,
        )
        give_back_memory()
        weigher = TableWeigher(
            self.model,
            table,
            is_compiled=stream.n_pairs >= _COMPILED_FROM_PAIRS,
            comparisons=self.parts.comparisons,
            labels=labels,
        )
        hashes = table.content_hash
        joined, n_seen = [np.empty((0, 2), np.int64)], 0
        for left, right in stream.ranges():
            bits = self._weights(weigher, left, right)
            bits[self.links.are_apart(hashes[left], hashes[right])] = -np.inf
            chosen = bits > self.above_bits
            joined.append(np.column_stack([left[chosen], right[chosen]]).astype(np.int64))
            for piece in pieces_of(len(left)):
                place = (n_seen + piece.start) * self.n_slices // max(stream.n_pairs, 1)
                sent = np.column_stack([hashes[left[piece]], hashes[right[piece]], bits[piece].view(np.uint64)])
                sent[:, :2].sort(axis=1)
                yield place, WEIGHED, sent.tobytes()
            n_seen += len(left)
        yield from forest_of(0, hashes, np.concatenate(joined))

    def _weights(self, weigher: TableWeigher, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.float64]:
        bits = np.empty(len(left))

        def weigh(piece: slice) -> None:
            bits[piece] = weigher.weight_bits(left[piece], right[piece])

        in_threads(weigh, pieces_of(len(left)), n_threads=self.n_threads)
        return bits


def _table_of(units: pa.Table, attributes: tuple[str, ...], n_threads: int) -> RecordTable:
    return table_of_contents(units.column("content").combine_chunks(), attributes, n_threads=n_threads)
