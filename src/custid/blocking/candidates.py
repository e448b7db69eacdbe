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
    pairs_per_unit: float = 45.0,
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
    collector = _Collector(n_units, unit_bits, budget=int(pairs_per_unit * n_units))
    pairs, cap = collector.pairs_within(_Members.of_blocks(blocks), source_of_unit, block_cap)
    reports = [_report(family.name, found, cap) for family, found in zip(families, blocks, strict=True)]
    return CandidatePairs(
        left_idx=(pairs >> np.uint64(unit_bits)).astype(np.int32),
        right_idx=(pairs & np.uint64((1 << unit_bits) - 1)).astype(np.int32),
        block_cap=cap,
        rules=tuple(sorted(reports, key=lambda report: report.name)),
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


def _report(name: str, blocks: Blocks, cap: int) -> BlockingRuleReport:
    sizes = blocks.sizes.astype(np.int64)
    used = sizes[sizes <= cap]
    return BlockingRuleReport(
        name=name,
        n_blocks=len(used),
        n_oversized_blocks=blocks.n_oversized + len(sizes) - len(used),
        largest_block=blocks.largest,
        n_pairs=int((used * (used - 1) // 2).sum()),
    )


@frozen(eq=False)
class _Members:
    """The blocks of all families."""

    units: NDArray[np.int32]
    starts: NDArray[np.int64]
    sizes: NDArray[np.uint8]

    @classmethod
    def of_blocks(cls, blocks: Sequence[Blocks]) -> _Members:
        units = np.concatenate([np.zeros(0, np.int32), *(each.units for each in blocks)])
        sizes = np.concatenate([np.zeros(0, np.uint8), *(each.sizes for each in blocks)])
        return cls(units, np.cumsum(sizes, dtype=np.int64) - sizes, sizes)

    def of_size(self, size: int, scattered: NDArray[np.uint64]) -> Iterator[NDArray[np.uint64]]:
        """Yield the blocks of one size, some at a time: one column per block, units ascending."""
        starts = self._distinct(self.starts[self.sizes == size], size, scattered)
        at_once = max(1, _PAIRS_AT_ONCE // (size * (size - 1) // 2))
        for first in range(0, len(starts), at_once):
            yield self.units[starts[first : first + at_once] + np.arange(size)[:, None]].astype(np.uint64)

    def _distinct(self, starts: NDArray[np.int64], size: int, scattered: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Keep one of several blocks of the same units: about half of all blocks repeat another rule's."""
        content = np.zeros(len(starts), np.uint64)
        for member in range(size):
            content += scattered[self.units[starts + member]]
        order = np.argsort(content)
        content = content[order]
        is_first = np.append(True, content[1:] != content[:-1])[: len(order)]
        return np.asarray(starts[order[is_first]], np.int64)


class _Collector:
    """Pairs with the size of their smallest block, from small blocks to large ones until the budget is spent.

    Memory stays within a few arrays of the size of the budget, whatever the number of blocks.
    """

    def __init__(self, n_units: int, unit_bits: int, *, budget: int) -> None:
        self._n_units = n_units
        self._unit_bits = np.uint64(unit_bits)
        self._budget = budget
        self._packed = np.zeros(0, np.uint64)
        self._loose: list[NDArray[np.uint64]] = []
        self._n_loose = 0

    def pairs_within(
        self, members: _Members, sources: NDArray[np.int32] | None, block_cap: int
    ) -> tuple[NDArray[np.uint64], int]:
        """Return the pairs of the largest cap that fits the budget, and that cap."""
        scattered = mix(np.arange(1, self._n_units + 1, dtype=np.uint64))
        for size in range(2, block_cap + 1):
            for block in members.of_size(size, scattered):
                self._add(block, sources)
            if size > 2 and len(self._packed) > self._budget:
                break
        self._condense()
        sizes = (self._packed & np.uint64(_LARGEST_CAP)).astype(np.uint8)
        n_within = np.cumsum(np.bincount(sizes, minlength=block_cap + 1))
        cap = block_cap
        while cap > 2 and n_within[cap] > self._budget:
            cap -= 1
        return self._packed[sizes <= cap] >> np.uint64(_SIZE_BITS), cap

    def _add(self, block: NDArray[np.uint64], sources: NDArray[np.int32] | None) -> None:
        """Add the pairs of some blocks of one size, one column per block."""
        size = len(block)
        first, second = np.triu_indices(size, 1)
        right = (block << np.uint64(_SIZE_BITS)) | np.uint64(size)
        pairs = (block << (self._unit_bits + np.uint64(_SIZE_BITS)))[first]
        pairs |= right[second]
        if sources is None:
            pairs = pairs.ravel()
        else:
            source = sources[block.astype(np.int64)]
            pairs = pairs[source[first] != source[second]]
        self._loose.append(pairs)
        self._n_loose += len(pairs)
        if self._n_loose > max(self._budget, _PAIRS_AT_ONCE):
            self._condense()

    def _condense(self) -> None:
        """Keep each pair once, with the size of its smallest block."""
        packed = np.concatenate([self._packed, *self._loose])
        self._loose.clear()
        self._n_loose = 0
        packed.sort()
        is_first = np.ones(len(packed), np.bool_)
        np.greater(packed[1:] ^ packed[:-1], np.uint64(_LARGEST_CAP), out=is_first[1:])
        self._packed = packed[is_first]
