"""From distinct blocks to pairs, range of units by range of units; `custid.kernels.candidate_pairs` says how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from threading import Lock, local
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from custid._threads import in_threads
from custid.kernels import candidate_pairs as kernels

__all__ = ["PairLister", "largest_cap"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_PAIRS_IN_RANGE = 1 << 20
_RANGES_AT_ONCE = 4
_ONES = np.iinfo(np.uint64).max


class PairLister:
    """Counts and lists the pairs of blocks.

    Parameters
    ----------
    blocks : OrderedBlocks
        Distinct blocks.
    n_units : int
        Number of units.
    cap : int
        Units in the largest blocks to look at.
    sources : ndarray of int32, shape (n_units,), or None
        Where given, pairs of one source are left out.
    one_in : int
        Left units to look at are one in so many, a power of two.
    n_threads : int
        Threads.
    """

    def __init__(
        self,
        blocks: kernels.OrderedBlocks,
        n_units: int,
        cap: int,
        *,
        sources: NDArray[np.int32] | None,
        one_in: int = 1,
        n_threads: int = 1,
    ) -> None:
        self._blocks = blocks
        self._cap = cap
        self._sources = np.zeros(0, np.int32) if sources is None else np.ascontiguousarray(sources, np.int32)
        self._n_threads = n_threads
        starts = np.zeros(n_units + 2, np.int64)
        parts = _parts(n_units, n_threads)
        self._in_threads(lambda part: kernels.count_postings(blocks, cap, one_in - 1, part, starts), parts)
        self._most, self._ranges = _ranges(starts[2:] >> 32)
        starts &= 0xFFFF_FFFF
        np.cumsum(starts, out=starts)
        n_places = int(starts[-1])
        places = np.empty(n_places, np.uint32 if len(blocks.units) < 1 << 32 else np.int64)
        self._postings = kernels.Postings(starts, places)
        self._in_threads(lambda part: kernels.fill_postings(blocks, cap, one_in - 1, part, self._postings), parts)
        self._n_partners = np.zeros(n_units, np.int32)
        # A partner and the size of a block in one number.
        self._kind_of_partner: type[np.unsignedinteger[Any]] = np.uint32 if n_units <= 1 << 26 else np.uint64
        self._kept: dict[int, NDArray[Any]] | None = None

    def counts(self) -> NDArray[np.int64]:
        """Return the number of pairs by the size of the smallest block that holds them, shape (n_ranges, 64).

        The pairs are kept in place of the blocks where they take no more memory than those.
        """
        n_bytes = self._blocks.units.nbytes + self._postings.places.nbytes
        lock, rooms = Lock(), local()
        kept: dict[int, NDArray[Any]] = {}

        def count(number: int) -> NDArray[np.int64]:
            nonlocal n_bytes
            counts = np.zeros(64, np.int64)
            if not hasattr(rooms, "room"):
                rooms.room = self._room(max(n_pairs for _, _, n_pairs in self._ranges))
            listed = self._listed(self._ranges[number], rooms.room, counts)
            with lock:
                n_bytes -= listed.nbytes
                if n_bytes < 0:
                    kept.clear()
                else:
                    kept[number] = listed.copy()
            return counts

        counts = self._in_threads(count, range(len(self._ranges)))
        if n_bytes >= 0:
            self._kept = kept
            # The pairs are all that is asked for from now on.
            del self._blocks, self._postings
        return np.array([np.zeros(64, np.int64), *counts])[1:]

    def write(self, cap: int, counts: NDArray[np.int64], left: NDArray[np.int32], right: NDArray[np.int32]) -> None:
        """Write all pairs in blocks up to a cap, given what `counts` returns, into arrays that they fill."""
        ends = np.cumsum(counts[:, : cap + 1].sum(axis=1)).tolist()

        def write(number: int) -> None:
            part = slice(ends[number - 1] if number else 0, ends[number])
            self._write(number, cap, left[part], right[part])

        self._in_threads(write, range(len(self._ranges)))

    def ranges(self, cap: int) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Yield the pairs in blocks up to a cap in ascending order, those of some left units at a time."""

        def listed(number: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
            n_most = self._ranges[number][2]
            left, right = np.empty(n_most, np.int32), np.empty(n_most, np.int32)
            n_pairs = self._write(number, cap, left, right)
            return left[:n_pairs], right[:n_pairs]

        at_once = _RANGES_AT_ONCE * self._n_threads
        for first in range(0, len(self._ranges), at_once):
            yield from self._in_threads(listed, range(first, min(first + at_once, len(self._ranges))))

    def _write(self, number: int, cap: int, left: NDArray[np.int32], right: NDArray[np.int32]) -> int:
        bounds = self._ranges[number]
        if self._kept is None:
            listed = self._listed(bounds, self._room(bounds[2]), np.zeros(64, np.int64))
        else:
            listed = self._kept[number]
        return kernels.write_pairs(listed, self._n_partners, bounds[:2], cap, left, right)

    def _listed(self, bounds: tuple[int, int, int], room: kernels.PairRoom, counts: NDArray[np.int64]) -> NDArray[Any]:
        """Return the partners of some left units, which stand in the room."""
        n_listed = kernels.list_partners(
            self._blocks, self._postings, bounds[:2], self._cap, room, counts, self._n_partners
        )
        return room.partners[:n_listed]

    def _room(self, n_pairs: int) -> kernels.PairRoom:
        seen = np.full(1 << (2 * self._most + 1).bit_length(), _ONES)
        return kernels.PairRoom(seen, np.empty(n_pairs + 1, self._kind_of_partner), self._sources)

    def _in_threads(self, task: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
        def quietly(item: _Item) -> _Result:
            with np.errstate(over="ignore"):
                return task(item)

        return in_threads(quietly, items, n_threads=self._n_threads)


def _parts(n_units: int, n_parts: int) -> list[tuple[int, int]]:
    bounds = [n_units * number // n_parts for number in range(n_parts + 1)]
    return list(pairwise(bounds))


def _ranges(n_pairs: NDArray[np.int64]) -> tuple[int, list[tuple[int, int, int]]]:
    """Return the most pairs of a left unit, and ranges of left units with their pairs, both with repeats."""
    ends = np.cumsum(n_pairs)
    total = int(ends[-1]) if len(ends) else 0
    cuts = np.searchsorted(ends, np.arange(_PAIRS_IN_RANGE, total, _PAIRS_IN_RANGE), side="left") + 1
    bounds = np.unique(np.concatenate([[0], cuts, [len(ends)]])).tolist()
    within = np.append(0, ends)[bounds]
    ranges = [
        (low, high, int(n)) for low, high, n in zip(bounds[:-1], bounds[1:], np.diff(within).tolist(), strict=True) if n
    ]
    return int(n_pairs.max(initial=0)), ranges


def largest_cap(n_pairs: NDArray[np.int64], budget: float, highest: int) -> int:
    """Return the largest cap up to the highest whose pairs, given by size, fit the budget; 2 at least."""
    n_within = np.cumsum(n_pairs)
    cap = highest
    while cap > 2 and n_within[cap] > budget:
        cap -= 1
    return cap
