"""Parts of strings as atoms, cut from UTF-8 bytes: no string is ever made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen
from numpy.typing import NDArray

from custid.table.utf8 import Utf8Strings

__all__ = ["Characters", "Parts", "halves_of", "numbered_strings"]

_CONTINUES = 0x80
_PARTS_AT_ONCE = 1 << 14
_FIRST_HALF, _SECOND_HALF = b"<>"


def numbered_strings(strings: Utf8Strings) -> tuple[NDArray[np.int32], Utf8Strings]:
    """Return a number for each string, equal ones for equal strings, as they come, and the distinct strings."""
    # As bytes: Arrow would not take lone surrogates for text.
    buffers = [None, pa.py_buffer(strings.offsets), pa.py_buffer(strings.data)]
    array = pa.Array.from_buffers(pa.large_binary(), len(strings), buffers)
    # Arrow's own allocator would hold on to the memory.
    encoded = pc.dictionary_encode(array, memory_pool=pa.system_memory_pool())
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
        offsets = np.append(0, np.cumsum(self.ends - self.begins + n_heads))
        content = np.empty(int(offsets[-1]), np.uint8)
        for first in range(0, len(self.begins), _PARTS_AT_ONCE):
            begins = self.begins[first : first + _PARTS_AT_ONCE]
            bounds = offsets[first : first + len(begins) + 1]
            places = np.repeat(begins - n_heads - bounds[:-1], np.diff(bounds))
            places += np.arange(bounds[0], bounds[-1])
            content[bounds[0] : bounds[-1]] = self.data[places]
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
    places : ndarray of int64 or None
        Where each character of all strings begins, and where the last one ends; None where each is one byte.
    firsts, lasts : ndarray of int64, shape (n_strings,)
        The number of the first character of each stretch, and of the one behind the last.
    """

    data: NDArray[np.uint8] = field(repr=False)
    places: NDArray[np.int64] | None = field(repr=False)
    firsts: NDArray[np.int64] = field(repr=False)
    lasts: NDArray[np.int64] = field(repr=False)

    @classmethod
    def of(cls, values: Sequence[str]) -> Characters:
        """Return whole strings."""
        strings = Utf8Strings.of(values)
        data = strings.data[: int(strings.offsets[-1])]
        # A byte of the form 10xxxxxx continues a character.
        is_first = (data & 0xC0) != _CONTINUES
        if is_first.all():
            return cls(data, None, strings.offsets[:-1], strings.offsets[1:])
        places = np.append(np.flatnonzero(is_first), len(data))
        bounds = np.searchsorted(places, strings.offsets)
        return cls(data, places, bounds[:-1], bounds[1:])

    def _places(self, characters: NDArray[np.int64]) -> NDArray[np.int64]:
        return characters if self.places is None else self.places[characters]

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
        letters = self.data if self.places is None else self.data[self.places[:-1]]
        found = np.append(np.flatnonzero(letters == ord(letter)), len(letters))
        lasts = np.minimum(found[np.searchsorted(found, self.firsts)], self.lasts)
        return Characters(self.data, self.places, self.firsts, lasts)

    def whole(self) -> Parts:
        """Return each stretch as the one part of its string."""
        return Parts(
            data=self.data,
            n_parts=np.ones(len(self.firsts), np.int64),
            begins=self._places(self.firsts),
            ends=self._places(self.lasts),
        )

    def not_empty(self) -> Parts:
        """Return each stretch that has any characters as the one part of its string."""
        has_any = self.lasts > self.firsts
        return Parts(
            data=self.data,
            n_parts=has_any.astype(np.int64),
            begins=self._places(self.firsts[has_any]),
            ends=self._places(self.lasts[has_any]),
        )

    def halves(self) -> Parts:
        """Return both halves of each stretch of two characters or more; a first half never equals a second one."""
        is_long = self.lasts - self.firsts > 1
        firsts, lasts = self.firsts[is_long], self.lasts[is_long]
        middles = firsts + (lasts - firsts) // 2
        return Parts(
            data=self.data,
            n_parts=2 * is_long.astype(np.int64),
            begins=self._places(np.column_stack((firsts, middles)).ravel()),
            ends=self._places(np.column_stack([middles, lasts]).ravel()),
            heads=np.tile(np.array([_FIRST_HALF, _SECOND_HALF], np.uint8), len(firsts)),
        )


def halves_of(value: str) -> tuple[str, ...]:
    """Return both halves of one value as :meth:`Characters.halves` gives them."""
    if len(value) < 2:
        return ()
    middle = len(value) // 2
    return chr(_FIRST_HALF) + value[:middle], chr(_SECOND_HALF) + value[middle:]
