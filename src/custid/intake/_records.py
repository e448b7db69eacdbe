"""Where the records of a delimited text begin and end.

Invariant: what is said here of a record is what pyarrow's CSV parser reads. A quote opens a field only as its first
character; inside, a doubled quote is one quote; after the closing quote, text up to the next delimiter is taken as it
is.

Lines whose quotes are in order by themselves, nearly all, are judged by array operations; the others (fields over
several lines, stray quotes) one by one. A quote is taken as never closed when the input ends first, or when what closes
it stands on another line and is followed by text: then a later field's opening quote was met, and the lines between are
rows.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from custid._threads import in_threads

__all__ = ["Records", "find_records"]

_LF, _CR, _QUOTE = 10, 13, 34
_BLOCK_BYTES = 1 << 20
_PIECE_BYTES = 1 << 18


class Records(NamedTuple):
    """The records of a text.

    Attributes
    ----------
    starts, ends : ndarray of int64, shape (n_records,)
        Offsets of the first byte, and of the byte after the last without the line end.
    n_fields : ndarray of int64, shape (n_records,)
        Number of fields; 0 for a record whose quote is never closed.
    line_numbers : ndarray of int64, shape (n_records,)
        Line, from 1, on which the record begins, or its unclosed quote.
    has_line_breaks : bool
        True if a field holds a line end.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    n_fields: NDArray[np.int64]
    line_numbers: NDArray[np.int64]
    has_line_breaks: bool


class _Lines(NamedTuple):
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    n_fields: NDArray[np.int64]
    is_complex: NDArray[np.bool_]


def find_records(data: bytes, delimiter: str) -> Records:
    r"""Return the records of a text, blank lines left out.

    Parameters
    ----------
    data : bytes
        Text in UTF-8.
    delimiter : str
        One ASCII character.

    Returns
    -------
    Records
        In the order of the text.

    Examples
    --------
    >>> find_records(b'a,b\n1,"x\ny"\n', ",").line_numbers.tolist()
    [1, 2]
    """
    lines = _judge_lines(data, ord(delimiter))
    is_start = lines.ends > lines.starts
    ends, n_fields = lines.ends.copy(), lines.n_fields.copy()
    numbers = np.arange(1, len(is_start) + 1)
    has_line_breaks = False
    scanner = _Scanner(data, delimiter)
    next_free = 0
    for line in np.flatnonzero(lines.is_complex).tolist():
        if line < next_free:
            continue
        end, fields = scanner.scan(int(lines.starts[line]))
        last = int(np.searchsorted(lines.starts, end, side="right")) - 1
        is_start[line + 1 : last + 1] = False
        ends[line], n_fields[line] = lines.ends[last] if not fields else end, fields
        if not fields:
            numbers[line] = last + 1
        has_line_breaks |= last > line and fields > 0
        next_free = last + 1
    kept = np.flatnonzero(is_start)
    return Records(lines.starts[kept], ends[kept], n_fields[kept], numbers[kept], has_line_breaks)


def _judge_lines(data: bytes, delimiter: int) -> _Lines:
    raw = np.frombuffer(data, dtype=np.uint8)
    starts, ends = _line_bounds(raw, has_cr=b"\r" in data)
    n_fields = np.empty(len(starts), dtype=np.int64)
    is_complex = np.zeros(len(starts), dtype=np.bool_)
    # By blocks of lines: the masks and positions of a block stay small beside the text.
    blocks, first = [], 0
    while first < len(starts):
        blocks.append(slice(first, max(first + 1, int(np.searchsorted(starts, starts[first] + _BLOCK_BYTES)))))
        first = blocks[-1].stop
    in_threads(
        lambda block: _judge_block(raw, delimiter, starts[block], ends[block], n_fields[block], is_complex[block]),
        blocks,
        # As many as Arrow takes for what it then reads.
        n_threads=pa.cpu_count(),
    )
    return _Lines(starts, ends, n_fields, is_complex)


