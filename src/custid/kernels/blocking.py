"""From keys to blocks and from blocks to pairs.

A key is a 64-bit hash that gives up its low bits to the unit that has it, so that one number says both.  Keys are
spread over buckets by their high bits and grouped bucket by bucket, in tables small enough for the nearest cache.
Blocks that several families have in common are kept once, and pairs are listed unit by unit, so that no list of all
pairs, repeats included, ever exists.

Hashes are computed modulo 2^64.  Run interpreted, numpy says so at every overflow: callers silence that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "BlockStore",
    "Family",
    "FoundBlocks",
    "GroupTables",
    "OrderedBlocks",
    "PairRoom",
    "Postings",
    "count_keys",
    "count_postings",
    "fill_postings",
    "find_starts",
    "group_keys",
    "keep_new_blocks",
    "keep_pairs",
    "list_pairs",
    "move_contents",
    "number_of_keys",
    "order_by_size",
    "order_postings",
    "spread_keys",
    "write_keys",
]


class Family(NamedTuple):
    """The atoms of two kinds, unit by unit.

    Attributes
    ----------
    first_units : ndarray of int32
        The unit of each atom of the first kind, ascending.
    first_starts, second_starts : ndarray of int32, shape (n_units + 1,)
        Where the atoms of each unit begin.
    first_hashes, second_hashes : ndarray of uint64
        The atoms; a kind that stands alone has one atom 0 of every unit for a partner.
    most_first, most_second : int
        The most atoms of one unit.
    is_same_kind : bool
        Whether both are one column: an atom is then joined with those after it only.
    """

    first_units: NDArray[np.int32]
    first_starts: NDArray[np.int32]
    first_hashes: NDArray[np.uint64]
    second_starts: NDArray[np.int32]
    second_hashes: NDArray[np.uint64]
    most_first: int
    most_second: int
    is_same_kind: bool


class GroupTables(NamedTuple):
    """Room to work in, for the keys of one bucket.

    Attributes
    ----------
    slots : ndarray of int32
        Hash table of groups, -1 where free; a power of two of at least twice the keys of the largest bucket.
    group_of_key : ndarray of int32
        The group of each key, -1 where the unit has another key of the group.
    keys : ndarray of uint64
        The key of each group, without a unit.
    sizes, last : ndarray of int32
        The size of each group and its last unit; then where its next unit is to be written.
    """

    slots: NDArray[np.int32]
    group_of_key: NDArray[np.int32]
    keys: NDArray[np.uint64]
    sizes: NDArray[np.int32]
    last: NDArray[np.int32]


class FoundBlocks(NamedTuple):
    """The blocks of a family.

    Attributes
    ----------
    units : ndarray of int32
        Units of the blocks up to the cap, one block after another, ascending in each.
    sizes : ndarray of uint8
        Size of each block.
    contents : ndarray of uint64
        What tells the set of units of a block from others.
    tally : ndarray of int64, shape (cap + 3,)
        Blocks of each size up to the cap; those above it; the largest size.
    """

    units: NDArray[np.int32]
    sizes: NDArray[np.uint8]
    contents: NDArray[np.uint64]
    tally: NDArray[np.int64]


class BlockStore(NamedTuple):
    """Distinct blocks of all families.

    Attributes
    ----------
    slots : ndarray of uint64
        Hash table of contents, 0 where free; a power of two.
    units : ndarray of int32
        Units of the blocks, one block after another.
    sizes : ndarray of uint8
        Size of each block.
    used : ndarray of int64, shape (2,)
        How many blocks and how many units there are.
    glimpse : ndarray of uint64
        Room to work in.
    """

    slots: NDArray[np.uint64]
    units: NDArray[np.int32]
    sizes: NDArray[np.uint8]
    used: NDArray[np.int64]
    glimpse: NDArray[np.uint64]


class OrderedBlocks(NamedTuple):
    """Distinct blocks, small ones first.

    Attributes
    ----------
    units : ndarray of int32
        Units of the blocks, ascending in each.
    begins : ndarray of int64, shape (n_blocks,)
        Where the units of each block begin.
    bounds : ndarray of int64, shape (65,)
        Where the blocks of each size begin in ``begins``.
    """

    units: NDArray[np.int32]
    begins: NDArray[np.int64]
    bounds: NDArray[np.int64]


class Postings(NamedTuple):
    """In which blocks the left units of one range stand, in the order of :class:`OrderedBlocks`.

    Attributes
    ----------
    entries : ndarray of uint64
        Where the unit stands in ``units`` (36 bits), its place in the range (16 bits), how many units of the block
        follow it (6 bits), and the block's size (6 bits).
    units : ndarray of int32
        Units of the blocks.
    sources : ndarray of int32, shape (n_units,) or (0,)
        Source of each unit; empty where sources do not matter.
    first_unit : int
        The first unit of the range.
    """

    entries: NDArray[np.uint64]
    units: NDArray[np.int32]
    sources: NDArray[np.int32]
    first_unit: int


class PairRoom(NamedTuple):
    """Room to list pairs in, of one thread.

    Attributes
    ----------
    starts : ndarray of int64, shape (range size + 2,)
        Where the entries of each unit of the range begin.
    entries : ndarray of uint64
        The entries, unit by unit.
    seen : ndarray of uint64
        Hash table of pairs; a power of two of more than twice the entries' units of any left unit.
    found : ndarray of int64
        Right units and sizes (6 bits) of the pairs of a range; one more than its blocks hold, repeats included.
    """

    starts: NDArray[np.int64]
    entries: NDArray[np.uint64]
    seen: NDArray[np.uint64]
    found: NDArray[np.int64]


@kernel
def find_starts(units: NDArray[np.int32], starts: NDArray[np.int32]) -> int:
    """Write where each unit's atoms begin, given the unit of each atom, ascending; return how many one has at most."""
    most = position = 0
    for unit in range(starts.size - 1):
        begin = position
        while position < units.size and units[position] == unit:
            position += 1
        starts[unit] = begin
        most = max(most, position - begin)
    starts[starts.size - 1] = position
    return most


