"""Candidate pairs: which records are looked at together.

A key family joins two kinds of atoms (or is one kind alone); records that share a key form a block.  Blocks larger than
a cap say little about identity and are passed over; the cap is the largest that keeps the number of pairs in a budget
per record.  All families are used, so nothing has to be chosen for a data set: what a family is worth on these data
shows in its block sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking.atoms import AtomColumn

__all__ = ["BlockingRuleReport", "CandidatePairs", "block_candidates"]

_SIZE_BITS = 6
_RAW_PAIRS_PER_BUDGET = 6
_SAME_KIND_GROUP = "name"


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
        Pairs in the blocks looked at, before pairs that several rules propose are counted once.
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
        Units in the largest block that was looked at.
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
        Upper bound of the block size, at most 63.
    pairs_per_unit : float
        Budget: at most this many pairs per unit on average.
    n_threads : int
        Threads to use; the result does not depend on it.

    Returns
    -------
    CandidatePairs
        Distinct pairs, ascending.

    Notes
    -----
    A pair belongs to the smallest block that holds it.  Raising the cap by one adds the pairs whose smallest block has
    that size, so the final cap is the largest one whose pairs fit the budget.
    """
    budget = int(pairs_per_unit * max(n_units, 2))
    collector = _Collector(block_cap, raw_limit=_RAW_PAIRS_PER_BUDGET * budget)
    families = list(_families(atoms))
    unit_bits = max(1, int(n_units - 1).bit_length())

    def run(family: tuple[str, Callable[[], NDArray[np.uint64]]]) -> None:
        name, keys = family
        collector.add(name, _Blocks.of_keys(keys(), unit_bits), source_of_unit, unit_bits)

    if n_units > 1:
        with ThreadPoolExecutor(n_threads) as pool:
            list(pool.map(run, families))
    pairs, cap = collector.pairs_within(budget)
    mask = np.uint64((1 << unit_bits) - 1)
    return CandidatePairs(
        left_idx=(pairs >> np.uint64(unit_bits)).astype(np.int32),
        right_idx=(pairs & mask).astype(np.int32),
        block_cap=cap,
        rules=collector.reports(cap),
    )


def _families(atoms: Sequence[AtomColumn]) -> Iterator[tuple[str, Callable[[], NDArray[np.uint64]]]]:
    """Yield every key family: its name and what computes its keys, shape (n_units, n_keys), 0 for none."""
    for position, first in enumerate(atoms):
        if first.may_stand_alone:
            yield first.name, lambda first=first: first.hashes  # type: ignore[misc]
        if first.group == _SAME_KIND_GROUP:
            yield f"{first.name} + {first.name}", lambda first=first: _pairs_of_one_kind(first.hashes)  # type: ignore[misc]
        for second in atoms[position + 1 :]:
            if second.group != first.group:
                yield (
                    f"{first.name} + {second.name}",
                    lambda first=first, second=second: _joined(first.hashes, second.hashes),  # type: ignore[misc]
                )


