"""From blocks to pairs, each once.

Pairs are listed unit by unit, from the blocks in which the unit stands, so that no list of all pairs, repeats included,
ever exists.

Hashes are computed modulo 2^64.  Run interpreted, numpy says so at every overflow: callers silence that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from custid._jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "OrderedBlocks",
    "PairRoom",
    "Postings",
    "arrange_by_size",
    "choose_sampled",
    "count_postings",
    "fill_postings",
    "list_partners",
    "mark_units",
    "write_pairs",
]


class OrderedBlocks(NamedTuple):
    """Distinct blocks, small ones first.

    Attributes
    ----------
    units : ndarray of int32
        Units of the blocks, one block after another, ascending in each.
    bounds : ndarray of int64, shape (65,)
        Where in ``units`` the blocks of each size begin.
    """

    units: NDArray[np.int32]
    bounds: NDArray[np.int64]


class Postings(NamedTuple):
    """In which blocks each unit stands.

    Attributes
    ----------
    starts : ndarray of int64, shape (n_units + 2,)
        Where the places of each unit begin in ``places``.
    places : ndarray of uint32 or int64
        Where the unit stands in the units of the blocks, ascending: blocks are from small to large.  Last units of
        blocks are left out.
    """

    starts: NDArray[np.int64]
    places: NDArray[Any]


class PairRoom(NamedTuple):
    """Room to list pairs in, of one thread.

    Attributes
    ----------
    seen : ndarray of uint64
        Hash table of pairs; a power of two of more than twice the pairs of any left unit, repeats included.  All ones,
        or what units further left have put there.
    partners : ndarray of uint32 or uint64
        Partners of units, each with the size of the smallest block it shares with the unit in the lowest six bits.  For
        one more than there are, repeats included; the last place is written and never read.
    sources : ndarray of int32, shape (n_units,) or (0,)
        Source of each unit; empty where sources do not matter.
    """

    seen: NDArray[np.uint64]
    partners: NDArray[Any]
    sources: NDArray[np.int32]


@kernel
def arrange_by_size(
    units: NDArray[np.int32],
    sizes: NDArray[np.uint8],
    wanted: NDArray[np.uint8],
    cursors: NDArray[np.int64],
    out: NDArray[np.int32],
) -> None:
    """Write the units of those blocks whose size is wanted from where the cursor of the size points."""
    begin = np.int64(0)
    for block in range(sizes.size):
        size = np.int64(sizes[block])
        if wanted[block] > 0:
            place = cursors[size]
            for position in range(size):
                out[place + position] = units[begin + position]
            cursors[size] = place + size
        begin += size


@kernel
def choose_sampled(
    units: NDArray[np.int32], sizes: NDArray[np.uint8], cap: int, sample_mask: int, out: NDArray[np.uint8]
) -> None:
    """Write the size of each block up to the cap that has a sampled unit, 0 for the others."""
    begin = np.int64(0)
    for block in range(sizes.size):
        size = np.int64(sizes[block])
        has_sampled = False
        for position in range(begin, begin + size):
            has_sampled |= (units[position] & sample_mask) == 0
        out[block] = size if has_sampled and size <= cap else 0
        begin += size


@kernel
def count_postings(
    blocks: OrderedBlocks, cap: int, sample_mask: int, bounds: tuple[int, int], counts: NDArray[np.int64]
) -> None:
    """Count, for sampled units in some bounds, in how many blocks up to the cap they stand before others.

    Added to ``counts``, two places behind the unit: 1 for each block, and 2^32 for each unit that follows.
    """
    low, high = bounds
    for size in range(2, cap + 1):
        for begin in range(blocks.bounds[size], blocks.bounds[size + 1], size):
            for place in range(size - 1):
                unit = np.int64(blocks.units[begin + place])
                if low <= unit < high and unit & sample_mask == 0:
                    counts[unit + 2] += ((size - 1 - place) << 32) + 1


@kernel
def fill_postings(
    blocks: OrderedBlocks, cap: int, sample_mask: int, bounds: tuple[int, int], postings: Postings
) -> None:
    """Write the places of sampled units in some bounds; ``starts`` begins one unit late, and is right on return."""
    low, high = bounds
    for size in range(2, cap + 1):
        for begin in range(blocks.bounds[size], blocks.bounds[size + 1], size):
            for place in range(begin, begin + size - 1):
                unit = np.int64(blocks.units[place])
                if low <= unit < high and unit & sample_mask == 0:
                    postings.places[postings.starts[unit + 1]] = place
                    postings.starts[unit + 1] += 1


@kernel
def _find_partners(
    left: int,
    cap: int,
    blocks: OrderedBlocks,
    postings: Postings,
    room: PairRoom,
    first: np.int64,
    counts: NDArray[np.int64],
) -> int:
    """Write the partners of a unit to the room from a place on, in no order; add their numbers to ``counts``."""
    last_slot = np.uint64(room.seen.size - 1)
    of_left = np.uint64(left) << np.uint64(32)
    has_sources = room.sources.size > 0
    n_found = np.int64(first)
    # All blocks are reached for at once, where else each would wait for the one before.
    glimpse = np.int32(0)
    for number in range(postings.starts[left], postings.starts[left + 1]):
        glimpse ^= blocks.units[np.int64(postings.places[number]) + 1]
    room.partners[room.partners.size - 1] = glimpse
    size = 2
    for number in range(postings.starts[left], postings.starts[left + 1]):
        place = np.int64(postings.places[number])
        while place >= blocks.bounds[size + 1]:
            size += 1
        if size > cap:
            break
        n_smaller = n_found
        before = np.int64(np.uint64(place - blocks.bounds[size]) % np.uint64(size))
        for position in range(place + 1, place + size - before):
            right = np.int64(blocks.units[position])
            pair = of_left | np.uint64(right)
            slot = ((np.uint64(right) * np.uint64(0x9E3779B1)) >> np.uint64(16)) & last_slot
            # What other left units have left behind is free.
            while room.seen[slot] != pair and (room.seen[slot] >> np.uint64(32)) == np.uint64(left):
                slot = (slot + np.uint64(1)) & last_slot
            is_new = room.seen[slot] != pair
            room.seen[slot] = pair
            if has_sources:
                is_new &= room.sources[left] != room.sources[right]
            # Written in any case and counted if new: no processor can foresee which ones are.
            room.partners[n_found] = (right << 6) | size
            n_found += np.int64(is_new)
        counts[size] += n_found - n_smaller
    return int(n_found)


@kernel
def _sort(values: NDArray[Any]) -> None:
    """Sort a few values by insertion, many by insertions over falling distances (Shell's sort)."""
    for gap in (701, 301, 132, 57, 23, 10, 4, 1):
        if gap > 1 and 4 * gap > values.size:
            continue
        for position in range(gap, values.size):
            value = values[position]
            place = position
            while place >= gap and values[place - gap] > value:
                values[place] = values[place - gap]
                place -= gap
            values[place] = value


@kernel
def list_partners(
    blocks: OrderedBlocks,
    postings: Postings,
    bounds: tuple[int, int],
    cap: int,
    room: PairRoom,
    counts: NDArray[np.int64],
    n_partners: NDArray[np.int32],
) -> int:
    """List the partners of some left units in blocks up to a cap, unit by unit, ascending, and return how many.

    Parameters
    ----------
    blocks : OrderedBlocks
        The blocks.
    postings : Postings
        Where units stand in them.
    bounds : tuple of two int
        The first left unit and the one after the last.
    cap : int
        Units in the largest blocks to look at.
    room : PairRoom
        Its ``partners`` are written; it holds no pair of these units.
    counts : ndarray of int64, shape (64,)
        The pairs by the size of the smallest block of each; added to.
    n_partners : ndarray of int32, shape (n_units,)
        How many partners each of the left units has; written.

    Returns
    -------
    int
        The number of partners.
    """
    n_listed = np.int64(0)
    for left in range(bounds[0], bounds[1]):
        end = _find_partners(left, cap, blocks, postings, room, n_listed, counts)
        _sort(room.partners[n_listed:end])
        n_partners[left] = end - n_listed
        n_listed = np.int64(end)
    return int(n_listed)


@kernel
def write_pairs(
    partners: NDArray[Any],
    n_partners: NDArray[np.int32],
    bounds: tuple[int, int],
    cap: int,
    left_out: NDArray[np.int32],
    right_out: NDArray[np.int32],
) -> int:
    """Write those of the pairs that `list_partners` has listed that are in blocks up to a cap; return how many."""
    n_pairs = np.int64(0)
    n_read = np.int64(0)
    for left in range(bounds[0], bounds[1]):
        for _ in range(n_partners[left]):
            partner = np.int64(partners[n_read])
            n_read += 1
            if partner & 63 <= cap:
                left_out[n_pairs] = left
                right_out[n_pairs] = partner >> 6
                n_pairs += 1
    return int(n_pairs)


@kernel
def mark_units(blocks: OrderedBlocks, cap: int, is_in_block: NDArray[np.bool_]) -> None:
    """Mark the units that stand in a block up to the cap."""
    for position in range(blocks.bounds[cap + 1]):
        is_in_block[blocks.units[position]] = True