@kernel
def number_of_keys(family: Family) -> int:
    """Return how many keys a family has: for each unit the atoms of one kind times those of the other."""
    total = np.int64(0)
    first, second = family.first_starts, family.second_starts
    if family.is_same_kind:
        for unit in range(first.size - 1):
            n_atoms = np.int64(first[unit + 1] - first[unit])
            total += n_atoms * (n_atoms - 1) // 2
    else:
        for unit in range(first.size - 1):
            total += np.int64(first[unit + 1] - first[unit]) * np.int64(second[unit + 1] - second[unit])
    return int(total)


@kernel
def count_keys(family: Family, shift: np.uint64, counts: NDArray[np.int64]) -> None:
    """Add to ``counts`` how many keys fall into each bucket, which is what ``shift`` leaves of a hash."""
    three = np.uint64(3)
    for first in range(family.first_units.size):
        unit = family.first_units[first]
        begin = first + 1 if family.is_same_kind else family.second_starts[unit]
        for second in range(begin, family.second_starts[unit + 1]):
            counts[(family.second_hashes[second] * three + family.first_hashes[first]) >> shift] += 1


@kernel
def write_keys(
    family: Family,
    shift: np.uint64,
    unit_mask: np.uint64,
    buckets: tuple[int, int],
    bounds: NDArray[np.int64],
    out: NDArray[np.uint64],
) -> int:
    """Write the keys of some buckets, units ascending, and return how many there are.

    Both kinds have an atom; ``out`` has room for one key more than there are. How many keys a bucket has is added to
    ``bounds``, two places behind the bucket's number.
    """
    three = np.uint64(3)
    low, high = np.uint64(buckets[0]), np.uint64(buckets[1])
    last = np.uint64(family.second_hashes.size - 1)
    n_keys = np.uint64(0)
    for first in range(family.first_units.size):
        unit = np.uint64(family.first_units[first])
        begin = np.uint64(first + 1) if family.is_same_kind else np.uint64(family.second_starts[unit])
        end = np.uint64(family.second_starts[unit + np.uint64(1)])
        # The first key is written in any case and counted where there is one: most units have one atom of a kind or
        # none, which no processor can foresee.
        key = family.second_hashes[min(begin, last)] * three + family.first_hashes[first]
        bucket = key >> shift
        is_wanted = np.uint64((begin < end) & (low <= bucket) & (bucket < high))
        out[n_keys] = (key & ~unit_mask) | unit
        bounds[bucket + np.uint64(2)] += np.int64(is_wanted)
        n_keys += is_wanted
        for second in range(begin + np.uint64(1), end):
            key = family.second_hashes[second] * three + family.first_hashes[first]
            bucket = key >> shift
            is_wanted = np.uint64((low <= bucket) & (bucket < high))
            out[n_keys] = (key & ~unit_mask) | unit
            bounds[bucket + np.uint64(2)] += np.int64(is_wanted)
            n_keys += is_wanted
    return int(n_keys)


