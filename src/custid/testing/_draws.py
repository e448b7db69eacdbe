"""Random choices, all from one seeded generator."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

import numpy as np

__all__ = ["Draws", "Weighted"]

T = TypeVar("T")

_BLOCK = 65_536


class Weighted(Generic[T]):
    """Items with weights, ready to be drawn from.

    Parameters
    ----------
    items : iterable of T
        What can be drawn.
    weights : iterable of float
        As many weights, each above 0; they need not add up to one.
    """

    __slots__ = ("cumulative", "items", "total")

    def __init__(self, items: Iterable[T], weights: Iterable[float]) -> None:
        self.items = tuple(items)
        self.cumulative = tuple(accumulate(weights))
        self.total = self.cumulative[-1]

    @classmethod
    def by_rank(cls, items: Iterable[T], offset: float) -> Weighted[T]:
        """Return the items weighted ``1 / (rank + offset)``, the first being the most frequent.

        Parameters
        ----------
        items : iterable of T
            What can be drawn, by falling frequency.
        offset : float
            Above 0; the larger, the flatter.

        Returns
        -------
        Weighted of T
            The items with Zipf-Mandelbrot weights of exponent 1.
        """
        listed = tuple(items)
        return cls(listed, (1.0 / (rank + offset) for rank in range(len(listed))))


class Draws:
    """Random choices from one seeded generator.

    Everything comes from ``Generator.random`` by additions, multiplications and comparisons alone, so that the same
    seed makes the same choices on every platform; ``log`` and ``pow`` differ in their last bit between C libraries.

    Parameters
    ----------
    seed : int
        At least 0.
    """

    __slots__ = ("_generator", "_values")

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)
        self._values: list[float] = []

    def uniform(self) -> float:
        """Return a number in [0, 1)."""
        if not self._values:
            self._values = self._generator.random(_BLOCK).tolist()
        return self._values.pop()

    def chance(self, share: float) -> bool:
        """Return True with probability ``share``."""
        return self.uniform() < share

    def below(self, end: int) -> int:
        """Return an integer of ``range(end)``."""
        return int(self.uniform() * end)

    def between(self, first: int, last: int) -> int:
        """Return an integer from ``first`` to ``last``, both included."""
        return first + self.below(last - first + 1)

    def bell(self, mean: float, spread: float) -> float:
        """Return a number around ``mean`` with standard deviation ``spread``, at most 3.5 of them away."""
        total = self.uniform() + self.uniform() + self.uniform() + self.uniform()
        return mean + spread * (total - 2.0) * 1.7320508075688772

    def one_of(self, items: Sequence[T]) -> T:
        """Return one of the items, all being equally likely."""
        return items[int(self.uniform() * len(items))]

    def weighted(self, table: Weighted[T]) -> T:
        """Return one of the items of ``table`` by its weights."""
        place = bisect(table.cumulative, self.uniform() * table.total)
        return table.items[min(place, len(table.items) - 1)]

    def digits(self, count: int) -> str:
        """Return a string of ``count`` digits."""
        return str(self.below(10**count)).zfill(count)

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """Return the items in random order (Fisher and Yates)."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed
