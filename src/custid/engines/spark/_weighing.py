"""Comparing and weighing the pairs of a tile, by the code of every other run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.clustering.pair_graph import components
from custid.comparison.library import default_comparisons
from custid.engines.constraints import Exclusive
from custid.engines.labels import IDENTIFIERS, PARTY_KIND
from custid.engines.options import ComparisonsLike
from custid.engines.spark._contents import table_of_contents
from custid.engines.spark._known import UnitLinks
from custid.engines.spark._messages import Message, arrays_of, unpacked_tables
from custid.engines.spark._tiles import FACTS, PAIRS, distinct_pairs
from custid.engines.table_weigher import TableWeigher
from custid.scoring.match_model import TrainedMatchModel

__all__ = [
    "COUNTED",
    "CUSTOMERS",
    "FOREST",
    "WEIGHED",
    "CopyWeigher",
    "LabelTeller",
    "TileWeigher",
    "label_names",
    "weighed_pairs",
]

WEIGHED, FOREST, COUNTED, CUSTOMERS = 4, 5, 10, 11
"""Tags of messages: pairs with weights; a forest that joins what positive pairs join; how many pairs there are, in the
place of the place, so that nobody opens them to count; units with the customer they are part of, where both are known.
"""

_PAIRS_AT_ONCE = 1 << 17
_COMPILED_FROM_PAIRS = 50_000
"""Fewer than on one machine: a worker loads compiled code once for many tiles."""


def weighed_pairs(messages: pa.Table) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.float64]]:
    """Return the weighed pairs of a tile: left and right units, and weights in bits."""
    found = arrays_of(messages, WEIGHED, 3)
    left, right, bits = np.ascontiguousarray(found.T)
    return left, right, bits.view(np.float64)


def label_names(attributes: Sequence[str], exclusive: Sequence[Exclusive], *, has_kinds: bool) -> tuple[str, ...]:
    """Return the labels that may keep units apart: exclusive attributes, and kinds of party where told."""
    names = {*IDENTIFIERS, *(each.attribute for each in exclusive)}.intersection(attributes)
    return tuple(sorted([*names, *([PARTY_KIND] if has_kinds else [])]))


@frozen(kw_only=True)
class TileWeigher:
    """Weighs the pairs of a tile, each once.

    Attributes
    ----------
    model : TrainedMatchModel
        The match model.
    above_bits : float
        Pairs above this weight join components.
    attributes : tuple of str
        Attributes of the contents.
    comparisons : sequence of Comparison or callable
        What is compared.
    links : UnitLinks
        What is certain of units.
    """

    model: TrainedMatchModel = field(repr=False)
    above_bits: float
    attributes: tuple[str, ...]
    comparisons: ComparisonsLike = default_comparisons
    links: UnitLinks = field(factory=UnitLinks)

    def __call__(self, place: int, messages: pa.Table) -> Iterator[Message]:
        """Yield messages of weighed pairs, and a forest of their components."""
        units, pairs = distinct_pairs(arrays_of(messages, PAIRS, 2))
        if not len(pairs):
            return
        table = table_of_contents(_contents_of(units, messages), self.attributes)
        weigher = TableWeigher(
            self.model,
            table,
            is_compiled=len(pairs) >= _COMPILED_FROM_PAIRS,
            comparisons=self.comparisons,
            labels=self.links.labels_of(table),
        )
        row_of_unit = table.unit_of_row.astype(np.int32)
        joined = [np.empty((0, 2), np.int64)]
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            some = pairs[start : start + _PAIRS_AT_ONCE]
            rows = np.sort(row_of_unit[some], axis=1)
            bits = weigher.weight_bits(np.ascontiguousarray(rows[:, 0]), np.ascontiguousarray(rows[:, 1]))
            bits[self.links.are_apart(units[some[:, 0]], units[some[:, 1]])] = -np.inf
            joined.append(some[bits > self.above_bits])
            sent = np.column_stack([units[some[:, 0]], units[some[:, 1]], bits.view(np.uint64)])
            yield place, WEIGHED, sent.tobytes()
            yield len(some), COUNTED, b""
        yield from _forest_of(place, units, np.concatenate(joined))


def _contents_of(units: NDArray[np.uint64], messages: pa.Table) -> pa.Array:
    """Return what units say, in their order."""
    parts = []
    for told in unpacked_tables(messages, FACTS):
        held = np.asarray(told.column("unit")).view(np.uint64)
        parts.append(told.filter(pa.array(np.isin(held, units))))
    told = pa.concat_tables(parts).combine_chunks()
    order = np.argsort(np.asarray(told.column("unit")).view(np.uint64))
    return told.column("content").combine_chunks().take(pa.array(order))


def _forest_of(place: int, units: NDArray[np.uint64], joined: NDArray[np.int64]) -> Iterator[Message]:
    """Yield a message with a forest that joins what some pairs of places among units join."""
    used, places = np.unique(joined, return_inverse=True)
    one, other = np.ascontiguousarray(places.reshape(-1, 2).T, np.int32)
    root = components(len(used), one, other)
    leaves = np.flatnonzero(root != np.arange(len(used)))
    if len(leaves):
        yield place, FOREST, np.column_stack([units[used[leaves]], units[used[root[leaves]]]]).tobytes()


@frozen(kw_only=True)
class CopyWeigher:
    """Weighs two rows of units that have several.

    Attributes
    ----------
    model : TrainedMatchModel
        The match model.
    attributes : tuple of str
        Attributes of the contents.
    comparisons : sequence of Comparison or callable
        What is compared.
    """

    model: TrainedMatchModel = field(repr=False)
    attributes: tuple[str, ...]
    comparisons: ComparisonsLike = default_comparisons

    def __call__(self, units: pa.Table) -> Iterator[pa.Table]:
        """Yield ``unit`` and ``copy_bits``."""
        table = table_of_contents(units.column("content").combine_chunks(), self.attributes)
        bits = TableWeigher(self.model, table, comparisons=self.comparisons).copy_bits()
        yield pa.table({"unit": pa.array(table.content_hash.view(np.int64)), "copy_bits": bits})


@frozen(kw_only=True)
class LabelTeller:
    """Tells the labels of units.

    Attributes
    ----------
    attributes : tuple of str
        Attributes of the contents.
    names : tuple of str
        The labels.
    links : UnitLinks
        What is certain of units.
    """

    attributes: tuple[str, ...]
    names: tuple[str, ...]
    links: UnitLinks = field(factory=UnitLinks)

    def __call__(self, units: pa.Table) -> Iterator[pa.Table]:
        """Yield ``unit`` and a column for each label, 0 for none; units without any are left out."""
        table = table_of_contents(units.column("content").combine_chunks(), self.attributes)
        labels = self.links.labels_of(table)
        columns = {"unit": table.content_hash.view(np.int64)}
        has_any = np.zeros(table.n_units, np.bool_)
        for place, name in enumerate(self.names):
            codes = labels.get(name, np.full(table.n_units, -1, np.int32))
            if name in table.columns:
                hashes = np.append(table.columns[name].hashes, np.uint64(0))
            else:
                hashes = np.append(np.arange(1, max(codes.max(initial=0) + 2, 2), dtype=np.uint64), np.uint64(0))
            columns[f"label_{place}"] = hashes[codes].view(np.int64)
            has_any |= codes >= 0
        yield pa.table(columns).filter(pa.array(has_any))