@kernel
def spread_keys(keys: NDArray[np.uint64], shift: np.uint64, bounds: NDArray[np.int64], out: NDArray[np.uint64]) -> int:
    """Bring keys in the order of their buckets, keep the order inside, and return the size of the largest bucket.

    ``bounds`` is as `write_keys` leaves it. On return bucket ``b`` stands from ``bounds[b]`` to ``bounds[b + 1]``.
    """
    largest = np.int64(0)
    for bucket in range(2, bounds.size):
        largest = max(largest, bounds[bucket])
        bounds[bucket] += bounds[bucket - 1]
    for position in range(keys.size):
        key = keys[position]
        place = (key >> shift) + np.uint64(1)
        out[np.uint64(bounds[place])] = key
        bounds[place] += 1
    return int(largest)


@kernel
def _group_bucket(keys: NDArray[np.uint64], unit_mask: np.uint64, tables: GroupTables) -> int:
    """Number the distinct keys of a bucket, count the distinct units of each, and return how many keys there are."""
    bits = 1
    while (1 << bits) < 2 * keys.size:
        bits += 1
    last_slot = np.int64((1 << bits) - 1)
    tables.slots[: last_slot + 1] = -1
    down = np.uint64(64 - bits)
    n_groups = 0
    for position in range(keys.size):
        unit = np.int32(keys[position] & unit_mask)
        key = keys[position] & ~unit_mask
        # Fibonacci hashing: the product scatters keys that differ in few bits.
        slot = np.int64((key * np.uint64(0x9E3779B97F4A7C15)) >> down)
        group = tables.slots[slot]
        while group >= 0 and tables.keys[group] != key:
            slot = (slot + 1) & last_slot
            group = tables.slots[slot]
        if group < 0:
            group = np.int32(n_groups)
            tables.slots[slot] = group
            tables.keys[group] = key
            tables.sizes[group] = 1
            n_groups += 1
        elif tables.last[group] != unit:
            tables.sizes[group] += 1
        else:
            # Two keys of a unit that differ in the lost bits only are one.
            group = np.int32(-1)
        tables.group_of_key[position] = group
        if group >= 0:
            tables.last[group] = unit
    return n_groups


@kernel
def group_keys(
    keys: NDArray[np.uint64],
    bounds: NDArray[np.int64],
    unit_mask: np.uint64,
    tables: GroupTables,
    found: FoundBlocks,
) -> int:
    """Find the blocks of keys that are ordered by bucket.

    Parameters
    ----------
    keys : ndarray of uint64
        Keys with their units, bucket by bucket, units ascending in each.
    bounds : ndarray of int64
        Where the buckets begin, and the last one ends.
    unit_mask : uint64
        The bits of a key that hold the unit.
    tables : GroupTables
        Room to work in.
    found : FoundBlocks
        Written from the start; the tally is added to.

    Returns
    -------
    int
        Number of blocks up to the cap.

    Notes
    -----
    The content of a block is the exclusive or of its units' hashes (the finalizer of SplitMix64, as in
    `custid.table.hashing.mix`).  All arrays written belong to the caller's thread.
    """
    cap = found.tally.size - 3
    n_blocks = 0
    n_units = np.int64(0)
    for bucket in range(bounds.size - 1):
        members = keys[bounds[bucket] : bounds[bucket + 1]]
        for group in range(_group_bucket(members, unit_mask, tables)):
            size = tables.sizes[group]
            tables.last[group] = -1
            if size > 1:
                found.tally[min(size, cap + 1)] += 1
                found.tally[cap + 2] = max(found.tally[cap + 2], size)
                if size <= cap:
                    found.sizes[n_blocks] = size
                    found.contents[n_blocks] = 0
                    tables.last[group] = n_units
                    # From here on the number of the block; a bucket has fewer keys than 2^31.
                    tables.sizes[group] = n_blocks
                    n_blocks += 1
                    n_units += size
        for position in range(members.size):
            group = tables.group_of_key[position]
            if group < 0 or tables.last[group] < 0:
                continue
            unit = members[position] & unit_mask
            block = tables.sizes[group]
            found.units[tables.last[group]] = np.int32(unit)
            tables.last[group] += 1
            mixed = unit + np.uint64(1)
            mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            found.contents[block] ^= mixed ^ (mixed >> np.uint64(31))
    return n_blocks


