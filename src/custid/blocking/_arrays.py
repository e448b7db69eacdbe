"""From atoms to pairs with array operations alone: for few records, which are done before a compiler has started."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid._threads import in_threads
from custid.blocking._blocks import KeyFamily, Tally
from custid.blocking._proposal import PairArrays, Proposal
from custid.blocking.atoms import AtomColumn
from custid.table.hashing import mix

__all__ = ["FamilyBlocks", "blocks_of_families", "propose_interpreted"]

_SIZE_BITS = 6
_LARGEST_CAP = (1 << _SIZE_BITS) - 1
_PAIRS_AT_ONCE = 1 << 19
_WORD_BITS = 64


def propose_interpreted(
    families: Sequence[KeyFamily],
    n_units: int,
    *,
    sources: NDArray[np.int32] | None,
    block_cap: int,
    budget: float,
    n_threads: int,
) -> Proposal:
    """Return the pairs of the largest cap that fits the budget."""
    unit_bits = _bits_of_units(n_units)
    blocks = blocks_of_families(families, n_units, block_cap, n_threads)
    members = _Members.of_blocks(blocks, n_units)
    pairs, cap = _Collector(unit_bits, budget=budget).pairs_within(members, sources, block_cap)
    left = (pairs >> np.uint64(unit_bits)).astype(np.int32)
    right = (pairs & np.uint64((1 << unit_bits) - 1)).astype(np.int32)

    def write(left_out: NDArray[np.int32], right_out: NDArray[np.int32]) -> None:
        left_out[:], right_out[:] = left, right

    def ranges() -> Iterator[PairArrays]:
        for start in range(0, len(left), _PAIRS_AT_ONCE):
            yield left[start : start + _PAIRS_AT_ONCE], right[start : start + _PAIRS_AT_ONCE]

    return Proposal(
        n_pairs=len(pairs),
        cap=cap,
        tallies=[each.tally(family.name) for family, each in zip(families, blocks, strict=True)],
        n_units_passed_over=members.n_passed_over(blocks, cap, n_units),
        write=write,
        ranges=ranges,
    )


def _bits_of_units(n_units: int) -> int:
    return max(1, int(n_units - 1).bit_length())


def blocks_of_families(families: Sequence[KeyFamily], n_units: int, cap: int, n_threads: int = 1) -> list[FamilyBlocks]:
    """Return the blocks of each family, told in full up to a cap."""
    atoms_of_units: dict[int, _UnitAtoms] = {}
    for family in families:
        for column in (family.first, family.second):
            if column is not None and id(column) not in atoms_of_units:
                atoms_of_units[id(column)] = _UnitAtoms.of_column(column, n_units)

    def blocks_of(family: KeyFamily) -> FamilyBlocks:
        return FamilyBlocks.of_keys(*_keys(family, atoms_of_units), unit_bits=_bits_of_units(n_units), cap=cap)

    return in_threads(blocks_of, families, n_threads=n_threads)


@frozen(eq=False)
class _UnitAtoms:
    """The atoms of a kind, unit by unit and ascending in each."""

    units: NDArray[np.int32]
    atoms: NDArray[np.int64]
    starts: NDArray[np.int64]
    n_distinct: int

    @classmethod
    def of_column(cls, column: AtomColumn, n_units: int) -> _UnitAtoms:
        order = np.argsort(column.unit_idx, kind="stable")
        atoms = np.repeat(np.arange(column.n_atoms), np.diff(column.starts))[order]
        starts = np.append(0, np.cumsum(np.bincount(column.unit_idx, minlength=n_units)))
        return cls(column.unit_idx[order], atoms, starts, column.n_atoms)


def _keys(family: KeyFamily, of_units: dict[int, _UnitAtoms]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the unit and the number of each key, units ascending."""
    first = of_units[id(family.first)]
    if family.second is None:
        return first.units, first.atoms
    second = of_units[id(family.second)]
    ends = second.starts[first.units + 1]
    # An atom of a kind is joined with those after it, so that each two of them make one key.
    begins = np.arange(1, len(ends) + 1) if second is first else second.starts[first.units]
    repeats = ends - begins
    partner = np.arange(int(repeats.sum())) + np.repeat(begins - (np.cumsum(repeats) - repeats), repeats)
    keys = np.repeat(first.atoms * second.n_distinct, repeats)
    keys += second.atoms[partner]
    return np.repeat(first.units, repeats), keys


