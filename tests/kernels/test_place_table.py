"""The table of where characters stand in a long string."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from custid.kernels.place_table import place_table

# One byte, the border of one byte, beyond the basic plane, and two characters that begin in one slot.
codes = st.sampled_from([97, 98, 254, 255, 256, 257, 353, 0x1F600])
strings = st.lists(codes, min_size=1, max_size=200)
MANY = list(range(400))


@given(strings, st.lists(codes, max_size=50))
@example([97] * 63, [97])
@example([97] * 64, [98])
@example(MANY, [*MANY[::-1], 1_000])
def test_places_are_those_of_the_string(pattern: list[int], text: list[int]) -> None:
    """Each character of the text is given the places that it has in the pattern, whatever the alphabet."""
    data = np.array([7, *pattern, *text], np.uint32)
    table = place_table(data, 1, len(pattern), data, 1 + len(pattern), len(text))
    last_row = table.places.shape[0] - 1
    for code, row in zip(text, table.rows, strict=True):
        words = table.places[min(int(row), last_row)]
        found = [place for place in range(len(pattern)) if int(words[place // 63]) >> (place % 63) & 1]
        assert found == [place for place, other in enumerate(pattern) if other == code]
