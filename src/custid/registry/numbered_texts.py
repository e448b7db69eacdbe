"""Distinct texts and their numbers, as arrays of all at once, and what has come since beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from custid.table.hashing import string_hash, utf8_hashes
from custid.table.utf8 import Utf8Strings

__all__ = ["HashNumbers", "NumberedTexts"]

_NONE = -1
_FEW = 64
"""As many are looked up one by one in less time than all together."""


class HashNumbers:
    """Numbers by 64-bit hashes.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)
        Distinct hashes, ascending.
    numbers : ndarray of int32, shape (n,)
        The number of each.

    Notes
    -----
    The arrays stay as they are, so that they may be mapped from a file.
    """

    def __init__(self, hashes: NDArray[np.uint64], numbers: NDArray[np.int32]) -> None:
        self._hashes, self._numbers = hashes, numbers
        self._since: dict[int, int] = {}
        self._n = len(hashes)

    @classmethod
    def of(cls, hashes: NDArray[np.uint64], numbers: NDArray[np.integer]) -> Self:
        """Return the numbers of distinct hashes, given in any order."""
        order = np.argsort(hashes)
        return cls(hashes[order], numbers[order].astype(np.int32))

    def __len__(self) -> int:
        return self._n

    def get(self, key: int) -> int | None:
        """Return the number of a hash; None where it has none."""
        found = self._since.get(key)
        if found is None:
            found = self._told(key)
        return None if found == _NONE else found

    def _told(self, key: int) -> int:
        place = int(self._hashes.searchsorted(np.uint64(key)))
        if place < len(self._hashes) and int(self._hashes[place]) == key:
            return int(self._numbers[place])
        return _NONE

    def __setitem__(self, key: int, number: int) -> None:
        self._n += self.get(key) is None
        self._since[key] = number

    def __delitem__(self, key: int) -> None:
        self._n -= self.get(key) is not None
        if self._told(key) == _NONE:
            self._since.pop(key, None)
        else:
            self._since[key] = _NONE

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return hashes and numbers as the constructor takes them; to be asked before anything has come or gone."""
        return {"hashes": self._hashes, "numbers": self._numbers}

    def many(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the numbers of hashes, -1 for those that have none.

        Parameters
        ----------
        keys : ndarray of uint64, shape (n_asked,)
            Hashes.

        Returns
        -------
        ndarray of int64, shape (n_asked,)
            Numbers.
        """
        found = np.full(len(keys), _NONE, np.int64)
        if len(self._hashes):
            place = np.minimum(self._hashes.searchsorted(keys), len(self._hashes) - 1)
            is_told = self._hashes[place] == keys
            found[is_told] = self._numbers[place[is_told]]
        if self._since:
            changed = np.fromiter(self._since, np.uint64, len(self._since))
            numbers = np.fromiter(self._since.values(), np.int64, len(self._since))
            order = np.argsort(changed)
            changed, numbers = changed[order], numbers[order]
            place = np.minimum(changed.searchsorted(keys), len(changed) - 1)
            is_changed = changed[place] == keys
            found[is_changed] = numbers[place[is_changed]]
        return found


class NumberedTexts:
    """Distinct texts by numbers, and numbers by texts.

    Parameters
    ----------
    texts : sequence of str
        The text of each number, distinct; an empty one is none, and its number free.
    hashes : ndarray of uint64, shape (n,), optional
        Hashes of the texts, ascending, where they are known.
    numbers : ndarray of int32, shape (n,), optional
        The number of each hash.

    Notes
    -----
    The arrays stay as they are, so that they may be mapped from a file: 16 bytes a text beside its own.  Texts are told
    apart letter by letter, whatever their hashes.

    Examples
    --------
    >>> texts = NumberedTexts(["ann", "bob"])
    >>> texts.put(2, "eve")
    >>> texts.number_of("bob"), texts.number_of("eve"), texts.number_of("joe"), texts.text_of(0), len(texts)
    (1, 2, None, 'ann', 3)
    """

    def __init__(
        self,
        texts: Sequence[str] = (),
        hashes: NDArray[np.uint64] | None = None,
        numbers: NDArray[np.int32] | None = None,
    ) -> None:
        self._texts = Utf8Strings.of(texts)
        if hashes is None or numbers is None:
            hashed = utf8_hashes(self._texts)
            order = np.argsort(hashed, kind="stable")
            hashes, numbers = hashed[order], order.astype(np.int32)
        self._hashes, self._numbers = hashes, numbers
        self._since: dict[str, int] = {}
        # Of numbers whose text is another than that of the arrays; None for those given back.
        self._changed: dict[int, str | None] = {}
        self._n = int(np.count_nonzero(np.diff(self._texts.offsets)))

    def __len__(self) -> int:
        return self._n

    @property
    def n_numbers(self) -> int:
        """All numbers are below it."""
        return max(len(self._texts), max(self._changed, default=_NONE) + 1)

    def __iter__(self) -> Iterator[str]:
        """Yield all texts, by no order that matters."""
        changed = self._changed
        for number, text in enumerate(self._texts):
            if text and number not in changed:
                yield text
        yield from self._since

    def number_of(self, text: str) -> int | None:
        """Return the number of a text; None where it has none."""
        found = self._since.get(text)
        if found is not None or not text:
            return found
        return self._told(text) if len(self._hashes) else None

    def _told(self, text: str) -> int | None:
        """Return the number that a text has in the arrays, and still has."""
        key = np.uint64(string_hash(text))
        place = int(self._hashes.searchsorted(key))
        while place < len(self._hashes) and self._hashes[place] == key:
            number = int(self._numbers[place])
            if number not in self._changed and self._texts[number] == text:
                return number
            place += 1
        return None

    def numbers_of(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of texts, -1 for those that have none.

        Parameters
        ----------
        texts : sequence of str
            Texts.

        Returns
        -------
        ndarray of int64, shape (n_texts,)
            Numbers.
        """
        if len(texts) <= _FEW or not len(self._hashes):
            asked = (self.number_of(text) for text in texts)
            return np.array([_NONE if found is None else found for found in asked], np.int64)
        given = Utf8Strings.of(texts)
        keys = utf8_hashes(given)
        place = np.minimum(self._hashes.searchsorted(keys), len(self._hashes) - 1)
        number = self._numbers[place].astype(np.int64)
        is_met = self._hashes[place] == keys
        met = np.flatnonzero(is_met)
        held, asked_for = self._texts.taken(number[met]), given.taken(met)
        if not (np.array_equal(held.offsets, asked_for.offsets) and np.array_equal(held.data, asked_for.data)):
            return np.array([_NONE if (n := self.number_of(text)) is None else n for text in texts], np.int64)
        number[~is_met] = _NONE
        if self._changed:
            is_changed = np.isin(number, np.fromiter(self._changed, np.int64, len(self._changed)))
            for which in np.flatnonzero(is_changed | ~is_met).tolist():
                number[which] = self._since.get(texts[which], _NONE)
        return number

    def text_of(self, number: int) -> str | None:
        """Return the text of a number; None for a number that none has."""
        if number in self._changed:
            return self._changed[number]
        return (self._texts[number] or None) if number < len(self._texts) else None

    def texts_of(self, numbers: NDArray[np.int64]) -> list[str]:
        """Return the texts of numbers that some text has, which takes less time than one by one."""
        n_told = len(self._texts)
        found = list(self._texts.taken(np.where(numbers < n_told, numbers, 0))) if n_told else [""] * len(numbers)
        if self._changed:
            is_changed = np.isin(numbers, np.fromiter(self._changed, np.int64, len(self._changed)))
            for place in np.flatnonzero(is_changed).tolist():
                found[place] = self._changed[int(numbers[place])] or ""
        return found

    def put(self, number: int, text: str) -> None:
        """Give a number, which is free, to a text that has none."""
        self._changed[number] = text
        self._since[text] = number
        self._n += 1

    def drop(self, number: int) -> None:
        """Take a number from its text, if it has one."""
        text = self.text_of(number)
        if text is not None:
            self._since.pop(text, None)
            self._changed[number] = None
            self._n -= 1

    def free(self) -> list[int]:
        """Return the numbers that no text has."""
        none = np.flatnonzero(np.diff(self._texts.offsets) == 0).tolist()
        given_back = [number for number, text in self._changed.items() if text is None]
        return [number for number in none if number not in self._changed] + given_back

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that is held, as arrays."""
        whole = self
        if self._changed:
            texts = [*self._texts, *([""] * (self.n_numbers - len(self._texts)))]
            for number, text in self._changed.items():
                texts[number] = text or ""
            whole = type(self)(texts)
        return {
            "data": whole._texts.data,  # noqa: SLF001  # its own class
            "offsets": whole._texts.offsets,  # noqa: SLF001
            "hashes": whole._hashes,  # noqa: SLF001
            "numbers": whole._numbers,  # noqa: SLF001
        }

    @classmethod
    def of_arrays(cls, held: Mapping[str, NDArray[Any]]) -> Self:
        """Return texts as :meth:`arrays` had them."""
        texts = Utf8Strings(data=held["data"], offsets=held["offsets"])
        return cls(texts, held["hashes"], held["numbers"])