@frozen(kw_only=True, eq=False)
class FamilyBlocks:
    """Groups of units that share a key of one family.

    Attributes
    ----------
    units : ndarray of int32, shape (n_members,)
        The units of the blocks up to the cap, one block after another; ascending and distinct inside a block.
    sizes : ndarray of uint8, shape (n_blocks,)
        Units in each of those blocks, 2 to the cap.
    in_oversized : ndarray of int32
        The units of larger blocks.
    n_oversized : int
        Blocks larger than the cap.
    largest : int
        Units in the largest block, kept or not; 0 where no two units share a key.
    """

    units: NDArray[np.int32]
    sizes: NDArray[np.uint8]
    in_oversized: NDArray[np.int32]
    n_oversized: int
    largest: int

    @classmethod
    def of_keys(cls, units: NDArray[np.int32], keys: NDArray[np.int64], *, unit_bits: int, cap: int) -> FamilyBlocks:
        """Group by key: one sort of integers, which hold key and unit, does it all."""
        if int(keys.max(initial=0)).bit_length() + unit_bits > _WORD_BITS:
            keys = np.unique(keys, return_inverse=True)[1]
        packed = (keys.astype(np.uint64) << np.uint64(unit_bits)) | units.astype(np.uint64)
        packed.sort()
        mask = np.uint64((1 << unit_bits) - 1)
        starts = np.flatnonzero(np.append(True, (packed[1:] ^ packed[:-1]) > mask)) if len(packed) else np.zeros(0, int)
        sizes = np.diff(np.append(starts, len(packed)))
        is_kept, is_oversized = (sizes > 1) & (sizes <= cap), sizes > cap
        largest = int(sizes.max(initial=0))
        return cls(
            units=(packed[np.repeat(is_kept, sizes)] & mask).astype(np.int32),
            sizes=sizes[is_kept].astype(np.uint8),
            in_oversized=(packed[np.repeat(is_oversized, sizes)] & mask).astype(np.int32),
            n_oversized=int(is_oversized.sum()),
            largest=largest if largest > 1 else 0,
        )

    def tally(self, name: str) -> Tally:
        """Return how many blocks of which size there are."""
        n_of_size = np.bincount(self.sizes, minlength=_LARGEST_CAP + 1).astype(np.int64)
        return Tally(name, n_of_size, self.n_oversized, self.largest)


