"""From atoms to pairs with array operations alone: for few records, which are done before a compiler has started."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.blocking._blocks import Blocks, KeyFamily, ProposedPairs, Tally
from custid.table.hashing import mix

__all__ = ["propose_interpreted"]

_SIZE_BITS = 6
_LARGEST_CAP = (1 << _SIZE_BITS) - 1
_PAIRS_AT_ONCE = 1 << 19


def propose_interpreted(
    families: Sequence[KeyFamily],
    n_units: int,
    *,
    sources: NDArray[np.int32] | None,
    block_cap: int,
    budget: int,
    n_threads: int,
) -> ProposedPairs:
    """Return the pairs of the largest cap that fits the budget."""
    unit_bits = max(1, int(n_units - 1).bit_length())

    def blocks_of(family: KeyFamily) -> Blocks:
        return Blocks.of_keys(*family.keys(n_units), unit_bits=unit_bits, cap=block_cap)

    with ThreadPoolExecutor(n_threads) as pool:
        blocks = list(pool.map(blocks_of, families))
    members = _Members.of_blocks(blocks, n_units)
    tallies = [
        Tally(
            family.name,
            np.bincount(found.sizes, minlength=_LARGEST_CAP + 1).astype(np.int64),
            found.n_oversized,
            found.largest,
        )
        for family, found in zip(families, blocks, strict=True)
    ]
    pairs, cap = _Collector(unit_bits, budget=budget).pairs_within(members, sources, block_cap)
    return ProposedPairs(
        left_idx=(pairs >> np.uint64(unit_bits)).astype(np.int32),
        right_idx=(pairs & np.uint64((1 << unit_bits) - 1)).astype(np.int32),
        cap=cap,
        tallies=tallies,
    )


@frozen(eq=False)
class _Members:
    """The blocks of all families."""

    units: NDArray[np.int32]
    starts: NDArray[np.int64]
    sizes: NDArray[np.uint8]
    scattered: NDArray[np.uint64]

    @classmethod
    def of_blocks(cls, blocks: Sequence[Blocks], n_units: int) -> _Members:
        units = np.concatenate([np.zeros(0, np.int32), *(each.units for each in blocks)])
        sizes = np.concatenate([np.zeros(0, np.uint8), *(each.sizes for each in blocks)])
        starts = np.cumsum(sizes, dtype=np.int64) - sizes
        return cls(units, starts, sizes, mix(np.arange(1, n_units + 1, dtype=np.uint64)))

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

    Memory stays within about three times the budget, whatever the number of blocks.
    """

    def __init__(self, unit_bits: int, *, budget: int) -> None:
        self._unit_bits = np.uint64(unit_bits)
        self._budget = budget
        # The first pairs are distinct and sorted, further ones have arrived since.
        self._buffer = np.empty(2 * budget + _PAIRS_AT_ONCE, np.uint64)
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
