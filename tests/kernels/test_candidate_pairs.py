"""The kernels that list pairs."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custid.kernels import candidate_pairs as kernels

_CAP = 5
_EMPTY = np.uint64(0xFFFF_FFFF_FFFF_FFFF)

block_sets = st.lists(st.frozensets(st.integers(0, 12), min_size=2, max_size=_CAP), max_size=30)


def ordered(blocks: list[frozenset[int]]) -> kernels.OrderedBlocks:
    """Return blocks as the kernels hold them."""
    sizes = np.array([len(block) for block in blocks], np.uint8)
    bounds = np.append(0, np.cumsum(np.bincount(sizes, minlength=64) * np.arange(64)))
    units = np.array([unit for block in blocks for unit in sorted(block)], np.int32)
    out = np.empty_like(units)
    kernels.arrange_by_size(units, sizes, sizes, bounds[:-1].copy(), out)
    return kernels.OrderedBlocks(out, bounds)


def postings_of(blocks: kernels.OrderedBlocks, n_units: int) -> tuple[kernels.Postings, int]:
    """Return the places of all units, and the most pairs of one of them."""
    starts = np.zeros(n_units + 2, np.int64)
    # In two parts, as threads do it.
    parts = (0, n_units // 2), (n_units // 2, n_units)
    for part in parts:
        kernels.count_postings(blocks, _CAP, 0, part, starts)
    most = int((starts >> 32).max(initial=0))
    starts = np.cumsum(starts & 0xFFFF_FFFF)
    postings = kernels.Postings(starts, np.empty(int(starts[-1]), np.uint32))
    for part in parts:
        kernels.fill_postings(blocks, _CAP, 0, part, postings)
    return postings, most


@given(block_sets)
def test_small_blocks_come_first(blocks: list[frozenset[int]]) -> None:
    """Blocks are arranged by size, in the order of arrival among those of one size."""
    expected = sorted(blocks, key=len)
    assert ordered(blocks).units.tolist() == [unit for block in expected for unit in sorted(block)]


@given(block_sets, st.integers(2, _CAP), st.sampled_from((0, 1, 7)))
def test_blocks_of_sampled_units(blocks: list[frozenset[int]], cap: int, mask: int) -> None:
    """Wanted are the blocks up to the cap in which a sampled unit stands."""
    units = np.array([unit for block in blocks for unit in sorted(block)], np.int32)
    sizes = np.array([len(block) for block in blocks], np.uint8)
    wanted = np.empty_like(sizes)
    kernels.choose_sampled(units, sizes, cap, mask, wanted)
    assert wanted.tolist() == [
        len(block) if len(block) <= cap and any(unit & mask == 0 for unit in block) else 0 for block in blocks
    ]


@given(
    block_sets,
    st.none() | st.lists(st.integers(0, 1), min_size=13, max_size=13),
    st.integers(2, _CAP),
    st.sampled_from((np.uint32, np.uint64)),
)
def test_pairs_are_listed_and_written(
    blocks: list[frozenset[int]], sources: list[int] | None, cap: int, kind: type[np.unsignedinteger[Any]]
) -> None:
    """Each pair is listed once, with the size of its smallest block, and those within the cap are written in order."""
    arranged = ordered(blocks)
    postings, most = postings_of(arranged, 13)
    room = kernels.PairRoom(
        np.full(1 << (2 * most + 1).bit_length(), _EMPTY),
        np.empty(12 * 13 * len(blocks) + 1, kind),
        np.array(sources or [], np.int32),
    )
    smallest: dict[tuple[int, int], int] = {}
    for block in sorted(blocks, key=len):
        for left, right in combinations(sorted(block), 2):
            if sources is None or sources[left] != sources[right]:
                smallest.setdefault((left, right), len(block))
    sizes, n_partners = np.zeros(64, np.int64), np.zeros(13, np.int32)
    within = sorted(pair for pair, size in smallest.items() if size <= cap)
    left_idx, right_idx = np.empty(len(within), np.int32), np.empty(len(within), np.int32)
    with np.errstate(over="ignore"):
        n_listed = kernels.list_partners(arranged, postings, (0, 13), _CAP, room, sizes, n_partners)
    listed = room.partners[:n_listed]
    assert sizes.tolist() == [list(smallest.values()).count(size) for size in range(64)]
    assert n_partners.tolist() == [sum(left == unit for left, _ in smallest) for unit in range(13)]
    assert kernels.write_pairs(listed, n_partners, (0, 13), cap, left_idx, right_idx) == len(within)
    assert list(zip(left_idx.tolist(), right_idx.tolist(), strict=True)) == within


@given(st.integers(30, 400), st.integers(0, 2**32 - 1))
def test_many_partners_are_sorted(n_units: int, seed: int) -> None:
    """A unit with hundreds of partners has them in order."""
    random = np.random.default_rng(seed)
    blocks = [frozenset({0, *random.integers(1, n_units, 4).tolist()}) for _ in range(n_units)]
    arranged = ordered([block for block in blocks if len(block) > 1])
    postings, most = postings_of(arranged, n_units)
    room = kernels.PairRoom(np.full(8192, _EMPTY), np.empty(most + 1, np.uint32), np.zeros(0, np.int32))
    counts, n_partners = np.zeros(64, np.int64), np.zeros(n_units, np.int32)
    with np.errstate(over="ignore"):
        n_listed = kernels.list_partners(arranged, postings, (0, 1), _CAP, room, counts, n_partners)
    assert (room.partners[:n_listed] >> 6).tolist() == sorted({unit for block in blocks for unit in block} - {0})


@given(block_sets, st.integers(2, _CAP))
def test_units_in_blocks_are_marked(blocks: list[frozenset[int]], cap: int) -> None:
    """Marked are the units of all blocks up to the cap."""
    is_in_block = np.zeros(13, np.bool_)
    kernels.mark_units(ordered(blocks), cap, is_in_block)
    assert set(np.flatnonzero(is_in_block).tolist()) == {
        unit for block in blocks if len(block) <= cap for unit in block
    }
