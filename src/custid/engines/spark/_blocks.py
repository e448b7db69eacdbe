"""Blocking: the keys of units, sent to where equal keys meet, and the pairs of the blocks that are small enough.

Key families are those of `custid.blocking`; an atom goes by a hash that is the same in every table.  A key that more
units of one call have than the cap allows is sent for no more of them than are needed to tell so: a block of millions
of equal values costs as much as one just above the cap, for each call.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking._blocks import are_joined
from custid.blocking.atoms import HashedAtoms, hashed_atoms
from custid.engines._given_model import fitting_table
from custid.engines.spark._contents import table_of_contents
from custid.engines.spark._messages import Message, arrays_of
from custid.engines.spark._tiles import PAIRS, Tiles, distinct
from custid.scoring.match_model import TrainedMatchModel
from custid.table.hashing import combine_hashes, mix, string_hashes
from custid.table.record_table import RecordTable

__all__ = [
    "KEYS",
    "UNITS_AT_ONCE",
    "KeyScatter",
    "PairCounter",
    "PairMaker",
    "keys_of_table",
]

UNITS_AT_ONCE = 20_000
"""Units whose keys, some hundreds each, take about a hundred megabytes."""

KEYS = 1
"""Tag of messages of keys and units."""

_PAIRS_BETWEEN = 1 << 24
"""Pairs that are gathered before repeats are dropped."""


def keys_of_table(table: RecordTable) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return every key of the units of a table, and the unit of each.

    Parameters
    ----------
    table : RecordTable
        The units, with the attributes of the match model.

    Returns
    -------
    keys : ndarray of uint64, shape (n_keys,)
        Hashes; two units share one exactly if they share a key, but for accidents of 64 bits.
    units : ndarray of int64, shape (n_keys,)
        Their units; a unit has each key once.
    """
    kinds = [_Atoms.of_hashed(each, table.n_units) for each in hashed_atoms(table)]
    keys, units = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for place, first in enumerate(kinds):
        if first.may_stand_alone:
            keys.append(first.hashes)
            units.append(first.units)
        for second in kinds[place:]:
            if are_joined(first.group, second.group, is_same_kind=second is first):
                key, unit = _joined(first, second)
                keys.append(key)
                units.append(unit)
    return np.concatenate(keys), np.concatenate(units)


@frozen(kw_only=True, eq=False)
class _Atoms:
    """The atoms of one kind, unit by unit, each once and ascending."""

    group: str
    may_stand_alone: bool
    units: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    starts: NDArray[np.int64]

    @classmethod
    def of_hashed(cls, atoms: HashedAtoms, n_units: int) -> _Atoms:
        units = atoms.unit_idx
        hashes = combine_hashes([string_hashes([atoms.name]), atoms.hashes])
        order = np.lexsort((hashes, units))
        units, hashes = units[order], hashes[order]
        is_new = np.append(True, (units[1:] != units[:-1]) | (hashes[1:] != hashes[:-1]))[: len(units)]
        units, hashes = units[is_new], hashes[is_new]
        return cls(
            group=atoms.group,
            may_stand_alone=atoms.may_stand_alone,
            units=units,
            hashes=hashes,
            starts=np.append(0, np.cumsum(np.bincount(units, minlength=n_units))),
        )