@frozen(eq=False)
class _Members:
    """The blocks of all families."""

    units: NDArray[np.int32]
    starts: NDArray[np.int64]
    sizes: NDArray[np.uint8]
    scattered: NDArray[np.uint64]

    @classmethod
    def of_blocks(cls, blocks: Sequence[FamilyBlocks], n_units: int) -> _Members:
        units = np.concatenate([np.zeros(0, np.int32), *(each.units for each in blocks)])
        sizes = np.concatenate([np.zeros(0, np.uint8), *(each.sizes for each in blocks)])
        starts = np.cumsum(sizes, dtype=np.int64) - sizes
        return cls(units, starts, sizes, mix(np.arange(1, n_units + 1, dtype=np.uint64)))

    def n_passed_over(self, blocks: Sequence[FamilyBlocks], cap: int, n_units: int) -> int:
        """Return how many units stand in blocks above the cap only."""
        is_sharing, is_in_block = np.zeros(n_units, np.bool_), np.zeros(n_units, np.bool_)
        is_sharing[self.units] = True
        for each in blocks:
            is_sharing[each.in_oversized] = True
        is_in_block[self.units[np.repeat(self.sizes <= cap, self.sizes)]] = True
        return int((is_sharing & ~is_in_block).sum())

    def by_size(self, cap: int) -> Iterator[NDArray[np.uint64]]:
        """Yield the blocks from small to large, some of one size at a time: one column per block, units ascending."""
        for size in range(2, cap + 1):
            starts = self._distinct(self.starts[self.sizes == size], size)
            at_once = max(1, _PAIRS_AT_ONCE // (size * (size - 1) // 2))
            for first in range(0, len(starts), at_once):
                yield self.units[starts[first : first + at_once] + np.arange(size)[:, None]].astype(np.uint64)

    def _distinct(self, starts: NDArray[np.int64], size: int) -> NDArray[np.int64]:
        """Keep one of several blocks of the same units: about half of all blocks repeat another rule's."""
        content = np.zeros(len(starts), np.uint64)
        for member in range(size):
            content += self.scattered[self.units[starts + member]]
        order = np.argsort(content)
        content = content[order]
        is_first = np.append(True, content[1:] != content[:-1])[: len(order)]
        return np.asarray(starts[order[is_first]], np.int64)


class _Collector:
    """Pairs with the size of their smallest block, from small blocks to large ones until the budget is spent.

    Memory stays within about three times the pairs that are wanted, whatever the number of blocks.
    """

    def __init__(self, unit_bits: int, *, budget: float) -> None:
        self._unit_bits = np.uint64(unit_bits)
        self._budget = budget
        # The first pairs are distinct and sorted, further ones have arrived since.
        self._buffer = np.empty(int(min(2 * budget, _PAIRS_AT_ONCE)) + _PAIRS_AT_ONCE, np.uint64)
        self._n_distinct = self._n_pairs = 0

    def pairs_within(
        self, members: _Members, sources: NDArray[np.int32] | None, block_cap: int
    ) -> tuple[NDArray[np.uint64], int]:
        """Return the pairs of the largest cap that fits the budget, and that cap."""
        for block in members.by_size(block_cap):
            self._add(self._pairs_of(block, sources))
            if len(block) > 2 and self._n_distinct > self._budget:
                break
        self._condense()
        packed = self._buffer[: self._n_distinct]
        sizes = (packed & np.uint64(_LARGEST_CAP)).astype(np.uint8)
        n_within = np.cumsum(np.bincount(sizes, minlength=block_cap + 1))
        cap = block_cap
        while cap > 2 and n_within[cap] > self._budget:
            cap -= 1
        pairs = packed[sizes <= cap]
        pairs >>= np.uint64(_SIZE_BITS)
        return pairs, cap

    def _pairs_of(self, block: NDArray[np.uint64], sources: NDArray[np.int32] | None) -> NDArray[np.uint64]:
        """Return the pairs of some blocks of one size, one column per block: left unit, right unit, size."""
        first, second = np.triu_indices(len(block), 1)
        right = (block << np.uint64(_SIZE_BITS)) | np.uint64(len(block))
        pairs = (block << (self._unit_bits + np.uint64(_SIZE_BITS)))[first]
        pairs |= right[second]
        if sources is None:
            return pairs.ravel()
        source = sources[block.astype(np.int64)]
        return np.asarray(pairs[source[first] != source[second]], np.uint64)

    def _add(self, pairs: NDArray[np.uint64]) -> None:
        if self._n_pairs + len(pairs) > len(self._buffer):
            self._condense()
        if self._n_pairs + len(pairs) > len(self._buffer):
            self._buffer = np.concatenate(
                [self._buffer[: self._n_pairs], np.empty(len(self._buffer) + len(pairs), np.uint64)]
            )
        self._buffer[self._n_pairs : self._n_pairs + len(pairs)] = pairs
        self._n_pairs += len(pairs)

    def _condense(self) -> None:
        """Keep each pair once, with the size of its smallest block."""
        packed = self._buffer[: self._n_pairs]
        packed.sort()
        is_first = np.ones(len(packed), np.bool_)
        for start in range(1, len(packed), _PAIRS_AT_ONCE):
            portion = packed[start - 1 : start + _PAIRS_AT_ONCE]
            is_first[start : start + _PAIRS_AT_ONCE] = (portion[1:] ^ portion[:-1]) > np.uint64(_LARGEST_CAP)
        kept = packed[is_first]
        self._n_distinct = self._n_pairs = len(kept)
        self._buffer[: len(kept)] = kept
