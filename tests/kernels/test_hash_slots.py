"""Numbers found by keys, against a dictionary."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custid.kernels.hash_slots import enter_number, find_number, home_of, move_numbers, scattered, take_out_number
from custid.table.hashing import mix

N_SLOTS = 11
steps = st.lists(st.integers(0, 9), max_size=60)


@given(steps, st.integers(1, 2**63))
def test_entries_come_and_go(keys_in_turn: list[int], factor: int) -> None:
    """A key that is not there is entered, one that is there is taken out; all others are found all the time."""
    slots, keys = np.full(N_SLOTS, -1, np.int32), np.arange(10, dtype=np.uint64) + np.uint64(factor)
    present: set[int] = set()
    with np.errstate(over="ignore"):
        for number in keys_in_turn:
            if number in present:
                take_out_number(slots, keys, number)
            else:
                enter_number(slots, keys, number)
            present ^= {number}
            found = [find_number(slots, keys, key) for key in keys]
            assert found == [each if each in present else -1 for each in range(10)]
        larger = np.full(23, -1, np.int32)
        move_numbers(slots, keys, larger)
        assert [find_number(larger, keys, key) for key in keys] == found if keys_in_turn else True


@given(st.integers(0, 2**64 - 1), st.integers(1, 2**31 - 1))
def test_homes_are_slots(key: int, n_slots: int) -> None:
    """The search for any key begins at a slot that there is; hashes are those of the tables."""
    with np.errstate(over="ignore"):
        assert 0 <= home_of(np.uint64(key), n_slots) < n_slots
        assert scattered(np.uint64(key)) == mix(np.array([key], np.uint64))[0]
