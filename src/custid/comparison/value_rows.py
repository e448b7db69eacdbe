"""Values of a vocabulary as rows of numbers, from which their levels are told."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from custid.comparison.signatures import signature_rows
from custid.table.utf8 import Utf8Strings

if TYPE_CHECKING:
    from custid.kernels.rows import StringTable

__all__ = [
    "MAX_ADDRESS_WORDS",
    "PARTIAL",
    "area_of",
    "beginning_of",
    "date_digits",
    "date_parts",
    "numbered",
    "packed_date",
    "packed_dates",
    "side_by_side",
    "string_table",
    "word_matrix",
    "word_weights",
]

MAX_ADDRESS_WORDS = 12
"""Words of a street or place that count."""

PARTIAL = np.uint32(0xFFFFFFFF)
"""The digits of a date that is not complete."""

_GREATEST_PART = (9_999, 99, 99)
_MOST_DIGITS = 18
_LENGTH_OF_DATE = len("YYYY-MM-DD")
_PLACES_OF_DIGITS, _PLACES_OF_DASHES = (0, 1, 2, 3, 5, 6, 8, 9), (4, 7)


def date_parts(vocabulary: Sequence[str]) -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]]:
    """Return year, month and day of each date, each int16, shape (n_values,); -1 for a part that is unknown.

    The day of an unknown month is unknown, too.
    """
    values = Utf8Strings.of(vocabulary)
    parts = np.full((3, len(values)), -1, np.int16)
    is_full = np.diff(values.offsets) == _LENGTH_OF_DATE
    rows = np.flatnonzero(is_full)
    characters = values.data[values.offsets[rows][:, None] + np.arange(_LENGTH_OF_DATE)]
    digits = characters[:, _PLACES_OF_DIGITS] - np.uint8(ord("0"))
    are_digits = (digits <= 9).all(axis=1) & (characters[:, _PLACES_OF_DASHES] == ord("-")).all(axis=1)
    is_full[rows[~are_digits]] = False
    digits = digits[are_digits].astype(np.int16)
    for part, places in zip(parts, (range(4), range(4, 6), range(6, 8)), strict=True):
        part[is_full] = sum(digits[:, place] * 10**power for power, place in enumerate(reversed(places)))
    for row in np.flatnonzero(~is_full).tolist():
        for position, text in enumerate(values[row].split("-")[:3]):
            parts[position, row] = _part(text, position)
    # Without a month a day is none: swapped with a month alone, it would be one in one order of the two dates only.
    parts[2, parts[1] < 0] = -1
    return parts[0], parts[1], parts[2]


def _part(text: str, position: int) -> int:
    """Return the year, month or day that a text is, by its place in a date; -1 for none."""
    # A standardizer of the user's may leave digits that are no number (²), and any number of them.
    if not text.isdecimal():
        return -1
    greatest = _GREATEST_PART[position]
    return greatest if len(text) > _MOST_DIGITS else min(int(text), greatest)


def packed_dates(
    year: NDArray[np.int16], month: NDArray[np.int16], day: NDArray[np.int16], digits: NDArray[np.uint32]
) -> NDArray[np.uint64]:
    """Return all that is known of each date as one number, as the kernel has it."""
    packed = digits.astype(np.uint64)
    for part, shift, n_bits in ((month, 32, 8), (day, 40, 8), (year, 48, 16)):
        # -1, unknown, becomes all bits.
        packed |= (part.astype(np.int64) & ((1 << n_bits) - 1)).astype(np.uint64) << np.uint64(shift)
    return packed


def date_digits(year: NDArray[np.int16], month: NDArray[np.int16], day: NDArray[np.int16]) -> NDArray[np.uint32]:
    """Eight digits of each complete date, four bits each; all bits are set for a partial one."""
    is_full = (year >= 0) & (month >= 0) & (day >= 0)
    digits = np.zeros(len(year), np.uint32)
    for part, n_digits in ((year, 4), (month, 2), (day, 2)):
        for position in range(n_digits - 1, -1, -1):
            digits = (digits << np.uint32(4)) | (part // 10**position % 10).astype(np.uint32)
    digits[~is_full] = PARTIAL
    return digits


def packed_date(value: str) -> int:
    """Return one date as :func:`packed_dates` does, in a fraction of the time that many take together.

    Examples
    --------
    >>> values = ["1980-06-01", "1980", "XXXX-12-25", "soon"]
    >>> parts = date_parts(values)
    >>> list(map(packed_date, values)) == packed_dates(*parts, date_digits(*parts)).tolist()
    True
    """
    parts = [_part(text, position) for position, text in enumerate(value.split("-")[:3])]
    year, month, day = parts + [-1] * (3 - len(parts))
    if month < 0:
        day = -1
    digits = int(f"{year:04}{month:02}{day:02}", 16) if min(year, month, day) >= 0 else int(PARTIAL)
    return (year & 0xFFFF) << 48 | (day & 0xFF) << 40 | (month & 0xFF) << 32 | digits


def area_of(postcode: str) -> str:
    """Return the part of a postcode that stands for an area."""
    return postcode[: max(2, len(postcode) - 3)]


def beginning_of(postcode: str) -> str:
    """Return the first two characters of a postcode."""
    return postcode[:2]


def word_matrix(words_of: Sequence[Sequence[str]], words: Sequence[str]) -> NDArray[np.int32]:
    """Return the codes of the distinct words of each value, ascending, -1 padded: the first twelve."""
    position = {word: code for code, word in enumerate(words)}
    lengths = np.fromiter(map(len, words_of), np.int64, len(words_of))
    codes = np.fromiter(map(position.__getitem__, chain.from_iterable(words_of)), np.int64, int(lengths.sum()))
    distinct = np.unique(np.repeat(np.arange(len(words_of)), lengths) << 32 | codes)
    rows = distinct >> 32
    places = np.arange(len(rows)) - np.searchsorted(rows, rows)
    is_kept = places < MAX_ADDRESS_WORDS
    matrix = np.full((len(words_of), int(places[is_kept].max(initial=0)) + 1), -1, np.int32)
    matrix[rows[is_kept], places[is_kept]] = distinct[is_kept] & 0xFFFF_FFFF
    return matrix


def word_weights(counts: NDArray[np.int64], n_values: int) -> NDArray[np.float32]:
    """Inverse document frequency over the distinct values, 0.3 at least so that no word is worthless."""
    return np.maximum(np.log((n_values + 1) / np.maximum(counts, 1)), 0.3).astype(np.float32)


def numbered(values: Sequence[str]) -> NDArray[np.int32]:
    """Return numbers that are equal for equal values, in the order in which values first come."""
    number: dict[str, int] = {}
    return np.fromiter((number.setdefault(value, len(number)) for value in values), np.int32, len(values))


def side_by_side(high: NDArray[np.int32], low: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Return ``high << 32 | low``."""
    return (high.astype(np.uint64) << np.uint64(32)) | low.astype(np.uint64)


def string_table(values: Sequence[str], *further: NDArray[np.uint64]) -> StringTable:
    """Return strings as kernels have them, with further columns."""
    from custid.kernels.rows import StringTable  # noqa: PLC0415  # loads numba

    packed = Utf8Strings.of(values).packed()
    return StringTable(packed.data, signature_rows(packed, *further))