def _joined(first: _Atoms, second: _Atoms) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the keys of two atoms each, and their units."""
    ends = second.starts[first.units + 1]
    begins = np.arange(1, len(ends) + 1) if second is first else second.starts[first.units]
    repeats = ends - begins
    partner = np.arange(int(repeats.sum())) + np.repeat(begins - (np.cumsum(repeats) - repeats), repeats)
    with np.errstate(over="ignore"):
        keys = mix(np.repeat(first.hashes * np.uint64(3), repeats) + second.hashes[partner])
    return keys, np.repeat(first.units, repeats)


@frozen(kw_only=True)
class KeyScatter:
    """Sends the keys of units to places, a power of two of them.

    Attributes
    ----------
    model : TrainedMatchModel
        Tells what is compared.
    attributes : tuple of str
        Attributes of the contents.
    block_cap : int
        Units in the largest block looked at.
    n_bits : int
        There are ``2**n_bits`` places.
    """

    model: TrainedMatchModel = field(repr=False)
    attributes: tuple[str, ...]
    block_cap: int
    n_bits: int

    def __call__(self, units: pa.Table) -> Iterator[Message]:
        """Yield messages of keys and content hashes, for units as ``unit`` and ``content``."""
        contents = units.column("content").combine_chunks()
        table = fitting_table(self.model, table_of_contents(contents, self.attributes))
        keys, unit = keys_of_table(table)
        order = np.argsort(keys)
        keys = keys[order]
        # One unit more than the cap tells that a block is too large.
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
        place_in_block = np.arange(len(keys)) - np.repeat(starts, np.diff(np.append(starts, len(keys))))
        kept = place_in_block <= self.block_cap
        sent = np.column_stack([keys[kept], table.content_hash[unit[order[kept]]]])
        bounds = np.searchsorted(sent[:, 0], _firsts(self.n_bits))
        for place, (low, high) in enumerate(zip(bounds, np.append(bounds[1:], len(sent)), strict=True)):
            if low < high:
                yield place, KEYS, sent[low:high].tobytes()


def _firsts(n_bits: int) -> NDArray[np.uint64]:
    """Return the least key of each place."""
    if not n_bits:
        return np.zeros(1, np.uint64)
    return np.arange(1 << n_bits, dtype=np.uint64) << np.uint64(64 - n_bits)


class _Blocks:
    """The distinct blocks of the keys of one place: units as places in ``units``, by size."""

    def __init__(self, messages: pa.Table, block_cap: int) -> None:
        sent = arrays_of(messages, KEYS, 2)
        order = np.argsort(sent[:, 0])
        keys = sent[order, 0]
        self.units, dense = np.unique(sent[order, 1], return_inverse=True)
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
        sizes = np.diff(np.append(starts, len(keys)))
        self.of_size = {}
        for size in range(2, block_cap + 1):
            first = starts[sizes == size]
            if len(first):
                members = np.sort(dense[first[:, None] + np.arange(size)], axis=1)
                self.of_size[size] = members[_first_of_equals(members)]

    def pairs(self, size: int) -> Iterator[NDArray[np.uint64]]:
        """Yield the pairs of blocks of a size, two places in one number, some at a time."""
        members = self.of_size[size].astype(np.uint64)
        low, high = np.triu_indices(size, 1)
        at_once = max(1, _PAIRS_BETWEEN // len(low))
        for start in range(0, len(members), at_once):
            some = members[start : start + at_once]
            yield ((some[:, low] << np.uint64(32)) | some[:, high]).ravel()

    def hashes(self, packed: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return the content hashes of pairs, the smaller one first, shape (n_pairs, 2)."""
        # Places ascend as hashes do.
        return np.column_stack([self.units[packed >> np.uint64(32)], self.units[packed & np.uint64(0xFFFF_FFFF)]])


def _first_of_equals(members: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which blocks to keep so that each stands once; they are told by 64 bits of a hash."""
    with np.errstate(over="ignore"):
        content = mix(members.astype(np.uint64) + np.uint64(1)).sum(axis=1, dtype=np.uint64)
    return np.unique(content, return_index=True)[1]


@frozen(kw_only=True)
class PairMaker:
    """Makes the pairs of the blocks of a place, and sends them to their tiles.

    Attributes
    ----------
    block_cap : int
        Units in the largest block looked at.
    tiles : Tiles
        Where pairs go.
    """

    block_cap: int
    tiles: Tiles

    def __call__(self, _place: int, messages: pa.Table) -> Iterator[Message]:
        """Yield messages of pairs."""
        blocks = _Blocks(messages, self.block_cap)
        held, n_held = [np.empty(0, np.uint64)], 0
        for size in blocks.of_size:
            for pairs in blocks.pairs(size):
                held.append(pairs)
                n_held += len(pairs)
                if n_held > _PAIRS_BETWEEN:
                    held = [distinct(np.concatenate(held))]
                    n_held = len(held[0])
        yield from self.tiles.sent(blocks.hashes(distinct(np.concatenate(held))), PAIRS)


@frozen(kw_only=True)
class PairCounter:
    """Lists the pairs of a sample of units with the size of the smallest block of a place that holds them.

    Attributes
    ----------
    block_cap : int
        Units in the largest block looked at.
    one_in : int
        Pairs count whose smaller unit is one in so many.
    """

    block_cap: int
    one_in: int

    def __call__(self, _place: int, messages: pa.Table) -> pa.Table:
        """Return ``left``, ``right`` and ``size``."""
        blocks = _Blocks(messages, self.block_cap)
        found, sizes = [np.empty((0, 2), np.uint64)], [np.empty(0, np.int32)]
        is_sampled = mix(blocks.units) % np.uint64(self.one_in) == 0
        for size in blocks.of_size:
            for packed in blocks.pairs(size):
                pairs = blocks.hashes(distinct(packed[is_sampled[packed >> np.uint64(32)]]))
                found.append(pairs)
                sizes.append(np.full(len(pairs), size, np.int32))
        pairs = np.concatenate(found).view(np.int64)
        return pa.table({"left": pairs[:, 0], "right": pairs[:, 1], "size": np.concatenate(sizes)})
