"""The weights of pairs that are not hopeless: an array of all, and what has changed since it was made."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["NearPairs"]


class NearPairs:
    """Weights of pairs of units, found by either unit.

    Parameters
    ----------
    starts : ndarray of int64, shape (n_units + 1,), optional
        Where the pairs of each unit begin; none when not given.
    others : ndarray of int32, shape (n_held,), optional
        The other unit of each pair.
    bits : ndarray of float64, shape (n_held,), optional
        Its weight.

    Notes
    -----
    The arrays stay as they are, so that they may be mapped from a file.  What is changed of a unit is held beside them.
    """

    def __init__(
        self,
        starts: NDArray[np.int64] | None = None,
        others: NDArray[np.int32] | None = None,
        bits: NDArray[np.float64] | None = None,
    ) -> None:
        self._starts = np.zeros(1, np.int64) if starts is None else starts
        self._others = np.empty(0, np.int32) if others is None else others
        self._bits = np.empty(0) if bits is None else bits
        self._changed: dict[int, dict[int, float]] = {}

    @classmethod
    def of_pairs(
        cls, left: NDArray[np.integer], right: NDArray[np.integer], bits: NDArray[np.float64], n_units: int
    ) -> NearPairs:
        """Return the weights of some pairs.

        Parameters
        ----------
        left, right : ndarray of int, shape (n_pairs,)
            Units below ``n_units``, each pair once.
        bits : ndarray of float64, shape (n_pairs,)
            Weights.
        n_units : int
            Number of units.
        """
        one, other = np.concatenate([left, right]), np.concatenate([right, left])
        order = np.argsort(one, kind="stable")
        starts = np.append(0, np.cumsum(np.bincount(one, minlength=n_units)))
        return cls(starts, other[order].astype(np.int32), np.concatenate([bits, bits])[order])

    def of(self, unit: int) -> Mapping[int, float]:
        """Return the weights of the pairs of a unit, by the other unit."""
        found = self._changed.get(unit)
        return self._told(unit) if found is None else found

    def _told(self, unit: int) -> dict[int, float]:
        if unit + 1 >= len(self._starts):
            return {}
        first, last = self._starts[unit : unit + 2].tolist()
        if first == last:
            return {}
        piece = slice(first, last)
        return dict(zip(self._others[piece].tolist(), self._bits[piece].tolist(), strict=True))

    def _open(self, unit: int) -> dict[int, float]:
        if unit not in self._changed:
            self._changed[unit] = self._told(unit)
        return self._changed[unit]

    def put(self, one: int, other: int, bits: float) -> None:
        """Keep the weight of a pair."""
        self._open(one)[other] = bits
        self._open(other)[one] = bits

    def drop(self, one: int, other: int) -> float | None:
        """Forget a pair; return its weight, None for one that is not held."""
        if other not in self.of(one):
            return None
        del self._open(other)[one]
        return self._open(one).pop(other)

    def arrays(self, n_units: int) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
        """Return starts, other units and weights of all pairs, as the constructor takes them.

        Parameters
        ----------
        n_units : int
            Number of units, those that are no more included.
        """
        n_told = len(self._starts) - 1
        is_told = np.ones(n_told, np.bool_)
        is_told[[unit for unit in self._changed if unit < n_told]] = False
        lengths = np.diff(self._starts)
        kept = np.repeat(is_told, lengths)
        changed = [(unit, other, bits) for unit, held in self._changed.items() for other, bits in held.items()]
        ends = np.array([each[:2] for each in changed], np.int64).reshape(-1, 2)
        one = np.concatenate([np.repeat(np.arange(n_told), lengths)[kept], ends[:, 0]])
        other = np.concatenate([self._others[kept], ends[:, 1].astype(np.int32)])
        weight = np.concatenate([self._bits[kept], np.array([each[2] for each in changed], np.float64)])
        order = np.argsort(one, kind="stable")
        return np.append(0, np.cumsum(np.bincount(one, minlength=n_units))), other[order], weight[order]
