"""Candidate pairs: which records are looked at together.

A key family joins two kinds of atoms (or is one kind alone); records that share a key form a block.  Blocks larger than
a cap say little about identity and are passed over; the cap is the largest that keeps the number of pairs in a budget
per record.  All families are used, so nothing has to be chosen for a data set: what a family is worth on these data
shows in its block sizes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking._blocks import Blocks, KeyFamily, key_families
from custid.blocking.atoms import AtomColumn
from custid.errors import ConfigurationError, ShapeMismatchError
from custid.table.hashing import mix

__all__ = ["BlockingRuleReport", "CandidatePairs", "block_candidates"]

_SIZE_BITS = 6
_LARGEST_CAP = (1 << _SIZE_BITS) - 1
_PAIRS_AT_ONCE = 1 << 19


@frozen(kw_only=True)
class BlockingRuleReport:
    """What one blocking rule did.

    Attributes
    ----------
    name : str
        The kinds of atoms it joins.
    n_blocks : int
        Blocks of two units or more that were looked at.
    n_oversized_blocks : int
        Blocks passed over since they exceed the cap.
    largest_block : int
        Units in the largest block, looked at or not.
    n_pairs : int
        Pairs in the blocks looked at, whatever their sources, before pairs that several rules propose are counted once.
    """

    name: str
    n_blocks: int
    n_oversized_blocks: int
    largest_block: int
    n_pairs: int


@frozen(kw_only=True, eq=False)
class CandidatePairs:
    """Pairs of units to compare, each once.

    Attributes
    ----------
    left_idx, right_idx : ndarray of int32, shape (n_pairs,)
        Units, ``left_idx < right_idx``, ascending.
    block_cap : int
        Blocks of more units than this were passed over.
    rules : tuple of BlockingRuleReport
        What each rule contributed.
    """

    left_idx: NDArray[np.int32] = field(repr=False)
    right_idx: NDArray[np.int32] = field(repr=False)
    block_cap: int
    rules: tuple[BlockingRuleReport, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.left_idx)

    def chunks(self, size: int) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Yield the pairs in order, ``size`` at a time."""
        for start in range(0, len(self), size):
            yield self.left_idx[start : start + size], self.right_idx[start : start + size]


def block_candidates(
    atoms: Sequence[AtomColumn],
    n_units: int,
    *,
    source_of_unit: NDArray[np.int32] | None = None,
    block_cap: int = 50,
    pairs_per_unit: float = 24.0,
    n_threads: int = 1,
) -> CandidatePairs:
    """Propose candidate pairs from shared atoms.

    Parameters
    ----------
    atoms : sequence of AtomColumn
        From :func:`custid.blocking.record_atoms`.
    n_units : int
        Number of units.
    source_of_unit : ndarray of int32, shape (n_units,), optional
        When given, only pairs across sources are proposed.
    block_cap : int
        Upper bound of the block size, 2 to 63.
    pairs_per_unit : float
        Budget: at most this many pairs per unit on average.  Blocks of two units are looked at in any case.
    n_threads : int
        Threads to use; the result does not depend on it.

    Returns
    -------
    CandidatePairs
        Distinct pairs, ascending.

    Raises
    ------
    ConfigurationError
        If the cap, the budget or the number of threads is out of range.
    ShapeMismatchError
        If there are not as many sources as units.

    Notes
    -----
    A pair belongs to the smallest block that holds it.  Raising the cap by one adds the pairs whose smallest block has
    that size, so the final cap is the largest one whose pairs fit the budget.
    """
    _check(n_units, source_of_unit, block_cap, pairs_per_unit, n_threads)
    unit_bits = max(1, int(n_units - 1).bit_length())
    families = list(key_families(atoms))

    def blocks_of(family: KeyFamily) -> Blocks:
        return Blocks.of_keys(*family.keys(n_units), unit_bits=unit_bits, cap=block_cap)

    with ThreadPoolExecutor(n_threads) as pool:
        blocks = list(pool.map(blocks_of, families))
    members = _Members.of_blocks(blocks, n_units)
    tallies = [_Tally.of_blocks(family.name, found) for family, found in zip(families, blocks, strict=True)]
    # From here on the members are there twice; one copy makes room for the pairs.
    del blocks
    budget = int(pairs_per_unit * n_units)
    pairs, cap = _Collector(unit_bits, budget=budget).pairs_within(members, source_of_unit, block_cap)
    del members
    return CandidatePairs(
        left_idx=(pairs >> np.uint64(unit_bits)).astype(np.int32),
        right_idx=(pairs & np.uint64((1 << unit_bits) - 1)).astype(np.int32),
        block_cap=cap,
        rules=tuple(sorted((tally.report(cap) for tally in tallies), key=lambda report: report.name)),
    )


def _check(
    n_units: int,
    source_of_unit: NDArray[np.int32] | None,
    block_cap: int,
    pairs_per_unit: float,
    n_threads: int,
) -> None:
    if not 2 <= block_cap <= _LARGEST_CAP:
        raise ConfigurationError(
            f"block_cap: expected 2 to {_LARGEST_CAP} units, got {block_cap}.",
            hint="Larger blocks say little about identity; the default is 50.",
        )
    if not pairs_per_unit > 0:
        raise ConfigurationError(
            f"pairs_per_unit: expected a positive number, got {pairs_per_unit}.", hint="The default is 45."
        )
    if n_threads < 1:
        raise ConfigurationError(f"n_threads: expected at least 1, got {n_threads}.")
    if source_of_unit is not None and len(source_of_unit) != n_units:
        raise ShapeMismatchError(
            f"source_of_unit: expected one source for each of {n_units} units, got {len(source_of_unit)}."
        )


@frozen(eq=False)
class _Tally:
    """How many blocks of which size a rule has."""

    name: str
    n_blocks: NDArray[np.int64]
    n_oversized: int
    largest: int

    @classmethod
    def of_blocks(cls, name: str, blocks: Blocks) -> _Tally:
        n_blocks = np.bincount(blocks.sizes, minlength=_LARGEST_CAP + 1).astype(np.int64)
        return cls(name, n_blocks, blocks.n_oversized, blocks.largest)

    def report(self, cap: int) -> BlockingRuleReport:
        """Return what the rule did under a cap."""
        sizes, n_blocks = np.arange(cap + 1), self.n_blocks[: cap + 1]
        return BlockingRuleReport(
            name=self.name,
            n_blocks=int(n_blocks.sum()),
            n_oversized_blocks=self.n_oversized + int(self.n_blocks[cap + 1 :].sum()),
            largest_block=self.largest,
            n_pairs=int((sizes * (sizes - 1) // 2 * n_blocks).sum()),
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
            self._buffer = np.concatenate([self._buffer[: self._n_pairs], np.empty(2 * len(self._buffer), np.uint64)])
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
