"""The kernels that find blocks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custid.kernels import blocks as kernels

_N_STORES = 4

block_lists = st.lists(st.frozensets(st.integers(0, 12), min_size=2, max_size=5), max_size=30)


def found_in(blocks: list[frozenset[int]]) -> kernels.FoundBlocks:
    """Return blocks as the kernels hold them."""
    return kernels.FoundBlocks(
        units=np.array([unit for block in blocks for unit in sorted(block)], np.int32),
        sizes=np.array([len(block) for block in blocks], np.uint8),
        contents=np.array([sum(2 << (unit * 4) for unit in block) % 2**64 for block in blocks], np.uint64),
        used=np.array([len(blocks), sum(map(len, blocks)), 0], np.int64),
    )


values_of_units = st.lists(st.lists(st.integers(-1, 3), min_size=2, max_size=2), max_size=9)
atoms_of_values = st.lists(st.lists(st.integers(-1, 4), max_size=3), min_size=4, max_size=4)


@given(values_of_units, atoms_of_values)
def test_units_of_atoms(values: list[list[int]], atoms: list[list[int]]) -> None:
    """Each atom lists the units that have it in any of their values, each once and ascending."""
    codes = np.array(values, np.int32).reshape(-1, 2)
    starts = np.cumsum([0, *map(len, atoms)])
    flat = np.array([atom for each in atoms for atom in each], np.int32)
    expected = [
        [unit for unit, of_unit in enumerate(values) if any(atom in atoms[value] for value in of_unit if value >= 0)]
        for atom in range(5)
    ]
    counts = np.zeros(5, np.int64)
    kernels.number_of_atoms(codes, starts, flat, np.full(5, -1, np.int32), counts)
    assert counts.tolist() == [len(units) for units in expected]
    ends, units = np.cumsum(counts), np.empty(int(counts.sum()), np.int32)
    kernels.list_units(codes, starts, flat, np.full(5, -1, np.int32), ends - counts, units)
    assert [part.tolist() for part in np.split(units, ends[:-1])] == expected


@given(st.lists(st.frozensets(st.integers(0, 9), min_size=1), min_size=1, max_size=9))
def test_rows_hold_the_atoms_of_units(lists: list[frozenset[int]]) -> None:
    """The row of a unit holds its atoms, descending."""
    starts = np.cumsum([0, *map(len, lists)])
    units = np.array([unit for each in lists for unit in sorted(each)], np.int32)
    n_atoms = np.zeros(10, np.int32)
    kernels.count_in_rows(units, n_atoms)
    begins = np.append(0, np.cumsum(n_atoms, dtype=np.int64))
    rows = kernels.AtomRows(begins, np.empty(len(units), np.int32), np.zeros(len(lists) + 5, np.uint8))
    kernels.fill_rows(kernels.UnitLists(starts, units), 5, np.zeros(10, np.int32), rows)
    for unit in range(10):
        expected = [5 + atom for atom, each in enumerate(lists) if unit in each]
        assert rows.atoms[begins[unit] : begins[unit + 1]].tolist() == expected[::-1]


@given(block_lists)
def test_blocks_are_ordered_by_store(blocks: list[frozenset[int]]) -> None:
    """Each block goes to one store, which its content tells, and keeps its place in the order of arrival there."""
    found = found_in(blocks)
    bounds, order = np.zeros(_N_STORES + 1, np.int64), np.empty(len(blocks), np.int32)
    begins = np.empty(len(blocks), np.int64)
    kernels.order_by_store(found, _N_STORES, bounds, order, begins)
    stores = (found.contents >> np.uint64(56)).astype(int) % _N_STORES
    assert order.tolist() == np.argsort(stores, kind="stable").tolist()
    assert np.diff(bounds).tolist() == np.bincount(stores, minlength=_N_STORES).tolist()
    ends = np.cumsum(found.sizes, dtype=int)
    assert begins.tolist() == (ends - found.sizes)[order].tolist()


@given(block_lists, block_lists, st.integers(1, 3))
def test_blocks_are_kept_once(first: list[frozenset[int]], second: list[frozenset[int]], n_glimpse: int) -> None:
    """The store holds each set of units once, in the order of arrival, whenever its table has been enlarged."""
    n_most = len(first) + len(second)
    store = kernels.BlockStore(
        slots=np.zeros(64, np.uint64),
        units=np.empty(5 * n_most, np.int32),
        sizes=np.empty(n_most, np.uint8),
        used=np.zeros(2, np.int64),
    )
    glimpse = np.empty(n_glimpse, np.uint64)
    for blocks in (first, second):
        found = found_in(blocks)
        begins = np.cumsum(found.sizes, dtype=np.int64) - found.sizes
        kernels.keep_new_blocks(found, np.arange(len(blocks), dtype=np.int32), begins, glimpse, store)
        larger = np.zeros(128, np.uint64)
        kernels.move_contents(store.slots, larger)
        store = store._replace(slots=larger)
    expected = list(dict.fromkeys([*first, *second]))
    n_blocks, n_units = store.used.tolist()
    assert store.sizes[:n_blocks].tolist() == [len(block) for block in expected]
    assert store.units[:n_units].tolist() == [unit for block in expected for unit in sorted(block)]
