"""Comparing and weighing the pairs of a tile, by the code of every other run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.clustering.pair_graph import components
from custid.engines.labels import IDENTIFIERS
from custid.engines.spark._contents import table_of_contents
from custid.engines.spark._messages import Message, arrays_of, unpacked_tables
from custid.engines.spark._tiles import FACTS, PAIRS, distinct_pairs
from custid.engines.table_weigher import TableWeigher
from custid.scoring.match_model import TrainedMatchModel

__all__ = ["FOREST", "WEIGHED", "CopyWeigher", "LabelTeller", "TileWeigher", "label_names", "weighed_pairs"]

WEIGHED, FOREST = 4, 5
"""Tags of messages: pairs with weights, and a forest that joins what positive pairs join."""

_PAIRS_AT_ONCE = 1 << 17
_COMPILED_FROM_PAIRS = 50_000
"""Fewer than on one machine: a worker loads compiled code once for many tiles."""


def weighed_pairs(messages: pa.Table) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.float64]]:
    """Return the weighed pairs of a tile: left and right units, and weights in bits."""
    found = arrays_of(messages, WEIGHED, 3)
    left, right, bits = np.ascontiguousarray(found.T)
    return left, right, bits.view(np.float64)


def label_names(model: TrainedMatchModel, *, has_kinds: bool) -> tuple[str, ...]:
    """Return the labels that may keep units apart: identifiers that are compared, and kinds of party where told."""
    names = [name for name in IDENTIFIERS if name in (model.attributes or ())]
    return tuple(sorted([*names, *(["party_kind"] if has_kinds else [])]))


@frozen(kw_only=True)
class TileWeigher:
    """Weighs the pairs of a tile, each once.

    Attributes
    ----------
    model : TrainedMatchModel
        The match model.
    above_bits : float
        Pairs above this weight join components.
    """

    model: TrainedMatchModel = field(repr=False)
    above_bits: float

    def __call__(self, place: int, messages: pa.Table) -> Iterator[Message]:
        """Yield messages of weighed pairs, and a forest of their components."""
        units, pairs = distinct_pairs(arrays_of(messages, PAIRS, 2))
        if not len(pairs):
            return
        table = table_of_contents(_contents_of(units, messages), self.model.attributes or ())
        weigher = TableWeigher(self.model, table, is_compiled=len(pairs) >= _COMPILED_FROM_PAIRS)
        row_of_unit = table.unit_of_row.astype(np.int32)
        joined = [np.empty((0, 2), np.int64)]
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            some = pairs[start : start + _PAIRS_AT_ONCE]
            rows = np.sort(row_of_unit[some], axis=1)
            bits = weigher.weight_bits(np.ascontiguousarray(rows[:, 0]), np.ascontiguousarray(rows[:, 1]))
            joined.append(some[bits > self.above_bits])
            sent = np.column_stack([units[some[:, 0]], units[some[:, 1]], bits.view(np.uint64)])
            yield place, WEIGHED, sent.tobytes()
        yield from _forest(place, units, np.concatenate(joined))


def _contents_of(units: NDArray[np.uint64], messages: pa.Table) -> pa.Array:
    """Return what units say, in their order."""
    parts = []
    for told in unpacked_tables(messages, FACTS):
        held = np.asarray(told.column("unit")).view(np.uint64)
        parts.append(told.filter(pa.array(np.isin(held, units))))
    told = pa.concat_tables(parts).combine_chunks()
    order = np.argsort(np.asarray(told.column("unit")).view(np.uint64))
    return told.column("content").combine_chunks().take(pa.array(order))


def _forest(place: int, units: NDArray[np.uint64], joined: NDArray[np.int64]) -> Iterator[Message]:
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
    """

    model: TrainedMatchModel = field(repr=False)

    def __call__(self, units: pa.Table) -> Iterator[pa.Table]:
        """Yield ``unit`` and ``copy_bits``."""
        table = table_of_contents(units.column("content").combine_chunks(), self.model.attributes or ())
        bits = TableWeigher(self.model, table).copy_bits()
        yield pa.table({"unit": pa.array(table.content_hash.view(np.int64)), "copy_bits": bits})


@frozen(kw_only=True)
class LabelTeller:
    """Tells the labels of units.

    Attributes
    ----------
    model : TrainedMatchModel
        The match model.
    names : tuple of str
        The labels.
    """

    model: TrainedMatchModel = field(repr=False)
    names: tuple[str, ...]

    def __call__(self, units: pa.Table) -> Iterator[pa.Table]:
        """Yield ``unit`` and a column for each label, 0 for none; units without any are left out."""
        table = table_of_contents(units.column("content").combine_chunks(), self.model.attributes or ())
        weigher = TableWeigher(self.model, table)
        columns = {"unit": table.content_hash.view(np.int64)}
        has_any = np.zeros(table.n_units, np.bool_)
        for place, name in enumerate(self.names):
            codes = weigher.labels.get(name, np.full(table.n_units, -1, np.int32))
            if name in weigher.table.columns:
                hashes = np.append(weigher.table.columns[name].hashes, np.uint64(0))
            else:
                hashes = np.append(np.arange(1, max(codes.max(initial=0) + 2, 2), dtype=np.uint64), np.uint64(0))
            columns[f"label_{place}"] = hashes[codes].view(np.int64)
            has_any |= codes >= 0
        yield pa.table(columns).filter(pa.array(has_any))
