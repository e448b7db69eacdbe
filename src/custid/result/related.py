"""Customers that belong together without being one: the establishments of a legal unit."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from custid.engines.labels import valid_codes
from custid.engines.local import LinkedTable

__all__ = ["related_customers"]

_ATTRIBUTE: Final = "siren"
_KIND: Final = "same_legal_unit"


def related_customers(linked: LinkedTable, customer: NDArray[np.int64]) -> pa.Table:
    """Return which customers are of one legal unit.

    Parameters
    ----------
    linked : LinkedTable
        What a run found out.
    customer : ndarray of int64, shape (n_rows,)
        Customer of each row.

    Returns
    -------
    pyarrow.Table
        ``customer_a`` and ``customer_b`` (int64, the smaller first), ``kind`` (``"same_legal_unit"``) and ``attribute``
        (``"siren"``), ascending.  Each customer of a legal unit is listed with the first one of it, so that there are
        as many rows as further customers and not as pairs of them.  A number with a wrong check digit relates nobody.
    """
    column = linked.table.columns.get(_ATTRIBUTE)
    pairs = np.empty((0, 2), np.int64)
    if column is not None:
        of_row = valid_codes(column)[linked.table.unit_of_row]
        row, slot = np.nonzero(of_row >= 0)
        held = _distinct(np.stack([of_row[row, slot].astype(np.int64), customer[row]], axis=1))
        pairs = _with_the_first(held)
    return pa.table(
        {
            "customer_a": pa.array(pairs[:, 0]),
            "customer_b": pa.array(pairs[:, 1]),
            "kind": pa.array([_KIND] * len(pairs), pa.string()),
            "attribute": pa.array([_ATTRIBUTE] * len(pairs), pa.string()),
        }
    )


def _with_the_first(held: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each member of a group with the first of it; groups and members are ascending."""
    is_first = np.append(True, held[1:, 0] != held[:-1, 0])[: len(held)]
    first = held[np.maximum.accumulate(np.where(is_first, np.arange(len(held)), 0)), 1]
    pairs = np.stack([first, held[:, 1]], axis=1)[~is_first]
    return _distinct(pairs)


def _distinct(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return pairs of numbers from 0 in ascending order, each once."""
    # Single numbers are sorted many times as fast as rows of two.
    n_second = int(pairs[:, 1].max(initial=0)) + 1
    keys = np.sort(pairs[:, 0] * n_second + pairs[:, 1])
    keys = keys[np.diff(keys, prepend=-1) > 0]
    return np.stack(np.divmod(keys, n_second), axis=1)
