"""Customers that belong together without being one: establishments of a legal unit, and members of collectives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from custid.engines.labels import valid_codes
from custid.engines.linked_table import LinkedTable
from custid.model.parties import CollectiveKind
from custid.result._sharing import distinct_pairs
from custid.result.collectives import CollectiveFound

__all__ = ["customers_of_legal_units", "related_customers"]

_ATTRIBUTE: Final = "siren"
_KIND: Final = "same_legal_unit"
_KIND_OF: Final = {
    CollectiveKind.HOUSEHOLD: "same_household",
    CollectiveKind.JOINT: "joint_holders",
    CollectiveKind.UNDIVIDED: "joint_holders",
    CollectiveKind.GROUP: "same_group",
}


def related_customers(
    linked: LinkedTable, customer: NDArray[np.int64], collectives: Sequence[CollectiveFound]
) -> pa.Table:
    """Return which customers are of one legal unit, of one household or hold something together.

    Parameters
    ----------
    linked : LinkedTable
        What a run found out.
    customer : ndarray of int64, shape (n_rows,)
        Customer of each row.
    collectives : sequence of CollectiveFound
        The collectives of the run.

    Returns
    -------
    pyarrow.Table
        ``customer_a`` and ``customer_b`` (int64, the smaller first), ``kind`` and ``attribute``, ascending.  Each
        customer of a legal unit or collective is listed with the first one of it, so that there are as many rows as
        further customers and not as pairs of them.  Kinds are ``"same_legal_unit"``, ``"same_household"``,
        ``"joint_holders"`` and ``"same_group"``; the attribute is the first that tells, null where a source states the
        relation.  A number with a wrong check digit relates nobody.
    """
    found: list[tuple[int, int, str, str | None]] = [
        (first, other, _KIND, _ATTRIBUTE) for first, other in customers_of_legal_units(linked, customer).tolist()
    ]
    for each in collectives:
        first, *others = each.everybody
        told = each.shared[0] if each.shared else None
        found.extend((first, other, _KIND_OF[each.kind], told) for other in others)
    found.sort(key=lambda row: (*row[:3], row[3] or ""))
    columns = list(zip(*found, strict=True)) or [(), (), (), ()]
    return pa.table(
        {
            "customer_a": pa.array(columns[0], pa.int64()),
            "customer_b": pa.array(columns[1], pa.int64()),
            "kind": pa.array(columns[2], pa.string()),
            "attribute": pa.array(columns[3], pa.string()),
        }
    )


def customers_of_legal_units(linked: LinkedTable, customer: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each further customer of a legal unit with the first one.

    Parameters
    ----------
    linked : LinkedTable
        What a run found out.
    customer : ndarray of int64, shape (n_rows,)
        Customer of each row.

    Returns
    -------
    ndarray of int64, shape (n_further, 2)
        The first customer of a legal unit and another one, ascending.
    """
    column = linked.certain.columns.get(_ATTRIBUTE)
    if column is None:
        return np.empty((0, 2), np.int64)
    of_row = valid_codes(column)[linked.table.unit_of_row]
    row, slot = np.nonzero(of_row >= 0)
    held = distinct_pairs(of_row[row, slot].astype(np.int64), customer[row])
    return _with_the_first(np.stack(held, axis=1))


def _with_the_first(held: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each member of a group with the first of it; groups and members are ascending."""
    is_first = np.append(True, held[1:, 0] != held[:-1, 0])[: len(held)]
    first = held[np.maximum.accumulate(np.where(is_first, np.arange(len(held)), 0)), 1]
    return np.stack(distinct_pairs(first[~is_first], held[~is_first, 1]), axis=1)
