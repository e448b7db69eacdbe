"""The kernels of blocking."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custid.kernels import blocking as kernels

_UNIT_MASK = np.uint64(0xFF)
_CAP = 5
_EMPTY = np.uint64(0xFFFF_FFFF_FFFF_FFFF)

key_sets = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 9)), max_size=60).map(sorted)
"""Units with the numbers of their keys."""

block_lists = st.lists(st.frozensets(st.integers(0, 12), min_size=2, max_size=_CAP), max_size=30)


def found_in(blocks: list[frozenset[int]]) -> kernels.FoundBlocks:
    """Return blocks as the kernels hold them."""
    return kernels.FoundBlocks(
        units=np.array([unit for block in blocks for unit in sorted(block)], np.int32),
        sizes=np.array([len(block) for block in blocks], np.uint8),
        contents=np.array([sum(2 << (unit % 60) for unit in block) % 2**64 for block in blocks], np.uint64),
        tally=np.zeros(_CAP + 3, np.int64),
    )


@given(key_sets, st.integers(1, 4))
def test_keys_are_grouped(keys: list[tuple[int, int]], bits: int) -> None:
    """Blocks are the units that share a key, those above the cap are counted, and a repeated key counts once."""
    shift = np.uint64(64 - bits)
    with np.errstate(over="ignore"):
        packed = np.array([((key * 0x9E3779B97F4A7C15) & ~0xFF & (2**64 - 1)) | unit for unit, key in keys], np.uint64)
        bounds, spread = np.zeros((1 << bits) + 2, np.int64), np.empty_like(packed)
        np.add.at(bounds, (packed >> shift).astype(int) + 2, 1)
        largest = int(bounds.max())
        assert kernels.spread_keys(packed, shift, bounds, spread) == largest
        n_keys = max(len(keys), 1)
        room = [np.empty(4 * n_keys, np.int32) for _ in range(4)]
        tables = kernels.GroupTables(room[0], room[1], np.empty(n_keys, np.uint64), room[2], room[3])
        found = kernels.FoundBlocks(
            np.empty(n_keys, np.int32),
            np.empty(n_keys, np.uint8),
            np.empty(n_keys, np.uint64),
            np.zeros(_CAP + 3, np.int64),
        )
        n_blocks = kernels.group_keys(spread, bounds[:-1], _UNIT_MASK, tables, found)
    ends = np.cumsum(found.sizes[:n_blocks], dtype=int).tolist()
    blocks = [found.units[end - size : end].tolist() for end, size in zip(ends, found.sizes[:n_blocks], strict=False)]
    expected = [sorted({unit for unit, other in keys if other == key}) for key in {key for _, key in keys}]
    assert sorted(blocks) == sorted(units for units in expected if 2 <= len(units) <= _CAP)
    sizes = [len(units) for units in expected if len(units) > 1]
    assert found.tally[: _CAP + 1].tolist() == [sizes.count(size) for size in range(_CAP + 1)]
    assert found.tally[-2:].tolist() == [sum(size > _CAP for size in sizes), max(sizes, default=0)]
    contents = found.contents[:n_blocks].tolist()
    assert len(set(contents)) == len({tuple(units) for units in blocks})


@given(block_lists, block_lists, st.integers(1, 3))
def test_blocks_are_kept_once(first: list[frozenset[int]], second: list[frozenset[int]], n_glimpse: int) -> None:
    """The store holds each set of units once, in the order of arrival, whenever its table has been enlarged."""
    n_most = len(first) + len(second)
    store = kernels.BlockStore(
        slots=np.zeros(64, np.uint64),
        units=np.empty(_CAP * n_most, np.int32),
        sizes=np.empty(n_most, np.uint8),
        used=np.zeros(2, np.int64),
        glimpse=np.empty(n_glimpse, np.uint64),
    )
    kernels.keep_new_blocks(found_in(first), len(first), store)
    larger = np.zeros(128, np.uint64)
    kernels.move_contents(store.slots, larger)
    store = store._replace(slots=larger)
    kernels.keep_new_blocks(found_in(second), len(second), store)
    expected = list(dict.fromkeys([*first, *second]))
    n_blocks, n_units = store.used.tolist()
    assert store.sizes[:n_blocks].tolist() == [len(block) for block in expected]
    assert store.units[:n_units].tolist() == [unit for block in expected for unit in sorted(block)]


@given(block_lists, st.none() | st.lists(st.integers(0, 1), min_size=13, max_size=13), st.integers(2, _CAP))
def test_pairs_are_listed(blocks: list[frozenset[int]], sources: list[int] | None, cap: int) -> None:
    """Each pair is listed once, ascending, with the size of its smallest block; larger sizes can be left out."""
    found = found_in(blocks)
    begins, bounds = np.empty(len(blocks), np.int64), np.zeros(65, np.int64)
    kernels.order_by_size(found.sizes, begins, bounds)
    ordered = kernels.OrderedBlocks(found.units, begins, bounds)
    count = np.zeros(1, np.int64)
    kernels.count_postings(ordered, _CAP, 0, count)
    entries = np.empty(int(count[0]), np.uint64)
    kernels.fill_postings(ordered, _CAP, 0, np.zeros(1, np.int64), entries)
    of_units = np.array(sources or [], np.int32)
    postings = kernels.Postings(entries, found.units, of_units, 0)
    room = kernels.PairRoom(
        np.empty(15, np.int64), np.empty_like(entries), np.full(1024, _EMPTY), np.empty(999, np.int64)
    )
    kernels.order_postings(postings, room)
    sizes, n_of_unit = np.zeros(64, np.int64), np.empty(13, np.int32)
    with np.errstate(over="ignore"):
        n_pairs = kernels.list_pairs(postings, _CAP, room, sizes, n_of_unit)
    smallest: dict[tuple[int, int], int] = {}
    for block in sorted(blocks, key=len):
        for left, right in combinations(sorted(block), 2):
            if sources is None or sources[left] != sources[right]:
                smallest.setdefault((left, right), len(block))
    assert n_pairs == len(smallest)
    assert sizes.tolist() == [list(smallest.values()).count(size) for size in range(64)]
    within = sorted(pair for pair, size in smallest.items() if size <= cap)
    left_idx, right_idx = np.empty(len(within), np.int32), np.empty(len(within), np.int32)
    kernels.keep_pairs(room.found[:n_pairs], 0, n_of_unit, cap, left_idx, right_idx)
    assert list(zip(left_idx.tolist(), right_idx.tolist(), strict=True)) == within


@given(st.integers(30, 400), st.integers(0, 2**32 - 1))
def test_many_partners_are_sorted(n_units: int, seed: int) -> None:
    """Units with hundreds of partners have them in order."""
    random = np.random.default_rng(seed)
    blocks = [frozenset({0, *random.integers(1, n_units, 4).tolist()}) for _ in range(n_units)]
    found = found_in([block for block in blocks if len(block) > 1])._replace(contents=np.zeros(0, np.uint64))
    begins, bounds = np.empty(len(found.sizes), np.int64), np.zeros(65, np.int64)
    kernels.order_by_size(found.sizes, begins, bounds)
    ordered = kernels.OrderedBlocks(found.units, begins, bounds)
    entries = np.empty(len(found.units), np.uint64)
    cursor = np.zeros(1, np.int64)
    kernels.fill_postings(ordered, _CAP, 0, cursor, entries)
    postings = kernels.Postings(entries[: cursor[0]], found.units, np.zeros(0, np.int32), 0)
    room = kernels.PairRoom(
        np.empty(n_units + 2, np.int64), np.empty_like(entries), np.full(4096, _EMPTY), np.empty(9 * n_units, np.int64)
    )
    kernels.order_postings(postings, room)
    n_of_unit = np.empty(n_units, np.int32)
    with np.errstate(over="ignore"):
        kernels.list_pairs(postings, _CAP, room, np.zeros(64, np.int64), n_of_unit)
    partners = (room.found[: n_of_unit[0]] >> 6).tolist()
    assert partners == sorted({unit for block in blocks for unit in block} - {0})
