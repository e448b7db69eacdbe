"""Numbers that a match model has for some values by their hashes, and one number for all others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.comparison.comparison import BindingContext

__all__ = ["ListedNumbers", "LiveContext"]


@frozen(kw_only=True, eq=False)
class ListedNumbers:
    """What values are worth, by their hashes.

    Attributes
    ----------
    hashes : ndarray of uint64, shape (n_listed,)
        Hashes of the values that are listed, ascending.
    numbers : ndarray of float32, shape (n_listed,)
        Theirs.
    unlisted : float32
        That of all other values.
    """

    hashes: NDArray[np.uint64] = field(repr=False)
    numbers: NDArray[np.float32] = field(repr=False)
    unlisted: np.float32

    def of(self, hashes: NDArray[np.uint64]) -> NDArray[np.float32]:
        """Return the numbers of many values by their hashes, float32, shape (n_values,)."""
        found = np.full(len(hashes), self.unlisted, np.float32)
        if len(self.hashes):
            place = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
            is_listed = self.hashes[place] == hashes
            found[is_listed] = self.numbers[place[is_listed]]
        return found

    def of_one(self, hashed: np.uint64) -> np.float32:
        """Return the number of one value by its hash."""
        place = int(self.hashes.searchsorted(hashed))
        is_listed = place < len(self.hashes) and self.hashes[place] == hashed
        return self.numbers[place] if is_listed else self.unlisted


@frozen(kw_only=True, eq=False)
class LiveContext:
    """What comparisons are bound with.

    Attributes
    ----------
    binding : BindingContext
        What a batch binds with: frequencies of a match model that is given, and compiled code.
    rarity : callable
        Returns for an attribute, or ``"<attribute>.word"``, how many bits an agreement on each value is worth.
    word_weights : callable
        Returns for an attribute of streets or places what its words weigh.
    """

    binding: BindingContext = field(repr=False)
    rarity: Callable[[str], ListedNumbers] = field(repr=False)
    word_weights: Callable[[str], ListedNumbers] = field(repr=False)
