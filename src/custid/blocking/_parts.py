"""Parts of strings as atoms, cut from UTF-8 bytes: no string is ever made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.table.utf8 import Utf8Strings

__all__ = ["Characters", "Parts", "numbered_strings"]

_CONTINUES = 0x80
_FIRST_HALF, _SECOND_HALF = b"<>"


def numbered_strings(strings: Utf8Strings) -> tuple[NDArray[np.int32], Utf8Strings]:
    """Return a number for each string, equal ones for equal strings, as they come, and the distinct strings."""
    # As bytes: Arrow would not take lone surrogates for text.
    buffers = [None, pa.py_buffer(strings.offsets), pa.py_buffer(strings.data)]
    encoded = pa.Array.from_buffers(pa.large_binary(), len(strings), buffers).dictionary_encode()
    return np.asarray(encoded.indices), Utf8Strings.of_array(encoded.dictionary)


@frozen(kw_only=True, eq=False)
class Parts:
    """Parts of some strings.

    Attributes
    ----------
    data : ndarray of uint8
        Bytes of the strings.
    n_parts : ndarray of int64, shape (n_strings,)
        How many parts each string has.
    begins, ends : ndarray of int64, shape (n_all_parts,)
        Where each part begins and ends in ``data``, string by string.
    heads : ndarray of uint8, shape (n_all_parts,) or (0,)
        What tells equal parts of several sorts apart; empty where there is one sort.
    """

    data: NDArray[np.uint8] = field(repr=False)
    n_parts: NDArray[np.int64] = field(repr=False)
    begins: NDArray[np.int64] = field(repr=False)
    ends: NDArray[np.int64] = field(repr=False)
    heads: NDArray[np.uint8] = field(repr=False, factory=lambda: np.zeros(0, np.uint8))

    def numbered(self) -> tuple[NDArray[np.int32], Utf8Strings]:
        """Return a number for each part, equal ones for equal parts, as they come, and the distinct parts."""
        n_heads = int(len(self.heads) > 0)
        lengths = self.ends - self.begins + n_heads
        offsets = np.append(0, np.cumsum(lengths))
        places = np.repeat(self.begins - n_heads - offsets[:-1], lengths)
        places += np.arange(len(places))
        content = self.data[places]
        if n_heads:
            content[offsets[:-1]] = self.heads
        return numbered_strings(Utf8Strings(data=content, offsets=offsets))


@frozen(eq=False)
class Characters:
    """Stretches of characters, one in each of some strings.

    Attributes
    ----------
    data : ndarray of uint8
        Bytes of the strings.
    places : ndarray of int64
        Where each character of all strings begins, and where the last one ends.
    firsts, lasts : ndarray of int64, shape (n_strings,)
        The number of the first character of each stretch, and of the one behind the last.
    """

    data: NDArray[np.uint8] = field(repr=False)
    places: NDArray[np.int64] = field(repr=False)
    firsts: NDArray[np.int64] = field(repr=False)
    lasts: NDArray[np.int64] = field(repr=False)

    @classmethod
    def of(cls, values: Sequence[str]) -> Characters:
        """Return whole strings."""
        strings = Utf8Strings.of(values)
        n_bytes = int(strings.offsets[-1])
        # A byte of the form 10xxxxxx continues a character.
        places = np.append(np.flatnonzero((strings.data[:n_bytes] & 0xC0) != _CONTINUES), n_bytes)
        bounds = np.searchsorted(places, strings.offsets) if len(places) <= n_bytes else strings.offsets
        return cls(strings.data, places, bounds[:-1], bounds[1:])

    def ends(self, n_characters: int) -> Characters:
        """Return the last few characters of each stretch."""
        firsts = np.maximum(self.firsts, self.lasts - n_characters)
        return Characters(self.data, self.places, firsts, self.lasts)

    def without_ends(self, n_characters: int, *, at_least: int) -> Characters:
        """Return all but the last few characters of each stretch, and in any case some at its beginning."""
        lasts = np.maximum(self.firsts + at_least, self.lasts - n_characters)
        return Characters(self.data, self.places, self.firsts, np.minimum(lasts, self.lasts))

    def before(self, letter: bytes) -> Characters:
        """Return what stands before the first ASCII letter of a kind in each stretch, or all of it without any."""
        found = np.append(np.flatnonzero(self.data[self.places[:-1]] == ord(letter)), len(self.places) - 1)
        lasts = np.minimum(found[np.searchsorted(found, self.firsts)], self.lasts)
        return Characters(self.data, self.places, self.firsts, lasts)

    def whole(self) -> Parts:
        """Return each stretch as the one part of its string."""
        return Parts(
            data=self.data,
            n_parts=np.ones(len(self.firsts), np.int64),
            begins=self.places[self.firsts],
            ends=self.places[self.lasts],
        )

    def not_empty(self) -> Parts:
        """Return each stretch that has any characters as the one part of its string."""
        has_any = self.lasts > self.firsts
        return Parts(
            data=self.data,
            n_parts=has_any.astype(np.int64),
            begins=self.places[self.firsts[has_any]],
            ends=self.places[self.lasts[has_any]],
        )

    def halves(self) -> Parts:
        """Return both halves of each stretch of two characters or more; a first half never equals a second one."""
        is_long = self.lasts - self.firsts > 1
        firsts, lasts = self.firsts[is_long], self.lasts[is_long]
        middles = firsts + (lasts - firsts) // 2
        return Parts(
            data=self.data,
            n_parts=2 * is_long.astype(np.int64),
            begins=self.places[np.column_stack([firsts, middles]).ravel()],
            ends=self.places[np.column_stack([middles, lasts]).ravel()],
            heads=np.tile(np.array([_FIRST_HALF, _SECOND_HALF], np.uint8), len(firsts)),
        )
