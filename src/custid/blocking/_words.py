"""Words of values as atoms, told apart in UTF-8 bytes: only distinct words become strings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
from attrs import field, frozen
from numpy.typing import NDArray

from custid.blocking._parts import Parts
from custid.table.hashing import combine_hashes, combined_hash, string_hash, string_hashes
from custid.table.utf8 import Utf8Strings

__all__ = ["NumberedAtoms", "ValueWords", "head_hash", "telling_words"]

_IS_SPACE = np.array([byte < 128 and chr(byte).isspace() for byte in range(256)])
_WIDE_SPACES = (
    "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)


@frozen(eq=False)
class NumberedAtoms:
    """Atoms of values as numbers.

    Attributes
    ----------
    n_atoms_of : ndarray of int64, shape (n_values,)
        How many atoms each value has.
    atoms : ndarray of int32
        Numbers of atoms, value by value.
    n_atoms : int
        Above all numbers.
    hashes : callable
        Returns a hash of each atom by its number, uint64, shape (n_atoms,), the same for any values beside it.
    """

    n_atoms_of: NDArray[np.int64] = field(repr=False)
    atoms: NDArray[np.int32] = field(repr=False)
    n_atoms: int
    hashes: Callable[[], NDArray[np.uint64]] = field(repr=False)


@frozen(eq=False)
class ValueWords:
    """The first words of each value.

    Attributes
    ----------
    value : ndarray of int64, shape (n_words,)
        The value in which each word stands, ascending.
    words : ndarray of int32, shape (n_words,)
        Numbers of words.
    vocabulary : tuple of str
        The words.
    n_values : int
        Number of values.
    """

    value: NDArray[np.int64] = field(repr=False)
    words: NDArray[np.int32] = field(repr=False)
    vocabulary: tuple[str, ...] = field(repr=False)
    n_values: int

    @classmethod
    def of(cls, values: Sequence[str], most: int) -> ValueWords:
        """Split values as `str.split` does."""
        strings = Utf8Strings.of(values)
        # A break before the first byte and behind the last one.
        is_break = np.ones(int(strings.offsets[-1]) + 2, np.bool_)
        is_break[1:-1] = _is_space(strings.data[: len(is_break) - 2])
        is_first = np.zeros(len(is_break) - 1, np.bool_)
        is_first[strings.offsets] = True
        # Between two bytes there is a border where a value begins, or where there is a break on either side.
        begins = np.flatnonzero(~is_break[1:] & (is_break[:-1] | is_first))
        ends = np.flatnonzero(~is_break[:-1] & (is_break[1:] | is_first))
        value = np.searchsorted(strings.offsets, begins, side="right") - 1
        is_kept = np.arange(len(value)) - np.searchsorted(value, value) < most
        begins, ends, value = begins[is_kept], ends[is_kept], value[is_kept]
        numbers, vocabulary = Parts(data=strings.data, n_parts=value, begins=begins, ends=ends).numbered()
        return cls(value, numbers, tuple(vocabulary), len(strings))

    def telling(self) -> NumberedAtoms:
        """Return the words of four letters or more that are no numbers."""
        is_telling = np.array(list(map(_is_telling, self.vocabulary)), np.bool_)
        is_kept = is_telling[self.words]
        n_words = np.bincount(self.value[is_kept], minlength=self.n_values)
        return NumberedAtoms(n_words, self.words[is_kept], len(self.vocabulary), lambda: string_hashes(self.vocabulary))

    def heads(self) -> NumberedAtoms:
        """Return the first two words of each value together, or the only one."""
        bounds = np.searchsorted(self.value, np.arange(self.n_values + 1))
        n_words = np.diff(bounds)
        keys = np.zeros(self.n_values, np.int64)
        for place in range(2):
            keys *= len(self.vocabulary) + 1
            has_word = n_words > place
            keys[has_word] += self.words[bounds[:-1][has_word] + place] + 1
        encoded = pa.array(keys).dictionary_encode()
        n_heads = np.ones(self.n_values, np.int64)
        distinct = np.asarray(encoded.dictionary)

        def hashes() -> NDArray[np.uint64]:
            words = np.append(np.uint64(0), string_hashes(self.vocabulary))
            return combine_hashes([words[number] for number in np.divmod(distinct, len(self.vocabulary) + 1)])

        return NumberedAtoms(n_heads, np.asarray(encoded.indices), len(distinct), hashes)


def telling_words(words: Sequence[str]) -> list[str]:
    """Return the words of one value that :meth:`ValueWords.telling` gives."""
    return list(filter(_is_telling, words))


def head_hash(words: Sequence[str]) -> int:
    """Return the hash of the atom that :meth:`ValueWords.heads` gives of the words of one value."""
    return combined_hash([string_hash(words[place]) if place < len(words) else 0 for place in range(2)])


def _is_telling(word: str) -> bool:
    return len(word) > 3 and not word.isdigit()


def _is_space(data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which bytes belong to white space."""
    is_space = np.asarray(_IS_SPACE[data])
    wide = np.flatnonzero(data >= 0xC2)
    for character in _WIDE_SPACES if len(wide) else "":
        encoded = character.encode()
        found = wide[wide + len(encoded) <= len(data)]
        for place, byte in enumerate(encoded):
            found = found[data[found + place] == byte]
        for place in range(len(encoded)):
            is_space[found + place] = True
    return is_space