def _line_bounds(raw: NDArray[np.uint8], *, has_cr: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    # Piece by piece: the mask of a piece stays in the fast memory of a core.
    pieces = range(0, len(raw), _PIECE_BYTES)
    breaks = np.concatenate([np.empty(0, np.int64), *(_breaks(raw, start, has_cr=has_cr) for start in pieces)])
    starts = np.concatenate(([0], breaks + 1))
    ends = np.concatenate((breaks, [len(raw)]))
    if has_cr:
        is_pair = np.flatnonzero((breaks > 0) & (raw[breaks] == _LF) & (raw[breaks - 1] == _CR))
        ends[is_pair] -= 1
    return starts, ends


def _breaks(raw: NDArray[np.uint8], start: int, *, has_cr: bool) -> NDArray[np.int64]:
    """Return where the lines of a piece end: line feeds, and carriage returns that no line feed follows."""
    piece = raw[start : start + _PIECE_BYTES]
    is_break = piece == _LF
    if has_cr:
        is_lone_cr = piece == _CR
        following = raw[start + 1 : start + 1 + _PIECE_BYTES]
        is_lone_cr[: len(following)] &= following != _LF
        is_break |= is_lone_cr
    return np.flatnonzero(is_break) + start


def _judge_block(
    raw: NDArray[np.uint8],
    delimiter: int,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    n_fields: NDArray[np.int64],
    is_complex: NDArray[np.bool_],
) -> None:
    """Fill ``n_fields`` and ``is_complex`` for lines taken as if each began outside of quotes."""
    low, high = int(starts[0]), int(ends[-1])
    delimiters = np.flatnonzero(raw[low:high] == delimiter) + low
    quotes = np.flatnonzero(raw[low:high] == _QUOTE) + low
    if len(quotes):
        lines = np.arange(len(starts))
        first_quote = np.searchsorted(quotes, starts)
        n_quotes = np.diff(np.append(first_quote, len(quotes)))
        line_of_quote = np.repeat(lines, n_quotes)
        is_opening = (np.arange(len(quotes)) - first_quote[line_of_quote]) % 2 == 0
        before = raw[np.maximum(quotes - 1, 0)]
        after = raw[np.minimum(quotes + 1, len(raw) - 1)]
        is_at_start = quotes == starts[line_of_quote]
        is_at_end = quotes + 1 >= ends[line_of_quote]
        fine_opening = is_at_start | (before == delimiter) | (before == _QUOTE)
        fine_closing = is_at_end | (after == delimiter) | (after == _QUOTE)
        is_complex[line_of_quote[~np.where(is_opening, fine_opening, fine_closing)]] = True
        is_complex |= n_quotes % 2 == 1
        n_delimiters = np.diff(np.append(np.searchsorted(delimiters, starts), len(delimiters)))
        line_of_delimiter = np.repeat(lines, n_delimiters)
        n_before = np.searchsorted(quotes, delimiters) - first_quote[line_of_delimiter]
        delimiters = delimiters[n_before % 2 == 0]
    n_fields[:] = np.diff(np.append(np.searchsorted(delimiters, starts), len(delimiters))) + 1


class _Scanner:
    """Reads single records byte by byte where that is needed."""

    def __init__(self, data: bytes, delimiter: str) -> None:
        self._data = data
        self._delimiter = ord(delimiter)
        self._stop = re.compile(b"[\r\n" + re.escape(delimiter.encode()) + b"]")
        # The closing quote: the first one that is not half of a doubled quote.
        self._closing = re.compile(rb'"[^"]*+(?:""[^"]*+)*+"(?!")')
        self._line_break = re.compile(b"[\r\n]")

    def scan(self, start: int) -> tuple[int, int]:
        """Return the end and the number of fields of the record that begins at ``start``.

        Where a quote is never closed, the number is 0 and the end is the place of the opening quote.
        """
        data, size, position, n_fields = self._data, len(self._data), start, 0
        while True:
            n_fields += 1
            if position < size and data[position] == _QUOTE:
                closing = self._closing.match(data, position)
                if closing is None or self._is_foreign(position, closing.end()):
                    return position, 0
                position = closing.end()
            stop = self._stop.search(data, position)
            position = stop.start() if stop else size
            if stop is None or data[position] != self._delimiter:
                return position, n_fields
            position += 1

    def _is_foreign(self, opening: int, after: int) -> bool:
        if after >= len(self._data) or self._data[after] in {self._delimiter, _LF, _CR}:
            return False
        return self._line_break.search(self._data, opening, after) is not None
