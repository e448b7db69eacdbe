"""Strings as their UTF-8 bytes: a fraction of the room that Python gives them, and hashed and sorted many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import overload

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.table.lexical import Ordered, lexical_order
from custid.table.packed import PackedStrings

__all__ = ["Utf8Strings"]

_WORD = 8
# Bits to keep of a word of which a string has 0 to 8 bytes, the first byte being the highest.
_KEPT = np.array([0, *(((1 << 8 * n) - 1) << (64 - 8 * n) for n in range(1, _WORD + 1))], np.uint64)
_STRINGS_AT_ONCE = 4_096


@frozen(kw_only=True, eq=False)
class Utf8Strings(Sequence[str]):
    """A sequence of strings as UTF-8 bytes, one string after another.

    Attributes
    ----------
    data : ndarray of uint8, shape (n_bytes + 8,)
        Bytes of all strings, lone surrogates encoded like other characters; eight more follow, so that a word can be
        read at any place.
    offsets : ndarray of int64, shape (n_strings + 1,)
        String ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    """

    data: NDArray[np.uint8] = field(repr=False)
    offsets: NDArray[np.int64] = field(repr=False)

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
        if isinstance(values, Utf8Strings):
            return values
        joined = "".join(values)
        offsets = np.zeros(len(values) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, values), np.int64, len(values)), out=offsets[1:])
        encoded = joined.encode("utf-8", "surrogatepass")
        data = np.frombuffer(encoded + bytes(_WORD), np.uint8)
        if len(encoded) > len(joined):
            # A byte of the form 10xxxxxx continues a character; each other one begins the next.
            place = np.append(np.flatnonzero((data[: len(encoded)] & 0xC0) != 0x80), len(encoded))
            offsets = place[offsets]
        return cls(data=data, offsets=offsets)

    @classmethod
    def of_array(cls, values: pa.StringArray | pa.LargeBinaryArray) -> Utf8Strings:
        """Return the bytes of strings that Arrow holds.

        Parameters
        ----------
        values : pyarrow.StringArray or pyarrow.LargeBinaryArray
            Strings; none is null.

        Returns
        -------
        Utf8Strings
            In the same order.
        """
        _, bounds, content = values.buffers()
        kind = np.int64 if pa.types.is_large_binary(values.type) else np.int32
        offsets = np.zeros(1, np.int64)
        if len(values):
            offsets = np.frombuffer(bounds, kind)[values.offset : values.offset + len(values) + 1].astype(np.int64)
        first, last = int(offsets[0]), int(offsets[-1])
        data = np.zeros(last - first + _WORD, np.uint8)
        if last > first:
            data[:-_WORD] = np.frombuffer(content, np.uint8)[first:last]
        return cls(data=data, offsets=offsets - first)

    @classmethod
    def joined(cls, parts: Sequence[Utf8Strings]) -> Utf8Strings:
        """Return the strings of several, one after the other.

        Parameters
        ----------
        parts : sequence of Utf8Strings
            Strings.

        Returns
        -------
        Utf8Strings
            All of them.
        """
        data = [part.data[part.offsets[0] : part.offsets[-1]] for part in parts]
        lengths = [np.diff(part.offsets) for part in parts]
        offsets = np.append(0, np.cumsum(np.concatenate([np.empty(0, np.int64), *lengths])))
        return cls(data=np.concatenate([*data, np.zeros(_WORD, np.uint8)]), offsets=offsets)

    def taken(self, places: NDArray[np.int64]) -> Utf8Strings:
        """Return some of the strings.

        Parameters
        ----------
        places : ndarray of int64, shape (n_taken,)
            Which ones, in any order.

        Returns
        -------
        Utf8Strings
            In the order of ``places``.
        """
        # As bytes: Arrow would not take lone surrogates for text.
        buffers = [None, pa.py_buffer(self.offsets), pa.py_buffer(self.data)]
        array = pa.Array.from_buffers(pa.large_binary(), len(self), buffers)
        return Utf8Strings.of_array(array.take(pa.array(places)))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        number = range(len(self))[place]
        return self._text(number) if isinstance(number, int) else tuple(map(self._text, number))

    def _text(self, number: int) -> str:
        return self.data[self.offsets[number] : self.offsets[number + 1]].tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), _STRINGS_AT_ONCE):
            bounds = self.offsets[start : start + _STRINGS_AT_ONCE + 1]
            content = self.data[bounds[0] : bounds[-1]].tobytes()
            spans = pairwise((bounds - bounds[0]).tolist())
            if content.isascii():
                text = content.decode("ascii")
                yield from [text[low:high] for low, high in spans]
            else:
                yield from [content[low:high].decode("utf-8", "surrogatepass") for low, high in spans]

    def packed(self) -> PackedStrings:
        """Return the strings as code points.

        Returns
        -------
        PackedStrings
            In the same order.
        """
        encoded, offsets = self.data[: self.offsets[-1]], self.offsets
        text = encoded.tobytes().decode("utf-8", "surrogatepass")
        if len(text) < len(encoded):
            # A byte of the form 10xxxxxx continues a character; each other one begins the next.
            offsets = np.append(0, np.cumsum((encoded & 0xC0) != 0x80))[offsets]
        data = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        return PackedStrings(data=data, offsets=offsets)

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
        place: NDArray[np.int64] = self.offsets[strings] + _WORD * number
        n_left = np.clip(self.offsets[1:][strings] - place, 0, _WORD)
        place[n_left == 0] = 0
        read = np.lib.stride_tricks.sliding_window_view(self.data, _WORD)[place].view(">u8")[:, 0]
        words: NDArray[np.uint64] = read.astype(np.uint64)
        words &= _KEPT[n_left]
        return words

    def order(self) -> Ordered:
        """Return the order of the strings, by code points as Python compares them.

        Returns
        -------
        Ordered
            Equal strings in the order in which they stand.
        """
        # Bytes order strings as code points do. Where all words are equal, one string is the other and NUL characters.
        lengths = np.diff(self.offsets)
        n_words = -(-int(lengths.max(initial=0)) // _WORD)
        return lexical_order(
            len(self),
            n_words + 1,
            lambda number, strings: (
                self.words(number, strings) if number < n_words else lengths[strings].astype(np.uint64)
            ),
        )
