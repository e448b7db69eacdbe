"""What units change for the pairs of an index, and which pairs of units it has, asked for many at once."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from custid._threads import in_threads
from custid.index._lookups import ThreadRoom
from custid.kernels import index_changes as kernels
from custid.kernels.hash_slots import wrapping
from custid.kernels.index_lists import BLOCK_CAP, PLACE, SIZE, IndexArrays
from custid.kernels.index_lookups import list_partners

__all__ = ["are_held", "changes_by", "partners_of"]

_ALONE: Final = 32
"""As many units are gone through in less time than threads take to begin."""

_PAIRS_ALONE: Final = 1_000
_SPANS_PER_THREAD: Final = 4
_FEWEST_PAIRS: Final = 1_024
_KNOWN_BLOCKS: Final = 2_048


def _spans(n_items: int, n_alone: int, n_threads: int) -> list[tuple[int, int]]:
    """Return parts of a range, several for each thread where it is worth to begin any."""
    n_parts = n_threads * _SPANS_PER_THREAD if n_items > n_alone and n_threads > 1 else 1
    bounds: list[int] = np.linspace(0, n_items, n_parts + 1).astype(np.int64).tolist()
    return list(pairwise(bounds))


def _most_atoms(index: IndexArrays, units: NDArray[np.int32]) -> int:
    return int(index.rows[units, SIZE].max(initial=0))


def _with_room(pairs: NDArray[np.uint64], n_pairs: int) -> NDArray[np.uint64]:
    """Return an array that begins in the same way and has room for so many."""
    return np.append(pairs, np.empty(n_pairs, np.uint64)) if n_pairs > len(pairs) else pairs


def partners_of(
    index: IndexArrays, units: NDArray[np.int32], rooms: ThreadRoom, n_threads: int
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Return the candidates of units, by their numbers.

    Parameters
    ----------
    index : IndexArrays
        Read.
    units : ndarray of int32, shape (n_units,)
        Numbers of units.
    rooms : ThreadRoom
        Room to work in.
    n_threads : int
        Threads that work side by side; the result does not depend on it.

    Returns
    -------
    ends : ndarray of int64, shape (n_units + 1,)
        Where the candidates of each unit begin, and the last ones end.
    found : ndarray of uint64
        Identifiers, ascending for each unit.
    """
    most = _most_atoms(index, units)

    def look_up(span: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        chosen, room = units[slice(*span)], rooms.for_atoms(index, most)
        ends, found = np.zeros(len(chosen) + 1, np.int64), np.empty(_FEWEST_PAIRS, np.uint64)
        with wrapping():
            n_done = list_partners(index, chosen, 0, ends, room, found)
            while n_done < len(chosen):
                if ends[n_done] + len(room.members) <= len(found):
                    room = rooms.with_more_members(room)
                found = _with_room(found, ends[n_done] + len(room.members))
                n_done = list_partners(index, chosen, n_done, ends, room, found)
        for first, last in pairwise(ends.tolist()):
            found[first:last].sort()
        return np.diff(ends), found[: ends[-1]]

    told = in_threads(look_up, _spans(len(units), _ALONE, n_threads), n_threads=n_threads)
    if len(told) == 1:
        return np.append(0, np.cumsum(told[0][0])), told[0][1]
    sizes, found = zip(*told, strict=True)
    return np.append(0, np.cumsum(np.concatenate(sizes))), np.concatenate(found)


def changes_by(
    index: IndexArrays, units: NDArray[np.int32], rooms: ThreadRoom, n_threads: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the pairs that are candidates with some units alone, and those that are without them alone.

    Parameters
    ----------
    index : IndexArrays
        Read; it has the units.
    units : ndarray of int32, shape (n_units,)
        Their numbers, each once.
    rooms : ThreadRoom
        Room to work in.
    n_threads : int
        Threads that work side by side; the result does not depend on it.

    Returns
    -------
    own, others : ndarray of uint64
        Numbers of two units, the smaller one shifted by 32 bits; each pair once.
    """
    marked = _marked(index, np.sort(units))
    most, n_few = _most_atoms(index, units), int(index.counts[BLOCK_CAP]) + len(units)

    def look_up(span: tuple[int, int]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        room = rooms.for_atoms(index, most, n_few)
        pairs = kernels.PairRoom(
            own=np.empty(_FEWEST_PAIRS, np.uint64),
            others=np.empty(_FEWEST_PAIRS, np.uint64),
            n_pairs=np.zeros(3, np.int64),
        )
        with wrapping():
            n_done, stop = kernels.list_changes(index, marked, *span, room, pairs), span[1]
            while n_done < stop:
                n_own, _, n_others = pairs.n_pairs.tolist()
                if n_own + len(room.members) <= len(pairs.own) and n_others <= len(pairs.others):
                    room = rooms.with_more_members(room)
                own = _with_room(pairs.own, n_own + len(room.members))
                pairs = pairs._replace(own=own, others=_with_room(pairs.others, n_others))
                n_done = kernels.list_changes(index, marked, n_done, stop, room, pairs)
        n_own, n_others = pairs.n_pairs[:2].tolist()
        return pairs.own[:n_own], pairs.others[:n_others]

    own, others = zip(*in_threads(look_up, _spans(len(units), _ALONE, n_threads), n_threads=n_threads), strict=True)
    may_be = np.unique(np.concatenate(others))
    return np.concatenate(own), may_be[~are_held(index, may_be, rooms, n_threads)]


def _marked(index: IndexArrays, units: NDArray[np.int32]) -> kernels.MarkedUnits:
    rows = [index.pool[place : place + size] for place, size in index.rows[units][:, [PLACE, SIZE]].tolist()]
    atoms, n_units = np.unique(np.concatenate([np.empty(0, np.int32), *rows]), return_counts=True)
    return kernels.MarkedUnits(units=units, atoms=atoms, n_units=n_units)


def are_held(index: IndexArrays, pairs: NDArray[np.uint64], rooms: ThreadRoom, n_threads: int) -> NDArray[np.bool_]:
    """Tell which pairs are candidates.

    Parameters
    ----------
    index : IndexArrays
        Read.
    pairs : ndarray of uint64, shape (n_pairs,)
        Numbers of two units, the smaller one shifted by 32 bits.
    rooms : ThreadRoom
        Room to work in.
    n_threads : int
        Threads that work side by side; the result does not depend on it.

    Returns
    -------
    ndarray of bool, shape (n_pairs,)
        Whether a block within the cap holds both.
    """
    held = np.empty(len(pairs), np.bool_)
    if len(pairs):
        most = _most_atoms(index, (pairs >> np.uint64(32)).astype(np.int32))

        def mark(span: tuple[int, int]) -> None:
            known = kernels.KnownBlocks(np.full(_KNOWN_BLOCKS, ~np.uint64(0)), np.empty(_KNOWN_BLOCKS, np.int64))
            part = slice(*span)
            with wrapping():
                kernels.mark_held_pairs(index, pairs[part], known, rooms.for_atoms(index, most), held[part])

        in_threads(mark, _spans(len(pairs), _PAIRS_ALONE, n_threads), n_threads=n_threads)
    return held
