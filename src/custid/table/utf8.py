"""Strings as their UTF-8 bytes, to be hashed and sorted many at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.table.lexical import Ordered, lexical_order

__all__ = ["Utf8Strings"]

_WORD = 8
# Bits to keep of a word of which a string has 0 to 8 bytes, the first byte being the highest.
_KEPT = np.array([0, *(((1 << 8 * n) - 1) << (64 - 8 * n) for n in range(1, _WORD + 1))], np.uint64)


@frozen(kw_only=True, eq=False)
class Utf8Strings:
    """The UTF-8 bytes of strings, one after another.

    Attributes
    ----------
    data : ndarray of uint8, shape (n_bytes + 8,)
        Bytes of all strings, lone surrogates encoded like other characters; eight zeros follow, so that a word can be
        read at any place.
    starts, lengths : ndarray of int64, shape (n_strings,)
        Where each string begins, and how many bytes it has.
    """

    data: NDArray[np.uint8] = field(repr=False)
    starts: NDArray[np.int64] = field(repr=False)
    lengths: NDArray[np.int64] = field(repr=False)

    @classmethod
    def of(cls, values: Sequence[str]) -> Utf8Strings:
        """Return the bytes of strings.

        Parameters
        ----------
        values : sequence of str
            Any strings, lone surrogates included.

        Returns
        -------
        Utf8Strings
            In the same order.
        """
        joined = "".join(values)
        n_characters = np.fromiter(map(len, values), np.int64, len(values))
        encoded = joined.encode("utf-8", "surrogatepass")
        data = np.frombuffer(encoded + bytes(_WORD), np.uint8)
        ends = np.cumsum(n_characters)
        if len(encoded) > len(joined):
            # A byte of the form 10xxxxxx continues a character; each other one begins the next.
            place = np.append(np.flatnonzero((data[: len(encoded)] & 0xC0) != 0x80), len(encoded))
            ends = place[ends]
        starts = np.append(0, ends)[:-1]
        return cls(data=data, starts=starts, lengths=ends - starts)

    @classmethod
    def of_array(cls, values: pa.StringArray) -> Utf8Strings:
        """Return the bytes of strings that Arrow holds.

        Parameters
        ----------
        values : pyarrow.StringArray
            Strings; none is null.

        Returns
        -------
        Utf8Strings
            In the same order.
        """
        _, offsets, content = values.buffers()
        bounds = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1].astype(np.int64)
        data = np.zeros(int(bounds[-1] - bounds[0]) + _WORD, np.uint8)
        if content is not None:
            data[:-_WORD] = np.frombuffer(content, np.uint8)[bounds[0] : bounds[-1]]
        return cls(data=data, starts=bounds[:-1] - bounds[0], lengths=np.diff(bounds))

    def __len__(self) -> int:
        return len(self.starts)

    def words(self, number: int, strings: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Return eight bytes of some strings as numbers that sort as the bytes do.

        Parameters
        ----------
        number : int
            Which eight bytes, from 0.
        strings : ndarray of int64, shape (n,)
            The strings.

        Returns
        -------
        ndarray of uint64, shape (n,)
            Zeros stand where a string has ended.
        """
        n_left = np.clip(self.lengths[strings] - _WORD * number, 0, _WORD)
        place = np.where(n_left > 0, self.starts[strings] + _WORD * number, 0)
        read = np.lib.stride_tricks.sliding_window_view(self.data, _WORD)[place].view(">u8")[:, 0]
        return read.astype(np.uint64) & _KEPT[n_left]

    def order(self) -> Ordered:
        """Return the order of the strings, by code points as Python compares them.

        Returns
        -------
        Ordered
            Equal strings in the order in which they stand.
        """
        # Bytes order strings as code points do. Where all words are equal, one string is the other and NUL characters.
        n_words = -(-int(self.lengths.max(initial=0)) // _WORD)
        return lexical_order(
            len(self),
            n_words + 1,
            lambda number, strings: (
                self.words(number, strings) if number < n_words else self.lengths[strings].astype(np.uint64)
            ),
        )
