"""Lists in a pool."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from custid.index._room import empty_arrays, with_room
from custid.kernels.index_lists import POOL_END, add_to_list, free_list, room_for


@given(st.lists(st.integers(0, 3), max_size=80))
def test_lists_keep_what_they_are_given(steps: list[int]) -> None:
    """Whatever lists grow and are given up in turn, each holds its own items."""
    index = with_room(empty_arrays([], 2, 2), n_pool=4096)
    lists: dict[int, list[int]] = {}
    places, rooms = [0] * 4, [0] * 4
    for item, number in enumerate(steps):
        items = lists.setdefault(number, [])
        if len(items) == 5:
            free_list(index, places[number], rooms[number])
            rooms[number] = 0
            items.clear()
        places[number] = add_to_list(index, places[number], len(items), rooms[number], item)
        rooms[number] = max(rooms[number], room_for(len(items) + 1))
        items.append(item)
        for each, expected in lists.items():
            assert index.pool[places[each] : places[each] + len(expected)].tolist() == expected


def test_places_are_given_out_again() -> None:
    """A list that grows and is given up over and over takes no more of the pool than once."""
    index = with_room(empty_arrays([], 2, 2), n_pool=4096)
    ends = []
    for _ in range(3):
        place = room = 0
        for size in range(9):
            place = add_to_list(index, place, size, room, size)
            room = max(room, room_for(size + 1))
        free_list(index, place, room)
        ends.append(int(index.counts[POOL_END]))
    assert ends[0] == ends[1] == ends[2]


def test_room_is_the_next_power_of_two() -> None:
    """A list of some items has room for a power of two."""
    assert [room_for(n_items) for n_items in (1, 2, 3, 4, 5, 1 << 20)] == [1, 2, 4, 4, 8, 1 << 20]