@kernel
def keep_new_blocks(found: FoundBlocks, n_blocks: int, store: BlockStore) -> None:
    """Append to the store the blocks that it does not hold.

    The table needs a free slot for each block found, and the store room for all of them.  Two sets of units share a
    content by accident once in 2^63; the second is then taken for the first.
    """
    # A content of 0 would pass for a free slot.
    one = np.uint64(1)
    last_slot = np.uint64(store.slots.size - 1)
    n_kept, n_units = store.used[0], store.used[1]
    begin = np.int64(0)
    for portion in range(0, n_blocks, store.glimpse.size):
        n_portion = min(store.glimpse.size, n_blocks - portion)
        # Many look-ups are under way together where none waits for another.
        for block in range(n_portion):
            store.glimpse[block] = store.slots[(found.contents[portion + block] >> one) & last_slot]
        for block in range(portion, portion + n_portion):
            content = found.contents[block] | one
            size = np.int64(found.sizes[block])
            if store.glimpse[block - portion] != content:
                slot = (content >> one) & last_slot
                while store.slots[slot] != 0 and store.slots[slot] != content:
                    slot = (slot + np.uint64(1)) & last_slot
                if store.slots[slot] == 0:
                    store.slots[slot] = content
                    store.sizes[n_kept] = found.sizes[block]
                    n_kept += 1
                    for position in range(begin, begin + size):
                        store.units[n_units] = found.units[position]
                        n_units += 1
            begin += size
    store.used[0], store.used[1] = n_kept, n_units


@kernel
def move_contents(slots: NDArray[np.uint64], out: NDArray[np.uint64]) -> None:
    """Move the contents of a hash table to a larger one that is all zeros."""
    one, last_slot = np.uint64(1), np.uint64(out.size - 1)
    for content in slots:
        if content != 0:
            slot = (content >> one) & last_slot
            while out[slot] != 0:
                slot = (slot + one) & last_slot
            out[slot] = content


@kernel
def order_by_size(sizes: NDArray[np.uint8], begins: NDArray[np.int64], bounds: NDArray[np.int64]) -> None:
    """Write where each block begins, small blocks first.

    ``bounds``, of length 65 and all zeros, says on return where the blocks of each size begin in ``begins``.
    """
    for block in range(sizes.size):
        bounds[sizes[block] + 1] += 1
    for size in range(1, bounds.size):
        bounds[size] += bounds[size - 1]
    begin = np.int64(0)
    for block in range(sizes.size):
        begins[bounds[sizes[block]]] = begin
        bounds[sizes[block]] += 1
        begin += np.int64(sizes[block])
    for size in range(bounds.size - 1, 0, -1):
        bounds[size] = bounds[size - 1]
    bounds[0] = 0


@kernel
def count_postings(blocks: OrderedBlocks, cap: int, sample_mask: int, counts: NDArray[np.int64]) -> None:
    """Add, for every 2^16 units, in how many blocks up to the cap others follow one of them that is sampled."""
    for size in range(2, cap + 1):
        for block in range(blocks.bounds[size], blocks.bounds[size + 1]):
            begin = blocks.begins[block]
            for position in range(begin, begin + size - 1):
                unit = blocks.units[position]
                if unit & sample_mask == 0:
                    counts[unit >> 16] += 1


@kernel
def fill_postings(
    blocks: OrderedBlocks, cap: int, sample_mask: int, cursors: NDArray[np.int64], entries: NDArray[np.uint64]
) -> None:
    """Write the entries of sampled units, from small blocks to large, from where ``cursors`` points."""
    for size in range(2, cap + 1):
        for block in range(blocks.bounds[size], blocks.bounds[size + 1]):
            begin = blocks.begins[block]
            for position in range(begin, begin + size - 1):
                unit = np.int64(blocks.units[position])
                if unit & sample_mask == 0:
                    n_after = begin + size - 1 - position
                    low = ((unit & 0xFFFF) << 12) | (n_after << 6) | size
                    entries[cursors[unit >> 16]] = (np.uint64(position) << np.uint64(28)) | np.uint64(low)
                    cursors[unit >> 16] += 1


