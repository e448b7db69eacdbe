"""From atoms to distinct blocks with compiled loops; `custid.kernels.blocks` says how."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from threading import Lock, local
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from custid._memory import give_back_memory
from custid._threads import in_threads
from custid.blocking._blocks import KeyFamily, Tally
from custid.blocking._lister import PairLister, largest_cap
from custid.blocking._rows import lists_of, rows_of
from custid.blocking.atoms import AtomColumn
from custid.kernels import blocks as kernels
from custid.kernels.candidate_pairs import OrderedBlocks, arrange_by_size, choose_sampled
from custid.kernels.shared_keys import mark_sharing

__all__ = ["BlockFinder", "DistinctBlocks", "FamilyKind"]

_UNITS_IN_TASK = 1 << 17
_TASKS_BEFORE_CLEARING = 8
_UNITS_FOUND = 1 << 20
_UNITS_REACHED = 512
_FEW_SLOTS = 1 << 12
_RECENT = 1 << 15
_N_STORES = 16
_FEWEST_SLOTS = 1 << 10
_LOOK_UPS_AT_ONCE = 32
_SAMPLED_UNITS = 1024
_BUDGET_MARGIN = 1.2
_UNITS_BEFORE_SAMPLE = 4.0
"""Per unit: blocks are first sampled when so many of their units have come together."""
_SAMPLE_AGAIN = 1.5


class _Store:
    """Distinct blocks whose contents begin alike; one thread at a time adds to it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._glimpse = np.empty(_LOOK_UPS_AT_ONCE, np.uint64)
        self._store = kernels.BlockStore(
            slots=np.zeros(_FEWEST_SLOTS, np.uint64),
            units=np.empty(0, np.int32),
            sizes=np.empty(0, np.uint8),
            used=np.zeros(2, np.int64),
        )

    def add(self, found: kernels.FoundBlocks, blocks: NDArray[np.int32], begins: NDArray[np.int64]) -> None:
        """Keep what is new of some blocks."""
        n_units = int(found.sizes[blocks].sum(dtype=np.int64))
        with self.lock:
            n_kept, n_kept_units = self._store.used.tolist()
            slots = self._store.slots
            if 4 * (n_kept + len(blocks)) > 3 * len(slots):
                slots = _zeros(1 << (4 * (n_kept + len(blocks)) // 3).bit_length())
                kernels.move_contents(self._store.slots, slots)
            self._store = kernels.BlockStore(
                slots=slots,
                units=_with_room(self._store.units, n_kept_units, n_units),
                sizes=_with_room(self._store.sizes, n_kept, len(blocks)),
                used=self._store.used,
            )
            kernels.keep_new_blocks(found, blocks, begins, self._glimpse, self._store)

    def held(self) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Return the units and the sizes of the blocks."""
        n_blocks, n_units = self._store.used.tolist()
        return self._store.units[:n_units], self._store.sizes[:n_blocks]


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
    grown = np.empty(3 * (n_used + n_more) // 2, array.dtype)
    grown[:n_used] = array[:n_used]
    return grown


class DistinctBlocks:
    """Distinct blocks of all families.

    Once the blocks of a sample of units hold more pairs than the budget allows, larger ones are no longer taken.

    Parameters
    ----------
    n_units : int
        Number of units.
    cap : int
        Units in the largest blocks to take.
    budget : float
        How many pairs are wanted at most.
    sources : ndarray of int32, shape (n_units,), or None
        Where given, pairs of one source do not count.
    one_in : int
        Blocks are taken in which one in so many units stands, a power of two.
    """

    def __init__(
        self, n_units: int, cap: int, budget: float, sources: NDArray[np.int32] | None, one_in: int = 1
    ) -> None:
        self.cap = cap
        self._sample_mask = one_in - 1
        self._n_units = n_units
        self._budget = budget
        self._sources = sources
        self._stores = [_Store() for _ in range(_N_STORES)]
        self._lock = Lock()
        self._n_added = 0
        self._sample_at = _UNITS_BEFORE_SAMPLE * n_units

    def add(self, found: kernels.FoundBlocks, first_store: int) -> None:
        """Keep what is new of some blocks, beginning with one of the stores: threads should begin with several."""
        if self._sample_mask:
            found = self._sampled(found)
        n_blocks = int(found.used[0])
        bounds = np.zeros(_N_STORES + 1, np.int64)
        blocks, begins = np.empty(n_blocks, np.int32), np.empty(n_blocks, np.int64)
        kernels.order_by_store(found, _N_STORES, bounds, blocks, begins)
        for turn in range(_N_STORES):
            number = (first_store + turn) % _N_STORES
            part = slice(bounds[number], bounds[number + 1])
            self._stores[number].add(found, blocks[part], begins[part])
        self._sample()

    def _sampled(self, found: kernels.FoundBlocks) -> kernels.FoundBlocks:
        """Return the blocks in which a unit of the sample stands."""
        n_blocks, n_units, _ = found.used.tolist()
        units, sizes = found.units[:n_units], found.sizes[:n_blocks]
        wanted = np.empty_like(sizes)
        choose_sampled(units, sizes, self.cap, self._sample_mask, wanted)
        is_wanted = wanted > 0
        kept = units[np.repeat(is_wanted, sizes)]
        used = np.array([np.count_nonzero(is_wanted), len(kept), 0])
        return kernels.FoundBlocks(kept, sizes[is_wanted], found.contents[:n_blocks][is_wanted], used)

    def _sample(self) -> None:
        """Lower the cap where the blocks of a sample of units show that the budget will not do for it."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            n_held = sum(len(store.held()[0]) for store in self._stores)
            if n_held >= self._sample_at:
                self._sample_at = _SAMPLE_AGAIN * n_held
                counts, one_in = self.sampled_pairs(_SAMPLED_UNITS)
                # There will be more pairs than there are so far, never fewer.
                self.cap = largest_cap(counts * one_in, _BUDGET_MARGIN * self._budget, self.cap)
        finally:
            self._lock.release()

    def sampled_pairs(self, n_sampled: int) -> tuple[NDArray[np.int64], int]:
        """Return the pairs of a sample of left units by size of block, shape (64,), and how manyth units are in it."""
        one_in = 1 << (self._n_units // n_sampled).bit_length()
        parts = []
        for store in self._stores:
            units, sizes = store.held()
            wanted = np.empty_like(sizes)
            choose_sampled(units, sizes, self.cap, one_in - 1, wanted)
            parts.append((units, sizes, wanted))
        lister = PairLister(_arranged(parts), self._n_units, self.cap, sources=self._sources, one_in=one_in)
        return lister.counts().sum(axis=0), one_in

    def close(self, n_threads: int) -> OrderedBlocks:
        """Return the blocks up to the cap, and give up the rest."""
        held = [store.held() for store in self._stores]
        self._stores.clear()
        parts = [(units, sizes, np.where(sizes <= self.cap, sizes, np.uint8(0))) for units, sizes in held]
        return _arranged(parts, n_threads)


def _arranged(
    parts: Sequence[tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.uint8]]], n_threads: int = 1
) -> OrderedBlocks:
    """Return blocks by size, given units and sizes of some, and the sizes again where a block is wanted, else 0."""
    n_units = np.array([np.bincount(wanted, minlength=64) for _, _, wanted in parts]) * np.arange(64)
    bounds = np.append(0, np.cumsum(n_units.sum(axis=0)))
    units = np.empty(int(bounds[-1]), np.int32)
    # Where the blocks of each size of each part begin.
    cursors = bounds[:-1] + np.cumsum(n_units, axis=0) - n_units

    def arrange(number: int) -> None:
        arrange_by_size(*parts[number], cursors[number], units)

    in_threads(arrange, range(len(parts)), n_threads=n_threads)
    return OrderedBlocks(units, bounds)


@frozen(eq=False)
class FamilyKind:
    """The atoms of one kind, the number of the first one in the rows, and what they are joined with.

    ``numbers`` tells for each kind the row of a tally that counts the blocks, 0 for none; at the end that of the atoms
    alone.  ``families`` are in the order of these rows, from the second one on.
    """

    lists: kernels.UnitLists
    first_atom: int
    limits: tuple[int, int]
    numbers: NDArray[np.int32]
    families: Sequence[KeyFamily]


class BlockFinder:
    """Finds the blocks of all families.

    Parameters
    ----------
    families : sequence of KeyFamily
        The families.
    n_units : int
        Number of units.
    block_cap : int
        Sizes of blocks are told up to this one.
    n_threads : int
        Threads.

    Attributes
    ----------
    columns : list of AtomColumn
        The kinds in the order of the rows, rare atoms first.
    rows : AtomRows
        The atoms of all units.
    kinds : list of FamilyKind
        The kinds that begin a family.
    """

    def __init__(self, families: Sequence[KeyFamily], n_units: int, block_cap: int, n_threads: int = 1) -> None:
        self._n_threads = n_threads
        self._block_cap = block_cap
        columns = {id(each): each for family in families for each in (family.first, family.second) if each is not None}
        # Rare atoms come first: what is looked through are then the rows of few units.
        ordered = sorted(columns.values(), key=lambda atoms: (-atoms.n_atoms, atoms.name))
        self.columns = ordered
        self.rows = rows_of(ordered, n_units, n_threads)
        self.kinds = _kinds_of(families, ordered, int(np.diff(self.rows.begins).max(initial=0)))
        self._n_most_units = max((int(np.diff(each.starts).max(initial=0)) for each in ordered), default=0)
        self._rooms = local()

    def find(self, blocks: DistinctBlocks) -> list[Tally]:
        """Keep the distinct blocks, and return how many there are of each size, by family."""
        tasks = [(number, *part) for number, kind in enumerate(self.kinds) for part in _parts_of(kind.lists)]
        tallies = [self._no_tally(kind) for kind in self.kinds]
        # Rooms remember blocks of the search before, which may have gone to another place.
        self._rooms = local()
        lock = Lock()

        def find(numbered: tuple[int, tuple[int, int, int]]) -> None:
            turn, (number, first, last) = numbered
            with np.errstate(over="ignore"):
                tally = self._find(self.kinds[number], first, last, blocks, turn)
            if turn % _TASKS_BEFORE_CLEARING == 0:
                # Blocks that outgrow their arrays leave memory behind that the C library keeps for each thread.
                give_back_memory()
            with lock:
                total = tallies[number]
                largest = np.maximum(total[:, -1], tally[:, -1])
                total += tally
                total[:, -1] = largest

        in_threads(find, list(enumerate(tasks)), n_threads=self._n_threads)
        return [
            _tally(family, counts)
            for kind, tally in zip(self.kinds, tallies, strict=True)
            for family, counts in zip(kind.families, tally[1:], strict=True)
        ]

    def _no_tally(self, kind: FamilyKind) -> NDArray[np.int64]:
        return np.zeros((len(kind.families) + 1, self._block_cap + 3), np.int64)

    def _find(self, kind: FamilyKind, first: int, last: int, blocks: DistinctBlocks, turn: int) -> NDArray[np.int64]:
        tally = self._no_tally(kind)
        room, found = self.room(_UNITS_FOUND)
        while first < last:
            atoms = (first, last, blocks.cap)
            first = kernels.find_blocks(
                kind.lists, kind.first_atom, kind.limits, kind.numbers, self.rows, atoms, room, found, tally
            )
            if found.used[0]:
                blocks.add(found, turn)
                found.used[:2] = 0
            elif first < last:
                room, found = self.room(int(found.used[2]))
        return tally

    def n_sharing(self, is_asked: NDArray[np.bool_]) -> int:
        """Return how many of some units share a key with any other unit."""
        units = np.flatnonzero(is_asked).astype(np.int32)
        is_sharing = np.zeros(len(units), np.bool_)

        def mark(part: slice) -> None:
            for kind in self.kinds:
                mark_sharing(kind.lists, kind.first_atom, kind.numbers, self.rows, units[part], is_sharing[part])

        bounds = np.linspace(0, len(units), self._n_threads + 1).astype(int).tolist()
        in_threads(mark, [slice(*ends) for ends in pairwise(bounds)], n_threads=self._n_threads)
        return int(is_sharing.sum())

    def room(self, n_units: int) -> tuple[kernels.GroupRoom, kernels.FoundBlocks]:
        """Return room of this thread; pages that are in use already cost less than new ones."""
        kept = getattr(self._rooms, "kept", None)
        if kept is None or len(kept[1].units) < n_units:
            n_groups = min(len(self.rows.kind_of_atom), n_units) + 1
            room = kernels.GroupRoom(
                slots=np.full(len(self.rows.kind_of_atom), -1, np.int32),
                few_slots=np.full(_FEW_SLOTS, -1, np.int32),
                atoms=np.empty(n_groups, np.int32),
                sizes=np.empty(n_groups, np.int32),
                contents=np.empty(n_groups, np.uint64),
                places=np.empty(n_groups, np.int64),
                places_in_rows=np.empty(max(self._n_most_units, _UNITS_REACHED), np.int64),
                ends=np.empty(max(self._n_most_units, _UNITS_REACHED), np.int64),
                group_of_key=np.empty(n_units + 1, np.int32),
                glimpse=np.empty(1, np.int32),
                recent=np.zeros(_RECENT, np.uint64),
            )
            found = kernels.FoundBlocks(
                units=np.empty(n_units, np.int32),
                sizes=np.empty(n_units // 2 + 1, np.uint8),
                contents=np.empty(n_units // 2 + 1, np.uint64),
                used=np.zeros(3, np.int64),
            )
            kept = self._rooms.kept = room, found
        return kept


def _kinds_of(families: Sequence[KeyFamily], ordered: Sequence[AtomColumn], most_atoms: int) -> list[FamilyKind]:
    """Return the kinds with the families of which each is the one whose atoms are the rarer ones."""
    numbers = {id(column): number for number, column in enumerate(ordered)}
    of_kind: list[list[tuple[int, KeyFamily]]] = [[] for _ in ordered]
    for family in families:
        first, second = numbers[id(family.first)], None if family.second is None else numbers[id(family.second)]
        if second is None:
            of_kind[first].append((len(ordered), family))
        else:
            of_kind[min(first, second)].append((max(first, second), family))
    found, first_atom = [], 0
    n_behind = sum(len(column.unit_idx) for column in ordered)
    for column, joined in zip(ordered, of_kind, strict=True):
        rows_of_tally = np.zeros(len(ordered) + 1, np.int32)
        rows_of_tally[[other for other, _ in joined]] = np.arange(1, len(joined) + 1)
        families_of_kind = [family for _, family in joined]
        found.append(FamilyKind(lists_of(column), first_atom, (most_atoms, n_behind), rows_of_tally, families_of_kind))
        first_atom += column.n_atoms
        n_behind -= len(column.unit_idx)
    return [kind for kind in found if kind.families]


def _parts_of(lists: kernels.UnitLists) -> list[tuple[int, int]]:
    """Return ranges of atoms whose lists hold about the same number of units."""
    n_units = len(lists.units)
    cuts = np.searchsorted(lists.starts, np.arange(0, n_units, _UNITS_IN_TASK), side="right") - 1
    bounds = np.unique(np.append(cuts, len(lists.starts) - 1)).tolist()
    return list(pairwise(bounds))


def _tally(family: KeyFamily, counts: NDArray[np.int64]) -> Tally:
    n_of_size = np.zeros(64, np.int64)
    n_of_size[2 : len(counts) - 2] = counts[2:-2]
    largest = int(counts[-1])
    return Tally(family.name, n_of_size, n_oversized=int(counts[-2]), largest=largest if largest > 1 else 0)
