"""Local parts of e-mail addresses that are spelled from names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from custid.comparison.comparison import KnownValues

__all__ = ["LocalPartsFromNames"]

_NAME_ATTRIBUTES: Final = ("given_name", "family_name")
_RUNS: Final = re.compile(r"[^\W\d_]+|\d+")
_OTHER, _SPELLED = 0, 1
_LEAST_LETTERS = 2


class LocalPartsFromNames:
    """Tells of local parts whether they are spelled from names, and of two such which numbers they hold.

    A local part is spelled from names where each run of letters in it is a known name, an initial, or two of these run
    together, and one name at least is among them.  What follows a plus sign is no part of it.

    Parameters
    ----------
    local_parts : sequence of str
        The local parts; they may repeat.
    is_known : callable
        Tells which values of the attributes ``given_name`` and ``family_name`` are known names.

    Notes
    -----
    A local part is looked into when it is asked for the first time: of all, few are ever alike another.  Threads may
    ask side by side.

    Examples
    --------
    >>> names = {"anne", "petit"}
    >>> parts = LocalPartsFromNames(
    ...     ["anne.petit4", "apetit77", "anne_petit", "starfish4"],
    ...     lambda _, values: np.array([value in names for value in values]),
    ... )
    >>> left, right = np.array([0, 0, 0], np.int32), np.array([1, 2, 3], np.int32)
    >>> is_spelled, numbers_differ, has_numbers = parts.compare(left, right)
    >>> is_spelled.tolist(), numbers_differ.tolist(), has_numbers.tolist()
    ([True, True, False], [True, True, False], [True, True, True])
    """

    UNKNOWN: Final = -1
    """The kind of local parts that have not been looked into."""

    def __init__(self, local_parts: Sequence[str], is_known: KnownValues) -> None:
        self._local_parts = local_parts
        self._is_known = is_known
        self._number_of = {"": 0}
        self._lock = Lock()
        self.use(np.full(len(local_parts), self.UNKNOWN, np.int8), np.zeros(len(local_parts), np.int32))

    def use(self, kinds: NDArray[np.int8], numbers: NDArray[np.int32]) -> None:
        """Keep what is found out in arrays of the caller's, which may have room for local parts to come.

        Parameters
        ----------
        kinds : ndarray of int8, shape (n_local_parts,)
            `UNKNOWN` for local parts that have not been looked into by this object.
        numbers : ndarray of int32, shape (n_local_parts,)
            Numbers of the digits of the others.
        """
        self._kind, self._numbers = kinds, numbers

    def compare(
        self, left: NDArray[np.int32], right: NDArray[np.int32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """Return what pairs of local parts have in common.

        Parameters
        ----------
        left, right : ndarray of int32, shape (n_pairs,)
            Numbers of the two local parts of each pair.

        Returns
        -------
        is_spelled : ndarray of bool, shape (n_pairs,)
            Whether both are spelled from names.
        numbers_differ : ndarray of bool, shape (n_pairs,)
            Whether they hold different digits.
        has_numbers : ndarray of bool, shape (n_pairs,)
            Whether one of them holds any digit.
        """
        asked = np.concatenate([left, right])
        if (self._kind[asked] == self.UNKNOWN).any():
            with self._lock:
                self._look_into(np.unique(asked[self._kind[asked] == self.UNKNOWN]))
        numbers_left, numbers_right = self._numbers[left], self._numbers[right]
        return (
            np.asarray((self._kind[left] == _SPELLED) & (self._kind[right] == _SPELLED), np.bool_),
            np.asarray(numbers_left != numbers_right, np.bool_),
            np.asarray((numbers_left > 0) | (numbers_right > 0), np.bool_),
        )

    def _look_into(self, codes: NDArray[np.int32]) -> None:
        runs = [_RUNS.findall(self._local_parts[code].partition("+")[0]) for code in codes.tolist()]
        words = [[run for run in each if not run.isdigit()] for each in runs]
        names = self._names_among({part for each in words for word in each for part in _parts(word)})
        digits = ["-".join(run for run in each if run.isdigit()) for each in runs]
        self._numbers[codes] = [self._number_of.setdefault(each, len(self._number_of)) for each in digits]
        # The kinds come last: who finds one finds the numbers, too.
        self._kind[codes] = [_SPELLED if _are_names(each, names) else _OTHER for each in words]

    def _names_among(self, words: set[str]) -> set[str]:
        listed = sorted(words)
        known = np.zeros(len(listed), np.bool_)
        for attribute in _NAME_ATTRIBUTES:
            known |= self._is_known(attribute, listed)
        return {word for word, is_name in zip(listed, known.tolist(), strict=True) if is_name}


def _parts(word: str) -> Iterator[str]:
    """Yield what of a word may be a name: itself, and all beginnings and ends of two letters or more."""
    yield word
    for place in range(1, len(word)):
        if place >= _LEAST_LETTERS:
            yield word[:place]
        if len(word) - place >= _LEAST_LETTERS:
            yield word[place:]


def _are_names(words: Sequence[str], names: set[str]) -> bool:
    """Tell whether words are names, initials, or two of them run together, and one at least is no initial."""
    return any(len(word) > 1 for word in words) and all(len(word) == 1 or _is_spelled(word, names) for word in words)


def _is_spelled(word: str, names: set[str]) -> bool:
    if word in names or word[1:] in names or word[:-1] in names:
        return True
    places = range(_LEAST_LETTERS, len(word) - _LEAST_LETTERS + 1)
    return any(word[:place] in names and word[place:] in names for place in places)