@kernel
def order_postings(postings: Postings, room: PairRoom) -> tuple[int, int]:
    """Bring entries in the order of their units, keep the order inside; return the pairs of a unit at most and of all.

    Pairs are counted as often as blocks hold them.
    """
    starts, entries = room.starts, room.entries
    starts[:] = 0
    for position in range(postings.entries.size):
        low = np.int64(postings.entries[position] & np.uint64(0xFFF_FFFF))
        # First the pairs of each unit, then its entries: both in one number, 2^31 entries at most.
        starts[(low >> 12) + 2] += (((low >> 6) & 63) << 32) + 1
    most = total = np.int64(0)
    for unit in range(2, starts.size):
        most = max(most, starts[unit] >> 32)
        total += starts[unit] >> 32
        starts[unit] = (starts[unit] & 0xFFFF_FFFF) + starts[unit - 1]
    for position in range(postings.entries.size):
        entry = postings.entries[position]
        place = np.int64((entry >> np.uint64(12)) & np.uint64(0xFFFF)) + 1
        entries[starts[place]] = entry
        starts[place] += 1
    return int(most), int(total)


@kernel
def _sort(values: NDArray[np.int64]) -> None:
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
def list_pairs(
    postings: Postings, cap: int, room: PairRoom, counts: NDArray[np.int64], n_of_unit: NDArray[np.int32]
) -> int:
    """List the pairs of the left units of a range, ascending, each with the size of the smallest block that holds it.

    Parameters
    ----------
    postings : Postings
        The range, its entries as `order_postings` leaves them in ``room``.
    cap : int
        Blocks up to this size are looked at.
    room : PairRoom
        ``room.found`` is written from the start; ``room.seen`` holds no pair of these units.
    counts : ndarray of int64, shape (64,)
        How many pairs there are by size; added to.
    n_of_unit : ndarray of int32
        How many pairs each left unit has; written.

    Returns
    -------
    int
        How many pairs there are.
    """
    last_slot = np.uint64(room.seen.size - 1)
    has_sources = postings.sources.size > 0
    n_found = np.int64(0)
    for place in range(n_of_unit.size):
        left = postings.first_unit + place
        of_left = np.uint64(left) << np.uint64(32)
        n_before = n_found
        # All blocks are reached for at once, where else each would wait for the one before.
        glimpse = np.int64(0)
        for number in range(room.starts[place], room.starts[place + 1]):
            glimpse ^= np.int64(postings.units[np.int64(room.entries[number] >> np.uint64(28)) + 1])
        room.found[n_found] = glimpse
        for number in range(room.starts[place], room.starts[place + 1]):
            entry = room.entries[number]
            size = np.int64(entry & np.uint64(63))
            if size > cap:
                break
            n_smaller = n_found
            begin = np.int64(entry >> np.uint64(28)) + 1
            for position in range(begin, begin + np.int64((entry >> np.uint64(6)) & np.uint64(63))):
                right = np.int64(postings.units[position])
                pair = of_left | np.uint64(right)
                slot = ((np.uint64(right) * np.uint64(0x9E3779B1)) >> np.uint64(16)) & last_slot
                # What other left units have left behind is free.
                while room.seen[slot] != pair and (room.seen[slot] >> np.uint64(32)) == np.uint64(left):
                    slot = (slot + np.uint64(1)) & last_slot
                is_new = room.seen[slot] != pair
                room.seen[slot] = pair
                if has_sources:
                    is_new &= postings.sources[left] != postings.sources[right]
                # Written in any case and counted if new: no processor can foresee which ones are.
                room.found[n_found] = (right << 6) | size
                n_found += np.int64(is_new)
            counts[size] += n_found - n_smaller
        _sort(room.found[n_before:n_found])
        n_of_unit[place] = n_found - n_before
    return int(n_found)


@kernel
def keep_pairs(
    found: NDArray[np.int64],
    first_unit: int,
    n_of_unit: NDArray[np.int32],
    cap: int,
    left_out: NDArray[np.int32],
    right_out: NDArray[np.int32],
) -> None:
    """Write those pairs of `list_pairs` whose smallest block is within the cap."""
    n_kept = 0
    n_read = np.int64(0)
    for place in range(n_of_unit.size):
        for position in range(n_read, n_read + n_of_unit[place]):
            if (found[position] & 63) <= cap:
                left_out[n_kept] = first_unit + place
                right_out[n_kept] = found[position] >> 6
                n_kept += 1
        n_read += n_of_unit[place]
