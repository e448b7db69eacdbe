"""Where two partitions of the same records differ."""

from __future__ import annotations

from enum import StrEnum

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from custid.clustering._numbering import numbered_by_first_unit

__all__ = ["ChangeKind", "change_of_records"]


class ChangeKind(StrEnum):
    """What becomes of some customers.

    ``MERGED``: several become one.  ``SPLIT``: one becomes several.  ``REGROUPED``: several become several others.
    ``APPEARED``, ``VANISHED``: one has none of the records that both results have.
    """

    MERGED = "merged"
    SPLIT = "split"
    REGROUPED = "regrouped"
    APPEARED = "appeared"
    VANISHED = "vanished"

    @classmethod
    def of_numbers(cls, n_before: int, n_after: int) -> ChangeKind:
        """Return the kind of a change by how many customers there are before and after, both 1 or more."""
        return cls.MERGED if n_after == 1 else cls.SPLIT if n_before == 1 else cls.REGROUPED


def change_of_records(before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each record the change that concerns it.

    Customers of both partitions that share records, directly or by way of others, are one change.

    Parameters
    ----------
    before, after : ndarray of int64, shape (n_records,)
        Customer of each record in the two partitions, numbered from 0.

    Returns
    -------
    ndarray of int64, shape (n_records,)
        Changes numbered in the order of their first records; -1 where customers hold the same records in both.

    Examples
    --------
    >>> change_of_records(np.array([0, 0, 1, 2, 3]), np.array([0, 1, 2, 2, 3])).tolist()
    [0, 0, 1, 1, -1]
    """
    n_new = int(after.max(initial=-1)) + 1
    cells, cell_of = np.unique(before * max(n_new, 1) + after, return_inverse=True)
    left, right = np.divmod(cells, max(n_new, 1))
    is_open = (np.bincount(left)[left] > 1) | (np.bincount(right)[right] > 1) if len(cells) else np.zeros(0, np.bool_)
    places = np.flatnonzero(is_open)
    graph: nx.Graph[tuple[int, int]] = nx.Graph()
    graph.add_edges_from(((0, one), (1, other)) for one, other in zip(left[places].tolist(), right[places].tolist()))
    group_of = {node: number for number, nodes in enumerate(nx.connected_components(graph)) for node in nodes}
    group = np.full(len(cells), -1, np.int64)
    group[places] = [group_of[0, one] for one in left[places].tolist()]
    of_record = group[cell_of]
    moved = np.flatnonzero(of_record >= 0)
    of_record[moved] = numbered_by_first_unit(of_record[moved])
    return of_record