def _joined(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    left, right = first[:, :, None], second[:, None, :]
    with np.errstate(over="ignore"):
        keys = left + right * np.uint64(3)
    keys[(left == 0) | (right == 0)] = 0
    return keys.reshape(len(first), -1)


def _pairs_of_one_kind(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    first, second = np.triu_indices(hashes.shape[1], 1)
    left, right = hashes[:, first], hashes[:, second]
    with np.errstate(over="ignore"):
        keys = left + right * np.uint64(3)
    keys[(left == 0) | (right == 0)] = 0
    return keys


@frozen(eq=False)
class _Blocks:
    """Units sorted by key: ``units[starts[b] : starts[b] + sizes[b]]`` are the units of block ``b``."""

    units: NDArray[np.int64]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @classmethod
    def of_keys(cls, keys: NDArray[np.uint64], unit_bits: int) -> _Blocks:
        """Group by key; the key gives up its low bits to the unit, so that one sort of integers does it all."""
        unit, column = np.nonzero(keys)
        mask = np.uint64((1 << unit_bits) - 1)
        packed = (keys[unit, column] & ~mask) | unit.astype(np.uint64)
        packed.sort()
        key = packed >> np.uint64(unit_bits)
        is_start = np.empty(len(packed), np.bool_)
        is_start[:1] = True
        np.not_equal(key[1:], key[:-1], out=is_start[1:])
        starts = np.flatnonzero(is_start)
        sizes = np.diff(np.append(starts, len(packed)))
        several = sizes > 1
        return cls((packed & mask).astype(np.int64), starts[several], sizes[several])

    def pairs(self, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All pairs of the blocks of one size; units ascend inside a block."""
        starts = self.starts[self.sizes == size]
        members = self.units[starts[:, None] + np.arange(size)[None, :]]
        first, second = np.triu_indices(size, 1)
        return members[:, first].ravel(), members[:, second].ravel()


class _Collector:
    """Pairs with the size of their smallest block, kept under a limit of memory.

    While families arrive (in any order, from any thread) the cap only sinks, and never below the one that all blocks
    together call for; so the pairs that remain in the end do not depend on that order.
    """

    def __init__(self, cap: int, *, raw_limit: int) -> None:
        self._cap = cap
        self._raw_limit = raw_limit
        self._lock = Lock()
        self._raw_pairs = np.zeros(cap + 1, np.int64)
        self._packed: list[NDArray[np.uint64]] = []
        self._loose = 0
        self._sizes: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def add(self, name: str, blocks: _Blocks, sources: NDArray[np.int32] | None, unit_bits: int) -> None:
        """Add the pairs of one family."""
        sizes, n_blocks = np.unique(blocks.sizes, return_counts=True)
        small = sizes <= len(self._raw_pairs) - 1
        with self._lock:
            self._sizes[name] = (sizes, n_blocks)
            np.add.at(self._raw_pairs, sizes[small], (sizes * (sizes - 1) // 2 * n_blocks)[small])
            while self._cap > 2 and self._raw_pairs[: self._cap + 1].sum() > self._raw_limit:  # noqa: PLR2004 - a pair
                self._cap -= 1
            cap = self._cap
        parts = []
        for size in sizes[sizes <= cap].tolist():
            left, right = blocks.pairs(size)
            if sources is not None:
                across = sources[left] != sources[right]
                left, right = left[across], right[across]
            code = (left.astype(np.uint64) << np.uint64(unit_bits)) | right.astype(np.uint64)
            parts.append((code << np.uint64(_SIZE_BITS)) | np.uint64(size))
        if parts:
            packed = _smallest_block(np.concatenate(parts))
            with self._lock:
                self._packed.append(packed)
                self._loose += len(packed)
                if self._loose > self._raw_limit // 3:
                    self._condense()

    def _condense(self) -> None:
        merged = _smallest_block(np.concatenate(self._packed)) if self._packed else np.zeros(0, np.uint64)
        merged = merged[(merged & np.uint64((1 << _SIZE_BITS) - 1)) <= np.uint64(self._cap)]
        self._packed = [merged]
        self._loose = 0

    def pairs_within(self, budget: int) -> tuple[NDArray[np.uint64], int]:
        """Return the pairs of the largest cap that fits the budget, and that cap."""
        self._condense()
        packed = self._packed[0]
        sizes = (packed & np.uint64((1 << _SIZE_BITS) - 1)).astype(np.int64)
        n_within = np.cumsum(np.bincount(sizes, minlength=self._cap + 1))
        cap = self._cap
        while cap > 2 and n_within[cap] > budget:  # noqa: PLR2004 - a block of two is a pair
            cap -= 1
        return packed[sizes <= cap] >> np.uint64(_SIZE_BITS), cap

    def reports(self, cap: int) -> tuple[BlockingRuleReport, ...]:
        """Return what each family did under the final cap, by name."""
        return tuple(
            BlockingRuleReport(
                name=name,
                n_blocks=int(counts[sizes <= cap].sum()),
                n_oversized_blocks=int(counts[sizes > cap].sum()),
                largest_block=int(sizes.max(initial=0)),
                n_pairs=int((sizes * (sizes - 1) // 2 * counts)[sizes <= cap].sum()),
            )
            for name, (sizes, counts) in sorted(self._sizes.items())
        )


def _smallest_block(packed: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Keep each pair once, with the size of its smallest block."""
    packed.sort()
    code = packed >> np.uint64(_SIZE_BITS)
    is_first = np.empty(len(packed), np.bool_)
    is_first[:1] = True
    np.not_equal(code[1:], code[:-1], out=is_first[1:])
    return packed[is_first]
