"""Where each character stands in a long string, looked up instead of searched.

A string of more than 63 characters takes several words of places. To compare it with each character of another one
again and again would take longer than to note once where its characters stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from custid._jit import borrowed, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PlaceTable", "place_table"]


class PlaceTable(NamedTuple):
    """Where the characters of a string stand in another one.

    Attributes
    ----------
    places : ndarray of uint64, shape (n_rows, n_words)
        Bit ``i`` of a row's word ``w`` is set where the row's character stands at place ``63 * w + i``; the last row is
        empty.
    rows : ndarray of uint32, shape (n_text,)
        Row of each character of the text; a number that is no row means the last one.
    """

    places: NDArray[np.uint64]
    rows: NDArray[np.uint32]


@kernel
def _fill(codes: NDArray[np.uint32], start: int, n: int, out: NDArray[np.uint64]) -> bool:
    """Write the places of each character; return whether there are rows for all of them."""
    table = borrowed(out)
    last_row = table.shape[0] - 1
    for word in range(table.shape[1]):
        first, place = start + 63 * word, np.uint64(1)
        for i in range(first, min(first + 63, start + n)):
            if codes[i] >= last_row:
                return False
            table[codes[i], word] |= place
            place <<= np.uint64(1)
    return True


@kernel
def _numbered(
    pattern: NDArray[np.uint32], start: int, n: int, text: NDArray[np.uint32], text_start: int, n_text: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], int]:
    """Number the characters of a pattern from 0 in both strings, others as one more; return both, and how many."""
    n_slots = 256
    while n_slots < 2 * n:
        n_slots *= 2
    # A slot that is free has number 0, the others one more than their character's.
    codes, numbers = np.empty(n_slots, np.uint32), np.zeros(n_slots, np.uint32)
    first, second = np.empty(n, np.uint32), np.empty(n_text, np.uint32)
    n_characters = 0
    for i in range(n + n_text):
        code = pattern[start + i] if i < n else text[text_start + i - n]
        slot = np.int64(code) & (n_slots - 1)
        while numbers[slot] != 0 and codes[slot] != code:
            slot = (slot + 1) & (n_slots - 1)
        if i < n:
            if numbers[slot] == 0:
                n_characters += 1
                codes[slot], numbers[slot] = code, n_characters
            first[i] = numbers[slot] - 1
        else:
            second[i - n] = numbers[slot] - 1 if numbers[slot] != 0 else n_characters
    return first, second, n_characters


@kernel
def place_table(
    pattern: NDArray[np.uint32],
    pattern_start: int,
    n_pattern: int,
    text: NDArray[np.uint32],
    text_start: int,
    n_text: int,
) -> PlaceTable:
    """Return where the characters of a text stand in a pattern.

    Parameters
    ----------
    pattern : ndarray of uint32, shape (n_pattern_codes,)
        Code points.
    pattern_start, n_pattern : int
        Where the pattern begins, and its length, at least 1.
    text : ndarray of uint32, shape (n_text_codes,)
        Code points; may be the same array.
    text_start, n_text : int
        Where the text begins, and its length.

    Returns
    -------
    PlaceTable
        The places, and the row of each character of the text.

    Notes
    -----
    Codes of one byte are rows as they are. Those of other alphabets are numbered first, by a table of at least twice
    as many slots as the pattern has characters. Time is O(n_pattern + n_text). The function writes nothing that
    another thread sees.
    """
    n_words = (n_pattern - 1) // 63 + 1
    places = np.zeros((257, n_words), np.uint64)  # codes of one byte, and the empty row
    rows = text[text_start : text_start + n_text]
    if not _fill(pattern, pattern_start, n_pattern, places):
        codes, rows, n_characters = _numbered(pattern, pattern_start, n_pattern, text, text_start, n_text)
        places = np.zeros((n_characters + 1, n_words), np.uint64)
        _fill(codes, 0, n_pattern, places)
    return PlaceTable(places, rows)
