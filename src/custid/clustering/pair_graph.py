"""Weighed pairs of units and what is certain of them: the input of every clusterer.

Invariant: what must be together and what must stay apart do not contradict one another.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from custid.clustering._places import PLACES_AT_ONCE, places_where
from custid.errors import ConfigurationError, ShapeMismatchError

__all__ = ["PairGraph", "components", "labels_differ", "roots", "same_label"]

# Below this number of pairs, loading the compiler takes longer than it saves.
_MIN_PAIRS_FOR_NUMBA = 1_000_000


def _no_links() -> NDArray[np.int32]:
    return np.empty((0, 2), np.int32)


@frozen(kw_only=True, eq=False)
class PairGraph:
    """Weighed pairs of units.

    Attributes
    ----------
    left_idx, right_idx : ndarray of int32, shape (n_pairs,)
        Units, each pair once, ``left_idx < right_idx``.
    weight_bits : ndarray of float64, shape (n_pairs,)
        Match weight, prior included; ``-inf`` keeps the two apart for good.
    tie_break : ndarray of uint64, shape (n_units,)
        Content hashes.
    source_of_unit : ndarray of int32, shape (n_units,), optional
        When given, at most one unit of each source may be in a cluster; negative for a unit of a source without that
        limit.  Units that must-links join count as one.
    labels : tuple of ndarray of int32, each of shape (n_units,)
        What a cluster has one of at most: units that both have a label, 0 or more, and not the same one, must not share
        a cluster, whatever chain of pairs joins them; negative for a unit without.
    must_links : ndarray of int32, shape (n_must_links, 2)
        Units that are in one cluster from the start, whatever they weigh; and so are those that a chain of must-links
        joins.
    cannot_links : ndarray of int32, shape (n_cannot_links, 2)
        Units that must not share a cluster, whatever chain of pairs joins them; they need not be pairs.

    Raises
    ------
    ShapeMismatchError
        If the arrays do not belong together, a pair is not two of the units in ascending order, or a link is not two
        of the units.
    ConfigurationError
        If must-links join units that must stay apart by a cannot-link, a weight of ``-inf`` or their labels.
    """

    left_idx: NDArray[np.int32] = field(repr=False)
    right_idx: NDArray[np.int32] = field(repr=False)
    weight_bits: NDArray[np.float64] = field(repr=False)
    tie_break: NDArray[np.uint64] = field(repr=False)
    source_of_unit: NDArray[np.int32] | None = field(default=None, repr=False)
    labels: tuple[NDArray[np.int32], ...] = field(default=(), repr=False)
    must_links: NDArray[np.int32] = field(factory=_no_links, repr=False)
    cannot_links: NDArray[np.int32] = field(factory=_no_links, repr=False)

    def __attrs_post_init__(self) -> None:
        if not len(self.left_idx) == len(self.right_idx) == len(self.weight_bits):
            raise ShapeMismatchError(
                f"pair graph: expected as many weights as pairs, got {len(self.weight_bits)} weights, "
                f"{len(self.left_idx)} left and {len(self.right_idx)} right units."
            )
        n_units = len(self.tie_break)
        if len(self.left_idx) and not (
            int(self.left_idx.min()) >= 0
            and int(self.right_idx.max()) < n_units
            and not len(places_where(lambda piece: self.left_idx[piece] >= self.right_idx[piece], len(self.left_idx)))
        ):
            raise ShapeMismatchError(
                f"pair graph: expected pairs of units below {n_units} with left_idx < right_idx.",
                hint="Put the smaller unit of each pair first, and leave out pairs of a unit with itself.",
            )
        if self.source_of_unit is not None and len(self.source_of_unit) != n_units:
            raise ShapeMismatchError(
                f"pair graph: expected one source for each of {n_units} units, got {len(self.source_of_unit)}."
            )
        for labels in self.labels:
            if labels.shape != (n_units,):
                raise ShapeMismatchError(
                    f"pair graph: expected one label for each of {n_units} units, got an array of shape {labels.shape}."
                )

        for name, links in (("must_links", self.must_links), ("cannot_links", self.cannot_links)):
            _check_links(name, links, n_units)
        self._check_contradictions()

    @property
    def n_units(self) -> int:
        """Number of units, in pairs or not."""
        return len(self.tie_break)

    @cached_property
    def group(self) -> NDArray[np.int32]:
        """The smallest of the units that must-links join each unit with, int32, shape (n_units,)."""
        return components(self.n_units, self.must_links[:, 0], self.must_links[:, 1])

    def apart(self) -> NDArray[np.int64]:
        """Return every two units that must stay apart by a cannot-link or a weight of ``-inf``, shape (n, 2)."""
        places = places_where(lambda piece: self.weight_bits[piece] == -np.inf, len(self.weight_bits))
        weighed = np.column_stack([self.left_idx[places], self.right_idx[places]])
        return np.concatenate([weighed, self.cannot_links]).astype(np.int64)

    def _check_contradictions(self) -> None:
        if not len(self.must_links):
            # A link of a unit with itself has been refused.
            return
        apart = self.apart()
        crossed = apart[self.group[apart[:, 0]] == self.group[apart[:, 1]]]
        for labels in self.labels:
            of_group = np.full(self.n_units, -1, np.int32)
            np.maximum.at(of_group, self.group, labels)
            others = np.flatnonzero((labels >= 0) & (labels != of_group[self.group]))
            crossed = np.concatenate([crossed, np.column_stack([self.group[others], others])])
        if len(crossed):
            left, right = crossed[0].tolist()
            raise ConfigurationError(
                f"pair graph: expected must-links that join no units that must stay apart, got {len(crossed)} such, "
                f"for example among units {left} and {right}.",
                hint="Take back a must-link or what keeps the units apart.",
            )


def _check_links(name: str, links: NDArray[np.int32], n_units: int) -> None:
    if links.ndim != 2 or links.shape[1] != 2:
        raise ShapeMismatchError(f"pair graph: {name}: expected two units for each, got shape {links.shape}.")
    if len(links) and not (
        int(links.min()) >= 0 and int(links.max()) < n_units and bool((links[:, 0] != links[:, 1]).all())
    ):
        raise ShapeMismatchError(f"pair graph: {name}: expected two different units below {n_units} for each.")


def labels_differ(
    labels: NDArray[np.int32], left: NDArray[np.integer[Any]], right: NDArray[np.integer[Any]]
) -> NDArray[np.bool_]:
    """Tell for pairs of units, or of clusters, whether both have a label and not the same one.

    Parameters
    ----------
    labels : ndarray of int32, shape (n_units,)
        Labels; negative for none.
    left, right : ndarray of int, shape (n_pairs,)
        Positions in ``labels``.

    Returns
    -------
    ndarray of bool, shape (n_pairs,)
        True where the two must stay apart.
    """
    of_left, of_right = labels[left], labels[right]
    return np.asarray((of_left != of_right) & (of_left >= 0) & (of_right >= 0), np.bool_)


def same_label(
    labels: NDArray[np.integer[Any]], left: NDArray[np.integer[Any]], right: NDArray[np.integer[Any]]
) -> NDArray[np.bool_]:
    """Tell for pairs of units whether both have the same label.

    Parameters
    ----------
    labels : ndarray of int, shape (n_units,)
        Labels.
    left, right : ndarray of int, shape (n_pairs,)
        Positions in ``labels``.

    Returns
    -------
    ndarray of bool, shape (n_pairs,)
        True where the labels are equal.
    """
    is_same = np.empty(len(left), np.bool_)
    # Piece by piece: the labels of all pairs at once take several times the room of the pairs.
    for start in range(0, len(left), PLACES_AT_ONCE):
        piece = slice(start, start + PLACES_AT_ONCE)
        np.equal(labels.take(left[piece]), labels.take(right[piece]), out=is_same[piece])
    return is_same


def components(n_units: int, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the connected components of pairs.

    Parameters
    ----------
    n_units : int
        Number of units.
    left, right : ndarray of int32, shape (n_pairs,)
        Pairs, in any order.

    Returns
    -------
    ndarray of int32, shape (n_units,)
        The smallest unit of each unit's component.

    Examples
    --------
    >>> components(4, np.array([3], np.int32), np.array([1], np.int32)).tolist()
    [0, 1, 2, 1]
    """
    # By hooking and pointer jumping where pairs are few.
    if len(left) >= _MIN_PAIRS_FOR_NUMBA:
        from custid.kernels.union_find import connected_components  # noqa: PLC0415  # loads numba

        smallest = np.empty(n_units, np.int32)
        connected_components(np.ascontiguousarray(left, np.int32), np.ascontiguousarray(right, np.int32), smallest)
        return smallest
    root = np.arange(n_units)
    first, second = left.astype(np.int64), right.astype(np.int64)
    while len(first):
        a, b = root[first], root[second]
        differ = a != b
        first, second, a, b = first[differ], second[differ], a[differ], b[differ]
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        root = roots(root)
    return root.astype(np.int32)


def roots(parent: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each chain of parents ends.

    Parameters
    ----------
    parent : ndarray of int64, shape (n,)
        Position of the parent of each; its own where a chain ends.

    Returns
    -------
    ndarray of int64, shape (n,)
        Position of the end of each chain.
    """
    while not np.array_equal(above := parent.take(parent), parent):
        parent = above
    return parent
