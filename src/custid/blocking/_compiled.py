"""From atoms to pairs with compiled loops; `custid.kernels.blocking` says how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock, local
from typing import Any, TypeVar

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid.blocking._blocks import KeyFamily, ProposedPairs, Tally
from custid.blocking.atoms import AtomColumn
from custid.kernels import blocking as kernels

__all__ = ["propose_compiled"]

_Result = TypeVar("_Result")

_KEYS_AT_ONCE = 1 << 23
_KEYS_PER_BUCKET_BITS = 9
_MOST_BUCKET_BITS = 11
_SAMPLED_UNITS = 4096
_FEWEST_SLOTS = 1 << 12
_LOOK_UPS_AT_ONCE = 32
_UNITS_IN_RANGE = 1 << 16


def propose_compiled(
    families: Sequence[KeyFamily],
    n_units: int,
    *,
    sources: NDArray[np.int32] | None,
    block_cap: int,
    budget: int,
    n_threads: int,
) -> ProposedPairs:
    """Return the pairs of the largest cap that fits the budget, as `propose_interpreted` does.

    Memory holds the distinct blocks, the keys of one family for each thread, and the pairs.
    """
    blocks = _DistinctBlocks()
    finder = _BlockFinder(families, n_units, block_cap, blocks)
    with ThreadPoolExecutor(n_threads) as pool:
        tallies = list(pool.map(finder.find, families))
    # The threads have gone, and with the finder goes the room they worked in.
    del finder
    left, right, cap = _PairLister(blocks, n_units, sources, n_threads).pairs_within(budget, block_cap)
    return ProposedPairs(left_idx=left, right_idx=right, cap=cap, tallies=tallies)


@frozen(eq=False)
class _Column:
    """Where the atoms of each unit begin, and how many one unit has at most."""

    starts: NDArray[np.int32]
    most: int

    @classmethod
    def of_atoms(cls, atoms: AtomColumn, n_units: int) -> _Column:
        starts = np.empty(n_units + 1, np.int32)
        return cls(starts, kernels.find_starts(atoms.unit_idx, starts))


def _columns_of(families: Sequence[KeyFamily], n_units: int) -> dict[int, _Column]:
    """Return the columns of all families by their identity."""
    columns: dict[int, _Column] = {}
    for family in families:
        for atoms in (family.first, family.second):
            if atoms is not None and id(atoms) not in columns:
                columns[id(atoms)] = _Column.of_atoms(atoms, n_units)
    return columns


def _arrays_of(family: KeyFamily, columns: dict[int, _Column], n_units: int) -> kernels.Family:
    first, second = family.first, family.second
    mine = columns[id(first)]
    if second is None:
        other, hashes = _Column(np.arange(n_units + 1, dtype=np.int32), 1), np.zeros(n_units, np.uint64)
    else:
        other, hashes = columns[id(second)], second.hashes
    return kernels.Family(
        first_units=first.unit_idx,
        first_starts=mine.starts,
        first_hashes=first.hashes,
        second_starts=other.starts,
        second_hashes=hashes,
        most_first=mine.most,
        most_second=other.most,
        is_same_kind=second is first,
    )


class _DistinctBlocks:
    """Distinct blocks of all families; threads add to it one after the other."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._store = kernels.BlockStore(
            slots=np.zeros(_FEWEST_SLOTS, np.uint64),
            units=np.empty(0, np.int32),
            sizes=np.empty(0, np.uint8),
            used=np.zeros(2, np.int64),
            glimpse=np.empty(_LOOK_UPS_AT_ONCE, np.uint64),
        )

    def add(self, found: kernels.FoundBlocks, n_blocks: int) -> None:
        """Keep what is new of some blocks."""
        n_units = int(found.sizes[:n_blocks].sum(dtype=np.int64))
        with self._lock:
            n_kept, n_kept_units = self._store.used.tolist()
            slots = self._store.slots
            if 4 * (n_kept + n_blocks) > 3 * len(slots):
                slots = _zeros(1 << (2 * (n_kept + n_blocks)).bit_length())
                kernels.move_contents(self._store.slots, slots)
            self._store = kernels.BlockStore(
                slots=slots,
                units=_with_room(self._store.units, n_kept_units, n_units),
                sizes=_with_room(self._store.sizes, n_kept, n_blocks),
                used=self._store.used,
                glimpse=self._store.glimpse,
            )
            kernels.keep_new_blocks(found, n_blocks, self._store)

    def close(self) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Return the units and the sizes of the blocks, and give up the rest."""
        n_blocks, n_units = self._store.used.tolist()
        units, sizes = self._store.units[:n_units], self._store.sizes[:n_blocks]
        del self._store
        return units, sizes


def _zeros(size: int) -> NDArray[np.uint64]:
    """Return zeros in memory of large pages where the system has them, as numpy asks for with `empty` alone."""
    zeros = np.empty(size, np.uint64)
    zeros.fill(0)
    return zeros


def _with_room(array: NDArray[Any], n_used: int, n_more: int) -> NDArray[Any]:
    """Return an array that has room for some more items than it uses."""
    if n_used + n_more <= len(array):
        return array
    # Memory that is not written to is not taken either.
    grown = np.empty(2 * (n_used + n_more), array.dtype)
    grown[:n_used] = array[:n_used]
    return grown


class _BlockFinder:
    """Groups the keys of one family after the other, in room that each thread keeps for the next one."""

    def __init__(self, families: Sequence[KeyFamily], n_units: int, block_cap: int, blocks: _DistinctBlocks) -> None:
        self._n_units = n_units
        self._columns = _columns_of(families, n_units)
        self._unit_mask = np.uint64((1 << max(1, int(n_units - 1).bit_length())) - 1)
        self._block_cap = block_cap
        self._blocks = blocks
        self._rooms = local()

    def find(self, family: KeyFamily) -> Tally:
        """Keep the blocks of a family and return how many there are of each size."""
        with np.errstate(over="ignore"):
            tally = self._tally(_arrays_of(family, self._columns, self._n_units), family.n_expected_keys(self._n_units))
        n_of_size = np.zeros(64, np.int64)
        n_of_size[: len(tally) - 2] = tally[:-2]
        return Tally(family.name, n_of_size, n_oversized=int(tally[-2]), largest=int(tally[-1]))

    def _tally(self, family: kernels.Family, n_expected: float) -> NDArray[np.int64]:
        tally = np.zeros(self._block_cap + 3, np.int64)
        bits = min(max((int(n_expected) >> _KEYS_PER_BUCKET_BITS).bit_length(), 1), _MOST_BUCKET_BITS)
        shift = np.uint64(64 - bits)
        for buckets, n_in_buckets in self._portions(family, bits):
            if n_in_buckets:
                written = self._room("written", n_in_buckets + 1, np.uint64)
                bounds = np.zeros((1 << bits) + 2, np.int64)
                n_keys = kernels.write_keys(family, shift, self._unit_mask, buckets, bounds, written)
                keys = self._room("keys", n_keys, np.uint64)
                largest = kernels.spread_keys(written[:n_keys], shift, bounds, keys)
                found, tables = self._found(n_keys, tally), self._tables(largest)
                self._blocks.add(found, kernels.group_keys(keys, bounds[:-1], self._unit_mask, tables, found))
        return tally

    def _portions(self, family: kernels.Family, bits: int) -> list[tuple[tuple[int, int], int]]:
        """Return ranges of buckets whose keys fit into memory together, one bucket at least, and how many at most."""
        n_buckets = 1 << bits
        n_most = _most_keys(family)
        if n_most > _KEYS_AT_ONCE:
            n_most = kernels.number_of_keys(family)
        if n_most <= _KEYS_AT_ONCE:
            return [((0, n_buckets), n_most)]
        counts = np.zeros(n_buckets, np.int64)
        kernels.count_keys(family, np.uint64(64 - bits), counts)
        portions, low, n_within = [], 0, 0
        for bucket, count in enumerate(counts.tolist()):
            if n_within and n_within + count > _KEYS_AT_ONCE:
                portions.append(((low, bucket), n_within))
                low, n_within = bucket, 0
            n_within += count
        return [*portions, ((low, n_buckets), n_within)]

    def _found(self, n_keys: int, tally: NDArray[np.int64]) -> kernels.FoundBlocks:
        return kernels.FoundBlocks(
            units=self._room("units", n_keys, np.int32),
            sizes=self._room("sizes", n_keys // 2, np.uint8),
            contents=self._room("contents", n_keys // 2, np.uint64),
            tally=tally,
        )

    def _tables(self, n_keys: int) -> kernels.GroupTables:
        return kernels.GroupTables(
            slots=self._room("slots", 4 * n_keys, np.int32),
            group_of_key=self._room("group_of_key", n_keys, np.int32),
            keys=self._room("group_keys", n_keys, np.uint64),
            sizes=self._room("group_sizes", n_keys, np.int32),
            last=self._room("group_last", n_keys, np.int32),
        )

    def _room(self, name: str, size: int, dtype: type[np.generic]) -> NDArray[Any]:
        """Return an array of this thread; pages that are in use already cost less than new ones."""
        kept: NDArray[Any] | None = getattr(self._rooms, name, None)
        if kept is None or len(kept) < size:
            kept = np.empty(size * 5 // 4, dtype)
            setattr(self._rooms, name, kept)
        return kept


def _most_keys(family: kernels.Family) -> int:
    """Return an upper bound of the number of keys that takes no look at the units."""
    n_first, n_second = len(family.first_hashes), len(family.second_hashes)
    if not n_first or not n_second:
        return 0
    if family.is_same_kind:
        return n_first * (family.most_first - 1) // 2
    return min(n_first * family.most_second, n_second * family.most_first)


@frozen(eq=False)
class _Listed:
    """The pairs of a range of left units: right units with sizes, how many each unit has, and how many of each size."""

    first_unit: int
    found: NDArray[np.int64]
    n_of_unit: NDArray[np.int32]
    n_of_size: NDArray[np.int64]


def _total(listed: Sequence[_Listed]) -> NDArray[np.int64]:
    return sum((each.n_of_size for each in listed), np.zeros(64, np.int64))


class _PairLister:
    """Lists the pairs of blocks, range of units by range of units."""

    def __init__(
        self, blocks: _DistinctBlocks, n_units: int, sources: NDArray[np.int32] | None, n_threads: int
    ) -> None:
        units, sizes = blocks.close()
        begins, bounds = np.empty(len(sizes), np.int64), np.zeros(65, np.int64)
        kernels.order_by_size(sizes, begins, bounds)
        self._blocks = kernels.OrderedBlocks(units, begins, bounds)
        self._n_units = n_units
        self._sources = np.zeros(0, np.int32) if sources is None else np.ascontiguousarray(sources, np.int32)
        self._n_threads = n_threads

    def pairs_within(self, budget: int, block_cap: int) -> tuple[NDArray[np.int32], NDArray[np.int32], int]:
        """Return the pairs of the largest cap that fits the budget, ascending, and that cap.

        A sample of units tells where to look; what is found is checked with all of them.
        """
        one_in = 1 << (self._n_units // _SAMPLED_UNITS).bit_length()
        tried = _largest_cap(_total(self._listed(block_cap, one_in)) * one_in, budget, block_cap)
        while True:
            tried = min(tried + 1, block_cap)
            listed = self._listed(tried, 1)
            n_of_size = _total(listed)
            if tried == block_cap or n_of_size[: tried + 1].sum() > budget:
                cap = _largest_cap(n_of_size, budget, tried)
                return *self._kept(listed, cap), cap

    def _listed(self, cap: int, one_in: int) -> list[_Listed]:
        """Return the pairs of some left units, one in so many (a power of two), range by range."""
        ranges = self._postings(cap, one_in - 1)
        return self._in_threads(lambda number: self._listed_of(ranges[number], cap), len(ranges))

    def _listed_of(self, postings: kernels.Postings, cap: int) -> _Listed:
        n_left = min(_UNITS_IN_RANGE, self._n_units - postings.first_unit)
        nothing = np.zeros(0, np.uint64)
        room = kernels.PairRoom(
            np.empty(n_left + 2, np.int64), np.empty(len(postings.entries), np.uint64), nothing, nothing.view(np.int64)
        )
        most, total = kernels.order_postings(postings, room)
        seen = np.full(1 << (2 * most + 1).bit_length(), np.iinfo(np.uint64).max)
        room = room._replace(seen=seen, found=np.empty(total + 1, np.int64))
        n_of_size, n_of_unit = np.zeros(64, np.int64), np.empty(n_left, np.int32)
        n_pairs = kernels.list_pairs(postings, cap, room, n_of_size, n_of_unit)
        return _Listed(postings.first_unit, room.found[:n_pairs].copy(), n_of_unit, n_of_size)

    def _kept(self, listed: list[_Listed], cap: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        bounds = np.cumsum([0, *(int(each.n_of_size[: cap + 1].sum()) for each in listed)]).tolist()
        left, right = np.empty(bounds[-1], np.int32), np.empty(bounds[-1], np.int32)

        def keep(number: int) -> None:
            each = listed[number]
            part = slice(bounds[number], bounds[number + 1])
            kernels.keep_pairs(each.found, each.first_unit, each.n_of_unit, cap, left[part], right[part])

        self._in_threads(keep, len(listed))
        return left, right

    def _in_threads(self, task: Callable[[int], _Result], n_tasks: int) -> list[_Result]:
        def quietly(number: int) -> _Result:
            with np.errstate(over="ignore"):
                return task(number)

        with ThreadPoolExecutor(self._n_threads) as pool:
            return list(pool.map(quietly, range(n_tasks)))

    def _postings(self, cap: int, sample_mask: int) -> list[kernels.Postings]:
        n_ranges = -(-self._n_units // _UNITS_IN_RANGE)
        bounds = np.zeros(n_ranges + 1, np.int64)
        kernels.count_postings(self._blocks, cap, sample_mask, bounds[1:])
        np.cumsum(bounds, out=bounds)
        entries = np.empty(int(bounds[-1]), np.uint64)
        kernels.fill_postings(self._blocks, cap, sample_mask, bounds[:-1].copy(), entries)
        return [
            kernels.Postings(
                entries[bounds[number] : bounds[number + 1]],
                self._blocks.units,
                self._sources,
                number * _UNITS_IN_RANGE,
            )
            for number in range(n_ranges)
        ]


def _largest_cap(n_pairs: NDArray[np.int64], budget: int, highest: int) -> int:
    """Return the largest cap up to the highest whose pairs, given by size, fit the budget; 2 at least."""
    n_within = np.cumsum(n_pairs)
    cap = highest
    while cap > 2 and n_within[cap] > budget:
        cap -= 1
    return cap
